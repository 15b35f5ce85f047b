"""The form page by page, without JavaScript: a session holds the answers so far, and sending seals and stores them."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from ingest.web.errors import RefusedError
from ingest.web.form.check import answer_rows
from ingest.web.form.fields import FieldRenderer
from ingest.web.form.filling import Filling, filling_of, start_form, state_for
from ingest.web.form.layout import FormPage, answers_to_send, asked_pages, is_asked
from ingest.web.form.page_view import page_view
from ingest.web.form.posted import CSRF, RETURN, SLIPS_SHOWN, Posted, read_posted, slips
from ingest.web.form.session import FormState, Sent
from ingest.web.form.ticket import fingerprint
from ingest.web.pages import shown_receipt
from ingest.web.service import media_type_of, read_body
from ingest.web.visit import EASY_READ, Visit
from schemas.change_code import change_key_of, shown_code
from schemas.envelope import MAX_SEALED_BYTES
from schemas.response import RawAnswer, ResponseDocument, encode_response

# Percent-encoding triples most of a text, so that a body of this size holds no more than a sealed one may.
MAX_FORM_BYTES = MAX_SEALED_BYTES
TO_CHECK = "check"


async def begin(request: Request) -> Response:
    """Go on with the form of this browser, or begin one; where it cannot be answered now, the consultation's page."""
    filling = await filling_of(request)
    visit, state = filling.visit, filling.state
    if state is None or state.sent:
        return await start_form(visit) if visit.takes_answers else RedirectResponse(visit.address(), 303)
    await filling.keep(state.model_copy(update={"easy_read": visit.look.edition == EASY_READ}))
    return RedirectResponse(visit.address(f"/respond/{filling.pages[0].id}"), 303)


async def show_page(request: Request) -> Response:
    """One page of questions, filled with what was answered before."""
    filling = await filling_of(request)
    page = _page_named(filling, request.path_params["page"])
    if filling.state is None:
        return RedirectResponse(filling.visit.address("/respond"), 303)
    if filling.state.sent:
        return RedirectResponse(filling.visit.address("/respond/received"), 303)
    return _question(filling, page, filling.state.answers, back_to=request.query_params.get("return", ""))


async def post_page(request: Request) -> Response:
    """Keep the answers of a page and go on; what may be a slip is asked about once."""
    filling = await filling_of(request)
    page = _page_named(filling, request.path_params["page"])
    posted = await _posted(request, filling)
    state = filling.state
    if not filling.session.csrf_is(posted.own[CSRF]):
        return _question(filling, page, posted.answers, back_to=posted.own[RETURN], check=True)
    if state is not None and state.sent:
        return RedirectResponse(filling.visit.address("/respond/received"), 303)
    if state is None and not filling.visit.takes_answers:
        raise RefusedError("This consultation takes no answers on the web now; see its page for the dates.", 403)
    had_expired = state is None
    state = state or state_for(filling.visit)
    kept = {name: answer for name, answer in state.answers.items() if name not in page.columns}
    answers = kept | {name: answer for name, answer in posted.answers.items() if name in page.columns}
    state = state.model_copy(update={"answers": answers})
    filling = Filling(filling.visit, filling.session, state)
    await filling.keep(state)
    found = _slips_on(filling, page, answers)
    if found and not posted.own[SLIPS_SHOWN]:
        return _question(filling, page, answers, back_to=posted.own[RETURN], found=found)
    if had_expired:
        return filling.page("expired.html", first=filling.visit.address(f"/respond/{filling.pages[0].id}"))
    to_check = posted.own[RETURN] == TO_CHECK
    following = TO_CHECK if to_check else _page_after(filling, page, answers)
    return RedirectResponse(filling.visit.address(f"/respond/{following}"), 303)


async def show_check(request: Request) -> Response:
    """Every answer before it is sent, each with a link to change it, and the promises."""
    filling = await filling_of(request)
    if filling.state is None:
        return RedirectResponse(filling.visit.address("/respond"), 303)
    if filling.state.sent:
        return RedirectResponse(filling.visit.address("/respond/received"), 303)
    return _check(filling, filling.state)


async def send(request: Request) -> Response:
    """Seal and store the answers, then show the receipt. Sent again, the receipt is the same."""
    filling = await filling_of(request)
    posted = await _posted(request, filling)
    visit, state = filling.visit, filling.state
    if state is None:
        return RedirectResponse(visit.address("/respond"), 303)
    if not filling.session.csrf_is(posted.own[CSRF]):
        return _check(filling, state, check=True)
    if not state.sent:
        # The answers go, the receipt stays: who goes back finds that they were sent.
        await filling.keep(state.model_copy(update={"answers": {}, "sent": await _take(visit, state)}))
    return RedirectResponse(visit.address("/respond/received"), 303)


async def received(request: Request) -> Response:
    """What a person sees after sending: that it was received, when, the reference and the change code."""
    filling = await filling_of(request)
    state = filling.state
    if state is None or state.sent is None:
        return RedirectResponse(filling.visit.address("/respond"), 303)
    receipt = shown_receipt(state.sent.reference, state.sent.received_at, filling.visit.offered, filling.visit.chrome)
    return filling.page("received.html", receipt=receipt, change_code=shown_code(state.change_code))


async def save(request: Request) -> Response:
    """What is kept of an unfinished form, for how long, and how to come back to it."""
    filling = await filling_of(request)
    return filling.page("save.html")


async def clear(request: Request) -> Response:
    """Forget the form of this browser, and begin anew from the consultation's page."""
    filling = await filling_of(request)
    posted = await _posted(request, filling)
    if filling.session.csrf_is(posted.own[CSRF]):
        await filling.session.end(filling.visit.service.store, filling.visit.service.clock.now())
    return RedirectResponse(filling.visit.address(), 303)


async def again(request: Request) -> Response:
    """Begin a second version of what was just sent."""
    filling = await filling_of(request)
    posted = await _posted(request, filling)
    visit, state = filling.visit, filling.state
    if state is None or state.sent is None or not filling.session.csrf_is(posted.own[CSRF]):
        return RedirectResponse(visit.address("/respond"), 303)
    if not (visit.takes_dictation if state.helper_token else visit.takes_answers):
        return RedirectResponse(visit.address(), 303)
    return await start_form(visit, replaces=state.sent.id, assistance=state.assistance, helper_token=state.helper_token)


async def _take(visit: Visit, state: FormState) -> Sent:
    """Store the answers; what is kept of them in the session."""
    definition, service = visit.offered.definition, visit.service
    channel = "web"
    if state.helper_token:
        channel = (await service.senders.with_token(state.helper_token, visit.offered)).channel
    document = ResponseDocument(
        id=state.form_id,
        consultation=definition.id,
        questionnaire_hash=definition.questionnaire_hash,
        language=visit.chrome.language,
        answers=answers_to_send(definition.questionnaire, state.answers),
        started_at=state.opened_at.isoformat(),
        assistance=state.assistance,
        edition="easy_read" if state.easy_read else None,
    )
    told_by = fingerprint(state.ticket, encode_response(document), service.secrets.idempotency)
    taken = await service.intake.take_document(
        visit.offered,
        document,
        told_by,
        channel=channel,
        change_key=change_key_of(state.change_code),
        replaces=state.replaces,
    )
    return Sent(id=taken.receipt.id, reference=taken.receipt.reference, received_at=taken.receipt.received_at)


async def _posted(request: Request, filling: Filling) -> Posted:
    if media_type_of(request) != "application/x-www-form-urlencoded":
        raise RefusedError("A form is sent as application/x-www-form-urlencoded.", 415)
    body = await read_body(request, MAX_FORM_BYTES)
    return read_posted(body, filling.visit.offered.definition.questionnaire)


def _page_named(filling: Filling, name: str) -> FormPage:
    for page in filling.pages:
        if page.id == name:
            return page
    raise RefusedError("The form has no such page; begin at the consultation's page.", 404)


def _page_after(filling: Filling, page: FormPage, answers: Mapping[str, RawAnswer]) -> str:
    questionnaire, pages = filling.visit.offered.definition.questionnaire, filling.pages
    later = asked_pages(questionnaire, pages[pages.index(page) + 1 :], answers)
    return later[0].id if later else TO_CHECK


def _address_before(filling: Filling, page: FormPage, answers: Mapping[str, RawAnswer]) -> str:
    questionnaire, pages = filling.visit.offered.definition.questionnaire, filling.pages
    earlier = asked_pages(questionnaire, pages[: pages.index(page)], answers)
    return filling.visit.address(f"/respond/{earlier[-1].id}" if earlier else "")


def _slips_on(filling: Filling, page: FormPage, answers: Mapping[str, RawAnswer]) -> dict[str, str]:
    questionnaire = filling.visit.offered.definition.questionnaire
    asked = {one.id for one in page.question.fields if is_asked(questionnaire, one, answers)}
    found = slips(questionnaire, answers, filling.visit.chrome)
    return {name: sentence for name, sentence in found.items() if name in asked}


def _question(
    filling: Filling,
    page: FormPage,
    answers: Mapping[str, RawAnswer],
    *,
    back_to: str,
    found: Mapping[str, str] | None = None,
    check: bool = False,
) -> Response:
    """A page of questions, filled; with `found` slips, or asked to be sent once more (`check`)."""
    visit = filling.visit
    questionnaire = visit.offered.definition.questionnaire
    easy_read = visit.offered.definition.easy_read if filling.state and filling.state.easy_read else None
    fields = FieldRenderer(
        visit.service.renderer, questionnaire, visit.chrome, answers, found or {}, easy_read=easy_read
    )
    response = filling.page(
        "respond.html",
        422 if found else 403 if check else 200,
        view=page_view(page, questionnaire, visit.chrome, fields, easy_read),
        back=visit.address("/respond/check") if back_to == TO_CHECK else _address_before(filling, page, answers),
        action=visit.address(f"/respond/{page.id}"),
        errors=[{"text": sentence, "href": f"#{field}"} for field, sentence in (found or {}).items()],
        check=check,
        own={RETURN: TO_CHECK if back_to == TO_CHECK else "", SLIPS_SHOWN: "yes" if found else ""},
    )
    # Not "no-store": a browser that goes back must show what was typed.
    response.headers["cache-control"] = "private, no-cache"
    return response


def _check(filling: Filling, state: FormState, check: bool = False) -> Response:
    visit = filling.visit
    questionnaire = visit.offered.definition.questionnaire
    easy_read = visit.offered.definition.easy_read if state.easy_read else None
    rows = answer_rows(visit, filling.pages, state.answers, easy_read)
    pages = asked_pages(questionnaire, filling.pages, state.answers)
    return filling.page(
        "check.html",
        403 if check else 200,
        rows=rows,
        is_blank=not answers_to_send(questionnaire, state.answers),
        back=visit.address(f"/respond/{pages[-1].id}"),
        check=check,
    )


# What is posted goes to the address of the page itself: reloading it then asks the browser's question, no more.
ROUTES = [
    Route("/{consultation}/respond", begin, methods=["GET"]),
    Route("/{consultation}/respond/check", show_check, methods=["GET"]),
    Route("/{consultation}/respond/check", send, methods=["POST"]),
    Route("/{consultation}/respond/received", received, methods=["GET"]),
    Route("/{consultation}/respond/save", save, methods=["GET"]),
    Route("/{consultation}/respond/clear", clear, methods=["POST"]),
    Route("/{consultation}/respond/again", again, methods=["POST"]),
    Route("/{consultation}/respond/{page}", show_page, methods=["GET"]),
    Route("/{consultation}/respond/{page}", post_page, methods=["POST"]),
]

"""The form's pages: showing it, taking it in, and the questions asked back (a slip, an empty form, a page too old)."""

import hmac
import re
import secrets
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from ingest.web.errors import RefusedError
from ingest.web.fields import FieldRenderer
from ingest.web.form import CSRF, SEND_ANYWAY, TICKET, Posted, read_posted, slips
from ingest.web.pages import Visit, shown_receipt, visit_of
from ingest.web.service import media_type_of, read_body
from ingest.web.ticket import Ticket, new_ticket, read_ticket, write_ticket
from schemas.envelope import MAX_SEALED_BYTES
from schemas.response import RawAnswer

COOKIE = "yoursay-form"
# Percent-encoding triples most of a text, so that a body of this size holds no more than a sealed one may.
MAX_FORM_BYTES = MAX_SEALED_BYTES
_TOKEN = re.compile(r"[0-9a-f]{64}")


async def show_form(request: Request) -> Response:
    """The empty form with a new ticket; where it cannot be answered now, the consultation's page."""
    visit = visit_of(request)
    if not visit.takes_answers:
        return RedirectResponse(visit.address(), 303)
    response = _form(visit, _new_ticket(visit))
    # Not "no-store": a browser that goes back must show the same form, with what was typed and the same ticket.
    response.headers["cache-control"] = "private, no-cache"
    return response


async def post_form(request: Request) -> Response:
    """Take the form in: sealed and stored before the answer, then on to the receipt."""
    visit = visit_of(request)
    if media_type_of(request) != "application/x-www-form-urlencoded":
        raise RefusedError("A form is sent as application/x-www-form-urlencoded.", 415)
    posted = read_posted(await read_body(request, MAX_FORM_BYTES), visit.offered.definition.questionnaire)
    key = visit.service.secrets.idempotency
    ticket = read_ticket(posted.ticket, visit.offered.id, key)
    if ticket is None and not visit.takes_answers:
        # Without a ticket nothing shows that the form was opened in time.
        raise RefusedError("This consultation takes no answers on the web now; see its page for the dates.", 403)
    if ticket is None or not _csrf_matches(request, posted):
        return _form(visit, ticket or _new_ticket(visit), posted, check=True)
    if not posted.send_anyway:
        if not posted.answers:
            return _page_that_posts(visit, "blank.html", ticket)
        if found := slips(visit.offered.definition.questionnaire, posted.answers, visit.chrome):
            return _form(visit, ticket, posted, found)
    taken = await visit.service.intake.take_form(visit.offered, ticket, visit.chrome.language, posted.answers, key)
    if taken.outcome == "conflict":
        first, second = (
            shown_receipt(one.reference, one.received_at, visit.offered, visit.chrome)
            for one in (taken.first, taken.receipt)
        )
        return visit.page("conflict.html", 409, first=first, second=second)
    return RedirectResponse(visit.address(f"/received/{taken.receipt.reference}"), 303)


def _new_ticket(visit: Visit) -> Ticket:
    return new_ticket(visit.offered.id, visit.service.clock.now())


def _csrf_matches(request: Request, posted: Posted) -> bool:
    cookie = request.cookies.get(COOKIE, "")
    return bool(cookie) and hmac.compare_digest(cookie.encode(), posted.csrf.encode())


def _form(
    visit: Visit,
    ticket: Ticket,
    posted: Posted | None = None,
    found: Mapping[str, str] | None = None,
    check: bool = False,
) -> Response:
    """The form; filled again with what was posted where something is asked back (`found` slips, or `check`)."""
    answers: Mapping[str, RawAnswer] = posted.answers if posted else {}
    questionnaire = visit.offered.definition.questionnaire
    fields = FieldRenderer(visit.service.renderer, questionnaire, visit.chrome, answers, found or {})
    errors = [{"text": sentence, "href": f"#{field}"} for field, sentence in (found or {}).items()]
    status = 422 if found else 403 if check else 200
    return _page_that_posts(visit, "form.html", ticket, status, render_field=fields.render, errors=errors, check=check)


def _page_that_posts(visit: Visit, template: str, ticket: Ticket, status: int = 200, **values: object) -> Response:
    """A page that posts the form: with its ticket, and the token that the cookie must repeat."""
    token = visit.request.cookies.get(COOKIE, "")
    if not _TOKEN.fullmatch(token):
        token = secrets.token_hex(32)
    own = {CSRF: token, TICKET: write_ticket(ticket, visit.service.secrets.idempotency)}
    response = visit.page(template, status, own=own, send_anyway=SEND_ANYWAY, **values)
    secure = visit.request.url.scheme == "https"
    response.set_cookie(COOKIE, token, path="/", httponly=True, samesite="strict", secure=secure)
    return response


async def back_to_form(request: Request) -> Response:
    """Who opens the address that takes the form in, by reloading or by a language's link, wants the form."""
    return RedirectResponse(visit_of(request).address("/respond"), 303)


# The form is sent to an address of its own: a browser drops from its cache what it posts to, and would then fetch a
# new form, with a new ticket, for somebody who goes back.
ROUTES = [
    Route("/{consultation}/respond", show_form, methods=["GET"]),
    Route("/{consultation}/send", back_to_form, methods=["GET"]),
    Route("/{consultation}/send", post_form, methods=["POST"]),
]

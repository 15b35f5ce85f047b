"""The page on which a form is keyed as a whole, its pictures beside their fields; it needs no script.

With a script what is typed is kept as a draft while it is typed. Every post saves what it can, with or without one.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from dashboards.desk.forms import (
    BATCHES_PATH,
    FORM_PATH,
    UNKNOWN,
    Desk,
    Refused,
    check_token,
    first,
    officer_of,
    shows,
    takes,
    token_for,
)
from dashboards.desk.forms import Form as Posted
from dashboards.desk.keying import OUTCOMES, pictures_of, question_of
from dashboards.desk.queue import Entered, Form, Job, Outcome
from schemas.errors import YourSayError

DRAFT_PATH = f"{FORM_PATH}/draft"
UNDO_PATH = f"{FORM_PATH}/undo"
_WORDS = {
    "answer": "What I entered",
    "blank": "Nothing: it is blank",
    "illegible": "Something illegible",
    "continued_elsewhere": "It goes on elsewhere",
}
_LINE = 60
_MOST_LINES = 12


def keying_form_routes(desk: Desk) -> list[Route]:
    """`/keying/form` gives the next form (`?response=` one in particular) and takes what was keyed of it.

    `/keying/form/draft` keeps what is typed, `/keying/batches` counts the forms of each batch.
    """
    return [
        shows(FORM_PATH, desk, _show),
        takes(FORM_PATH, desk, _save),
        takes(UNDO_PATH, desk, _undo),
        takes(DRAFT_PATH, desk, _draft),
        shows(BATCHES_PATH, desk, _batches),
    ]


def _show(desk: Desk, request: Request) -> Response:
    officer, wanted = officer_of(request), request.query_params.get("response")
    try:
        form = desk.forms.take_form(wanted, officer) if wanted else desk.forms.next_form(officer)
    except YourSayError as error:
        return _nothing(desk, request, problem=str(error))
    if form is None:
        return _nothing(desk, request)
    return _page(desk, request, form, form.drafts, {})


def _save(desk: Desk, request: Request, posted: Posted) -> Response:
    officer, response = officer_of(request), first(posted, "response")
    entered = {job: _entered(posted, job) for job in posted.get("job", ())}
    try:
        check_token(request, posted, FORM_PATH)
        match first(posted, "do"):
            case "skip":
                desk.forms.skip(response, officer)
                return RedirectResponse(FORM_PATH, 303)
            case "save":
                saved = desk.forms.save(officer, {job: one for job, one in entered.items() if _is_something(one)})
            case _:
                raise Refused(UNKNOWN)
    except YourSayError as error:
        return _again(desk, request, response, entered, {"": str(error)})
    if saved.faults:
        return _again(desk, request, response, entered, saved.faults)
    return RedirectResponse(f"{FORM_PATH}?{urlencode({'done': response})}" if saved.answers else FORM_PATH, 303)


def _undo(desk: Desk, request: Request, posted: Posted) -> Response:
    response = first(posted, "response")
    try:
        check_token(request, posted, UNDO_PATH)
        desk.forms.undo(response, officer_of(request))
    except YourSayError as error:
        return _nothing(desk, request, problem=str(error))
    return RedirectResponse(f"{FORM_PATH}?{urlencode({'response': response})}", 303)


def _draft(desk: Desk, request: Request, posted: Posted) -> Response:
    """Kept for who types it alone; what cannot be kept is said in a sentence."""
    try:
        check_token(request, posted, FORM_PATH)
        for job in posted.get("job", ()):
            desk.forms.keep_draft(job, officer_of(request), _entered(posted, job))
    except YourSayError as error:
        return PlainTextResponse(str(error), 409)
    return Response(status_code=204)


def _batches(desk: Desk, request: Request) -> Response:
    try:
        found = desk.forms.batches(count_again=request.query_params.get("count") == "again")
    except YourSayError as error:
        return _nothing(desk, request, problem=str(error))
    return desk.page("keying_batches.html", at=BATCHES_PATH, batches=found, again=f"{BATCHES_PATH}?count=again")


def _entered(posted: Posted, job: str) -> Entered:
    given = first(posted, f"outcome-{job}")
    outcome: Outcome = next((one for one in OUTCOMES if one == given), "answer")
    if outcome != "answer":
        return Entered(outcome)
    name = f"text-{job}"
    return Entered(outcome, first(posted, name) if name in posted else None, tuple(posted.get(f"code-{job}", ())))


def _is_something(entered: Entered) -> bool:
    return entered.outcome != "answer" or bool((entered.text or "").strip()) or bool(entered.codes)


def _again(
    desk: Desk, request: Request, response: str, entered: Mapping[str, Entered], faults: Mapping[str, str]
) -> Response:
    """What is left of the form, with what was entered and what is wrong with it; the form itself may be gone by now."""
    try:
        form = desk.forms.take_form(response, officer_of(request))
    except YourSayError:
        return _nothing(desk, request, problem=" ".join(faults.values()))
    return _page(desk, request, form, entered, faults)


def _nothing(desk: Desk, request: Request, *, problem: str | None = None) -> Response:
    return desk.page(
        "keying_none.html",
        at=FORM_PATH,
        status=409 if problem else 200,
        problem=problem,
        next=FORM_PATH,
        **_done(request),
    )


def _page(
    desk: Desk, request: Request, form: Form, entered: Mapping[str, Entered], faults: Mapping[str, str]
) -> Response:
    rows = [_row(desk, request, job, entered.get(job.id), faults.get(job.id, "")) for job in form.jobs]
    places = {job.id: f"f{number}" for number, job in enumerate(form.jobs, 1)}
    return desk.page(
        "keying_form.html",
        at=FORM_PATH,
        status=400 if faults else 200,
        script="keying.js",
        response=form.response,
        rows=rows,
        faults=[(sentence, places.get(job, "")) for job, sentence in faults.items()],
        action=FORM_PATH,
        form_token=token_for(request, FORM_PATH),
        draft=DRAFT_PATH,
        **_done(request),
    )


def _row(desk: Desk, request: Request, job: Job, entered: Entered | None, fault: str) -> dict[str, Any]:
    suggestion = job.suggestion if isinstance(job.suggestion, str) else ""
    text = entered.text or "" if entered else suggestion
    pictures, no_picture = pictures_of(desk, request, job)
    outcomes = [one for one in OUTCOMES if one != "continued_elsewhere" or may_continue(job)]
    return {
        "job": job,
        "question": question_of(job),
        "pictures": pictures,
        "no_picture": no_picture,
        "text": text,
        "suggested": bool(suggestion) and entered is None,
        "lines": max(2, min(_MOST_LINES, len(text) // _LINE + 2)),
        "codes": entered.codes if entered else (),
        "outcome": entered.outcome if entered else "answer",
        "outcomes": [(one, _WORDS[one]) for one in outcomes],
        "fault": fault,
    }


def may_continue(job: Job) -> bool:
    """Nobody says of boxes, or of an answer whose sheets are all there, that it goes on elsewhere."""
    return job.id.endswith(":keying") and not job.choices


def _done(request: Request) -> dict[str, Any]:
    """What was saved just now, and how it is undone."""
    done = request.query_params.get("done")
    return {"done": done, "done_name": "response", "undo": UNDO_PATH, "undo_token": token_for(request, UNDO_PATH)}

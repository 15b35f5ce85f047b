"""The pages of redactions: an answer with what masking found in place, and what an officer says of each stretch."""

from collections.abc import Mapping
from typing import Any, get_args
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from dashboards.desk.forms import (
    UNKNOWN,
    Desk,
    Form,
    Refused,
    check_token,
    first,
    officer_of,
    shows,
    takes,
    token_for,
)
from dashboards.desk.review import REDACTIONS_PATH, Choice, Entered, RedactionJob
from schemas.errors import YourSayError
from transforms.masking.spans import LABELS

OPEN_PATH = f"{REDACTIONS_PATH}/open"
UNDO_PATH = f"{REDACTIONS_PATH}/undo"
_CHOICES: tuple[Choice, ...] = get_args(Choice)
_SPAN = "span-"


def redaction_routes(desk: Desk) -> list[Route]:
    """`/redactions` gives the next answer (`?job=` one in particular) and takes what an officer says of it.

    `/redactions/open` opens any answer for a reason; `/redactions/undo` takes back what was said.
    """
    return [
        shows(REDACTIONS_PATH, desk, _show),
        takes(REDACTIONS_PATH, desk, _decide),
        shows(OPEN_PATH, desk, lambda desk, request: _open_page(desk, request, {})),
        takes(OPEN_PATH, desk, _open),
        takes(UNDO_PATH, desk, _undo),
    ]


def _show(desk: Desk, request: Request) -> Response:
    officer, wanted = officer_of(request), request.query_params.get("job")
    done = request.query_params.get("done", "")
    try:
        job = desk.review.redactions.take(wanted, officer) if wanted else desk.review.redactions.next_job(officer)
    except YourSayError as error:
        return _nothing(desk, problem=str(error))
    return _job_page(desk, request, job, done=done) if job else _nothing(desk, done=done)


def _decide(desk: Desk, request: Request, form: Form) -> Response:
    job, officer = first(form, "job"), officer_of(request)
    try:
        check_token(request, form, REDACTIONS_PATH)
        what = first(form, "do")
        if what == "later":
            desk.review.redactions.skip(job, officer)
            return RedirectResponse(REDACTIONS_PATH, 303)
        if what != "decide":
            raise Refused(UNKNOWN)
        desk.review.redactions.decide(job, officer, _entered(form))
    except YourSayError as error:
        return _refused(desk, request, form, str(error))
    return RedirectResponse(f"{REDACTIONS_PATH}?{urlencode({'done': job})}", 303)


def _entered(form: Form) -> Entered:
    """What is chosen to be left as it is now is no choice, nor is a label without words."""
    choices: dict[str, Choice] = {}
    for name, given in _chosen(form).items():
        choice = next((one for one in _CHOICES if one == given), None)
        if given and choice is None:
            raise Refused(UNKNOWN)
        if choice:
            choices[name] = choice
    added = first(form, "words")
    return Entered(choices=choices, added=added, label=first(form, "label"), reason=first(form, "reason"))


def _chosen(form: Form) -> Mapping[str, str]:
    return {name.removeprefix(_SPAN): values[0] for name, values in form.items() if name.startswith(_SPAN)}


def _refused(desk: Desk, request: Request, form: Form, problem: str) -> Response:
    """The form again with what was entered; the answer itself may be gone by now."""
    try:
        job = desk.review.redactions.take(first(form, "job"), officer_of(request))
    except YourSayError:
        return _nothing(desk, problem=problem)
    return _job_page(desk, request, job, problem=problem, form=form)


def _undo(desk: Desk, request: Request, form: Form) -> Response:
    given = first(form, "number")
    try:
        check_token(request, form, UNDO_PATH)
        if not (given.isascii() and given.isdigit() and len(given) < 16):
            raise Refused(UNKNOWN)
        job = desk.review.redactions.undo(int(given), officer_of(request))
    except YourSayError as error:
        return _nothing(desk, problem=str(error))
    return RedirectResponse(_address(job), 303)


def _open(desk: Desk, request: Request, form: Form) -> Response:
    try:
        check_token(request, form, OPEN_PATH)
        job = desk.review.redactions.open(
            first(form, "response"), first(form, "field"), officer_of(request), first(form, "reason")
        )
    except YourSayError as error:
        return _open_page(desk, request, form, str(error))
    return RedirectResponse(_address(job), 303)


def _open_page(desk: Desk, request: Request, form: Form, problem: str | None = None) -> Response:
    return desk.page(
        "redaction_open.html",
        at=OPEN_PATH,
        status=400 if problem else 200,
        problem=problem,
        entered={name: first(form, name) for name in ("response", "field", "reason")},
        fields=desk.review.redactions.fields(),
        form_token=token_for(request, OPEN_PATH),
        action=OPEN_PATH,
    )


def _nothing(desk: Desk, *, problem: str | None = None, done: str = "") -> Response:
    return desk.page(
        "redaction_none.html",
        at=REDACTIONS_PATH,
        status=409 if problem else 200,
        problem=problem,
        redactions=REDACTIONS_PATH,
        open_page=OPEN_PATH,
        **_done(done),
    )


def _done(done: str) -> dict[str, Any]:
    return {"again": _address(done) if done else ""}


def _job_page(
    desk: Desk,
    request: Request,
    job: RedactionJob,
    *,
    problem: str | None = None,
    form: Form | None = None,
    done: str = "",
) -> Response:
    entered = form or {}
    return desk.page(
        "redaction_job.html",
        at=REDACTIONS_PATH,
        status=400 if problem else 200,
        job=job,
        problem=problem,
        # Whoever gave words is most likely wrong there; else the reason or a choice is missing.
        place="words" if first(entered, "words").strip() and first(entered, "reason").strip() else "reason",
        chosen=_chosen(entered),
        entered={name: first(entered, name) for name in ("words", "label", "reason")},
        labels=[(one, one) for one in ("", *LABELS)],
        form_token=token_for(request, REDACTIONS_PATH),
        action=REDACTIONS_PATH,
        undo=UNDO_PATH,
        undo_token=token_for(request, UNDO_PATH),
        **_done(done),
    )


def _address(job: str) -> str:
    return f"{REDACTIONS_PATH}?{urlencode({'job': job})}"

"""The pages of quarantine: what is wrong with a response, the answers by which it is mended, and what came too late."""

from collections.abc import Mapping, Sequence
from typing import get_args

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
from dashboards.desk.listing import listing
from dashboards.desk.quarantine_queue import QuarantineJob, Verdict
from dashboards.desk.review import QUARANTINE_PATH
from schemas.errors import YourSayError

LATE_PATH = f"{QUARANTINE_PATH}/late"
SAID_PATH = f"{QUARANTINE_PATH}/said"
_ANSWER = "answer-"
_VERDICTS: tuple[Verdict, ...] = get_args(Verdict)


def quarantine_routes(desk: Desk) -> list[Route]:
    """`/quarantine` gives the next response (`?job=` one in particular) and takes what becomes of it.

    `/quarantine/late` lists what came too late and accepts it; `/quarantine/said` takes back what was said.
    """
    return [
        shows(QUARANTINE_PATH, desk, _show),
        takes(QUARANTINE_PATH, desk, _decide),
        shows(LATE_PATH, desk, _late),
        takes(LATE_PATH, desk, _accept),
        shows(SAID_PATH, desk, _said),
        takes(SAID_PATH, desk, _undo),
    ]


def _show(desk: Desk, request: Request) -> Response:
    officer, wanted = officer_of(request), request.query_params.get("job")
    done = request.query_params.get("done") == "yes"
    try:
        job = desk.review.quarantine.take(wanted, officer) if wanted else desk.review.quarantine.next_job(officer)
    except YourSayError as error:
        return _nothing(desk, problem=str(error))
    return _job_page(desk, request, job, done=done) if job else _nothing(desk, done=done)


def _decide(desk: Desk, request: Request, form: Form) -> Response:
    job, officer, what, reason = first(form, "job"), officer_of(request), first(form, "do"), first(form, "reason")
    queue = desk.review.quarantine
    try:
        check_token(request, form, QUARANTINE_PATH)
        if what == "later":
            queue.skip(job, officer)
            return RedirectResponse(QUARANTINE_PATH, 303)
        if what == "correct":
            queue.correct(job, officer, _answers(form), reason)
        elif verdict := next((one for one in _VERDICTS if one == what), None):
            queue.decide(job, officer, verdict, reason)
        else:
            raise Refused(UNKNOWN)
    except YourSayError as error:
        return _refused(desk, request, form, str(error))
    return RedirectResponse(f"{QUARANTINE_PATH}?done=yes", 303)


def _answers(form: Form) -> Mapping[str, Sequence[str]]:
    """What stands in the form for each column that it shows: of boxes none where none is ticked."""
    return {name: form.get(_ANSWER + name, []) for name in form.get("column", ())}


def _refused(desk: Desk, request: Request, form: Form, problem: str) -> Response:
    """The form again with what was entered; the response itself may be gone by now."""
    try:
        job = desk.review.quarantine.take(first(form, "job"), officer_of(request))
    except YourSayError:
        return _nothing(desk, problem=problem)
    return _job_page(desk, request, job, problem=problem, form=form)


def _nothing(desk: Desk, *, problem: str | None = None, done: bool = False) -> Response:
    return desk.page(
        "quarantine_none.html",
        at=QUARANTINE_PATH,
        status=409 if problem else 200,
        problem=problem,
        done=done,
        quarantine=QUARANTINE_PATH,
        late=LATE_PATH,
        said=SAID_PATH,
    )


def _job_page(
    desk: Desk,
    request: Request,
    job: QuarantineJob,
    *,
    problem: str | None = None,
    form: Form | None = None,
    done: bool = False,
) -> Response:
    entered = _answers(form) if form else {}
    without_reason = form is not None and not first(form, "reason").strip()
    return desk.page(
        "quarantine_job.html",
        at=QUARANTINE_PATH,
        status=400 if problem else 200,
        job=job,
        problem=problem,
        done=done,
        said=SAID_PATH,
        # What is wrong in an answer is said at the first one.
        place="reason" if without_reason or not job.answers else f"{_ANSWER}{job.answers[0].column}",
        values={one.column: list(entered.get(one.column, one.came)) for one in job.answers},
        reason=first(form or {}, "reason"),
        form_token=token_for(request, QUARANTINE_PATH),
        action=QUARANTINE_PATH,
    )


def _late(desk: Desk, request: Request, problem: str | None = None, status: int = 400) -> Response:
    try:
        found = desk.review.quarantine.late()
    except YourSayError as error:
        found, problem, status = [], str(error), 409
    return listing(desk, request, "quarantine_late.html", LATE_PATH, found, problem=problem, status=status)


def _accept(desk: Desk, request: Request, form: Form) -> Response:
    try:
        check_token(request, form, LATE_PATH)
        desk.review.quarantine.accept_late(first(form, "response"), officer_of(request), first(form, "reason"))
    except YourSayError as error:
        return _late(desk, request, str(error))
    return RedirectResponse(LATE_PATH, 303)


def _said(desk: Desk, request: Request, problem: str | None = None) -> Response:
    return listing(desk, request, "quarantine_said.html", SAID_PATH, desk.review.quarantine.said(), problem=problem)


def _undo(desk: Desk, request: Request, form: Form) -> Response:
    try:
        check_token(request, form, SAID_PATH)
        desk.review.quarantine.undo(first(form, "response"), officer_of(request), first(form, "reason"))
    except YourSayError as error:
        return _said(desk, request, str(error))
    return RedirectResponse(SAID_PATH, 303)

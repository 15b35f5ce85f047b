"""The pages of the keying queue: one answer at a time, its picture and question, and a form that needs no script."""

from typing import Any, get_args
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from dashboards.desk.forms import (
    DIFFERENCES_PATH,
    KEYING_PATH,
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
from dashboards.desk.queue import Job, Outcome, Queue
from schemas.errors import YourSayError

PICTURE_PATH = "/keying/picture"
UNDO_PATH = "/keying/undo"
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)


def keying_routes(desk: Desk) -> list[Route]:
    """`/keying` gives the next job and takes what was keyed; `?job=` gives one job in particular."""
    return [
        shows(KEYING_PATH, desk, lambda desk, request: _show(desk, request, request.query_params.get("job"))),
        takes(KEYING_PATH, desk, _key),
        takes(UNDO_PATH, desk, _undo),
        shows(DIFFERENCES_PATH, desk, _differences),
        shows(
            PICTURE_PATH + "/{number:int}",
            desk,
            lambda desk, request: _picture(desk, request, request.query_params.get("job", "")),
        ),
    ]


def _show(desk: Desk, request: Request, wanted: str | None) -> Response:
    officer = officer_of(request)
    try:
        job = desk.queue.take(wanted, officer) if wanted else desk.queue.next_job(officer)
        if job is None:
            return _nothing(desk, request)
        return _job_page(desk, request, job, text=job.suggestion if isinstance(job.suggestion, str) else "")
    except YourSayError as error:
        return _nothing(desk, request, problem=str(error))


def _nothing(desk: Desk, request: Request, *, problem: str | None = None) -> Response:
    return desk.page(
        "keying_none.html",
        at=KEYING_PATH,
        status=409 if problem else 200,
        problem=problem,
        next=KEYING_PATH,
        **_done(request),
    )


def _differences(desk: Desk, request: Request) -> Response:
    try:
        found = desk.queue.differences(officer_of(request))
    except YourSayError as error:
        return _nothing(desk, request, problem=str(error))
    jobs = [(question_of(one), one.response, f"{KEYING_PATH}?{urlencode({'job': one.id})}") for one in found]
    return desk.page("keying_differences.html", at=DIFFERENCES_PATH, jobs=jobs)


def _picture(desk: Desk, request: Request, job: str) -> Response:
    """Only for who is at the job; kept by no browser."""
    number = request.path_params["number"]
    try:
        found = desk.queue.pictures(job, officer_of(request))
    except YourSayError as error:
        return PlainTextResponse(str(error), 403)
    if not 1 <= number <= len(found):
        return PlainTextResponse("There is no such picture.", 404)
    return Response(found[number - 1], media_type="image/png", headers={"Cache-Control": "no-store"})


def _key(desk: Desk, request: Request, form: Form) -> Response:
    job, officer = first(form, "job"), officer_of(request)
    try:
        check_token(request, form, KEYING_PATH)
        _record(desk.queue, job, officer, form)
    except YourSayError as error:
        return _refused(desk, request, job, str(error), form)
    is_done = first(form, "outcome") != "skip"
    return RedirectResponse(f"{KEYING_PATH}?{urlencode({'done': job})}" if is_done else KEYING_PATH, 303)


def _undo(desk: Desk, request: Request, form: Form) -> Response:
    job = first(form, "job")
    try:
        check_token(request, form, UNDO_PATH)
        desk.queue.undo(job, officer_of(request))
    except YourSayError as error:
        return _nothing(desk, request, problem=str(error))
    return RedirectResponse(f"{KEYING_PATH}?{urlencode({'job': job})}", 303)


def _record(queue: Queue, job: str, officer: str, form: Form) -> None:
    given = first(form, "outcome")
    if given == "skip":
        queue.skip(job, officer)
        return
    outcome = next((one for one in OUTCOMES if one == given), None)
    if outcome is None:
        raise Refused(UNKNOWN)
    # What stands in the form beside another button is not what was answered.
    is_answer = outcome == "answer"
    text = first(form, "text") if is_answer and "text" in form else None
    codes = tuple(form.get("code", ())) if is_answer else ()
    settled_with = first(form, "settled_with") or None
    queue.answer(job, officer, outcome, text=text, codes=codes, settled_with=settled_with)


def _refused(desk: Desk, request: Request, job: str, problem: str, form: Form) -> Response:
    """The form again with what was typed; the job itself may be gone by now."""
    try:
        found = desk.queue.take(job, officer_of(request))
        return _job_page(
            desk, request, found, problem=problem, text=first(form, "text"), codes=tuple(form.get("code", ()))
        )
    except YourSayError:
        return _nothing(desk, request, problem=problem)


def _job_page(
    desk: Desk, request: Request, job: Job, *, text: str, problem: str | None = None, codes: tuple[str, ...] = ()
) -> Response:
    pictures, no_picture = pictures_of(desk, request, job)
    return desk.page(
        "keying_job.html",
        at=KEYING_PATH,
        status=400 if problem else 200,
        job=job,
        question=question_of(job),
        pictures=pictures,
        no_picture=no_picture,
        problem=problem,
        text=text,
        suggested=bool(text) and not problem,
        codes=codes,
        # Nobody says of boxes, or of an answer whose sheets are all there, that it goes on elsewhere.
        may_continue=job.id.endswith(":keying") and not job.choices,
        form_token=token_for(request, KEYING_PATH),
        action=KEYING_PATH,
        **_done(request),
    )


def pictures_of(desk: Desk, request: Request, job: Job) -> tuple[list[str], str | None]:
    """The addresses of a job's pictures; where there can be none, why. The job can be done or skipped all the same."""
    try:
        count = len(desk.queue.pictures(job.id, officer_of(request)))
    except YourSayError as error:
        return [], str(error)
    query = urlencode({"job": job.id})
    return [f"{PICTURE_PATH}/{number}?{query}" for number in range(1, count + 1)], None


def _done(request: Request) -> dict[str, Any]:
    """What was keyed just now, and how it is undone."""
    done = request.query_params.get("done")
    return {"done": done, "done_name": "job", "undo": UNDO_PATH, "undo_token": token_for(request, UNDO_PATH)}


def question_of(job: Job) -> str:
    return f"{job.number}. {job.wording}" if job.number else job.wording

"""The pages of the keying queue: one answer at a time, its picture and question, and a form that needs no script."""

from typing import get_args
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
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
    read_form,
    token_for,
)
from dashboards.desk.queue import Job, Outcome, Queue
from schemas.errors import YourSayError

PICTURE_PATH = "/keying/picture"
_OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)


def keying_routes(desk: Desk) -> list[Route]:
    """`/keying` gives the next job and takes what was keyed; `?job=` gives one job in particular."""

    async def show(request: Request) -> Response:
        return await run_in_threadpool(_show, desk, request, request.query_params.get("job"))

    async def key(request: Request) -> Response:
        form = await read_form(request)
        return await run_in_threadpool(_key, desk, request, form)

    async def differences(request: Request) -> Response:
        return await run_in_threadpool(_differences, desk, request)

    async def picture(request: Request) -> Response:
        return await run_in_threadpool(_picture, desk, request, request.query_params.get("job", ""))

    return [
        Route(KEYING_PATH, show, methods=["GET"]),
        Route(KEYING_PATH, key, methods=["POST"]),
        Route(DIFFERENCES_PATH, differences, methods=["GET"]),
        Route(PICTURE_PATH + "/{number:int}", picture, methods=["GET"]),
    ]


def _show(desk: Desk, request: Request, wanted: str | None) -> Response:
    officer = officer_of(request)
    try:
        job = desk.queue.take(wanted, officer) if wanted else desk.queue.next_job(officer)
        if job is None:
            return desk.page("keying_none.html", at=KEYING_PATH, problem=None)
        return _job_page(desk, request, job, text=job.suggestion if isinstance(job.suggestion, str) else "")
    except YourSayError as error:
        return desk.page("keying_none.html", at=KEYING_PATH, status=409, problem=str(error))


def _differences(desk: Desk, request: Request) -> Response:
    try:
        found = desk.queue.differences(officer_of(request))
    except YourSayError as error:
        return desk.page("keying_none.html", at=KEYING_PATH, status=409, problem=str(error))
    jobs = [(_question(one), one.response, f"{KEYING_PATH}?{urlencode({'job': one.id})}") for one in found]
    return desk.page("keying_differences.html", at=KEYING_PATH, jobs=jobs)


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
    return RedirectResponse(KEYING_PATH, 303)


def _record(queue: Queue, job: str, officer: str, form: Form) -> None:
    given = first(form, "outcome")
    if given == "skip":
        queue.skip(job, officer)
        return
    outcome = next((one for one in _OUTCOMES if one == given), None)
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
        return desk.page("keying_none.html", at=KEYING_PATH, status=409, problem=problem)


def _job_page(
    desk: Desk, request: Request, job: Job, *, text: str, problem: str | None = None, codes: tuple[str, ...] = ()
) -> Response:
    query = urlencode({"job": job.id})
    try:
        count, no_picture = len(desk.queue.pictures(job.id, officer_of(request))), None
    except YourSayError as error:
        # The job can still be skipped.
        count, no_picture = 0, str(error)
    return desk.page(
        "keying_job.html",
        at=KEYING_PATH,
        status=400 if problem else 200,
        job=job,
        question=_question(job),
        pictures=[f"{PICTURE_PATH}/{number}?{query}" for number in range(1, count + 1)],
        no_picture=no_picture,
        problem=problem,
        text=text,
        suggested=bool(text) and not problem,
        codes=codes,
        # Nobody says of boxes, or of an answer whose sheets are all there, that it goes on elsewhere.
        may_continue=job.id.endswith(":keying") and not job.choices,
        form_token=token_for(request, KEYING_PATH),
        action=KEYING_PATH,
    )


def _question(job: Job) -> str:
    return f"{job.number}. {job.wording}" if job.number else job.wording

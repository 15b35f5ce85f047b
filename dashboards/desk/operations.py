"""Operations, for who keeps the system running: what came in by each way, what failed and why. No answers."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from dashboards.desk.forms import STALE, Desk, Refused, check_token, first, read_form, token_for
from dashboards.desk.jobs import OPERATIONS_PATH, ChannelState
from schemas.errors import YourSayError

_NO_JOB = "There is no such job; choose one of this page's."


def operations_routes(desk: Desk) -> list[Route]:
    """`/operations` shows how each job and channel stands, and runs a job again."""

    async def show(request: Request) -> Response:
        done = request.query_params.get("ran", "")
        return await run_in_threadpool(_page, desk, request, done=done)

    async def run(request: Request) -> Response:
        form = await read_form(request)
        try:
            check_token(request, form, OPERATIONS_PATH)
            name = await run_in_threadpool(_run, desk, first(form, "job"))
        except YourSayError as error:
            return await run_in_threadpool(_page, desk, request, problem=str(error), status=400)
        return RedirectResponse(f"{OPERATIONS_PATH}?ran={name}", 303)

    return [
        Route(OPERATIONS_PATH, show, methods=["GET"]),
        Route(OPERATIONS_PATH, run, methods=["POST"]),
    ]


def _run(desk: Desk, name: str) -> str:
    if name not in {job.name for job in desk.operations.jobs()}:
        raise Refused(_NO_JOB)
    desk.operations.run_again(name)
    return name


def _cells(desk: Desk, one: ChannelState) -> tuple[str, ...]:
    at = desk.moment(one.last_at) if one.last_at else "-"
    agree = "yes" if one.received == one.in_lines else "NO"
    counts = (str(one.waiting), str(one.received), str(one.in_lines))
    return (one.channel, str(one.artefacts), *counts, agree, at, one.last_id or "-")


def _page(desk: Desk, request: Request, *, done: str = "", problem: str = "", status: int = 200) -> Response:
    jobs = desk.operations.jobs()
    return desk.page(
        "operations.html",
        status=status,
        at=OPERATIONS_PATH,
        account=request.state.account,
        jobs=jobs,
        channels=[_cells(desk, one) for one in desk.operations.channels()],
        ran=next((job.title for job in jobs if job.name == done), ""),
        problem=problem.replace(STALE, "This form was open for too long; send it again."),
        token=token_for(request, OPERATIONS_PATH),
        action=OPERATIONS_PATH,
    )

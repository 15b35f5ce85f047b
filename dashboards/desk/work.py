"""The first page of the desk: what waits, how old it is, and who is at it."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboards.desk.access import roles_for
from dashboards.desk.forms import Desk, shows
from dashboards.desk.work_list import WORK_PATH, age_in_words, work_list


def work_routes(desk: Desk) -> list[Route]:
    """`/work` lists what waits in every queue."""
    return [shows(WORK_PATH, desk, _show)]


def _show(desk: Desk, request: Request) -> Response:
    found, now, account = work_list(desk.work), desk.clock.now(), request.state.account
    rows = [
        (
            one,
            one.address if one.count and one.address and account.role in roles_for(one.address) else None,
            age_in_words(one.oldest, now),
            ", ".join(f"{name} ({count})" for name, count in one.held),
        )
        for one in found.waiting
    ]
    return desk.page("desk_work.html", at=WORK_PATH, account=account, rows=rows, problems=found.problems)

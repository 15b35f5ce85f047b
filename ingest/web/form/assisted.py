"""The assisted route: staff take down what somebody says, by telephone, with a helper or a BSL interpreter.

Who takes it down shows a sender's token of the kind `assisted`. The token's hash stays in the encrypted session alone.
"""

from typing import get_args

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ingest.web.errors import RefusedError
from ingest.web.form.changes import read_fields
from ingest.web.form.filling import Filling, filling_of, start_form
from ingest.web.form.posted import CSRF
from ingest.web.senders import hash_of_token
from ingest.web.service import address_of
from schemas.response import Assistance, AssistedBy

TOKEN, MEANS, HELPER = "token", "means", "helper"
_ALL_MEANS: tuple[str, ...] = get_args(AssistedBy)
_MAX_HELPER = 1_000


async def show_assisted(request: Request) -> Response:
    """Ask for the token, unless this browser has shown it, and how the answers are given."""
    filling = await filling_of(request)
    _refuse_where_closed(filling)
    return _page(filling)


async def post_assisted(request: Request) -> Response:
    """Begin a form for the person who is helped."""
    filling = await filling_of(request)
    _refuse_where_closed(filling)
    visit = filling.visit
    given = await read_fields(request)
    if not filling.session.csrf_is(given.get(CSRF, "")):
        return _page(filling, 403, given=given, check=True)
    visit.service.limiter.count_submissions(address_of(request), None)
    known = filling.state.helper_token if filling.state else None
    token = hash_of_token(given[TOKEN].strip()) if given.get(TOKEN) else known
    means = given.get(MEANS, "")
    if means not in _ALL_MEANS:
        return _page(filling, 422, given=given, without_means=True)
    try:
        sender = await visit.service.senders.with_token(token or "", visit.offered)
    except RefusedError:
        return _page(filling, 403, given=given, wrong=True)
    if sender.channel != "assisted":
        return _page(filling, 403, given=given, wrong=True)
    assistance = Assistance.model_validate(
        {"means": means, "helper": given.get(HELPER, "").strip()[:_MAX_HELPER] or None}
    )
    return await start_form(visit, assistance=assistance, helper_token=token)


def _page(filling: Filling, status: int = 200, **values: object) -> Response:
    """The page; the token is never filled in again."""
    return filling.page("assisted.html", status, all_means=_ALL_MEANS, **({"given": {}} | values))


def _refuse_where_closed(filling: Filling) -> None:
    if not filling.visit.takes_dictation:
        raise RefusedError("This consultation takes no answers this way now; see its page for the ways to answer.", 403)


ROUTES = [
    Route("/{consultation}/assisted", show_assisted, methods=["GET"]),
    Route("/{consultation}/assisted", post_assisted, methods=["POST"]),
]

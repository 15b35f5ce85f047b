"""The desk: officers' pages behind the one middleware, which also asks for the role."""

from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboards.accounts import unknown_name_hash
from dashboards.desk.coding import coding_routes
from dashboards.desk.forms import Desk
from dashboards.desk.keying import keying_routes
from dashboards.desk.themes import theme_routes
from dashboards.desk.translating import translation_routes
from dashboards.desk.work import work_routes
from dashboards.desk.work_list import WORK_PATH
from dashboards.guard import SIGN_IN_PATH, SessionMiddleware
from dashboards.pages import page
from dashboards.sign_in import SIGN_OUT_PATH, sign_in_routes

_FOR_EVERYBODY = (SIGN_IN_PATH, SIGN_OUT_PATH)


class OfficersOnly:
    """Lets accounts of other roles sign in and out, and see nothing."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] not in _FOR_EVERYBODY:
            account = scope["state"]["account"]
            if account.role != "officer":
                await page("desk_refused.html", status=403, account=account)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def create_desk_app(store: Path, desk: Desk) -> Starlette:
    """The ASGI application over one consultation's queues; `store` holds accounts and sessions."""
    # Hashed now, so that the first unknown name takes no longer than the next.
    unknown_name_hash()

    async def home(_request: Request) -> Response:
        return RedirectResponse(WORK_PATH, 303)

    return Starlette(
        routes=[
            Route("/", home, methods=["GET"]),
            *sign_in_routes(store, desk.clock),
            *work_routes(desk),
            *keying_routes(desk),
            *coding_routes(desk),
            *theme_routes(desk),
            *translation_routes(desk),
        ],
        middleware=[
            Middleware(
                SessionMiddleware,
                store=store,
                clock=desk.clock,
                shut=(),
                content_security_policy="default-src 'none'; frame-ancestors 'none'",
            ),
            Middleware(OfficersOnly),
        ],
    )

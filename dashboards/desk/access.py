"""Who may open what at the desk: one table of paths, and the middleware that asks it at each request."""

from collections.abc import Mapping
from types import MappingProxyType

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboards.accounts import ROLES, Role
from dashboards.guard import SIGN_IN_PATH, SIGNED_OUT_PATH
from dashboards.pages import page
from dashboards.sign_in import SIGN_OUT_PATH

_EVERYBODY: frozenset[Role] = frozenset(ROLES)
_OFFICERS: frozenset[Role] = frozenset({"officer"})
_RELEASING: frozenset[Role] = frozenset({"officer", "publisher"})
# A row is for its path and all below it, where no longer row is nearer. A path in no row opens to nobody.
ACCESS: Mapping[str, frozenset[Role]] = MappingProxyType(
    {
        SIGN_IN_PATH: _EVERYBODY,
        SIGN_OUT_PATH: _EVERYBODY,
        SIGNED_OUT_PATH: _EVERYBODY,
        "/assets": _EVERYBODY,
        "/work": _RELEASING,
        "/keying": _OFFICERS,
        "/coding": _OFFICERS,
        "/translation": _OFFICERS,
        "/links": _OFFICERS,
        "/campaigns": _OFFICERS,
        "/redactions": _OFFICERS,
        "/quarantine": _OFFICERS,
        "/releases": _RELEASING,
        "/operations": frozenset({"engineer", "officer"}),
        "/final": _RELEASING,
        "/report": _RELEASING,
    }
)
_HOME = "/"


def roles_for(path: str) -> frozenset[Role]:
    """The roles that may open `path`; none where no row of the table is for it."""
    if path == _HOME:
        return ACCESS["/work"] | ACCESS["/operations"]
    steps = path.split("/")
    for length in range(len(steps), 1, -1):
        roles = ACCESS.get("/".join(steps[:length]))
        if roles is not None:
            return roles
    return frozenset()


class AccessMiddleware:
    """Lets an account through where its role is in the table; others may sign out. Stands behind `SessionMiddleware`.

    Who is not signed in gets this far only where that lets everybody through: to the rows that are for everybody.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            roles = roles_for(scope["path"])
            account = scope.get("state", {}).get("account")
            if roles != _EVERYBODY:
                if account is None:
                    await PlainTextResponse("Sign in first.", 401)(scope, receive, send)
                    return
                if account.role not in roles:
                    await page("desk_refused.html", status=403, account=account)(scope, receive, send)
                    return
        await self._app(scope, receive, send)

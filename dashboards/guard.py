"""The one middleware in front of every path of the council's screens, the websocket included."""

from pathlib import Path
from urllib.parse import quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from dashboards.assets import ASSETS_PATH
from dashboards.sessions import find_session
from schemas.clock import Clock

SIGN_IN_PATH = "/sign-in"
PROVIDER_PATH = "/sign-in/provider"
CALLBACK_PATH = "/sign-in/callback"
PROVIDER_SIGN_OUT_PATH = "/sign-in/provider-sign-out"
SIGNED_OUT_PATH = "/signed-out"
OPEN_PATHS = frozenset({SIGN_IN_PATH, PROVIDER_PATH, CALLBACK_PATH, PROVIDER_SIGN_OUT_PATH, SIGNED_OUT_PATH})
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def session_cookie_name(scheme: str) -> str:
    """Over TLS a browser takes a `__Host-` cookie from this very host alone."""
    return "__Host-yoursay_session" if scheme in ("https", "wss") else "yoursay_session"


def session_token(connection: HTTPConnection) -> str | None:
    """The session cookie of a request or a websocket's handshake."""
    return connection.cookies.get(session_cookie_name(connection.scope["scheme"]))


class SessionMiddleware:
    """Lets nothing through without a live session, the sign-in pages and their style sheet excepted.

    The account goes into the scope's state under `account`, read from the store at each request: a changed role
    counts at once. Requests that change something, and websockets, must come from a page of this very server:
    a page on another port of the same host sends the cookie too. Paths that begin with one of `shut` open to nobody.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        store: Path,
        clock: Clock,
        shut: tuple[str, ...],
        content_security_policy: str,
    ) -> None:
        self._app = app
        self._store = store
        self._clock = clock
        self._shut = shut
        self._policy = content_security_policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        refusal = await self._refusal(connection)
        if scope["type"] == "websocket":
            if refusal is not None:
                # Closing before accepting answers the handshake with 403.
                await WebSocketClose(code=1008)(scope, receive, send)
            else:
                await self._app(scope, receive, send)
            return
        await (refusal or self._app)(scope, receive, self._with_headers(send))

    async def _refusal(self, connection: HTTPConnection) -> Response | None:
        """What to answer instead, or None where the request may go on."""
        scope = connection.scope
        changes = scope["type"] == "websocket" or scope["method"] not in _SAFE_METHODS
        if changes and not _from_own_page(connection):
            return PlainTextResponse("This request does not come from a page of this server.", 403)
        if scope["type"] == "http" and _is_open(scope["path"]):
            return None
        token = session_token(connection)
        account = await run_in_threadpool(find_session, self._store, token, self._clock.now()) if token else None
        if account is None:
            return _ask_to_sign_in(connection)
        if scope["path"].startswith(self._shut):
            return PlainTextResponse("There is nothing here.", 404)
        scope.setdefault("state", {})["account"] = account
        return None

    def _with_headers(self, send: Send) -> Send:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
                headers.setdefault("Content-Security-Policy", self._policy)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        return send_with_headers


def _is_open(path: str) -> bool:
    """Whether everybody may ask for this: what signing in needs, and the files its pages are drawn with."""
    folder, _, name = path.rpartition("/")
    return path in OPEN_PATHS or (folder == ASSETS_PATH and name != "")


def _from_own_page(connection: HTTPConnection) -> bool:
    """Whether `Origin` is this server. A client that sends none is no browser, and then brings no foreign cookie."""
    origin = connection.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == connection.headers.get("host")


def _ask_to_sign_in(connection: HTTPConnection) -> Response:
    """A page that a person opens leads to the form and then back; anything else is refused."""
    scope = connection.scope
    wants_page = "text/html" in connection.headers.get("accept", "")
    if scope["type"] == "http" and scope["method"] == "GET" and wants_page:
        query = scope["query_string"].decode("latin-1")
        wanted = f"{scope['path']}?{query}" if query else scope["path"]
        return RedirectResponse(f"{SIGN_IN_PATH}?next={quote(wanted, safe='/')}", 303)
    return PlainTextResponse("Sign in first.", 401)

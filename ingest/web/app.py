"""The public server's application: pages, sync API, static files. It seals or takes sealed bodies, and opens none."""

import logging
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ingest.web import api, editions, feed_api, openapi, pages, published, worker
from ingest.web.consultations import Consultations
from ingest.web.edition_files import EditionFiles
from ingest.web.errors import RefusedError
from ingest.web.form import assisted, changes, respond, shell
from ingest.web.intake import Intake
from ingest.web.limits import Limits, RateLimiter, read_limits
from ingest.web.openrosa import endpoints as openrosa
from ingest.web.pressure import Pressure
from ingest.web.published_files import Published
from ingest.web.render import BUILT, CONTENT_SECURITY_POLICY, Renderer
from ingest.web.senders import Senders
from ingest.web.service import Service
from ingest.web.settings import PublicSettings, read_secrets
from ingest.web.static_files import CompressedFiles
from ingest.web.store.base import Store
from schemas.clock import Clock
from schemas.receipts import load_signer, retired_keys

_LOG = logging.getLogger(__name__)
_HEADERS = [
    (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
_KEPT = (b"cache-control", b"public, max-age=31536000, immutable")
_NOT_KEPT = (b"cache-control", b"no-store")
# Only where the page came by TLS: a browser would take it for the whole host.
_TLS_ONLY = (b"strict-transport-security", b"max-age=31536000")
_FAILED = "Something went wrong on the server; what you sent was not received."
_SENTENCES = {
    404: "There is no such page; see the list of consultations.",
    405: "This address does not take that kind of request.",
}


def create_app(settings: PublicSettings, clock: Clock, store: Store, limits: Limits | None = None) -> Starlette:
    """The application over a prepared folder (see `prepare_public_server`) and a store, which it closes at the end.

    `limits` stands for what the folder's `limits.toml` says.

    Raises:
        IngestError: the front end is not built.
        SealingError: the folder is not prepared.
    """
    renderer = Renderer(clock)
    secrets, limits = read_secrets(settings), limits or read_limits(settings.limits)
    signer = load_signer(settings.signing_key)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        store.close()

    app = Starlette(
        routes=[
            *api.ROUTES,
            *feed_api.ROUTES,
            *openapi.ROUTES,
            *openrosa.ROUTES,
            *worker.ROUTES,
            Mount("/static", CompressedFiles(directory=BUILT)),
            *published.ROUTES,
            *pages.ROUTES,
            *editions.ROUTES,
            *shell.ROUTES,
            *respond.ROUTES,
            *changes.ROUTES,
            *assisted.ROUTES,
        ],
        middleware=[
            Middleware(_SecurityHeaders),
            Middleware(_Unforeseen),
            Middleware(Pressure, at_once=limits.requests_at_once, seconds_for_a_body=float(limits.seconds_for_a_body)),
        ],
        exception_handlers={
            RefusedError: _refused,
            HTTPException: _http_exception,
            ClientDisconnect: _went_away,
        },
        lifespan=lifespan,
    )
    # A redirect to the address without its slash would repeat whatever host the request named.
    app.router.redirect_slashes = False
    app.state.service = Service(
        consultations=Consultations(settings),
        editions=EditionFiles(settings),
        published=Published(settings),
        store=store,
        intake=Intake(store, signer, clock),
        signer=signer,
        public_keys=(signer.published(), *retired_keys(settings.retired_keys)),
        secrets=secrets,
        renderer=renderer,
        clock=clock,
        senders=Senders(store),
        limiter=RateLimiter(limits, secrets.idempotency),
    )
    return app


class _SecurityHeaders:
    """Adds the headers that every answer carries; a page is not kept by caches unless it says so itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = message["headers"]
                present = {name for name, _ in headers}
                static = scope["path"].startswith("/static/") and message["status"] == HTTPStatus.OK
                added = [*_HEADERS, _KEPT if static else _NOT_KEPT]
                if scope["scheme"] == "https":
                    added.append(_TLS_ONLY)
                headers += [header for header in added if header[0] not in present]
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)


class _Unforeseen:
    """Answers what nobody foresaw, and logs where it came up: never what the error says, which may hold an answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def send_noting(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, send_noting if scope["type"] == "http" else send)
        except Exception as error:  # noqa: BLE001 - whatever it is, its text must not reach the log
            place = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{Path(place.filename).name}, line {place.lineno}"
            _LOG.error("A request failed in a way that is not foreseen: %s in %s.", type(error).__name__, where)
            if scope["type"] != "http" or begun:
                raise RuntimeError("An answer was broken off.") from None
            await _say(Request(scope, receive), _FAILED, HTTPStatus.INTERNAL_SERVER_ERROR)(scope, receive, send)


def _say(request: Request, sentence: str, status: int, headers: dict[str, str] | None = None) -> Response:
    """A refusal in the form that the asker reads: JSON under /api, OpenRosa's envelope, a page."""
    response: Response
    if request.url.path.startswith("/api/"):
        response = JSONResponse({"error": sentence}, status)
    elif request.url.path.startswith("/openrosa/"):
        response = openrosa.message(sentence, status)
    else:
        response = pages.refused(request, sentence, status)
    response.headers.update(headers or {})
    return response


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, RefusedError)
    headers = {"retry-after": str(error.retry_after)} if error.retry_after else {}
    if error.status == HTTPStatus.UNAUTHORIZED:
        headers["www-authenticate"] = "Bearer"
    if error.status == HTTPStatus.REQUEST_TIMEOUT:
        headers["connection"] = "close"
    return _say(request, str(error), error.status, headers)


async def _http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    sentence = _SENTENCES.get(error.status_code, f"{HTTPStatus(error.status_code).phrase}.")
    return _say(request, sentence, error.status_code, dict(error.headers or {}))


async def _went_away(_: Request, __: Exception) -> Response:
    """The sender hung up: nobody reads this, and nothing was stored."""
    return Response(status_code=HTTPStatus.BAD_REQUEST)

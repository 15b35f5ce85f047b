"""An OpenID Connect provider on loopback that does what the standards say, until a test has it do otherwise."""

import base64
import hashlib
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT, SECRET = "yoursay", "a client's secret"
Claims = dict[str, Any]


def _as_it_is(claims: Claims) -> Claims:
    return claims


@dataclass
class Provider:
    """The provider. Its attributes may be changed while it runs.

    Attributes:
        subject: who signs in next, without being asked.
        claims: what it tells about them, beside the subject.
        bend: changes the claims of the identity token before it is signed.
        sign: makes the token of header and claims.
        metadata: stands over what it tells of itself.
        tell_issuer: what it says as `iss` when it sends somebody back.
        answers: path -> what it answers there instead.
        codes: the codes that were not redeemed.
        asked: the paths that were asked for, in order.
        refused: why it gave no token, in order.
    """

    issuer: str
    subject: str = "ada-1"
    claims: Claims = field(default_factory=dict)
    userinfo: Claims | None = None
    bend: Callable[[Claims], Claims] = _as_it_is
    sign: Callable[["Provider", Claims], str] | None = None
    metadata: Claims = field(default_factory=dict)
    tell_issuer: str | None = None
    error: str | None = None
    answers: dict[str, Response] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    keys: list[RSAKey] = field(default_factory=lambda: [_first_key()])

    def signed(self, claims: Claims, **header: Any) -> str:
        """A token that the provider's newest key signs."""
        key = self.keys[-1]
        return jwt.encode({"alg": "RS256", "kid": key.kid} | header, claims, key)


def new_key() -> RSAKey:
    """A key with an id."""
    return RSAKey.generate_key(2048, {"use": "sig", "kid": secrets.token_hex(4)}, private=True)


@cache
def _first_key() -> RSAKey:
    """One for all providers of a run: making one takes longer than most tests."""
    return new_key()


@contextmanager
def run_provider() -> Iterator[Provider]:
    """The provider on a free port of loopback."""
    listener = socket.create_server(("127.0.0.1", 0))
    provider = Provider(f"http://127.0.0.1:{listener.getsockname()[1]}")
    with running(_app(provider), listener):
        yield provider


@contextmanager
def running(app: Any, listener: socket.socket) -> Iterator[None]:
    """An application in a thread, until the block ends."""
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


def _app(provider: Provider) -> Starlette:
    async def metadata(_request: Request) -> Response:
        at = provider.issuer
        return JSONResponse(
            {
                "issuer": at,
                "authorization_endpoint": f"{at}/authorize",
                "token_endpoint": f"{at}/token",
                "jwks_uri": f"{at}/jwks",
                "userinfo_endpoint": f"{at}/userinfo",
                "end_session_endpoint": f"{at}/end",
                "id_token_signing_alg_values_supported": ["RS256"],
            }
            | provider.metadata
        )

    async def authorize(request: Request) -> Response:
        asked = dict(request.query_params)
        after: dict[str, str] = {"state": asked["state"]}
        if provider.tell_issuer:
            after["iss"] = provider.tell_issuer
        if provider.error:
            return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(after | {'error': provider.error})}", 302)
        assert (asked["response_type"], asked["client_id"], asked["code_challenge_method"]) == ("code", CLIENT, "S256")
        code = secrets.token_urlsafe(16)
        provider.codes[code] = asked
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(after | {'code': code})}", 302)

    async def token(request: Request) -> Response:
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        asked = provider.codes.pop(form.get("code", ""), None)
        why = _why_not(request, form, asked)
        if why or asked is None:
            provider.refused.append(why or "code")
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = int(time.time())
        claims = {
            "iss": provider.issuer,
            "aud": CLIENT,
            "sub": provider.subject,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
        }
        claims = provider.bend(claims | provider.claims)
        signed = provider.sign(provider, claims) if provider.sign else provider.signed(claims)
        return JSONResponse({"access_token": "an access token", "token_type": "Bearer", "id_token": signed})

    async def keys(_request: Request) -> Response:
        return JSONResponse({"keys": [key.as_dict(private=False) for key in provider.keys]})

    async def userinfo(request: Request) -> Response:
        if request.headers.get("authorization") != "Bearer an access token":
            return JSONResponse({"error": "invalid_token"}, 401)
        return JSONResponse(provider.userinfo or {"sub": provider.subject})

    async def end(request: Request) -> Response:
        return RedirectResponse(request.query_params["post_logout_redirect_uri"], 302)

    def instead(path: str, endpoint: Any) -> Route:
        async def answer(request: Request) -> Response:
            provider.asked.append(path)
            given = provider.answers.get(path)
            found: Response = given if given is not None else await endpoint(request)
            return found

        return Route(path, answer, methods=["GET", "POST"])

    return Starlette(
        routes=[
            instead("/.well-known/openid-configuration", metadata),
            instead("/authorize", authorize),
            instead("/token", token),
            instead("/jwks", keys),
            instead("/userinfo", userinfo),
            instead("/end", end),
        ]
    )


def _why_not(request: Request, form: dict[str, str], asked: dict[str, str] | None) -> str:
    """Why the code is not taken; empty where it is."""
    if request.headers.get("authorization") != _basic(CLIENT, SECRET):
        return "client"
    if asked is None:
        return "code"
    digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
    if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != asked["code_challenge"]:
        return "verifier"
    return "" if form.get("redirect_uri") == asked["redirect_uri"] else "redirect_uri"


def _basic(name: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()

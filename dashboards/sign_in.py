"""Signing in and out: plain forms that work without JavaScript."""

import secrets
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from anyio import CapacityLimiter, to_thread
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from dashboards.accounts import check_password
from dashboards.guard import SIGN_IN_PATH, session_cookie_name, session_token
from dashboards.pages import page
from dashboards.sessions import close_session, form_token, form_token_is_right, open_session
from dashboards.sign_in_limits import TooManyAttempts
from schemas.clock import Clock

SIGN_OUT_PATH = "/sign-out"
_MAX_FORM_BYTES = 8 * 1024
_BROWSER_COOKIE = "yoursay_sign_in"
# Argon2 takes 64 MB for each sign-in that is checked at the same time.
_CHECKED_AT_ONCE = 2
_WRONG = "The name and the password do not belong together."
_STALE = "This form was open for too long or cookies are off. Try again."


def sign_in_routes(store: Path, clock: Clock) -> list[Route]:
    """The routes for signing in and out of the screens that share `store`."""
    limiter = CapacityLimiter(_CHECKED_AT_ONCE)

    async def show_sign_in(request: Request) -> Response:
        return _form(request, _local_path(request.query_params.get("next", "")))

    async def sign_in(request: Request) -> Response:
        form = await _read_form(request)
        after, name = _local_path(form.get("next", "")), form.get("name", "")
        secret = request.cookies.get(_BROWSER_COOKIE, "")
        if not secret or not form_token_is_right(form.get("form_token", ""), secret, SIGN_IN_PATH):
            return _form(request, after, error=_STALE, status=400)
        address = request.client.host if request.client else ""
        try:
            account = await to_thread.run_sync(
                check_password, store, name, form.get("password", ""), address, clock.now(), limiter=limiter
            )
        except TooManyAttempts as error:
            return _form(request, after, error=str(error), status=429)
        if account is None:
            return _form(request, after, error=_WRONG, status=401)
        old = session_token(request)
        if old:
            await run_in_threadpool(close_session, store, old)
        token = await run_in_threadpool(open_session, store, account, clock.now())
        response = RedirectResponse(after, 303)
        response.set_cookie(
            session_cookie_name(request.url.scheme),
            token,
            path="/",
            httponly=True,
            secure=request.url.scheme == "https",
            samesite="lax",
        )
        response.delete_cookie(_BROWSER_COOKIE, path=SIGN_IN_PATH)
        return response

    async def show_sign_out(request: Request) -> Response:
        token = form_token(session_token(request) or "", SIGN_OUT_PATH)
        return page("sign_out.html", account=request.state.account, form_token=token, action=SIGN_OUT_PATH)

    async def sign_out(request: Request) -> Response:
        form = await _read_form(request)
        token = session_token(request) or ""
        if not form_token_is_right(form.get("form_token", ""), token, SIGN_OUT_PATH):
            return await show_sign_out(request)
        await run_in_threadpool(close_session, store, token)
        response = RedirectResponse(SIGN_IN_PATH, 303)
        response.delete_cookie(
            session_cookie_name(request.url.scheme), path="/", secure=request.url.scheme == "https", httponly=True
        )
        return response

    return [
        Route(SIGN_IN_PATH, show_sign_in, methods=["GET"]),
        Route(SIGN_IN_PATH, sign_in, methods=["POST"]),
        Route(SIGN_OUT_PATH, show_sign_out, methods=["GET"]),
        Route(SIGN_OUT_PATH, sign_out, methods=["POST"]),
    ]


def _form(request: Request, after: str, *, error: str | None = None, status: int = 200) -> Response:
    """The sign-in form. What was typed is not shown again: a password typed as the name would be."""
    secret = request.cookies.get(_BROWSER_COOKIE) or secrets.token_urlsafe(32)
    token = form_token(secret, SIGN_IN_PATH)
    response = page("sign_in.html", status=status, error=error, after=after, form_token=token, action=SIGN_IN_PATH)
    response.set_cookie(
        _BROWSER_COOKIE,
        secret,
        path=SIGN_IN_PATH,
        httponly=True,
        secure=request.url.scheme == "https",
        samesite="strict",
    )
    return response


async def _read_form(request: Request) -> dict[str, str]:
    """The fields of a posted form; none where it is larger than any form of ours or not text."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _MAX_FORM_BYTES:
            return {}
    try:
        fields = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=10, errors="strict")
    except ValueError:
        return {}
    return {name: values[0] for name, values in fields.items()}


def _local_path(given: str) -> str:
    """`given` where it is a path of this server, else the first page: a link must not lead elsewhere after sign-in."""
    parts = urlsplit(given)
    own = given.startswith("/") and not given.startswith("//") and not parts.scheme and not parts.netloc
    return given if own and given.isprintable() and "\\" not in given else "/"

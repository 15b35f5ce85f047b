"""Signing in and out: plain pages that work without JavaScript."""

import secrets

from anyio import CapacityLimiter, to_thread
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from dashboards.accounts import account_exists, check_password
from dashboards.guard import PROVIDER_PATH, SIGN_IN_PATH, SIGNED_OUT_PATH, session_cookie_name, session_token
from dashboards.oidc import Provider
from dashboards.oidc_settings import is_loopback
from dashboards.oidc_sign_in import address_here, provider_routes
from dashboards.pages import page
from dashboards.sessions import close_session, close_sessions_of, form_token, form_token_is_right
from dashboards.sign_in_limits import TooManyAttempts
from dashboards.sign_in_register import SignInNote, note_sign_in
from dashboards.sign_in_settings import SignInSettings
from dashboards.sign_in_steps import address_of, begin_session, local_path, note_refusal, read_form
from schemas.register import RegisterError

SIGN_OUT_PATH = "/sign-out"
_BROWSER_COOKIE = "yoursay_sign_in"
# Argon2 takes 64 MB for each sign-in that is checked at the same time.
_CHECKED_AT_ONCE = 2
_WRONG = "The name and the password do not belong together."
_STALE = "This form was open for too long or cookies are off. Try again."
_NOT_NOTED = "Sign-ins cannot be noted now, so nobody can sign in. Tell who runs this server."
_NOT_SET_UP = "No sign-in is set up here. Who runs this server names a provider in sign-in.toml."
_NO_PASSWORDS = "Passwords open nothing here."


def sign_in_routes(sign_in: SignInSettings) -> list[Route]:
    """The routes for signing in to a screen and out again."""
    provider = Provider(sign_in.provider) if sign_in.provider else None
    return [
        *_sign_in_pages(sign_in),
        *provider_routes(sign_in, provider),
        *_sign_out_pages(sign_in, provider),
    ]


def _sign_in_pages(sign_in: SignInSettings) -> list[Route]:
    limiter = CapacityLimiter(_CHECKED_AT_ONCE)

    async def show_sign_in(request: Request) -> Response:
        return _form(request, sign_in, local_path(request.query_params.get("next", "")))

    async def take_password(request: Request) -> Response:
        if not sign_in.passwords or not is_loopback(request.url.hostname):
            return PlainTextResponse(_NO_PASSWORDS, 403)
        form = await read_form(request)
        after, name = local_path(form.get("next", "")), form.get("name", "")
        secret = request.cookies.get(_BROWSER_COOKIE, "")
        if not secret or not form_token_is_right(form.get("form_token", ""), secret, SIGN_IN_PATH):
            return _form(request, sign_in, after, error=_STALE, status=400)
        try:
            account = await to_thread.run_sync(
                check_password,
                sign_in.store,
                name,
                form.get("password", ""),
                address_of(request),
                sign_in.clock.now(),
                limiter=limiter,
            )
            if account is None:
                known = await run_in_threadpool(account_exists, sign_in.store, name)
                await note_refusal(request, sign_in, "wrong name or password", known or "")
                return _form(request, sign_in, after, error=_WRONG, status=401)
            response = await begin_session(request, sign_in, account, after)
        except TooManyAttempts as error:
            return _form(request, sign_in, after, error=str(error), status=429)
        except RegisterError:
            return _form(request, sign_in, after, error=_NOT_NOTED, status=503)
        response.delete_cookie(_BROWSER_COOKIE, path=SIGN_IN_PATH)
        return response

    return [
        Route(SIGN_IN_PATH, show_sign_in, methods=["GET"]),
        Route(SIGN_IN_PATH, take_password, methods=["POST"]),
    ]


def _sign_out_pages(sign_in: SignInSettings, provider: Provider | None) -> list[Route]:
    async def show_sign_out(request: Request) -> Response:
        token = form_token(session_token(request) or "", SIGN_OUT_PATH)
        return page("sign_out.html", account=request.state.account, form_token=token, action=SIGN_OUT_PATH)

    async def sign_out(request: Request) -> Response:
        form = await read_form(request)
        token = session_token(request) or ""
        if not form_token_is_right(form.get("form_token", ""), token, SIGN_OUT_PATH):
            return await show_sign_out(request)
        everywhere = form.get("everywhere") == "yes"
        name = request.state.account.name
        if everywhere:
            await run_in_threadpool(close_sessions_of, sign_in.store, name)
        else:
            await run_in_threadpool(close_session, sign_in.store, token)
        event = SignInNote(
            "signed out everywhere" if everywhere else "signed out", name, sign_in.screen, address_of(request)
        )
        await run_in_threadpool(note_sign_in, sign_in.register, sign_in.clock.now(), event)
        response = RedirectResponse(SIGNED_OUT_PATH if provider else SIGN_IN_PATH, 303)
        response.delete_cookie(
            session_cookie_name(request.url.scheme), path="/", secure=request.url.scheme == "https", httponly=True
        )
        return response

    async def signed_out(request: Request) -> Response:
        """Where somebody is after signing out here: the provider may still know them."""
        if provider is None:
            return RedirectResponse(SIGN_IN_PATH, 303)
        here = address_here(request, provider.settings)
        ends = await run_in_threadpool(provider.end_session_address, f"{here}{SIGN_IN_PATH}") if here else None
        return page("signed_out.html", name=provider.settings.name, ends=ends, again=SIGN_IN_PATH)

    return [
        Route(SIGN_OUT_PATH, show_sign_out, methods=["GET"]),
        Route(SIGN_OUT_PATH, sign_out, methods=["POST"]),
        Route(SIGNED_OUT_PATH, signed_out, methods=["GET"]),
    ]


def _form(
    request: Request, sign_in: SignInSettings, after: str, *, error: str | None = None, status: int = 200
) -> Response:
    """The sign-in page. What was typed is not shown again: a password typed as the name would be."""
    if not sign_in.passwords and sign_in.provider is None:
        error, status = _NOT_SET_UP, 503
    secret = request.cookies.get(_BROWSER_COOKIE) or secrets.token_urlsafe(32)
    response = page(
        "sign_in.html",
        status=status,
        error=error,
        after=after,
        form_token=form_token(secret, SIGN_IN_PATH),
        action=SIGN_IN_PATH,
        passwords=sign_in.passwords,
        provider=sign_in.provider.name if sign_in.provider else None,
        provider_path=PROVIDER_PATH,
    )
    if sign_in.passwords:
        response.set_cookie(
            _BROWSER_COOKIE,
            secret,
            path=SIGN_IN_PATH,
            httponly=True,
            secure=request.url.scheme == "https",
            samesite="strict",
        )
    return response

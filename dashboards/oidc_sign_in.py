"""Signing in over the council's provider: to it, back from it, and out where it says so."""

import secrets

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from dashboards.accounts import Account
from dashboards.errors import DashboardError
from dashboards.guard import CALLBACK_PATH, PROVIDER_PATH, PROVIDER_SIGN_OUT_PATH, SIGN_IN_PATH
from dashboards.identities import account_of, bind_account
from dashboards.oidc import Provider, new_request
from dashboards.oidc_http import ProviderRefused, ProviderUnavailable
from dashboards.oidc_settings import ProviderSettings, is_loopback
from dashboards.pages import page
from dashboards.pending_sign_ins import PENDING_SECONDS, Pending, keep_pending, take_pending
from dashboards.sessions import close_sessions_of
from dashboards.sign_in_limits import TooManyAttempts, count_begun, count_return, forget_return
from dashboards.sign_in_register import SignInNote, note_sign_in
from dashboards.sign_in_settings import SignInSettings
from dashboards.sign_in_steps import address_of, begin_session, local_path, note_refusal, read_form
from dashboards.store import open_store
from schemas.register import RegisterError

_MAX_CODE_LENGTH = 4_096
_MAX_STATE_LENGTH = 200
# Each holds a thread while the provider is asked.
_ASKED_AT_ONCE = 8
_NOT_NOTED = "Sign-ins cannot be noted now, so nobody can sign in. Tell who runs this server."
_NO_ADDRESS = "The address of this screen is not in sign-in.toml. Tell who runs this server."
_NOTHING = "There is nothing here."


class NoAccount(DashboardError):
    """Somebody signed in at the provider whom nobody gave an account here."""


def provider_routes(sign_in: SignInSettings, provider: Provider | None) -> list[Route]:
    """The routes to the provider and back. Where there is none they lead nowhere, but are there all the same.

    A screen that serves its front page for any unknown path must not do so for these, which are open to everybody.
    """
    limiter = CapacityLimiter(_ASKED_AT_ONCE)

    async def begin(request: Request) -> Response:
        if provider is None:
            return PlainTextResponse(_NOTHING, 404)
        here = address_here(request, provider.settings)
        if here is None:
            return _problem(_NO_ADDRESS, 503)
        browser = request.cookies.get(_cookie_name(request)) or secrets.token_urlsafe(32)
        pending = Pending(new_request(f"{here}{CALLBACK_PATH}"), local_path(request.query_params.get("next", "")))
        try:
            address = await to_thread.run_sync(
                _begin, sign_in, provider, pending, browser, address_of(request), limiter=limiter
            )
        except TooManyAttempts as error:
            return _problem(str(error), 429)
        except ProviderUnavailable as error:
            return _problem(str(error), 503)
        response = RedirectResponse(address, 303)
        # Lax, not strict: the browser comes back from another site.
        response.set_cookie(
            _cookie_name(request),
            browser,
            max_age=PENDING_SECONDS,
            path="/",
            httponly=True,
            secure=request.url.scheme == "https",
            samesite="lax",
        )
        return response

    async def come_back(request: Request) -> Response:
        if provider is None:
            return PlainTextResponse(_NOTHING, 404)
        try:
            return await _come_back(request)
        except RegisterError:
            return _problem(_NOT_NOTED, 503)

    async def _come_back(request: Request) -> Response:
        assert provider is not None
        query, browser = request.query_params, request.cookies.get(_cookie_name(request), "")
        told = {name: query.get(name) for name in ("state", "code", "iss", "error")}
        try:
            account, after = await to_thread.run_sync(
                _returned, sign_in, provider, told, browser, address_of(request), limiter=limiter
            )
            response = await begin_session(request, sign_in, account, after)
        except TooManyAttempts as error:
            return _problem(str(error), 429)
        except ProviderUnavailable as error:
            await note_refusal(request, sign_in, "the provider does not answer as it should")
            return _problem(str(error), 503)
        except ProviderRefused as error:
            await note_refusal(request, sign_in, error.why)
            return _problem(str(error), 400)
        except NoAccount as error:
            await note_refusal(request, sign_in, "no account here")
            return _problem(str(error), 403)
        response.delete_cookie(_cookie_name(request), path="/", secure=request.url.scheme == "https", httponly=True)
        return response

    async def sign_out_by_provider(request: Request) -> Response:
        """The provider says that somebody signed out there (OpenID Connect Back-Channel Logout)."""
        if provider is None:
            return PlainTextResponse(_NOTHING, 404)
        token = (await read_form(request)).get("logout_token", "")
        try:
            await to_thread.run_sync(_ended, sign_in, provider, token, address_of(request), limiter=limiter)
        except TooManyAttempts:
            return PlainTextResponse("Later.", 429)
        except ProviderUnavailable:
            return PlainTextResponse("The keys of the provider cannot be had.", 503)
        except ProviderRefused as error:
            await note_refusal(request, sign_in, error.why)
            return PlainTextResponse("This is no logout token of the provider.", 400)
        return Response(status_code=200)

    return [
        Route(PROVIDER_PATH, begin, methods=["GET"]),
        Route(CALLBACK_PATH, come_back, methods=["GET"]),
        Route(PROVIDER_SIGN_OUT_PATH, sign_out_by_provider, methods=["POST"]),
    ]


def address_here(request: Request, settings: ProviderSettings) -> str | None:
    """Where this screen is reached: as the settings say, or on loopback as it was asked for. Else None.

    A name from the request is believed for loopback alone: anybody can ask with any name.
    """
    if settings.address is not None:
        return settings.address
    return f"{request.url.scheme}://{request.url.netloc}" if is_loopback(request.url.hostname) else None


def _begin(sign_in: SignInSettings, provider: Provider, pending: Pending, browser: str, address: str) -> str:
    with open_store(sign_in.store) as connection:
        count_begun(connection, address, sign_in.clock.now())
    leads_to = provider.authorization_address(pending.request)
    keep_pending(sign_in.store, pending, browser, sign_in.clock.now())
    return leads_to


def _returned(
    sign_in: SignInSettings, provider: Provider, told: dict[str, str | None], browser: str, address: str
) -> tuple[Account, str]:
    """Whose account it is that came back, and the page that was wanted.

    Raises:
        TooManyAttempts: too many came back from this address in vain.
        ProviderRefused, ProviderUnavailable: it is no sign-in that can be believed.
        NoAccount: it is, of somebody without an account here.
    """
    now = sign_in.clock.now()
    with open_store(sign_in.store) as connection:
        count_return(connection, address, now)
    state = told["state"] or ""
    pending = take_pending(sign_in.store, state, browser, now) if 0 < len(state) <= _MAX_STATE_LENGTH else None
    if pending is None or not browser:
        raise ProviderRefused("no sign-in of this browser was waiting")
    code = told["code"] or ""
    if told["error"] is not None or not 0 < len(code) <= _MAX_CODE_LENGTH:
        raise ProviderRefused("the provider did not sign them in")
    person = provider.redeem(pending.request, code, told["iss"])
    issuer = provider.settings.issuer
    account = account_of(sign_in.store, issuer, person.subject)
    if account is None and person.email is not None:
        account = bind_account(sign_in.store, issuer, person.subject, person.email)
        if account is not None:
            bound = SignInNote("account bound", account.name, sign_in.screen, address, "by its verified address")
            note_sign_in(sign_in.register, now, bound)
    if account is None:
        raise NoAccount(
            "You are signed in there, but nobody gave you an account here. Ask who runs this server, and tell them "
            f"by what you are known there: {person.subject}"
        )
    with open_store(sign_in.store) as connection:
        forget_return(connection, address)
    return account, pending.after


def _ended(sign_in: SignInSettings, provider: Provider, logout_token: str, address: str) -> None:
    now = sign_in.clock.now()
    with open_store(sign_in.store) as connection:
        count_return(connection, address, now)
    subject = provider.signed_out_subject(logout_token)
    account = account_of(sign_in.store, provider.settings.issuer, subject)
    if account is not None:
        close_sessions_of(sign_in.store, account.name)
        what = SignInNote("signed out everywhere", account.name, sign_in.screen, address, "the provider said so")
        note_sign_in(sign_in.register, now, what)
    with open_store(sign_in.store) as connection:
        forget_return(connection, address)


def _problem(sentence: str, status: int) -> Response:
    return page("sign_in_problem.html", status=status, error=sentence, again=SIGN_IN_PATH)


def _cookie_name(request: Request) -> str:
    """Over TLS a browser takes a `__Host-` cookie from this very host alone: no other can plant one."""
    return "__Host-yoursay_provider" if request.url.scheme == "https" else "yoursay_provider"

"""What the ways of signing in share: reading a form, where to go afterwards, and opening the session."""

from urllib.parse import parse_qs, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dashboards.accounts import Account
from dashboards.guard import session_cookie_name, session_token
from dashboards.sessions import close_session, open_session
from dashboards.sign_in_limits import REFUSALS_NOTED, count_refusal
from dashboards.sign_in_register import SignInNote, note_sign_in
from dashboards.sign_in_settings import SignInSettings
from dashboards.store import open_store

_MAX_FORM_BYTES = 16 * 1024


async def begin_session(request: Request, sign_in: SignInSettings, account: Account, after: str) -> Response:
    """Open a new session for `account`, note it, and lead on to `after`. This browser's old session ends.

    Raises:
        RegisterError: it cannot be noted; then nobody is signed in.
    """
    token = await run_in_threadpool(_open, sign_in, account, session_token(request), address_of(request))
    response = RedirectResponse(after, 303)
    response.set_cookie(
        session_cookie_name(request.url.scheme),
        token,
        path="/",
        httponly=True,
        secure=request.url.scheme == "https",
        samesite="lax",
    )
    return response


def _open(sign_in: SignInSettings, account: Account, old: str | None, address: str) -> str:
    now = sign_in.clock.now()
    entry = SignInNote("signed in", account.name, sign_in.screen, address, what=account.role)
    note_sign_in(sign_in.register, now, entry)
    if old:
        close_session(sign_in.store, old)
    return open_session(sign_in.store, account, now)


async def note_refusal(request: Request, sign_in: SignInSettings, why: str, account: str = "") -> None:
    """Note that somebody was not let in. Of very many within a quarter of an hour, the rest is noted as such once.

    Raises:
        RegisterError: it cannot be noted.
    """
    entry = SignInNote("refused", account, sign_in.screen, address_of(request), what=why)
    await run_in_threadpool(_note_refusal, sign_in, entry)


def _note_refusal(sign_in: SignInSettings, entry: SignInNote) -> None:
    now = sign_in.clock.now()
    with open_store(sign_in.store) as connection:
        count = count_refusal(connection, now)
    if count <= REFUSALS_NOTED:
        note_sign_in(sign_in.register, now, entry)
    elif count == REFUSALS_NOTED + 1:
        what = f"more than {REFUSALS_NOTED} within 15 minutes; the others are not noted"
        note_sign_in(sign_in.register, now, SignInNote("refused", screen=sign_in.screen, what=what))


async def read_form(request: Request) -> dict[str, str]:
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


def address_of(request: Request) -> str:
    """Where a request came from."""
    return request.client.host if request.client else ""


def local_path(given: str) -> str:
    """`given` where it is a path of this server, else the first page: a link must not lead elsewhere after sign-in."""
    try:
        parts = urlsplit(given)
    except ValueError:
        return "/"
    own = given.startswith("/") and not given.startswith("//") and not parts.scheme and not parts.netloc
    return given if own and given.isprintable() and "\\" not in given else "/"

"""The session of a form filled without JavaScript: its answers, under a key that only the browser's cookie holds.

The cookie is 32 random bytes. What the store keeps is found by one hash of them and encrypted under another, so that
neither the server's disk nor its keys open it. A session expires a day after its last page.
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography.fernet import Fernet, InvalidToken
from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from ingest.web.form.ticket import Ticket
from ingest.web.store.base import Store
from schemas.change_code import new_change_code
from schemas.response import Assistance, RawAnswer

COOKIE = "yoursay-form"
LIFETIME = timedelta(days=1)
_KEY_BYTES = 32


class Sent(BaseModel):
    """What is left in the session once the answers are sent."""

    model_config = ConfigDict(frozen=True)

    id: str
    reference: str
    received_at: str


class FormState(BaseModel):
    """A form being filled in. `helper_token` is the hash of the token of staff who take down what somebody says,
    `replaces` the id of the response whose place it takes."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    consultation: str
    form_id: str
    opened_at: datetime
    secret: str
    change_code: str
    answers: dict[str, RawAnswer] = {}
    easy_read: bool = False
    assistance: Assistance | None = None
    helper_token: str | None = None
    replaces: str | None = None
    sent: Sent | None = None

    @property
    def ticket(self) -> Ticket:
        return Ticket(self.consultation, self.form_id, self.opened_at, self.secret)


def new_state(ticket: Ticket) -> FormState:
    return FormState(
        consultation=ticket.consultation,
        form_id=ticket.form_id,
        opened_at=ticket.opened_at,
        secret=ticket.secret,
        change_code=new_change_code(),
    )


@dataclass(frozen=True)
class Session:
    """The session that a request's cookie opens, or a new one; `is_new` says that its cookie has yet to be set."""

    key: bytes
    is_new: bool

    @property
    def id(self) -> str:
        return _derive(self.key, b"session").hex()

    @property
    def csrf(self) -> str:
        """What a page's hidden field repeats: who does not have the cookie cannot know it."""
        return _derive(self.key, b"csrf").hex()

    def csrf_is(self, given: str) -> bool:
        return not self.is_new and hmac.compare_digest(self.csrf.encode(), given.encode())

    async def load(self, store: Store, now: datetime) -> FormState | None:
        """The state; None where there is none, or it has expired."""
        if self.is_new:
            return None
        sealed = await run_in_threadpool(store.read_session, self.id, now.astimezone(UTC).isoformat())
        if sealed is None:
            return None
        try:
            return FormState.model_validate_json(self._cipher().decrypt(sealed))
        except (InvalidToken, ValidationError):
            # Of an earlier version of the server.
            return None

    async def save(self, store: Store, state: FormState, now: datetime) -> None:
        """Keep the state, for a day from now."""
        sealed = self._cipher().encrypt(state.model_dump_json().encode())
        expires_at = (now.astimezone(UTC) + LIFETIME).isoformat()
        await run_in_threadpool(store.save_session, self.id, sealed, expires_at)

    async def end(self, store: Store, now: datetime) -> None:
        await run_in_threadpool(store.end_sessions, now.astimezone(UTC).isoformat(), self.id)

    def set_cookie(self, response: Response, request: Request, consultation: str) -> None:
        """Give the browser the key; it goes when the browser is closed."""
        response.set_cookie(
            COOKIE,
            base64.urlsafe_b64encode(self.key).decode().rstrip("="),
            path=f"/{consultation}",
            httponly=True,
            # Not "strict": who comes by a link of another site would find their answers gone. Every form has its token.
            samesite="lax",
            secure=request.url.scheme == "https",
        )

    def _cipher(self) -> Fernet:
        return Fernet(base64.urlsafe_b64encode(_derive(self.key, b"answers")))


def session_of(request: Request) -> Session:
    """The session of the request's cookie, a new one where it has none."""
    try:
        key = base64.urlsafe_b64decode(request.cookies.get(COOKIE, "") + "=")
    except ValueError:
        key = b""
    return Session(key, is_new=False) if len(key) == _KEY_BYTES else new_session()


def new_session() -> Session:
    return Session(secrets.token_bytes(_KEY_BYTES), is_new=True)


def _derive(key: bytes, purpose: bytes) -> bytes:
    return hmac.new(key, b"yoursay " + purpose, hashlib.sha256).digest()

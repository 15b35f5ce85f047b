"""Who sends: anyone, or a named sender (a kiosk, a collector's app, the staff of a helpline) by a token.

A token can only write, for one consultation, and can be revoked. The store keeps its hash alone. What is known of a
token is trusted for two seconds, so that a revocation acts almost at once and load does not read the store for each
request.
"""

import hashlib
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from ingest.web.consultations import Offered
from ingest.web.errors import RefusedError
from ingest.web.store.base import Store
from ingest.web.store.records import Token, TokenKind

TRUSTED_SECONDS = 2.0
_MAX_TRUSTED = 10_000
_CHANNELS = {"submission": "web", "assisted": "assisted"}
_UNKNOWN = "This sender's token is not known here, or was revoked; ask the council for another."
_CLOSED = "This consultation takes no answers this way; see its page for the ways to answer."


@dataclass(frozen=True)
class Sender:
    """Who sends and on which channel it counts; `name` and `key`, which limits are counted by, are None for anyone."""

    name: str | None
    channel: str
    key: str | None = None


ANYONE = Sender(None, "web")


def new_token(consultation: str, kind: TokenKind, name: str, now: datetime) -> tuple[str, Token]:
    """A new token, as its holder gets it, and what is kept of it."""
    text = secrets.token_urlsafe(32)
    return text, Token(name, kind, consultation, hash_of_token(text), now.astimezone(UTC).isoformat())


def hash_of_token(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


class Senders:
    """Looks up tokens in the store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._trusted: dict[str, tuple[float, Token | None]] = {}

    async def with_token(self, sha256: str, offered: Offered) -> Sender:
        """The sender whose token has that hash.

        Raises:
            RefusedError: 401 where the token is unknown, revoked or another consultation's, 403 where this one takes no
                answers on the token's channel.
        """
        token = await self._find(sha256)
        if token is None or token.revoked_at is not None or token.consultation != offered.id:
            raise RefusedError(_UNKNOWN, 401)
        channel = _CHANNELS[token.kind]
        if channel not in offered.definition.policy.channels:
            raise RefusedError(_CLOSED, 403)
        return Sender(token.name, channel, sha256)

    async def of(self, request: Request, offered: Offered) -> Sender:
        """The sender that a request's `Authorization: Bearer` names; anyone without one, where the web is open.

        Raises:
            RefusedError: see `with_token`.
        """
        scheme, _, text = request.headers.get("authorization", "").partition(" ")
        if scheme:
            if scheme.lower() != "bearer":
                raise RefusedError(_UNKNOWN, 401)
            return await self.with_token(hash_of_token(text.strip()), offered)
        if not offered.on_the_web:
            raise RefusedError(
                "This consultation takes no answers on the web; see the ways to answer on its page.", 403
            )
        return ANYONE

    async def _find(self, sha256: str) -> Token | None:
        until, token = self._trusted.get(sha256, (0.0, None))
        if time.monotonic() >= until:
            token = await run_in_threadpool(self._store.token_by_hash, sha256)
            if len(self._trusted) >= _MAX_TRUSTED:
                self._trusted.clear()
            self._trusted[sha256] = (time.monotonic() + TRUSTED_SECONDS, token)
        return token

"""Sessions: opened at sign-in, looked up at every request and every run of a page, ended by time or by signing out."""

import hashlib
import hmac
import secrets
from datetime import datetime
from pathlib import Path

from dashboards.accounts import Account
from dashboards.store import open_store, read_store

IDLE_SECONDS = 30 * 60
ABSOLUTE_SECONDS = 8 * 60 * 60
# What is seen within this time is not written again, so that a page with fifty files writes once.
_SEEN_RESOLUTION_SECONDS = 30
_LIVE = "seen_at BETWEEN :now - :idle AND :now + 1 AND opened_at BETWEEN :now - :absolute AND :now + 1"


def open_session(store: Path, account: Account, now: datetime) -> str:
    """A new session's token: 256 random bits, of which the store keeps only the SHA-256. Ended sessions are removed."""
    token = secrets.token_urlsafe(32)
    with open_store(store) as connection:
        connection.execute(f"DELETE FROM sessions WHERE NOT ({_LIVE})", _limits(now))  # noqa: S608 - a constant
        connection.execute(
            "INSERT INTO sessions (token_hash, account, opened_at, seen_at) VALUES (?, ?, ?, ?)",
            (_hash(token), account.name, now.timestamp(), now.timestamp()),
        )
    return token


def find_session(store: Path, token: str, now: datetime, *, seen: bool = True) -> Account | None:
    """The account of a live session with its present role, or None.

    A session ends 30 minutes after it was last seen and 8 hours after it was opened; also when the clock is set
    back. `seen=False` is for what a page does by itself: that must not keep a session alive.
    """
    with read_store(store) as connection:
        row = connection.execute(
            f"""
            SELECT name, role, demo, seen_at
            FROM sessions JOIN accounts ON accounts.name = sessions.account
            WHERE token_hash = :token AND {_LIVE}
            """,  # noqa: S608 - a constant
            _limits(now) | {"token": _hash(token)},
        ).fetchone()
    if row is not None and seen and now.timestamp() - row[3] > _SEEN_RESOLUTION_SECONDS:
        with open_store(store) as connection:
            connection.execute("UPDATE sessions SET seen_at = ? WHERE token_hash = ?", (now.timestamp(), _hash(token)))
    return Account(row[0], row[1], bool(row[2])) if row else None


def close_session(store: Path, token: str) -> None:
    """End a session; an unknown one is no error."""
    with open_store(store) as connection:
        connection.execute("DELETE FROM sessions WHERE token_hash = ?", (_hash(token),))


def close_sessions_of(store: Path, account: str) -> None:
    """End every session of an account, on every device and of both screens."""
    with open_store(store) as connection:
        connection.execute("DELETE FROM sessions WHERE account = ?", (account,))


def form_token(secret: str, form: str) -> str:
    """What a form carries to show that it was made for this session (or, before sign-in, for this browser)."""
    return hmac.new(secret.encode(), form.encode(), hashlib.sha256).hexdigest()


def form_token_is_right(given: str, secret: str, form: str) -> bool:
    return hmac.compare_digest(given.encode(), form_token(secret, form).encode())


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _limits(now: datetime) -> dict[str, float | str]:
    return {"now": now.timestamp(), "idle": IDLE_SECONDS, "absolute": ABSOLUTE_SECONDS}

"""Sign-ins that are on their way over the provider: each belongs to one browser and is taken up once."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from dashboards.oidc import Request
from dashboards.store import open_store

PENDING_SECONDS = 10 * 60


@dataclass(frozen=True)
class Pending:
    """A sign-in that came back, and the page that was wanted when it began."""

    request: Request
    after: str


def keep_pending(store: Path, pending: Pending, browser: str, now: datetime) -> None:
    """Keep a sign-in until the provider sends `browser` back; `browser` is that browser's cookie."""
    request = pending.request
    with open_store(store) as connection:
        connection.execute("DELETE FROM provider_sign_ins WHERE begun_at < ?", (now.timestamp() - PENDING_SECONDS,))
        connection.execute(
            "INSERT INTO provider_sign_ins VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                _hash(request.state),
                _hash(browser),
                request.nonce,
                request.code_verifier,
                request.redirect_uri,
                pending.after,
                now.timestamp(),
            ),
        )


def take_pending(store: Path, state: str, browser: str, now: datetime) -> Pending | None:
    """The sign-in of this state and browser, for the only time; None where there is none or it took too long."""
    with open_store(store) as connection:
        row = connection.execute(
            """
            DELETE FROM provider_sign_ins
            WHERE state_hash = ? AND browser_hash = ? AND begun_at BETWEEN ? AND ?
            RETURNING nonce, code_verifier, redirect_uri, after
            """,
            (_hash(state), _hash(browser), now.timestamp() - PENDING_SECONDS, now.timestamp() + 1),
        ).fetchone()
    return Pending(Request(state, *row[:3]), row[3]) if row else None


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()

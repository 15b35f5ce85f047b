"""What every store promises; tests/contract/test_store_contract.py holds each of them to it.

Records of a consultation are numbered from 1 in commit order without gaps, and chained. A put is answered after its
commit is on disk. Whether an id is new is decided by the unique constraint, not by a look beforehand. Every method
may be called from any thread; all but `put` and `close` block and raise StoreUnavailableError while the store is away.
"""

from collections.abc import Sequence
from concurrent.futures import Future
from typing import Protocol

from ingest.web.store.records import Extent, Record, Stored, Submission, Token


class Store(Protocol):
    """Sealed submissions of every consultation, sessions of people without JavaScript, and senders' tokens."""

    def put(self, submission: Submission) -> "Future[Stored]":
        """Queue a submission.

        Raises:
            BusyError: too much is waiting. The future raises StoreUnavailableError when the write fails.
        """
        ...

    def by_reference(self, reference: str) -> list[Record]:
        """Every record of that reference, oldest first (two consultations may share one, though rarely)."""
        ...

    def later_event(self, consultation: str, record_id: str) -> Record | None:
        """The last event that is about this record: a withdrawal, or the version that took its place."""
        ...

    def feed(self, consultation: str, after: int, limit: int, max_bytes: int) -> list[tuple[Record, bytes | None]]:
        """Committed records with sequence > `after`, in order, with their bodies (None once purged): at most `limit`,
        and none more once `max_bytes` is met."""
        ...

    def extent(self, consultation: str, through: int | None = None) -> Extent:
        """How much is there, up to `through` where given. The count is of rows, so that a missing one shows."""
        ...

    def arrived(self, consultation: str, after: int) -> dict[str, int]:
        """How many submissions and later versions have a sequence above `after`, by channel; no withdrawals."""
        ...

    def acknowledge(self, consultation: str, through: int, chain: str, at: str) -> bool:
        """Note that the pipeline has landed everything up to `through`; False where the chain there is another."""
        ...

    def purge(self, before: str) -> int:
        """Remove the bodies of what was received before `before` and has been acknowledged; the rest of each record
        stays. Returns how many were removed."""
        ...

    def erase(self, consultation: str, record_ids: Sequence[str]) -> int:
        """Remove the bodies of these records, which must be landed; the rest of each record stays. Returns how many
        were removed."""
        ...

    def save_session(self, session: str, sealed: bytes, expires_at: str) -> None:
        """Keep the state of a form filled without JavaScript, encrypted by the caller; replaces what was there."""
        ...

    def read_session(self, session: str, now: str) -> bytes | None:
        """The state of that session; None where there is none, or it has expired."""
        ...

    def end_sessions(self, now: str, session: str | None = None) -> None:
        """Remove every expired session, and `session` where given."""
        ...

    def add_token(self, token: Token) -> None:
        """Keep a token.

        Raises:
            TokenError: the consultation has a token of that name.
        """
        ...

    def revoke_token(self, consultation: str, name: str, at: str) -> bool:
        """Revoke a token at once; False where there is none of that name that is not revoked already."""
        ...

    def tokens(self, consultation: str) -> list[Token]:
        """Every token of a consultation, revoked ones included, by name."""
        ...

    def token_by_hash(self, sha256: str) -> Token | None:
        """The token of that hash, revoked or not."""
        ...

    def close(self) -> None:
        """Write what is queued, then stop."""
        ...

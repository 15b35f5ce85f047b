"""What the operations page needs to know of jobs and channels. Whoever starts the desk hands it over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

OPERATIONS_PATH = "/operations"


@dataclass(frozen=True)
class JobState:
    """How one job of a consultation stands.

    Attributes:
        succeeded_at: when it last did what it is for; None where it never did.
        figures: what it counted then, as pairs of words and numbers.
        failed_at: when it failed last, where nothing has succeeded since; None where all is well.
        why: the sentence of that failure.
        running: whether it runs just now.
    """

    name: str
    title: str
    succeeded_at: datetime | None
    figures: tuple[tuple[str, str], ...] = ()
    failed_at: datetime | None = None
    why: str = ""
    running: bool = False


@dataclass(frozen=True)
class ChannelState:
    """One channel in landing and in the ledger.

    Attributes:
        artefacts: what is landed of it, withdrawals among them.
        last_id, last_at: the last that was landed.
        waiting: how many of them no published version holds yet.
        received, in_lines: responses received, and the sum of the ledger's lines, of the published version.
    """

    channel: str
    artefacts: int
    last_id: str
    last_at: datetime | None
    waiting: int
    received: int
    in_lines: int


class Operations(Protocol):
    """What runs for one consultation. What it refuses is a `YourSayError` with a sentence."""

    def jobs(self) -> Sequence[JobState]: ...

    def channels(self) -> Sequence[ChannelState]: ...

    def run_again(self, name: str) -> None:
        """Start a job now; how it went is told by `jobs`.

        Raises:
            YourSayError: it runs already.
        """
        ...

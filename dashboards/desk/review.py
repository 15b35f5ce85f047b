"""What the pages of review need: links, campaigns, redactions and quarantine, each behind a small interface.

Whoever starts the desk hands the queues over; the pages hold no key. What a queue refuses is a `YourSayError` with a
sentence for the person.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field as kept
from datetime import datetime
from typing import Literal, Protocol

from transforms.linkage.beside import Piece

LINKS_PATH = "/links"
CAMPAIGNS_PATH = "/campaigns"
REDACTIONS_PATH = "/redactions"
QUARANTINE_PATH = "/quarantine"
Verdict = Literal["same", "different"]


@dataclass(frozen=True)
class Compared:
    """One question with what both responses say to it, in words."""

    question: str
    how: str
    first: Sequence[Piece] = kept(repr=False)
    second: Sequence[Piece] = kept(repr=False)


@dataclass(frozen=True)
class PairJob:
    """Two responses that may be of one respondent, and what speaks for it and against it."""

    first: str
    second: str
    arrived: tuple[str, str]
    weights: Sequence[tuple[str, str, float]]
    sentences: Sequence[str]
    answers: Sequence[Compared] = kept(repr=False)

    @property
    def id(self) -> str:
        """`FIRST:SECOND`."""
        return f"{self.first}:{self.second}"


@dataclass(frozen=True)
class DecidedPair:
    """What a person said of two responses, and when."""

    first: str
    second: str
    verdict: str
    at: datetime

    @property
    def id(self) -> str:
        """`FIRST:SECOND`."""
        return f"{self.first}:{self.second}"


class LinkQueue(Protocol):
    """Pairs of responses that wait for an officer."""

    def next_job(self, officer: str) -> PairJob | None:
        """A pair for this person, claimed."""
        ...

    def take(self, job: str, officer: str) -> PairJob:
        """One pair in particular, claimed."""
        ...

    def later(self, job: str, officer: str) -> None:
        """Give a pair back."""
        ...

    def decide(self, job: str, officer: str, verdict: Verdict, reason: str) -> None:
        """Record a verdict."""
        ...

    def undo(self, job: str, officer: str) -> None:
        """Take back what a person said of a pair."""
        ...

    def own(self, officer: str) -> Sequence[DecidedPair]:
        """What this person said, the latest first."""
        ...

    def evidence(self, job: str, officer: str, reason: str) -> Sequence[tuple[str, str, str]]:
        """What identifies both, once the reason is recorded."""
        ...


@dataclass(frozen=True)
class Review:
    """The queues of review, as one thing that the desk is given."""

    links: LinkQueue

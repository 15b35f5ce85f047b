"""What the pages of quarantine need. Whoever starts the desk hands one over; the pages hold no key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as kept
from datetime import datetime
from typing import Literal, Protocol

Verdict = Literal["waive", "invalid"]


@dataclass(frozen=True)
class AnswerToFix:
    """One answer as it came, with what may be chosen for it; `several` where any number may."""

    column: str
    question: str
    is_long: bool
    several: bool
    choices: Sequence[tuple[str, str]]
    is_broken: bool
    came: Sequence[str] = kept(repr=False)


@dataclass(frozen=True)
class QuarantineJob:
    """A response that cannot go on by itself: why, and the answers by which it may be mended."""

    response: str
    line: str
    arrived: str
    why: str
    broken: Sequence[tuple[str, str]]
    answers: Sequence[AnswerToFix]
    strangers: Sequence[tuple[str, str]] = kept(repr=False)

    @property
    def id(self) -> str:
        """The response's id."""
        return self.response


@dataclass(frozen=True)
class Late:
    """A response that came too late, and when."""

    response: str
    channel: str
    received_at: datetime
    postmark: str


@dataclass(frozen=True)
class SaidOfResponse:
    """What an officer said of a response, and whether the current version knows it."""

    response: str
    what: str
    officer: str
    at: datetime
    reason: str
    is_built: bool


class QuarantineQueue(Protocol):
    """The responses that wait for an officer as a whole, and those that came too late."""

    def next_job(self, officer: str) -> QuarantineJob | None:
        """A response for this person, claimed."""
        ...

    def take(self, job: str, officer: str) -> QuarantineJob:
        """One response in particular, claimed."""
        ...

    def skip(self, job: str, officer: str) -> None:
        """Give a response back."""
        ...

    def correct(self, job: str, officer: str, answers: Mapping[str, Sequence[str]], reason: str) -> None:
        """Let a response go on with these answers."""
        ...

    def decide(self, job: str, officer: str, verdict: Verdict, reason: str) -> None:
        """Let a response go on as it is, or say that it does not count."""
        ...

    def late(self) -> Sequence[Late]:
        """What came too late and is not accepted."""
        ...

    def said(self) -> Sequence[SaidOfResponse]:
        """What officers said and nobody took back, the latest first."""
        ...

    def undo(self, response: str, officer: str, reason: str) -> None:
        """Take back what was said of a response."""
        ...

    def accept_late(self, response: str, officer: str, reason: str) -> None:
        """Let a late response count all the same."""
        ...

"""What the pages of review need: links, campaigns, redactions and quarantine, each behind a small interface.

Whoever starts the desk hands the queues over; the pages hold no key. What a queue refuses is a `YourSayError` with a
sentence for the person.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as kept
from datetime import datetime
from typing import Literal, Protocol

from dashboards.desk.quarantine_queue import QuarantineQueue
from transforms.campaigns.told import Member
from transforms.linkage.beside import Piece

LINKS_PATH = "/links"
CAMPAIGNS_PATH = "/campaigns"
REDACTIONS_PATH = "/redactions"
QUARANTINE_PATH = "/quarantine"
Verdict = Literal["same", "different"]
Choice = Literal["accept", "remove"]


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
class Campaign:
    """A campaign of the current version: how it is called, how many sent its letter, and who is at it."""

    id: str
    description: str
    members: int
    unedited: int
    registered: bool
    held_by: str = ""

    @property
    def edited(self) -> int:
        return self.members - self.unedited


@dataclass(frozen=True)
class SaidOfCampaign:
    """What an officer said of a campaign: its number in the journal, and whether the current version knows it."""

    number: int
    at: datetime
    officer: str
    what: str
    reason: str
    is_built: bool


@dataclass(frozen=True)
class CampaignJob:
    """A campaign with its letter and some of its members, masked."""

    campaign: Campaign
    after: int
    others: Sequence[Campaign]
    is_ours: bool
    letter: str | None = kept(repr=False)
    members: Sequence[Member] = kept(repr=False)


class CampaignQueue(Protocol):
    """The campaigns that were found, and what officers say of them."""

    def listed(self) -> Sequence[Campaign]:
        """Every campaign, the largest first."""
        ...

    def take(self, campaign: str, officer: str, after: int = 0) -> CampaignJob:
        """One campaign, claimed where nobody else is at it, with its members after some."""
        ...

    def said(self, campaign: str | None = None) -> Sequence[SaidOfCampaign]:
        """What officers said (of one campaign) and nobody took back, the latest first."""
        ...

    def name(self, campaign: str, officer: str, description: str, reason: str) -> None:
        """Describe a campaign."""
        ...

    def join(self, campaign: str, officer: str, other: str, reason: str) -> None:
        """Say that another campaign belongs to it."""
        ...

    def split(self, campaign: str, officer: str, responses: Sequence[str], reason: str) -> None:
        """Say that some members are another campaign."""
        ...

    def exclude(self, campaign: str, officer: str, responses: Sequence[str], reason: str) -> None:
        """Say that some members are of no campaign."""
        ...

    def reject(self, campaign: str, officer: str, reason: str) -> None:
        """Say that it is no campaign."""
        ...

    def register(self, campaign: str, officer: str, text: str, description: str, reason: str) -> None:
        """Register a letter that is known in advance."""
        ...

    def undo(self, number: int, officer: str, reason: str) -> None:
        """Take back what was said under this number."""
        ...


@dataclass(frozen=True)
class Find:
    """A stretch of an answer that masking found, or an officer added: what it is, and whether it is masked."""

    id: str
    start: int
    end: int
    label: str
    score: float
    source: str
    masked: bool
    words: str = kept(repr=False)


@dataclass(frozen=True)
class SaidOfWords:
    """What an officer said of words of an answer: its number in the journal, and whose it is."""

    number: int
    officer: str
    change: str
    reason: str
    is_built: bool
    is_own: bool
    words: str = kept(repr=False)


@dataclass(frozen=True)
class RedactionJob:
    """An answer as it was given, what was found in it, and what officers said of it."""

    response: str
    field: str
    question: str
    finds: Sequence[Find]
    said: Sequence[SaidOfWords]
    text: str = kept(repr=False)

    @property
    def id(self) -> str:
        """`RESPONSE:FIELD`."""
        return f"{self.response}:{self.field}"

    @property
    def parts(self) -> list[tuple[str, int, Find | None]]:
        """The text in stretches, each with the number of what was found there (from 1) and the find."""
        parts: list[tuple[str, int, Find | None]] = []
        at = 0
        for number, find in enumerate(self.finds, 1):
            if find.start >= at:
                parts += [(self.text[at : find.start], 0, None), (find.words, number, find)]
                at = find.end
        return [part for part in [*parts, (self.text[at:], 0, None)] if part[0]]


@dataclass(frozen=True)
class Entered:
    """What an officer enters of an answer: what becomes of stretches (by their id), and words that are to be masked."""

    choices: Mapping[str, Choice]
    added: str = kept(repr=False)
    label: str
    reason: str


class RedactionQueue(Protocol):
    """The answers in which something waits for an officer."""

    def next_job(self, officer: str) -> RedactionJob | None:
        """An answer for this person, claimed."""
        ...

    def take(self, job: str, officer: str) -> RedactionJob:
        """One answer in particular, claimed."""
        ...

    def open(self, response: str, field: str, officer: str, reason: str) -> str:
        """Open any answer for a reason; the job's id."""
        ...

    def fields(self) -> Sequence[tuple[str, str]]:
        """The fields whose answers are masked, with their questions."""
        ...

    def skip(self, job: str, officer: str) -> None:
        """Give an answer back."""
        ...

    def decide(self, job: str, officer: str, entered: Entered) -> None:
        """Record what this person says of an answer."""
        ...

    def undo(self, number: int, officer: str) -> str:
        """Take back what this person said under this number; the id of its answer's job."""
        ...


@dataclass(frozen=True)
class Review:
    """The queues of review, as one thing that the desk is given."""

    links: LinkQueue
    campaigns: CampaignQueue
    redactions: RedactionQueue
    quarantine: QuarantineQueue

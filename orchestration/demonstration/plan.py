"""What is going to arrive, as data: every submission of the demonstration, and nothing of how it is played.

The same seed gives the same plan, ids included. All moments are UTC.
"""

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from orchestration.demonstration.answers import Form
from schemas.policy import Channel

SEED = "demonstration-1"
_NAMESPACE = uuid.UUID("6c9a2f0e-5f0b-5a4e-9d3c-0d6c2b7a1e55")

# What is out of the ordinary about a submission; `ordinary` where nothing is.
Oddity = Literal[
    "ordinary", "campaign", "campaign_edited", "first_version", "second_version", "duplicate", "several", "late",
    "late_but_in_time", "blank", "colleague", "unknown_choice", "wrong_id_inside", "keyings_differ", "keyed_once",
    "damaged_pdf", "encrypted_zip", "automatic_reply", "question", "scanned",
]  # fmt: skip
Layout = Literal["pdf", "numbered", "none"]


@dataclass(frozen=True)
class WebSubmission:
    """One form sent by web: sealed on the device (`device`), or from the page without JavaScript (`page`).

    `device_time` is the device's own clock when it sent; `sends` is how often the same envelope is sent.
    """

    key: str
    oddity: Oddity
    at: datetime
    form: Form
    way: Literal["device", "page"]
    submission_id: str
    inside_id: str
    started_at: datetime
    sends: int = 1


@dataclass(frozen=True)
class MailMessage:
    """One message: its forms as filled PDFs or as a numbered body; a message that is no response has none."""

    key: str
    oddity: Oddity
    at: datetime
    forms: tuple[Form, ...]
    layout: Layout
    message_id: str
    sender: str
    sender_name: str


@dataclass(frozen=True)
class PaperSheet:
    """One paper form, keyed once or twice; `second_keying` changes these fields of the first."""

    key: str
    oddity: Oddity
    at: datetime
    form: Form
    serial: str
    received_on: date
    postmark: str
    keyed_twice: bool
    second_keying: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class ScannedBatch:
    """Paper forms that are scanned together, in one file; officers key what is written on the first `keyed` of them."""

    key: str
    oddity: Oddity
    at: datetime
    forms: tuple[Form, ...]
    serials: tuple[str, ...]
    received_on: date
    postmark: str
    keyed: int


@dataclass(frozen=True)
class ImportedRow:
    """One response that another system collected."""

    key: str
    oddity: Oddity
    at: datetime
    form: Form
    row_id: str


Submission = WebSubmission | MailMessage | PaperSheet | ScannedBatch | ImportedRow


@dataclass(frozen=True)
class Size:
    """How many submissions of the ordinary and of the campaign's kind; every odd kind is always there."""

    ordinary: int
    campaign: int
    invented: int


FULL = Size(ordinary=310, campaign=60, invented=82)


@dataclass(frozen=True)
class Expected:
    """What a channel's ledger must show: artefacts that arrive, and responses received (an artefact that holds
    none counts as one)."""

    artefacts: int
    received: int


@dataclass(frozen=True)
class ConsultationPlan:
    """Everything that arrives for one consultation, in order of arrival; `pairs` names submissions by key."""

    consultation: str
    submissions: tuple[Submission, ...]

    def expected(self) -> dict[Channel, Expected]:
        """By channel; a channel without submissions is left out."""
        artefacts: Counter[Channel] = Counter()
        received: Counter[Channel] = Counter()
        for submission in self.submissions:
            channel = channel_of(submission)
            artefacts[channel] += 1
            received[channel] += len(forms_of(submission)) or 1
        return {channel: Expected(artefacts[channel], received[channel]) for channel in artefacts}

    def oddities(self) -> dict[str, int]:
        """How many submissions there are of each kind."""
        return dict(sorted(Counter(submission.oddity for submission in self.submissions).items()))

    def of(self, oddity: Oddity) -> list[Submission]:
        return [submission for submission in self.submissions if submission.oddity == oddity]


def channel_of(submission: Submission) -> Channel:
    match submission:
        case WebSubmission():
            return "web"
        case MailMessage():
            return "email"
        case PaperSheet() | ScannedBatch():
            return "post"
        case ImportedRow():
            return "import"


def forms_of(submission: Submission) -> tuple[Form, ...]:
    """The filled forms of a submission, in the order of their ordinals."""
    return submission.forms if isinstance(submission, MailMessage | ScannedBatch) else (submission.form,)


def plan_id(seed: str, key: str) -> str:
    """The id of one planned thing: a UUID that follows from the seed."""
    return str(uuid.uuid5(_NAMESPACE, f"{seed}/{key}"))


def in_order(submissions: Sequence[Submission]) -> tuple[Submission, ...]:
    return tuple(sorted(submissions, key=lambda one: (one.at, one.key)))

"""Officers' decisions: everything a person adds to what arrived. An append-only journal holds them, sealed.

A decision never edits data. It names its subject (a response, an artefact or the consultation) and the pipeline
applies the latest that stands.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from schemas.errors import YourSayError
from schemas.response import RawAnswer


class DecisionError(YourSayError):
    """A body inside a seal is not a decision."""


class _Decision(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Coding(_Decision):
    """A coder's position on one limb of one answer, with the words that show it. The latest of a coder counts.

    Two coders code apart from each other ('coding'); a third ('settling'), or both together (then `settled_with` names
    the other), settle a difference. `frame` is the version of the frame that the coder had. A coding with a `campaign`
    is that of its letter, and holds for every member whose answer is the letter unedited.
    """

    kind: Literal["coding"] = "coding"
    response: str
    field: str
    limb: str = "whole"
    code: str
    quote: str = ""
    role: Literal["coding", "settling"] = "coding"
    settled_with: str | None = None
    frame: str = ""
    campaign: str | None = None


class ThemeMark(_Decision):
    """A theme that an answer speaks of, and the words that show it."""

    theme: str
    quote: str


class ThemeCoding(_Decision):
    """All themes that a coder finds in one answer; none is a finding too. Roles are those of `Coding`."""

    kind: Literal["theme_coding"] = "theme_coding"
    response: str
    field: str
    themes: tuple[ThemeMark, ...]
    role: Literal["coding", "settling"] = "coding"
    settled_with: str | None = None
    frame: str = ""
    campaign: str | None = None


class CodingUndo(_Decision):
    """What this officer coded of one answer until now does not count any more, themes included."""

    kind: Literal["coding_undo"] = "coding_undo"
    response: str
    field: str


class ThemeChange(_Decision):
    """The themes of a field change: one is named (or named anew), merged into another, or retired.

    `words` are the telling words by which it is suggested: words that many answers share, never one answer's own.
    """

    kind: Literal["theme_change"] = "theme_change"
    field: str
    theme: str = Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")
    change: Literal["named", "merged", "retired"]
    label: str = Field(default="", max_length=100)
    into: str | None = None
    words: tuple[str, ...] = Field(default=(), max_length=40)

    @model_validator(mode="after")
    def _fits_its_change(self) -> Self:
        if (self.change == "named") != bool(self.label):
            raise ValueError("label: is given for the change 'named', and for no other")
        if (self.change == "merged") != bool(self.into):
            raise ValueError("into: is given for the change 'merged', and for no other")
        return self


class SenderOpened(_Decision):
    """An officer looked at who sent a response (organisation, role, sender), for a reason."""

    kind: Literal["sender_opened"] = "sender_opened"
    response: str
    reason: str = Field(min_length=1)


class QuarantineRelease(_Decision):
    """A quarantined response goes on, with the corrected raw answers in `corrections` (may be empty for a waiver)."""

    kind: Literal["quarantine_release"] = "quarantine_release"
    response: str
    corrections: dict[str, RawAnswer]
    reason: str


class Invalidation(_Decision):
    """A response does not count (a test, abuse), for a reason."""

    kind: Literal["invalidation"] = "invalidation"
    response: str
    reason: str


class Link(_Decision):
    """Two responses are of the same respondent, or are not."""

    kind: Literal["link"] = "link"
    first: str
    second: str
    verdict: Literal["same", "different", "undo"]
    reason: str


class CampaignChange(_Decision):
    """An officer's word on a campaign, which is named by its id or by any of its members.

    named: `description` is how it is called, and all that anybody but officers is told of it. joined: `joined` belongs
    to it. split: `responses` are another campaign. rejected: it is none. excluded: `responses` are of none. registered:
    a letter known in advance has this `text`. undone: the change of this number in the journal (`undoes`) counts no
    more.
    """

    kind: Literal["campaign_change"] = "campaign_change"
    campaign: str = Field(default="", max_length=200)
    change: Literal["named", "joined", "split", "rejected", "excluded", "registered", "undone"]
    description: str = Field(default="", max_length=300)
    joined: str | None = None
    responses: tuple[str, ...] = ()
    text: str = ""
    undoes: int | None = Field(default=None, ge=1)
    reason: str

    @model_validator(mode="after")
    def _fits_its_change(self) -> Self:
        needed = {
            "named": bool(self.campaign and self.description),
            "joined": bool(self.campaign and self.joined),
            "split": bool(self.campaign and self.responses),
            "rejected": bool(self.campaign),
            "excluded": bool(self.responses),
            "registered": bool(self.campaign and self.text),
            "undone": self.undoes is not None,
        }
        if not needed[self.change]:
            raise ValueError(f"change: '{self.change}' needs more than is given")
        return self


class LateAcceptance(_Decision):
    """A late response counts all the same, for a reason."""

    kind: Literal["late_acceptance"] = "late_acceptance"
    response: str
    reason: str


class VerdictUndo(_Decision):
    """What officers released, found invalid or accepted late of this response until now does not count any more."""

    kind: Literal["verdict_undo"] = "verdict_undo"
    response: str
    reason: str = Field(min_length=1)


class Extension(_Decision):
    """The closing day moves, for all channels."""

    kind: Literal["extension"] = "extension"
    closes: date
    reason: str


class Approval(_Decision):
    """An officer approves that one kind of thing leaves: rows or verbatim answers of this consultation."""

    kind: Literal["approval"] = "approval"
    what: Literal["rows", "verbatim"]
    response: str | None = None
    field: str | None = None
    reason: str


class KeyedAnswer(_Decision):
    """What a person read of one answer of an artefact: from a crop of a page, or from what a reader was not sure of.

    `answer` is there for the outcome 'answer' alone. Two people key a sample apart from each other ('keying'); a third
    ('settling'), or both together (then `settled_with` names the second), settle a difference. 'audit' looks again at
    a box that a machine has read. `part` is where the answer stood when it was keyed: should a reader that has changed
    find another response under this id, what was keyed is not put into its mouth. `docs/keying.md` has the rules.
    """

    kind: Literal["keyed_answer"] = "keyed_answer"
    response: str
    column: str
    role: Literal["keying", "settling", "audit"]
    outcome: Literal["answer", "blank", "illegible", "continued_elsewhere"]
    answer: RawAnswer | None = None
    part: str | None = None
    settled_with: str | None = None

    @model_validator(mode="after")
    def _answer_goes_with_outcome(self) -> Self:
        if (self.outcome == "answer") != bool(self.answer):
            raise ValueError("answer: is given for the outcome 'answer', and for no other")
        return self


class KeyingUndo(_Decision):
    """What this officer keyed of one answer until now does not count any more, in whatever role."""

    kind: Literal["keying_undo"] = "keying_undo"
    response: str
    column: str


class Redaction(_Decision):
    """What an officer says of one stretch of an answer: it is masked (found by the machine or added), or it is not.

    It is anchored by its words and by those around it, so that it holds when another model finds other stretches.
    'undo' takes back what was said of the same words at the same place until then.
    """

    kind: Literal["redaction"] = "redaction"
    response: str
    field: str
    change: Literal["accept", "add", "remove", "undo"]
    words: str = Field(min_length=1)
    before: str = Field(default="", max_length=40)
    after: str = Field(default="", max_length=40)
    label: str = ""
    reason: str = Field(min_length=1)

    @model_validator(mode="after")
    def _added_with_its_label(self) -> Self:
        if self.change == "add" and not self.label:
            raise ValueError("label: has to say what an added redaction hides")
        return self


class OutreachEntry(_Decision):
    """Somebody was told of the consultation: which group, how, and when, if that is known. It may be published.

    With `corrects` it stands in the place of an earlier entry, which is named by its number in the journal, or takes it
    back (`withdrawn`).
    """

    kind: Literal["outreach_entry"] = "outreach_entry"
    day: date | None = None
    who: str = Field(min_length=1, max_length=200)
    how: str = Field(min_length=1, max_length=200)
    note: str = Field(default="", max_length=500)
    corrects: int | None = Field(default=None, ge=1)
    withdrawn: bool = False

    @model_validator(mode="after")
    def _takes_back_what_is_there(self) -> Self:
        if self.withdrawn and self.corrects is None:
            raise ValueError("corrects: names the entry that is taken back")
        return self


class Translation(_Decision):
    """A person redacted an answer that the machine cannot read, and translated it: until then it is withheld."""

    kind: Literal["translation"] = "translation"
    response: str
    field: str
    language: str = Field(pattern=r"^[a-z]{2,3}$")
    redacted: str = Field(min_length=1)
    translation: str = Field(min_length=1)


Decision = Annotated[
    Coding
    | ThemeCoding
    | CodingUndo
    | ThemeChange
    | SenderOpened
    | QuarantineRelease
    | Invalidation
    | Link
    | CampaignChange
    | LateAcceptance
    | VerdictUndo
    | Extension
    | Approval
    | KeyedAnswer
    | KeyingUndo
    | OutreachEntry
    | Redaction
    | Translation,
    Field(discriminator="kind"),
]


@dataclass(frozen=True)
class Decided:
    """One decision with its place in the journal, who made it and when it became known."""

    seq: int
    known_at: datetime
    officer: str
    decision: Decision


_ADAPTER: TypeAdapter[Decision] = TypeAdapter(Decision)


def encode_decision(decision: Decision) -> bytes:
    return decision.model_dump_json().encode()


def decode_decision(body: bytes) -> Decision:
    """The decision in an opened body.

    Raises:
        DecisionError: not a decision; the message never shows its words.
    """
    try:
        return _ADAPTER.validate_json(body)
    except ValidationError:
        raise DecisionError(
            "A body is no decision that this version knows; install the version that wrote it."
        ) from None


def subjects_of(decision: Decision) -> tuple[str, ...]:
    """The responses a decision is about; none for one about the whole consultation."""
    if isinstance(decision, Link):
        return (decision.first, decision.second)
    if isinstance(decision, CampaignChange):
        return decision.responses
    if isinstance(decision, Extension | ThemeChange | OutreachEntry):
        return ()
    return (decision.response,) if decision.response else ()

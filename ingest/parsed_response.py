"""What a parser makes of an artefact: responses, each with a state, whatever the channel."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from schemas.response import RawAnswer

State = Literal["response", "not_a_response", "in_review", "quarantined"]

# What neither UTF-8 nor the warehouse can hold: halves of a surrogate pair, and the null character.
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_NOT_TEXT = re.compile("[\x00\ud800-\udfff]")

How = Literal[
    "form_field", "content_control", "anchor", "number", "quoted_question", "clipped_text",
    "tick", "handwriting", "printed", "letter", "keyed",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reading:
    """How one answer was read: by which means, from which part of the artefact, and how sure that is (0 to 1).

    `part` is in words and counts (`attachment 2, page 3`): never a file's name, which may be a person's. `review` says
    why a person must look, and is None where nobody must; then the answer stands in the response's `answers`. One that
    waits is not in `answers`; what was read of it, if anything, is the `suggestion`. `picture` tells that a crop of the
    page can be shown.
    """

    column: str
    how: How
    part: str
    confidence: float = 1.0
    review: str | None = None
    suggestion: RawAnswer | None = field(default=None, repr=False)
    picture: bool = False


@dataclass(frozen=True, slots=True)
class ParsedResponse:
    """One response of an artefact, or what stands in its place.

    `answers` are as given: field id -> text, or a list of codes for a multiple choice. `reason` says in words, never
    with an answer, why the state is not 'response'. `postmark` is a day (YYYY-MM-DD), 'none' or 'illegible'.
    `readings` tell of each answer how it was read, where a reader stood between the respondent and us (e-mail, post).
    `same_as` is the id of the submission that this is, where it may come by another way as well.
    """

    state: State = "response"
    reason: str | None = None
    answers: Mapping[str, RawAnswer] = field(default_factory=dict, repr=False)
    language: str = "en"
    sender: str | None = field(default=None, repr=False)
    started_at: datetime | None = None
    postmark: str | None = None
    readings: tuple[Reading, ...] = ()
    same_as: str | None = None

    @property
    def pending(self) -> tuple[str, ...]:
        """The columns whose answers wait for a person."""
        return tuple(one.column for one in self.readings if one.review is not None)

    @property
    def answers_json(self) -> str:
        """The answers as a JSON object."""
        return _ENCODER.encode(self.answers)


def readings_json(readings: Sequence[Reading]) -> str | None:
    """The readings as a JSON list, as the warehouse takes them; None where there is none."""
    if not readings:
        return None
    # The warehouse calls the place of an answer a field.
    named = [{"field" if key == "column" else key: value for key, value in asdict(one).items()} for one in readings]
    return _ENCODER.encode(named)


def encode_parsed(responses: Sequence[ParsedResponse]) -> str:
    """Parsed responses as JSON, whatever is in their texts."""
    return json.dumps([asdict(one) for one in responses], default=datetime.isoformat)


def decode_parsed(content: str) -> list[ParsedResponse]:
    """The parsed responses in what `encode_parsed` wrote."""
    return [_parsed(one) for one in json.loads(content)]


def _parsed(said: dict[str, Any]) -> ParsedResponse:
    started_at = said.pop("started_at")
    readings = tuple(Reading(**one) for one in said.pop("readings"))
    moment = datetime.fromisoformat(started_at) if started_at else None
    return ParsedResponse(**said, started_at=moment, readings=readings)


def quarantined(reason: str, *, language: str = "en", sender: str | None = None) -> ParsedResponse:
    """What could not be read, with the reason in words."""
    return ParsedResponse(state="quarantined", reason=reason, language=language, sender=sender)


def storable_text(text: str) -> str:
    """`text` with what no store can hold replaced by U+FFFD."""
    return _NOT_TEXT.sub("\ufffd", text)


def is_answer(value: object) -> bool:
    """Whether `value` has the shape of an answer: a text or a list of texts."""
    return isinstance(value, str) or (isinstance(value, list) and all(isinstance(one, str) for one in value))


def storable_answer(answer: RawAnswer) -> RawAnswer:
    """The same for an answer of either shape."""
    return storable_text(answer) if isinstance(answer, str) else [storable_text(one) for one in answer]


def is_day(text: str) -> bool:
    """Whether `text` is a day, YYYY-MM-DD."""
    try:
        return bool(_DAY.fullmatch(text)) and bool(date.fromisoformat(text))
    except ValueError:
        return False

"""What a parser makes of an artefact: responses, each with a state, whatever the channel."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from schemas.response import RawAnswer

State = Literal["response", "not_a_response", "in_review", "quarantined"]

# What neither UTF-8 nor the warehouse can hold: halves of a surrogate pair, and the null character.
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_NOT_TEXT = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class ParsedResponse:
    """One response of an artefact, or what stands in its place.

    `answers` are as given: field id -> text, or a list of codes for a multiple choice. `reason` says in words, never
    with an answer, why the state is not 'response'. `postmark` is a day (YYYY-MM-DD), 'none' or 'illegible'.
    """

    state: State = "response"
    reason: str | None = None
    answers: Mapping[str, RawAnswer] = field(default_factory=dict, repr=False)
    language: str = "en"
    sender: str | None = field(default=None, repr=False)
    started_at: datetime | None = None
    postmark: str | None = None

    @property
    def answers_json(self) -> str:
        """The answers as a JSON object."""
        return _ENCODER.encode(self.answers)


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

"""From the values in a filled form of ours, whatever its format, to the response it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from ingest.parsed_response import How, ParsedResponse, Reading, quarantined, storable_answer, storable_text
from schemas.definition import Definition
from schemas.editions.pdf_fields import CONSULTATION, HASH, LANGUAGE, answers_from

# How sure an answer is that nothing speaks against: by its anchor alone it may still be another's, moved or copied.
_SURE: Mapping[How, float] = {"anchor": 0.95}
DOUBLED = "several boxes are ticked where one is asked"
_LEAST_HASH = 12


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a person must look at an answer, and what it may be where that is not simply what was read of it."""

    reason: str
    suggestion: str | None = field(default=None, repr=False)
    confidence: float = 0.0


@dataclass(frozen=True)
class FormIdentity:
    """Which form it says it is; None for what it does not say. `questionnaire_hash` may be its beginning alone."""

    consultation: str | None
    questionnaire_hash: str | None
    language: str | None

    @classmethod
    def of(cls, values: Mapping[str, str]) -> Self:
        """What the hidden fields say."""
        return cls(values.get(CONSULTATION), values.get(HASH), values.get(LANGUAGE))


def form_response(
    values: Mapping[str, str],
    identity: FormIdentity,
    definition: Definition,
    sender: str | None,
    *,
    how: How | Mapping[str, How],
    part: str,
    doubts: Mapping[str, Doubt] | None = None,
    letter: Reading | None = None,
) -> ParsedResponse:
    """The response of a form with these values (see `pdf_fields.values_from`).

    `how` may differ by column. An answer in doubt is none: what was read of it becomes a suggestion. `letter` is what
    stands in the document beside all questions.
    """
    language = language_of(identity, definition)
    fault = fault_of_identity(identity, definition)
    if fault:
        return quarantined(fault, language=language, sender=sender)
    found = answers_from(values, definition.questionnaire, language)
    answers = {column: storable_answer(answer) for column, answer in found.answers.items()}
    doubts = dict.fromkeys(found.doubled, Doubt(DOUBLED)) | dict(doubts or {})
    readings = [letter] if letter else []
    for column in definition.questionnaire.answer_columns():
        means: How = how if isinstance(how, str) else how.get(column, "anchor")
        doubt = doubts.get(column)
        if doubt is not None:
            read = answers.pop(column, None)
            suggestion = read if doubt.suggestion is None else storable_text(doubt.suggestion)
            readings.append(Reading(column, means, part, doubt.confidence, doubt.reason, suggestion))
        elif column in answers:
            readings.append(Reading(column, means, part, _SURE.get(means, 1.0)))
    reason = None
    if identity.consultation is None or identity.questionnaire_hash is None:
        reason = "the form does not say which version of the questionnaire it is"
    return ParsedResponse(
        state="in_review" if reason else "response",
        reason=reason,
        answers=answers,
        language=language,
        sender=sender,
        readings=tuple(readings),
    )


def language_of(identity: FormIdentity, definition: Definition) -> str:
    """The language of the form, or the questionnaire's first where the form does not say one of its languages."""
    languages = definition.questionnaire.languages
    return identity.language if identity.language in languages else languages[0]


def fault_of_identity(identity: FormIdentity, definition: Definition) -> str | None:
    """Why a form cannot be read as one of this definition, in words; None where it can."""
    if identity.consultation not in (None, definition.id):
        return "the form is of another consultation"
    said = identity.questionnaire_hash
    if said is not None and not (len(said) >= _LEAST_HASH and definition.questionnaire_hash.startswith(said)):
        return "the form is of another version of the questionnaire"
    return None

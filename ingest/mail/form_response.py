"""From the values in a filled form of ours, whatever its format, to the response it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from ingest.parsed_response import How, ParsedResponse, Reading, quarantined, storable_answer
from schemas.definition import Definition
from schemas.editions.pdf_fields import CONSULTATION, HASH, LANGUAGE, answers_from

DOUBLED = "several boxes are ticked where one is asked"
_LEAST_HASH = 12


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
    how: How,
    part: str,
    doubts: Mapping[str, str] | None = None,
) -> ParsedResponse:
    """The response of a form with these values (see `pdf_fields.values_from`).

    `doubts` are columns that a person must look at, and why: what was read of them is a suggestion, no answer.
    """
    language = language_of(identity, definition)
    fault = fault_of_identity(identity, definition)
    if fault:
        return quarantined(fault, language=language, sender=sender)
    found = answers_from(values, definition.questionnaire, language)
    answers = {column: storable_answer(answer) for column, answer in found.answers.items()}
    doubts = dict.fromkeys(found.doubled, DOUBLED) | dict(doubts or {})
    readings = []
    for column in definition.questionnaire.answer_columns():
        doubt = doubts.get(column)
        if doubt is not None:
            readings.append(Reading(column, how, part, 0.0, doubt, answers.pop(column, None)))
        elif column in answers:
            readings.append(Reading(column, how, part))
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

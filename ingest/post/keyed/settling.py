"""A parsed response with what people keyed of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ingest.parsed_response import ParsedResponse, Reading
from ingest.post.keyed.rules import (
    Asked,
    Due,
    MachineRead,
    Verdict,
    by_column,
    judge,
    keyed_from,
    keyings_of,
    normalised,
)
from ingest.post.keyed.sampling import is_audited, is_keyed_twice
from schemas.decisions import Decided
from schemas.definition import Definition
from schemas.response import RawAnswer

AUDIT_DIFFERS = "audit: machine and person differ"
NOTHING_LEGIBLE = "nothing that is written in it is legible"
REVIEWS: Mapping[Due | None, str] = {
    "second": "keyed once: a second person keys it too",
    "third": "keyed differently: a third person settles it",
    "continued": "continued elsewhere: a person who has all the sheets keys the whole answer",
}
_NOT_READ_ANY_MORE = "an earlier reading"


@dataclass(frozen=True)
class _Judged:
    reading: Reading
    verdict: Verdict
    audited: bool


def settle_response(
    parsed: ParsedResponse, response_id: str, keyed: Sequence[Decided], definition: Definition
) -> ParsedResponse:
    """`parsed` with the keyed answers of this response, which are given in the order of the journal.

    A settled answer enters `answers`. One that is blank or illegible stays out, and its reading says which; one that
    is not settled says what it waits for. Where nothing is answered and something is illegible, the response as a
    whole waits for an officer: it is not blank. Boxes that an audit looks at keep what the machine read as their
    reading's suggestion, so that the audit can be counted.
    """
    if parsed.state not in ("response", "in_review"):
        return parsed
    judged = _judge_all(parsed, response_id, by_column(keyed), definition)
    answers = dict(parsed.answers)
    for one in judged:
        _apply(one, answers, definition)
    readings = tuple(_reading(one, parsed.answers) for one in judged)
    illegible = any(one.verdict.keyed and one.verdict.keyed.outcome == "illegible" for one in judged)
    if illegible and not answers and parsed.state == "response":
        return replace(parsed, state="in_review", reason=NOTHING_LEGIBLE, answers=answers, readings=readings)
    return replace(parsed, answers=answers, readings=readings)


def _judge_all(
    parsed: ParsedResponse, response_id: str, said: Mapping[str, Sequence[Decided]], definition: Definition
) -> list[_Judged]:
    """Every reading with its verdict, and what people keyed where a reader that has changed finds nothing any more."""
    columns = definition.questionnaire.answer_columns()
    read, parts = {one.column for one in parsed.readings}, {one.part for one in parsed.readings}

    def judged(reading: Reading) -> _Judged:
        column, sure = reading.column, reading.review is None
        if column not in columns:
            return _Judged(reading, Verdict(None), False)
        audited = sure and reading.how == "tick" and is_audited(definition, response_id, column)
        twice = is_keyed_twice(definition, response_id, column)
        machine = MachineRead(parsed.answers.get(column)) if sure else None
        asked = Asked(column, definition, twice, audited, machine)
        from_here = keyed_from(said.get(column, ()), [reading.part] if column in read else parts)
        return _Judged(reading, judge(asked, keyings_of(from_here)), audited)

    gone = [judged(Reading(name, "keyed", _NOT_READ_ANY_MORE)) for name in said if name in columns and name not in read]
    return [*map(judged, parsed.readings), *(one for one in gone if one.verdict.keyed)]


def _apply(judged: _Judged, answers: dict[str, RawAnswer], definition: Definition) -> None:
    """Put what is settled into `answers`, and take out what no longer stands."""
    column, keyed = judged.reading.column, judged.verdict.keyed
    if keyed or judged.verdict.due == "third":
        answers.pop(column, None)
    if keyed and keyed.answer is not None:
        answers[column] = normalised(keyed.answer, column, definition)


def _reading(judged: _Judged, machine: Mapping[str, RawAnswer]) -> Reading:
    """The reading as it is after the verdict."""
    reading, verdict = judged.reading, judged.verdict
    suggestion = machine.get(reading.column) if judged.audited else reading.suggestion
    if verdict.keyed:
        outcome = verdict.keyed.outcome.replace("_", " ")
        part = reading.part if outcome == "answer" else f"{reading.part} ({outcome})"
        return replace(reading, how="keyed", part=part, confidence=1.0, review=None, suggestion=suggestion)
    if reading.review is None:
        return replace(reading, review=AUDIT_DIFFERS if verdict.due == "third" else None, suggestion=suggestion)
    return replace(reading, review=REVIEWS.get(verdict.due, reading.review))

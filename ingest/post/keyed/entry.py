"""What a person keys, checked against the question and against what waits: a decision, or one sentence why not."""

from dataclasses import dataclass, field
from typing import Literal

from ingest.parsed_response import storable_answer
from ingest.post.errors import KeyingError
from ingest.post.keyed.queue import Role, Standing, job_id
from ingest.post.keyed.rules import choice_of, normalised, person, place_of
from schemas.decisions import KeyedAnswer
from schemas.definition import Definition
from schemas.editions.pdf_fields import choices_of
from schemas.fields import MultipleChoice
from schemas.response import RawAnswer

Outcome = Literal["answer", "blank", "illegible", "continued_elsewhere"]
MAX_CHARACTERS = 1_000_000


@dataclass(frozen=True)
class Entry:
    """What a person says of one answer: its text or its codes, or one of the other outcomes."""

    outcome: Outcome
    text: str | None = field(default=None, repr=False)
    codes: tuple[str, ...] = field(default=(), repr=False)
    settled_with: str | None = None


def decide(standing: Standing, role: Role, officer: str, entry: Entry, definition: Definition) -> KeyedAnswer:
    """The decision that an entry is.

    Raises:
        KeyingError: the entry does not fit the question, or this person may not say it; never quotes the entry.
    """
    if not person(officer):
        raise KeyingError("A keyed answer needs the name of who keys it.")
    _check_role(standing, role, officer, entry)
    column = standing.read.column
    answer = _answer(column, entry, definition) if entry.outcome == "answer" else None
    if entry.outcome != "answer" and (entry.text is not None or entry.codes):
        raise KeyingError(f"An answer is either given or {entry.outcome.replace('_', ' ')}, not both.")
    if entry.outcome == "continued_elsewhere" and (role != "keying" or choice_of(column, definition)):
        raise KeyingError("Only a written answer goes on elsewhere; who settles it keys the whole of it.")
    return KeyedAnswer(
        response=standing.read.response,
        column=column,
        role=role,
        outcome=entry.outcome,
        answer=answer,
        part=place_of(standing.read.part),
        settled_with=entry.settled_with.strip() if entry.settled_with else None,
    )


def _check_role(standing: Standing, role: Role, officer: str, entry: Entry) -> None:
    """What a person said before may be corrected by the same person; else it must wait for this role.

    A keying that comes after another's has settled the answer is taken until the next version: it was typed in vain
    otherwise, and where it differs a third person hears of it.
    """
    read, name = standing.read, person(officer)
    job = job_id(read.response, read.column, role)
    if role == "settling":
        if standing.disputed not in ("third", "continued"):
            raise KeyingError(f"{job}: there is nothing to settle.")
        _check_settler(standing, name, entry)
        return
    if entry.settled_with is not None:
        raise KeyingError(f"{job}: only a difference is settled together with another person.")
    waits = standing.asked.audited if role == "audit" else read.review is not None and standing.asked.machine is None
    if name not in getattr(standing.keyings, role) and not waits:
        raise KeyingError(f"{job}: does not wait for this; see 'yoursay keying next'.")


def _check_settler(standing: Standing, name: str, entry: Entry) -> None:
    between = standing.keyings.between
    if entry.settled_with is not None:
        other = person(entry.settled_with)
        if name == other or not {name, other} <= between:
            raise KeyingError("A difference is settled together by the two people who keyed it differently.")
    elif standing.disputed == "third" and name in between:
        raise KeyingError(
            "A third person settles a difference, or the two who differ together: name the other with --settled-with."
        )


def _answer(column: str, entry: Entry, definition: Definition) -> RawAnswer:
    choice = choice_of(column, definition)
    if choice is None:
        if entry.codes or entry.text is None:
            raise KeyingError(f"'{column}' is answered in words: give a text, no codes.")
        if len(entry.text) > MAX_CHARACTERS:
            raise KeyingError(f"The text is longer than {MAX_CHARACTERS} characters.")
        text = normalised(storable_answer(entry.text), column, definition)
        if not text:
            raise KeyingError("The text is empty: say that the answer is blank or illegible instead.")
        return text
    known = [code for code, _ in choices_of(choice, definition.questionnaire.languages[0])]
    if entry.text is not None or not entry.codes:
        raise KeyingError(f"'{column}' is answered by ticks: give codes ({', '.join(known)}), or say that it is blank.")
    if not set(entry.codes) <= set(known):
        raise KeyingError(f"One of the codes is not one of '{column}': {', '.join(known)}.")
    if len(set(entry.codes)) > 1 and not isinstance(choice, MultipleChoice):
        raise KeyingError(f"'{column}' takes one code; where several are ticked and none is meant, it is illegible.")
    return normalised(list(entry.codes), column, definition)

"""The keying queue: what each answer waits for, which jobs there are, and who may do them.

Pure: what was read comes from a version of the warehouse, what was keyed from the journal, which may be ahead of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol

from ingest.post.errors import KeyingError
from ingest.post.keyed.rules import (
    Asked,
    Due,
    Keyings,
    MachineRead,
    Verdict,
    choice_of,
    judge,
    keyed_from,
    keyings_of,
    person,
)
from ingest.post.keyed.sampling import is_audited, is_keyed_twice
from ingest.post.keyed.settling import AUDIT_DIFFERS
from schemas.decisions import Decided
from schemas.definition import Definition
from schemas.editions.pdf_fields import choices_of
from schemas.fields import MultipleChoice, WithChoices
from schemas.response import RawAnswer

Role = Literal["keying", "settling", "audit"]
ROLES: dict[Due, Role] = {
    "first": "keying",
    "second": "keying",
    "third": "settling",
    "continued": "settling",
    "audit": "audit",
}
# What can be settled comes before what is keyed for the first time: it is the last that its response waits for.
FIRST_OF_ALL: tuple[Due, ...] = ("third", "continued")
# Whether a keying is the first or the second, who keys does not learn.
KINDS: dict[Due, str] = {
    "first": "keying",
    "second": "keying",
    "third": "settling a difference",
    "continued": "keying the whole of an answer that goes on elsewhere",
    "audit": "looking again at ticked boxes",
}


class ReadAnswer(Protocol):
    """One answer as a version of the warehouse has it."""

    @property
    def response(self) -> str: ...
    @property
    def column(self) -> str: ...
    @property
    def how(self) -> str: ...
    @property
    def part(self) -> str: ...
    @property
    def review(self) -> str | None: ...
    @property
    def suggestion(self) -> RawAnswer | None: ...
    @property
    def picture(self) -> bool: ...


@dataclass(frozen=True)
class Standing:
    """One answer, what was keyed of it, and what it waits for now."""

    read: ReadAnswer
    asked: Asked
    keyings: Keyings
    verdict: Verdict

    @property
    def disputed(self) -> Due | None:
        """What it waits for, or would if nobody had settled it."""
        return judge(self.asked, replace(self.keyings, settling={})).due


def stand(read: ReadAnswer, decided: Sequence[Decided], definition: Definition) -> Standing:
    """How an answer stands after the decisions about it, given in the order of the journal."""
    keyings = keyings_of(keyed_from(decided, [read.part]))
    asked = Asked(
        read.column,
        definition,
        twice=is_keyed_twice(definition, read.response, read.column),
        audited=_is_sure_tick(read) and is_audited(definition, read.response, read.column),
        machine=MachineRead(read.suggestion) if _was_sure(read, keyings) else None,
    )
    return Standing(read, asked, keyings, judge(asked, keyings))


def _is_sure_tick(read: ReadAnswer) -> bool:
    return read.review is None and read.how == "tick"


def _was_sure(read: ReadAnswer, keyings: Keyings) -> bool:
    """Whether the machine was sure. Of what is keyed by now, only an audit's second look tells so."""
    return _is_sure_tick(read) or read.review == AUDIT_DIFFERS or (read.how == "keyed" and bool(keyings.audit))


def may_do(standing: Standing, officer: str) -> bool:
    """Whether this person may do what the answer waits for: never a second keying of one's own."""
    name = person(officer)
    match standing.verdict.due:
        case "first" | "second":
            return name not in standing.keyings.keying
        case "third":
            return name not in standing.keyings.between
        case "continued" | "audit":
            return True
    return False


def has_keyed(standing: Standing, officer: str) -> bool:
    """Whether something that this person keyed, settled or looked at again counts."""
    name, said = person(officer), standing.keyings
    return name in said.keying or name in said.settling or name in said.audit


@dataclass(frozen=True)
class Job:
    """What a person is given: a question, where its answer is, and what is wanted. Never what another keyed.

    `together_with` names those with whom this person may settle a difference, being one of those who differ.
    `suggestion` is a machine's, and there only where one person keys the answer, or where there is no picture of it.
    """

    id: str
    response: str
    column: str
    kind: str
    number: str | None
    wording: str
    choices: tuple[tuple[str, str], ...]
    several: bool
    together_with: tuple[str, ...]
    part: str
    why: str | None
    picture: bool
    suggestion: RawAnswer | None = field(repr=False)


def job_id(response: str, column: str, role: Role) -> str:
    """How a job is named: `RESPONSE:COLUMN:ROLE`."""
    return f"{response}:{column}:{role}"


def parse_job_id(job: str) -> tuple[str, str, Role]:
    """Response, column and role of a job.

    Raises:
        KeyingError: it does not name one.
    """
    parts = job.rsplit(":", 2)
    role = next((one for one in ROLES.values() if one == parts[-1]), None)
    if len(parts) != 3 or role is None:
        raise KeyingError("A job is named RESPONSE:COLUMN:ROLE, as 'yoursay keying next' prints it.")
    return parts[0], parts[1], role


def job_of(standing: Standing, due: Due, officer: str, definition: Definition) -> Job:
    """The job that an answer with something due is for this person."""
    read, name, between = standing.read, person(officer), standing.keyings.between
    choice = choice_of(read.column, definition)
    language = definition.questionnaire.languages[0]
    number, wording = question_of(read.column, definition)
    blind = read.picture and (choice is not None or standing.asked.twice or due != "first")
    return Job(
        id=job_id(read.response, read.column, ROLES[due]),
        response=read.response,
        column=read.column,
        kind=KINDS[due],
        number=number,
        wording=wording,
        choices=tuple(choices_of(choice, language)) if choice else (),
        several=isinstance(choice, MultipleChoice),
        together_with=tuple(sorted(between - {name})) if due == "third" and name in between else (),
        part=read.part,
        why=read.review if due == "first" else None,
        picture=read.picture,
        suggestion=None if blind or due == "audit" else read.suggestion,
    )


def question_of(column: str, definition: Definition) -> tuple[str | None, str]:
    """The printed number of a column's question and its wording, in the definition's first language."""
    language = definition.questionnaire.languages[0]
    asked = definition.questionnaire.answer_columns()[column]
    number = next(one.number for one in definition.questionnaire.questions if asked in one.fields)
    wording = asked.label.in_language(language)
    if asked.id != column and isinstance(asked, WithChoices):
        other = next(one for one in asked.choices if one.please_say)
        wording = f"{wording} {other.label.in_language(language)}"
    return number, wording

"""What stands of an answer that people keyed, and what it needs next: the rules that `docs/keying.md` says in words.

Everything here is a function of the decisions and the definition, so that a rebuild comes to the same.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from schemas.decisions import Decided, KeyedAnswer, KeyingUndo
from schemas.definition import Definition
from schemas.editions.pdf_fields import ChoiceField, choices_of
from schemas.fields import MultipleChoice
from schemas.response import RawAnswer

# What an answer needs next: a first or second keying, a third person, all its sheets, or a second look at its boxes.
Due = Literal["first", "second", "third", "continued", "audit"]


@dataclass(frozen=True)
class MachineRead:
    """What a machine read and is sure of; nothing where it saw no tick."""

    answer: RawAnswer | None = field(repr=False)


@dataclass(frozen=True)
class Asked:
    """One answer that the rules are asked about.

    Attributes:
        twice: two people key it apart from each other.
        audited: a person looks again at what the machine read.
        machine: what a machine read, where it was sure.
    """

    column: str
    definition: Definition
    twice: bool
    audited: bool = False
    machine: MachineRead | None = None


@dataclass(frozen=True)
class Verdict:
    """What is due; where nothing is, the keyed answer that stands. Neither: what the machine read stands."""

    due: Due | None
    keyed: KeyedAnswer | None = None


@dataclass(frozen=True)
class Keyings:
    """What each person said last of one answer, by role (name -> what they keyed), in the order in which they did."""

    keying: Mapping[str, KeyedAnswer]
    settling: Mapping[str, KeyedAnswer]
    audit: Mapping[str, KeyedAnswer]

    @property
    def between(self) -> frozenset[str]:
        """Those between whom a third person decides."""
        return frozenset(self.keying) | frozenset(self.audit)


def person(name: str) -> str:
    """A name as people are told apart by: a capital letter or a space around it makes no second person."""
    return name.strip().casefold()


def by_column(decided: Iterable[Decided]) -> dict[str, list[Decided]]:
    """What was keyed of one response, and undone, by its column."""
    found: dict[str, list[Decided]] = {}
    for one in decided:
        if isinstance(one.decision, KeyedAnswer | KeyingUndo):
            found.setdefault(one.decision.column, []).append(one)
    return found


def place_of(part: str) -> str:
    """The part of an artefact that a reading names, without what `settling` says of its outcome."""
    return part.partition(" (")[0]


def keyed_from(decided: Iterable[Decided], parts: Iterable[str]) -> list[Decided]:
    """Those decisions that were keyed from one of these parts; from elsewhere in the artefact it is another answer.

    What is undone is undone wherever it was keyed from.
    """
    places = {None, *(place_of(part) for part in parts)}
    return [
        one
        for one in decided
        if isinstance(one.decision, KeyingUndo)
        or (isinstance(one.decision, KeyedAnswer) and one.decision.part in places)
    ]


def keyings_of(decided: Iterable[Decided]) -> Keyings:
    """The last word of each person in each role, of decisions about one answer in the order of the journal."""
    found: dict[str, dict[str, KeyedAnswer]] = {"keying": {}, "settling": {}, "audit": {}}
    for one in decided:
        if isinstance(one.decision, KeyingUndo):
            for of_role in found.values():
                of_role.pop(person(one.officer), None)
        elif isinstance(one.decision, KeyedAnswer):
            of_role, name = found[one.decision.role], person(one.officer)
            # Taken out first, so that it comes last.
            of_role.pop(name, None)
            of_role[name] = one.decision
    return Keyings(**found)


def judge(asked: Asked, keyings: Keyings) -> Verdict:
    """What stands of one answer, or what it needs next."""
    verdict = _of_keyings(asked, keyings)
    if asked.machine is not None and verdict.due is not None:
        verdict = _of_audits(asked, asked.machine, keyings)
    settled = _settled(keyings, verdict) if verdict.due in ("third", "continued") else None
    return Verdict(None, settled) if settled else verdict


def _of_keyings(asked: Asked, keyings: Keyings) -> Verdict:
    keyed = list(keyings.keying.values())
    if not keyed:
        return Verdict("first")
    if any(one.outcome == "continued_elsewhere" for one in keyed):
        return Verdict("continued")
    if len(keyed) == 1:
        return Verdict("second") if asked.twice else Verdict(None, keyed[0])
    said = [_compared(one, asked) for one in keyed]
    return Verdict(None, keyed[0]) if all(one == said[0] for one in said) else Verdict("third")


def _of_audits(asked: Asked, machine: MachineRead, keyings: Keyings) -> Verdict:
    if not keyings.audit:
        return Verdict("audit" if asked.audited else None)
    differs = any(not agrees(one, machine.answer) for one in keyings.audit.values())
    return Verdict("third" if differs else None)


def _settled(keyings: Keyings, verdict: Verdict) -> KeyedAnswer | None:
    """The last word of somebody who may settle it: a third person, or two of those who differ, together.

    The whole of a continued answer may be keyed by anybody who has the sheets.
    """
    for name, one in reversed(list(keyings.settling.items())):
        other = person(one.settled_with) if one.settled_with else None
        together = other is not None and name != other and {name, other} <= keyings.between
        third = other is None and name not in keyings.between
        if one.outcome != "continued_elsewhere" and (verdict.due == "continued" or together or third):
            return one
    return None


def agrees(keyed: KeyedAnswer, machine: RawAnswer | None) -> bool:
    """Whether a person saw the same boxes ticked as a machine did."""
    return keyed.outcome in ("answer", "blank") and codes_of(keyed.answer) == codes_of(machine)


def codes_of(answer: RawAnswer | None) -> frozenset[str]:
    """The codes of an answer by ticks; none where nothing is ticked."""
    return frozenset(() if answer is None else [answer] if isinstance(answer, str) else answer)


def _compared(keyed: KeyedAnswer, asked: Asked) -> tuple[str, RawAnswer | None]:
    """The outcome and the answer, of which only line ends, the space around it and the order of ticks do not count."""
    answer = None if keyed.answer is None else normalised(keyed.answer, asked.column, asked.definition)
    return keyed.outcome, answer


def choice_of(column: str, definition: Definition) -> ChoiceField | None:
    """The choice that a column's answer is ticked in, or None where it is written."""
    asked = definition.questionnaire.answer_columns()[column]
    return asked if isinstance(asked, ChoiceField) and asked.id == column else None


def normalised(answer: RawAnswer, column: str, definition: Definition) -> RawAnswer:
    """An answer as it is kept: a text with plain line ends and no space around it, ticks in the form's order."""
    choice = choice_of(column, definition)
    if choice is None:
        text = answer if isinstance(answer, str) else "\n".join(answer)
        return text.replace("\r\n", "\n").replace("\r", "\n").strip()
    given = codes_of(answer)
    known = [code for code, _ in choices_of(choice, definition.questionnaire.languages[0])]
    codes = [code for code in known if code in given] + sorted(given.difference(known))
    return codes if isinstance(choice, MultipleChoice) or len(codes) != 1 else codes[0]

"""What double keying and the audit measure: how often two people agree, and how often the machine was wrong."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ingest.post.keyed.queue import Standing
from ingest.post.keyed.rules import agrees, choice_of, codes_of, normalised, person
from schemas.decisions import Decided, KeyedAnswer, KeyingUndo
from schemas.definition import Definition
from schemas.editions.pdf_fields import choices_of

# The standard normal distribution's 97.5% point: an interval that holds 95%.
_Z = 1.959963984540054


@dataclass(frozen=True)
class Rate:
    """So many of a base."""

    count: int
    base: int

    @property
    def share(self) -> float | None:
        return self.count / self.base if self.base else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's 95% interval: right for small bases and for none of them, too."""
        if not self.base:
            return None
        share, squared = self.count / self.base, _Z * _Z / self.base
        middle = (share + squared / 2) / (1 + squared)
        half = _Z / (1 + squared) * math.sqrt(share * (1 - share) / self.base + squared / (4 * self.base))
        return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True)
class AuditFigures:
    """Machine against person: boxes and questions read otherwise, and those that a person could not read either."""

    boxes: Rate
    questions: Rate
    unclear: int


def agreement(decided: Iterable[Sequence[Decided]], definition: Definition) -> Rate:
    """How many answers that two people keyed they keyed alike, each before knowing the other's.

    Of each answer (its decisions in the order of the journal) what counts is what stood when the second person first
    keyed it: what they changed after talking about it is no evidence. What was undone before then was never keyed.
    """
    pairs = [pair for one in decided if (pair := _first_pair(one))]
    alike = sum(_said(first, definition) == _said(second, definition) for first, second in pairs)
    return Rate(alike, len(pairs))


def _first_pair(decided: Sequence[Decided]) -> tuple[KeyedAnswer, KeyedAnswer] | None:
    first: tuple[str, KeyedAnswer] | None = None
    for one in decided:
        if isinstance(one.decision, KeyingUndo) and first is not None and first[0] == person(one.officer):
            first = None
        if not isinstance(one.decision, KeyedAnswer) or one.decision.role != "keying":
            continue
        if first is not None and first[0] != person(one.officer):
            return first[1], one.decision
        first = person(one.officer), one.decision
    return None


def _said(keyed: KeyedAnswer, definition: Definition) -> object:
    return keyed.outcome, None if keyed.answer is None else normalised(keyed.answer, keyed.column, definition)


def audit_figures(standings: Iterable[Standing], definition: Definition) -> AuditFigures:
    """The machine's error on boxes that a person looked at again.

    Where machine and person differed and somebody settled it, what was settled is the truth; else what the person saw.
    """
    boxes = wrong_boxes = questions = wrong_questions = unclear = 0
    for one in standings:
        choice = choice_of(one.read.column, definition)
        if not one.keyings.audit or one.asked.machine is None or choice is None:
            continue
        machine = one.asked.machine.answer
        truth = one.verdict.keyed or next(iter(one.keyings.audit.values()))
        if truth.outcome not in ("answer", "blank"):
            unclear += 1
            continue
        questions += 1
        wrong_questions += not agrees(truth, machine)
        boxes += len(choices_of(choice, definition.questionnaire.languages[0]))
        wrong_boxes += len(codes_of(truth.answer) ^ codes_of(machine))
    return AuditFigures(Rate(wrong_boxes, boxes), Rate(wrong_questions, questions), unclear)

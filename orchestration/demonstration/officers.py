"""What two officers decide in the demonstration: coding in sittings, links, one release from quarantine.

The first officer codes what the answer was made from; the second codes some answers again and differs now and then.
Nothing here is written by a real coder, and no agreement between them may be read as one.
"""

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random

from orchestration.demonstration.answers import Form
from orchestration.demonstration.days import local, working_days
from orchestration.demonstration.plan import Oddity
from orchestration.demonstration.themes import named_themes, themes_of
from schemas.decisions import (
    Approval,
    Coding,
    Decision,
    KeyedAnswer,
    LateAcceptance,
    Link,
    QuarantineRelease,
    ThemeCoding,
)
from schemas.policy import Frame

FIRST, SECOND = "officer", "second-officer"
_THURSDAY = 3
_CODED_SHARE = 0.86
_CODED_TWICE_SHARE = 0.25
_DIFFER_SHARE = 0.04
_APPROVED_QUOTES = 6
_NOT_CODED: frozenset[Oddity] = frozenset(
    {"unknown_choice", "wrong_id_inside", "keyings_differ", "keyed_once", "blank", "duplicate", "scanned"}
)
# Pairs of submissions that the officers confirm as one respondent's; the others of these kinds wait.
CONFIRMED = {f"second-{number}": "The sender says that this replaces the first form." for number in range(8)} | {
    f"twice-{number}": "The same form from the same address, sent again." for number in range(3)
}
RELEASED, ACCEPTED_LATE = "choice-0", "late-mail-0"


def keyed_from(response_id: str, column: str, form: Form) -> KeyedAnswer:
    """What an officer keys of one answer of a scanned form: what was written there."""
    answer = form.answers.get(column)
    return KeyedAnswer(
        response=response_id,
        column=column,
        role="keying",
        outcome="answer" if answer else "blank",
        answer=answer or None,
    )


@dataclass(frozen=True)
class Known:
    """A response that has reached landing: its id, and what was planned of it."""

    response_id: str
    key: str
    oddity: Oddity
    form: Form


@dataclass
class Desk:
    """Two officers at work on one consultation. `frames` are the policy's; call `sitting` in order of time."""

    seed: str
    frames: dict[str, Frame]
    publishes_verbatim: bool
    _coded: dict[str, list[Coding]] = field(default_factory=dict)
    _twice: set[str] = field(default_factory=set)
    _to_settle: list[Coding] = field(default_factory=list)
    _done: set[str] = field(default_factory=set)

    def sitting(self, known: Sequence[Known], last: bool = False) -> list[tuple[str, list[Decision]]]:
        """What each officer decides at one sitting about the responses known so far (in order of arrival)."""
        first: list[Decision] = [*self._named(), *self._settled()]
        second: list[Decision] = list(self._code_again(known))
        first += self._code(known)
        first += self._about_single_responses({one.key: one for one in known}, last)
        if self.publishes_verbatim and last:
            second += _approvals(known)
        return [(FIRST, first), (SECOND, second)]

    def coded_responses(self) -> int:
        """How many responses the first officer has coded."""
        return len(self._coded)

    def _named(self) -> Iterator[Decision]:
        if self._first_time("themes"):
            yield from named_themes(self.frames)

    def _code(self, known: Sequence[Known]) -> Iterator[Decision]:
        codable = [one for one in known if one.oddity not in _NOT_CODED and one.form.written]
        limit = math.floor(_CODED_SHARE * len(codable))
        for one in codable:
            if len(self._coded) >= limit:
                return
            if one.response_id not in self._coded:
                self._coded[one.response_id] = list(codings(one, self.frames))
                yield from self._coded[one.response_id]
                yield from theme_codings(one, self.frames)

    def _code_again(self, known: Sequence[Known]) -> Iterator[Decision]:
        """The second officer codes a share of what the first has coded before this sitting."""
        for one in known:
            chance = Random(f"{self.seed}/again/{one.key}/{one.response_id[-1]}")  # noqa: S311 - no secret
            if one.response_id not in self._coded or one.response_id in self._twice:
                continue
            self._twice.add(one.response_id)
            if chance.random() >= _CODED_TWICE_SHARE:
                continue
            for coding in self._coded[one.response_id]:
                other = [code for code in self.frames[coding.field].code_ids if code != coding.code]
                if chance.random() < _DIFFER_SHARE:
                    coding = coding.model_copy(update={"code": chance.choice(other)})  # noqa: PLW2901
                    if chance.random() < 0.6:
                        self._to_settle.append(coding)
                yield coding
            yield from theme_codings(one, self.frames)

    def _settled(self) -> Iterator[Decision]:
        """Differences of the last sitting that were talked over: the first officer takes the second's code."""
        yield from self._to_settle
        self._to_settle = []

    def _about_single_responses(self, known: dict[str, Known], last: bool) -> Iterator[Decision]:
        for name, reason in CONFIRMED.items():
            if {f"{name}a", f"{name}b"} <= known.keys():
                yield from self._link(known, name, "same", reason)
        if {"colleague-0a", "colleague-0b"} <= known.keys():
            yield from self._link(known, "colleague-0", "different", "Two trustees of one organisation.")
        if {"colleague-1a", "colleague-1b"} <= known.keys():
            # Undone at the next sitting: the same organisation is not the same respondent.
            if "colleague-1/same" in self._done:
                yield from self._link(known, "colleague-1", "undo", "A call showed that two people wrote.")
            else:
                yield from self._link(known, "colleague-1", "same", "The same organisation and the same role.")
        if RELEASED in known and self._first_time(RELEASED):
            yield QuarantineRelease(
                response=known[RELEASED].response_id,
                corrections={"r1_type": ["derby_resident"]},
                reason="The form has no such box; the other box that was ticked stands.",
            )
        if last and ACCEPTED_LATE in known and self._first_time(ACCEPTED_LATE):
            yield LateAcceptance(
                response=known[ACCEPTED_LATE].response_id,
                reason="The council's mailbox refused messages on the evening of 31 May, as its log shows.",
            )

    def _link(self, known: dict[str, Known], name: str, verdict: str, reason: str) -> Iterator[Decision]:
        if self._first_time(f"{name}/{verdict}"):
            ids = {"first": known[f"{name}a"].response_id, "second": known[f"{name}b"].response_id}
            yield Link.model_validate({**ids, "verdict": verdict, "reason": reason})

    def _first_time(self, what: str) -> bool:
        fresh = what not in self._done
        self._done.add(what)
        return fresh


def codings(one: Known, frames: dict[str, Frame]) -> Iterator[Coding]:
    """The codes that follow from what a response's answers were made from, a limb at a time."""
    for name, answer in one.form.written.items():
        if name in frames:
            for limb in frames[name].limb_ids:
                code, quote = answer.positions[limb], answer.quotes.get(limb, "")
                yield Coding(response=one.response_id, field=name, limb=limb, code=code, quote=quote)


def theme_codings(one: Known, frames: Collection[str]) -> Iterator[ThemeCoding]:
    """The themes of a response's answers; both officers find the same."""
    for name, answer in one.form.written.items():
        found = themes_of(one.response_id, name, answer.text) if name in frames else None
        if found is not None:
            yield found


def sittings(first: date, last: date, extra: Sequence[datetime] = ()) -> list[datetime]:
    """When the officers sit: each Thursday afternoon after the first week, and at the moments given."""
    thursdays = working_days(first + timedelta(days=7), last, [_THURSDAY])
    return sorted({*(local(day, time(16, 0)) for day in thursdays), *extra})


def _approvals(known: Sequence[Known]) -> Iterator[Decision]:
    """Some answers whose writers allow it, and in which nothing identifies anybody, may be shown word for word."""
    approved = 0
    for one in known:
        answer = one.form.written.get("q5_proposal")
        if answer is None or one.form.answers.get("p1_publish") != "yes" or one.form.language != "en":
            continue
        if (
            approved < _APPROVED_QUOTES
            and len(answer.text) > 40
            and not any(c.isdigit() or c == "@" for c in answer.text)
        ):
            approved += 1
            yield Approval(
                what="verbatim",
                response=one.response_id,
                field="q5_proposal",
                reason="Read: permission given, no person is named or described.",
            )

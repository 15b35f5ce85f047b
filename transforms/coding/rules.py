"""What was coded of one answer, and what it waits for: the rules that `docs/coding.md` says in words.

Everything here is a function of the decisions, the frame and the themes, so that a rebuild comes to the same. The
warehouse settles positions by the same rules in SQL (`transforms.coding.positions`).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from schemas.decisions import Coding, CodingUndo, Decided, ThemeCoding
from schemas.policy import Frame
from transforms.coding.themes import Themes

Role = Literal["coding", "settling"]
# A first or a second coder, or somebody who settles a difference.
Due = Literal["first", "second", "third"]
# What an officer codes who finds that an answer says nothing of a limb: no words show it.
NO_ANSWER = "no_answer"


def person(name: str) -> str:
    """A name as people are told apart by: a capital letter or a space around it makes no second person."""
    return name.strip().casefold()


@dataclass(frozen=True)
class Said:
    """What one officer says of one answer: the position on each limb, and the themes where they were looked for."""

    positions: Mapping[str, Coding] = field(default_factory=dict)
    themes: ThemeCoding | None = None

    @property
    def codes(self) -> dict[str, str]:
        return {limb: one.code for limb, one in self.positions.items()}

    @property
    def frame(self) -> str:
        """The version of the frame that the officer had."""
        marks = [one.frame for one in self.positions.values()]
        return self.themes.frame if self.themes else max(marks, default="")

    def settled_with(self) -> str | None:
        """The other person where two settled it together."""
        found = [one.settled_with for one in self.positions.values() if one.settled_with]
        return person(found[0]) if found else None


@dataclass(frozen=True)
class Codings:
    """The last word of each officer on one answer, by role."""

    coding: Mapping[str, Said] = field(default_factory=dict)
    settling: Mapping[str, Said] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """The answer's frame and themes, and whether a second person codes it."""

    frame: Frame
    themes: Themes
    twice: bool

    def is_whole(self, said: Said) -> bool:
        """Whether every limb has a code of the frame."""
        known = self.frame.code_ids
        return all(limb in said.positions and said.positions[limb].code in known for limb in self.frame.limb_ids)

    def themes_in(self, said: Said) -> frozenset[str] | None:
        """The themes as they are now; nothing where they were not looked for."""
        return None if said.themes is None else self.themes.resolved(mark.theme for mark in said.themes.themes)


def codings_of(decided: Iterable[Decided]) -> Codings:
    """The last word of each person in each role, of decisions about one answer in the order of the journal."""
    found: dict[Role, dict[str, Said]] = {"coding": {}, "settling": {}}
    for one in decided:
        _add(found, one)
    return Codings(found["coding"], found["settling"])


def independent(decided: Iterable[Decided], asked: Asked) -> dict[str, Said]:
    """What the first two coders said when neither knew of the other; nothing where only one has coded.

    What they change after talking about it is no evidence of how far they agree.
    """
    found: dict[Role, dict[str, Said]] = {"coding": {}, "settling": {}}
    for one in decided:
        _add(found, one)
        whole = {name: said for name, said in found["coding"].items() if asked.is_whole(said)}
        if len(whole) == 2:
            return whole
    return {}


def _add(found: dict[Role, dict[str, Said]], one: Decided) -> None:
    name, decision = person(one.officer), one.decision
    if isinstance(decision, CodingUndo):
        for of_role in found.values():
            of_role.pop(name, None)
    elif isinstance(decision, Coding):
        before = found[decision.role].get(name, Said())
        found[decision.role][name] = Said({**before.positions, decision.limb: decision}, before.themes)
    elif isinstance(decision, ThemeCoding):
        before = found[decision.role].get(name, Said())
        found[decision.role][name] = Said(before.positions, decision)


@dataclass(frozen=True)
class Standing:
    """What one answer waits for, if for anything, and between whom."""

    due: Due | None
    coders: frozenset[str]
    codings: Codings
    differs: bool


def stand(asked: Asked, decided: Sequence[Decided]) -> Standing:
    """How an answer stands after the decisions about it, given in the order of the journal."""
    codings = codings_of(decided)
    whole = {name: said for name, said in codings.coding.items() if asked.is_whole(said)}
    coders = frozenset(whole)
    if len(whole) < 2:
        due: Due | None = "first" if not whole else "second" if asked.twice else None
        return Standing(due, coders, codings, differs=False)
    differs = _differs(asked, list(whole.values()))
    settled = any(
        may_settle(name, said.settled_with(), coders) and asked.is_whole(said)
        for name, said in codings.settling.items()
    )
    return Standing("third" if differs and not settled else None, coders, codings, differs)


def may_settle(name: str, other: str | None, coders: frozenset[str]) -> bool:
    """Whether this person may settle it: a third one alone, or a coder together with `other`, who is another coder."""
    return name not in coders if other is None else name != other and {name, other} <= coders


def _differs(asked: Asked, said: Sequence[Said]) -> bool:
    """Whether a limb has no code that most coders gave, or a theme was marked by just half of them."""
    for limb in asked.frame.limb_ids:
        most = max(Counter(one.positions[limb].code for one in said).values())
        if most * 2 <= len(said):
            return True
    looked = [themes for one in said if (themes := asked.themes_in(one)) is not None]
    marks = Counter(theme for themes in looked for theme in themes)
    return any(count * 2 == len(looked) for count in marks.values())


def may_do(standing: Standing, officer: str) -> bool:
    """Whether this person may do what the answer waits for: never a second coding of one's own."""
    return standing.due is not None and person(officer) not in standing.coders


def is_between(standing: Standing, officer: str) -> bool:
    """Whether this person is one of those who coded it differently, and may settle it together with another."""
    return standing.due == "third" and person(officer) in standing.coders

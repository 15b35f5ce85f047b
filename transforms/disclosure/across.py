"""Channels beside campaigns: two partitions of everybody, of which the ledger says how they overlap.

Where nearly all who came by e-mail sent a campaign's letter, and hardly anybody else did, the two rows are of nearly
the same people, and one less the other tells of the few who are left. So the sides of a question are shown only where
they differ by a step from every union of channels, now and in every view that was shown, and the other way round. What
was shown may be of other people than now: two rows differ at least by who is counted under one alone, and by how much
the rest has grown or shrunk.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from transforms.disclosure.counts import Counts
from transforms.disclosure.shown import BOTH, Part, Shown, breakdown_of
from transforms.disclosure.vocabulary import group_of
from transforms.marts import CAMPAIGN, OWN_WORDS

# How many are counted, by channel and side together.
Together = Mapping[str, int]
Everybody = Literal["too", "not", "alone"]
_OTHER = {CAMPAIGN: OWN_WORDS, OWN_WORDS: CAMPAIGN}


@dataclass(frozen=True)
class _View:
    """An earlier view of a question: how many were counted of both together (none where that was not noted), and
    whether channels and sides were shown.
    """

    of: Together | None
    channels: bool
    sides: bool


def together_in(counts: Counts, part: Part) -> dict[str, int]:
    """Of a question's table of everybody: how many are counted of each channel and side together."""
    bases = counts.coded if part[0] == "positions" else counts.answered
    return {of: n for (field, of), n in bases.items() if field == part[1] and group_of(of) == "both"}


def held_across(
    now: Together, shown: Mapping[Part, Sequence[Shown]], whole: Part, fresh: Iterable[str], step: int
) -> set[str]:
    """The rows of channels, or of sides, that wait because they are too near to one of the others.

    Args:
        now: how many are counted of each channel and side together.
        shown: all that was shown, by part.
        whole: the question's table of everybody.
        fresh: the rows that would be shown.
        step: by how many respondents two rows must differ.
    """
    channels, sides = ([of for of in fresh if group_of(of) == name] for name in ("channels", "sides"))
    held: set[str] = set()
    views = _views(shown, whole)
    if any(one.sides and (one.of is None or _are_near(now, one.of, step, everybody="not")) for one in views):
        held, channels = set(channels), []
    near_now = bool(channels) and _are_near(now, now, step, everybody="not")
    if near_now or any(_is_near_to_earlier(one, now, step) for one in views):
        held |= set(sides)
    return held


def _is_near_to_earlier(view: _View, now: Together, step: int) -> bool:
    if view.of is None:
        return view.channels
    return _are_near(view.of, now, step, everybody="too" if view.channels else "alone")


def _views(shown: Mapping[Part, Sequence[Shown]], whole: Part) -> list[_View]:
    rows: dict[int, set[str]] = {}
    for part, views in shown.items():
        if part[:2] == (breakdown_of(whole[0]), whole[1]):
            for one in views:
                rows.setdefault(one.view, set()).add(group_of(part[2]))
    known = {one.view: one.rows[0] for one in shown.get((BOTH, *whole), ())}
    return [
        _View(known.get(one.view), "channels" in rows.get(one.view, ()), "sides" in rows.get(one.view, ()))
        for one in shown.get(whole, ())
    ]


def _are_near(of_channels: Together, of_sides: Together, step: int, *, everybody: Everybody = "too") -> bool:
    """Whether some channels, as counted in one view, may be the people of a side in another but for a few.

    `everybody`: whether all channels together are looked at as well, or not, or they alone as channels were not shown.
    """
    cells = (*of_channels, *of_sides)
    channels = sorted({of.removesuffix(side) for of in cells for side in _OTHER if of.endswith(side)})
    return any(_least_apart(channels, of_channels, of_sides, side, everybody) < step for side in _OTHER)


def _least_apart(
    channels: Sequence[str], of_channels: Together, of_sides: Together, side: str, everybody: Everybody
) -> float:
    """By how many at least the people of a side differ from those of any union of channels."""
    taken = {
        one: of_channels.get(f"{one}{_OTHER[side]}", 0)
        + abs(of_channels.get(f"{one}{side}", 0) - of_sides.get(f"{one}{side}", 0))
        for one in channels
    }
    left = {one: of_sides.get(f"{one}{side}", 0) for one in channels}
    if everybody == "alone":
        return sum(taken.values())
    # Each channel by itself is taken or left, whichever is nearer; but one at least is taken, and one left.
    nearest = sum(min(taken[one], left[one]) for one in channels)
    unions = [
        nearest + taken[one] - min(taken[one], left[one]) + left[other] - min(taken[other], left[other])
        for one in channels
        for other in channels
        if one != other
    ]
    return min([*unions, *([sum(taken.values())] if everybody == "too" else [])], default=math.inf)

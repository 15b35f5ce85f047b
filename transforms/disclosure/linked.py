"""Linked tables as an attacker sees them: numbers within bounds, and sums that hold between them.

One model for everything that is shown together: tables of one question, its breakdowns, views with and without a
campaign, earlier releases. Whoever adds a table adds its numbers and sums; the audit (`audit.py`) needs no change.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

Key = tuple[str, ...]


@dataclass(frozen=True)
class Number:
    """One count: its true value, what is known of it, and how many values it must keep possible (1: none to keep).

    One that is shown rounded, and not hidden, is `rounded`.
    """

    true: int
    low: int = 0
    high: int | None = None
    asked: int = 1
    rounded: bool = False

    def __post_init__(self) -> None:
        if self.true < self.low or (self.high is not None and self.true > self.high):
            raise ValueError("A number must lie within what is known of it.")

    @property
    def known(self) -> bool:
        return self.low == self.high


@dataclass(frozen=True)
class Sum:
    """The sum of numbers, each times its factor, lies between two bounds."""

    factors: tuple[tuple[Key, int], ...]
    low: int | None = 0
    high: int | None = 0


@dataclass(frozen=True)
class LinkedTables:
    """What is shown together. `tables` says how many tables the numbers are of."""

    numbers: dict[Key, Number] = field(default_factory=dict)
    sums: list[Sum] = field(default_factory=list)
    tables: int = 0

    def add(self, key: Key, number: Number) -> None:
        """Add a number; a key that is there already is the same number, of which all is known that either says."""
        other = self.numbers.get(key)
        if other is not None:
            if other.true != number.true:
                raise ValueError(f"{key}: two tables count this differently.")
            highs = [high for high in (number.high, other.high) if high is not None]
            low, high = max(number.low, other.low), min(highs, default=None)
            asked, rounded = max(number.asked, other.asked), number.rounded and other.rounded
            number = Number(number.true, low, high, asked, rounded)
        self.numbers[key] = number

    def add_sum(self, parts: Iterable[Key], total: Key, *, at_least: int | None = 0, at_most: int | None = 0) -> None:
        """Say that the parts less the total lie between two bounds: nought and nought where they add up."""
        self.sums.append(Sum((*((part, 1) for part in parts), (total, -1)), at_least, at_most))


def together(views: Mapping[str, LinkedTables]) -> LinkedTables:
    """Several views as one set; the name of the view stands before each key."""
    found = LinkedTables(tables=sum(one.tables for one in views.values()))
    for name, view in views.items():
        found.numbers.update({(name, *key): number for key, number in view.numbers.items()})
        for one in view.sums:
            found.sums.append(Sum(tuple(((name, *key), factor) for key, factor in one.factors), one.low, one.high))
    return found


def nested(linked: LinkedTables, inner: str, outer: str) -> None:
    """Say that whoever counts in the view `inner` counts in `outer`: no number of it is larger there.

    So it is with an earlier step and a later one, and with a view without campaigns and the whole.
    """
    for key in list(linked.numbers):
        other = (outer, *key[1:])
        if key[0] == inner and other in linked.numbers:
            linked.sums.append(Sum(((key, 1), (other, -1)), None, 0))

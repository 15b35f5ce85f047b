"""The attack on linked tables: the smallest and the largest value that each hidden count can have.

Linear programs (HiGHS) over everything that is linked. A solution in whole numbers is a table that would look the same,
so each one found vouches for many counts at once, and most counts need no program of their own. Where a program's
solution is not in whole numbers it vouches for nothing, and the count is tried again in whole numbers.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array

from transforms.disclosure.errors import DisclosureError
from transforms.disclosure.findings import Audit
from transforms.disclosure.linked import Key, LinkedTables, Sum

_WHOLE = 1e-6
_SECONDS = 5.0
# Without a bound of its own a number is no larger than this many times all that is known: no count of people is.
_NO_BOUND = 1e9

_Direction = Literal[1, -1]
_Vector = np.ndarray[tuple[int], np.dtype[np.float64]]


@dataclass(frozen=True)
class Attack:
    """The figures, and each count that can be worked out too closely, with the range of its possible values."""

    audit: Audit
    failures: dict[Key, tuple[int, int]]


@dataclass(frozen=True)
class _Found:
    """What the attack found of one part: the ranges of the numbers that must keep several values, and its programs."""

    ranges: tuple[tuple[Key, tuple[int, int]], ...]
    programs: int


# What was found of parts that were attacked before: between two rounds most are as they were.
Attacked = dict[object, _Found]


def attack(linked: LinkedTables, asked: int, before: Attacked | None = None) -> Attack:
    """Try every number that must keep more than one value possible.

    Args:
        linked: all that is shown together.
        asked: how many possible values the rule asks of a hidden count, for the findings.
        before: what was found of parts in earlier rounds; what is found now is added.

    Raises:
        DisclosureError: what is shown does not fit together, so that nothing can be said.
    """
    failures: dict[Key, tuple[int, int]] = {}
    hidden, rounded, programs, narrowest = 0, 0, 0, None
    for part in _parts(linked):
        found = _attack_part(linked, part, {} if before is None else before)
        for key, (low, high) in found.ranges:
            number = linked.numbers[key]
            many = high - low + 1
            if number.rounded:
                rounded += 1
            else:
                hidden += 1
                narrowest = many if narrowest is None else min(narrowest, many)
            if many < number.asked:
                failures[key] = (low, high)
        programs += found.programs
    recoverable = sum(low == high for low, high in failures.values())
    audit = Audit(linked.tables, hidden, rounded, recoverable, len(failures) - recoverable, narrowest, asked, programs)
    return Attack(audit, failures)


@dataclass(frozen=True)
class _Part:
    """Numbers that hang together, and their sums: what is known for certain holds nothing together."""

    keys: tuple[Key, ...]
    sums: tuple[Sum, ...]


def _attack_part(linked: LinkedTables, part: _Part, before: Attacked) -> _Found:
    beside = {key for one in part.sums for key, _ in one.factors}
    told = (part, tuple((key, linked.numbers[key]) for key in sorted({*part.keys, *beside})))
    if told not in before:
        problem = _Problem(linked, part)
        secret = [key for key in part.keys if linked.numbers[key].asked > 1]
        problem.look_around(len(secret) // 8)
        ranges = tuple((key, problem.possible(key, linked.numbers[key].asked)) for key in secret)
        before[told] = _Found(ranges, problem.programs)
    return before[told]


class _Problem:
    """The programs over one part. It keeps the smallest and largest value seen of each number."""

    def __init__(self, linked: LinkedTables, part: _Part) -> None:
        self._index = {key: place for place, key in enumerate(part.keys)}
        numbers = [linked.numbers[key] for key in part.keys]
        self._bounds = np.array([(n.low, _NO_BOUND if n.high is None else n.high) for n in numbers], dtype=np.float64)
        self._matrix, self._low, self._high = self._constraints(linked, part)
        self._linear = self._as_linear()
        self.seen_low: _Vector = np.array([n.true for n in numbers], dtype=np.float64)
        self.seen_high: _Vector = self.seen_low.copy()
        self.programs = 0
        if not self._fits(self.seen_low):
            raise DisclosureError("The protected tables do not fit together; run the pipeline with --full.")

    def look_around(self, times: int) -> None:
        """Find the tables that look the same and lie furthest in some directions: each vouches for many counts."""
        chance = np.random.default_rng(1)
        for _ in range(times):
            self.programs += 1
            self._note(self._solve(chance.choice([-1.0, 1.0], len(self._bounds))))

    def possible(self, key: Key, asked: int) -> tuple[int, int]:
        """The range of values seen: as wide as `asked`, or as wide as there is."""
        place = self._index[key]
        directions: tuple[_Direction, ...] = (1, -1)
        for direction in directions:
            if self._width(place) >= asked:
                break
            self._reach(place, direction)
        return round(self.seen_low[place]), round(self.seen_high[place])

    def _width(self, place: int) -> int:
        return int(self.seen_high[place] - self.seen_low[place]) + 1

    def _reach(self, place: int, direction: _Direction) -> None:
        """Find the largest (1) or smallest (-1) value of a number."""
        cost = np.zeros(len(self._bounds))
        cost[place] = -direction
        self.programs += 1
        solution = self._solve(cost)
        if not self._note(solution):
            self.programs += 1
            self._note(self._solve_whole(cost))

    def _solve(self, cost: _Vector) -> _Vector:
        found = linprog(cost, bounds=self._bounds, method="highs-ds", **self._linear)
        return self._solution(found.x)

    def _as_linear(self) -> dict[str, Any]:
        """The sums as linear programs take them: those that are exact, and upper bounds."""
        equal = self._low == self._high
        above, below = ~equal & np.isfinite(self._high), ~equal & np.isfinite(self._low)
        rows = np.concatenate([np.flatnonzero(above), np.flatnonzero(below)])
        signs = np.concatenate([np.ones(int(above.sum())), -np.ones(int(below.sum()))])
        return {
            "A_ub": self._matrix[rows].multiply(signs[:, None]).tocsr() if len(rows) else None,
            "b_ub": np.concatenate([self._high[above], -self._low[below]]) if len(rows) else None,
            "A_eq": self._matrix[np.flatnonzero(equal)] if equal.any() else None,
            "b_eq": self._low[equal] if equal.any() else None,
        }

    def _solve_whole(self, cost: _Vector) -> _Vector:
        found = milp(
            cost,
            integrality=np.ones(len(cost)),
            bounds=Bounds(self._bounds[:, 0], self._bounds[:, 1]),
            constraints=LinearConstraint(self._matrix, self._low, self._high) if len(self._low) else (),
            options={"time_limit": _SECONDS},
        )
        return self._solution(found.x)

    @staticmethod
    def _solution(found: _Vector | None) -> _Vector:
        if found is None:
            raise DisclosureError("The protected tables could not be audited; run the pipeline with --full.")
        return found

    def _note(self, solution: _Vector) -> bool:
        """Widen what was seen by a solution; false where it is not in whole numbers, or does not fit when rounded."""
        whole = np.round(solution)
        if np.abs(solution - whole).max(initial=0) > _WHOLE or not self._fits(whole):
            return False
        self.seen_low = np.minimum(self.seen_low, whole)
        self.seen_high = np.maximum(self.seen_high, whole)
        return True

    def _fits(self, values: _Vector) -> bool:
        sums = self._matrix @ values
        inside = (values >= self._bounds[:, 0]) & (values <= self._bounds[:, 1])
        return bool(inside.all() and (sums >= self._low).all() and (sums <= self._high).all())

    def _constraints(self, linked: LinkedTables, part: _Part) -> tuple[csr_array, _Vector, _Vector]:
        rows, columns, factors, low, high = [], [], [], [], []
        for row, one in enumerate(part.sums):
            known = sum(linked.numbers[key].low * factor for key, factor in one.factors if key not in self._index)
            for key, factor in one.factors:
                if key in self._index:
                    rows.append(row)
                    columns.append(self._index[key])
                    factors.append(float(factor))
            low.append(-np.inf if one.low is None else one.low - known)
            high.append(np.inf if one.high is None else one.high - known)
        shape = (len(part.sums), len(part.keys))
        return csr_array((factors, (rows, columns)), shape=shape), np.array(low, float), np.array(high, float)


def _parts(linked: LinkedTables) -> Iterator[_Part]:
    """The numbers that are not known, in groups that no sum joins."""
    leader = {key: key for key, number in linked.numbers.items() if not number.known or number.asked > 1}

    def find(key: Key) -> Key:
        while leader[key] != key:
            leader[key] = leader[leader[key]]
            key = leader[key]
        return key

    of_sum = [[key for key, _ in one.factors if key in leader] for one in linked.sums]
    for keys in of_sum:
        for key in keys[1:]:
            leader[find(key)] = find(keys[0])
    groups: dict[Key, list[Key]] = {}
    for key in leader:
        groups.setdefault(find(key), []).append(key)
    sums: dict[Key, list[Sum]] = {}
    for one, keys in zip(linked.sums, of_sum, strict=True):
        if keys:
            sums.setdefault(find(keys[0]), []).append(one)
    for first, keys in groups.items():
        if any(linked.numbers[key].asked > 1 for key in keys):
            yield _Part(tuple(keys), tuple(sums.get(first, ())))

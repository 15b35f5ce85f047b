"""Who is one respondent: clusters grown from the heaviest pair down, with a veto between whole clusters."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Edge:
    """A pair that would merge; `a` arrived before `b`."""

    a: int
    b: int
    weight: float


def components(edges: Iterable[tuple[int, int]]) -> list[list[int]]:
    """The rows that hang together by edges, each component in order of arrival."""
    parent: dict[int, int] = {}

    def root(row: int) -> int:
        while parent.setdefault(row, row) != row:
            parent[row] = parent[parent[row]]
            row = parent[row]
        return row

    for a, b in edges:
        one, two = sorted((root(a), root(b)))
        parent[two] = one
    found: dict[int, list[int]] = {}
    for row in parent:
        found.setdefault(root(row), []).append(row)
    return sorted(sorted(rows) for rows in found.values())


@dataclass(frozen=True)
class Verdicts:
    """What pairs of rows say of each other: they are two people, or they share a number that nearly nobody shares."""

    apart: frozenset[tuple[int, int]] = frozenset()
    numbered: frozenset[tuple[int, int]] = frozenset()

    def may_join(self, one: Sequence[int], two: Sequence[int]) -> bool:
        """Whether two clusters may be one: no pair between them is apart, or as many are held by a number."""
        between = [(a, b) if a < b else (b, a) for a in one for b in two]
        apart = sum(pair in self.apart for pair in between)
        return apart == 0 or sum(pair in self.numbered for pair in between) >= apart


def grow(edges: Sequence[Edge], verdicts: Verdicts) -> dict[int, int]:
    """Each row of the edges with the first arrival of its cluster.

    Heavier edges come first, equal ones in order of arrival; two clusters are joined only where `verdicts` let them.
    """
    cluster = {row: [row] for edge in edges for row in (edge.a, edge.b)}
    for edge in sorted(edges, key=lambda edge: (-edge.weight, edge.a, edge.b)):
        one, two = cluster[edge.a], cluster[edge.b]
        if one is two or not verdicts.may_join(one, two):
            continue
        one.extend(two)
        for row in two:
            cluster[row] = one
    return {row: min(rows) for row, rows in cluster.items()}

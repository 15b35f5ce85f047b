"""Who is one respondent: clusters grown from the heaviest pair down, with a veto between whole clusters."""

from collections.abc import Callable, Iterable, Sequence
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


def grow(edges: Sequence[Edge], kept_apart: Callable[[int, int], bool]) -> dict[int, int]:
    """Each row of the edges with the first arrival of its cluster.

    Heavier edges come first, equal ones in order of arrival. Two clusters are joined unless any row of one is
    `kept_apart` from any of the other.
    """
    cluster = {row: [row] for edge in edges for row in (edge.a, edge.b)}
    for edge in sorted(edges, key=lambda edge: (-edge.weight, edge.a, edge.b)):
        one, two = cluster[edge.a], cluster[edge.b]
        if one is two or any(kept_apart(a, b) for a in one for b in two):
            continue
        one.extend(two)
        for row in two:
            cluster[row] = one
    return {row: min(rows) for row, rows in cluster.items()}

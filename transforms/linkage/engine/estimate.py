"""Fitting the weights to a table by expectation-maximisation, as Fellegi and Sunter's model has it.

Pairs that share a key are of three kinds: of one respondent, of two people of one home or organisation, of strangers.
How often each kind agrees, and how many there are of each, are fitted by turns to the levels of the pairs. Strangers
who share a key agree more often than others do, so `u` is counted in pairs that were drawn at random.
"""

from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt

from transforms.linkage.engine.blocking import candidate_pairs, make_keys
from transforms.linkage.engine.compare import COMPARISONS, compare_identity
from transforms.linkage.engine.errors import LinkageError
from transforms.linkage.engine.model import Engine
from transforms.linkage.engine.statistics import draw_random_pairs
from transforms.linkage.engine.weights import Level, Levels, Weights

_ROUNDS = 100
_SETTLED = 1e-6
# Chances are drawn towards those of the weights file by as many pairs.
_ASSUMED_PAIRS = 20.0
_FEWEST_PAIRS = 100
# Of one respondent, of one home, of strangers: where the fitting begins.
_FIRST_SHARES = (0.1, 0.1, 0.8)
# What stands for the share of a value until it is counted.
_RARE = 0.001
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Estimate:
    """The fitted weights, how many pairs they were fitted to, and which share of these are matches."""

    weights: Weights
    pairs: int
    matches: float


def estimate(connection: duckdb.DuckDBPyConnection, prepared: str, engine: Engine) -> Estimate:
    """Fit `m` and `u` of every comparison to prepared rows.

    Raises:
        LinkageError: too few pairs share a key.
    """
    make_keys(connection, prepared, engine.answers, "link_keys")
    candidate_pairs(connection, "link_keys", "link_pairs")
    draw_random_pairs(connection, prepared)
    levels = {name: [level for level in engine.assumed.of(name) if level != "personal"] for name in COMPARISONS}
    patterns, counts = _patterns(connection, "link_pairs", prepared, engine, levels)
    if counts.sum() < _FEWEST_PAIRS:
        raise LinkageError(f"Only {int(counts.sum())} pairs share a key; estimating needs {_FEWEST_PAIRS} or more.")
    drawn, times = _patterns(connection, "link_random", prepared, engine, levels)
    assumed = {name: engine.assumed.of(name) for name in COMPARISONS}
    u = [
        _shares(column, times, _chances(assumed[name], levels[name], "u"))
        for column, name in zip(drawn.T, COMPARISONS, strict=True)
    ]
    kinds = [
        [_chances(assumed[name], levels[name], "m") for name in COMPARISONS],
        [_chances(assumed[name], levels[name], "home") for name in COMPARISONS],
        u,
    ]
    (m, home, _), shares = _fit(patterns, counts, kinds)
    fitted = {
        name: _levels(assumed[name], levels[name], m[place], home[place], u[place])
        for place, name in enumerate(COMPARISONS)
    }
    return Estimate(engine.assumed.model_copy(update=fitted), int(counts.sum()), float(shares[0]))


def _patterns(
    connection: duckdb.DuckDBPyConnection, pairs: str, prepared: str, engine: Engine, levels: dict[str, list[str]]
) -> tuple[npt.NDArray[np.int64], Floats]:
    """Each combination of levels (-1 where missing) with how many pairs have it."""
    compare_identity(connection, pairs, prepared, engine.answers, "link_compared", hopeful=False)
    names = ", ".join(COMPARISONS)
    rows = connection.execute(f"SELECT {names}, count(*) FROM link_compared GROUP BY ALL ORDER BY ALL").fetchall()
    numbers = [{level: number for number, level in enumerate(levels[name])} for name in COMPARISONS]
    found = [[number.get(level, -1) for number, level in zip(numbers, row, strict=False)] for row in rows]
    patterns = np.array(found, dtype=np.int64).reshape(len(rows), len(COMPARISONS))
    return patterns, np.array([row[-1] for row in rows], dtype=np.float64)


def _chances(levels: Levels, names: list[str], kind: str) -> Floats:
    given = [getattr(levels[name], kind) for name in names]
    return np.array([_RARE if chance == "frequency" else chance for chance in given], dtype=np.float64)


def _shares(column: npt.NDArray[np.int64], weight: Floats, assumed: Floats) -> Floats:
    """The share of each level among the pairs that have both values, drawn towards what was assumed."""
    present = column >= 0
    counted = np.bincount(column[present], weights=weight[present], minlength=len(assumed))
    shares: Floats = (counted + _ASSUMED_PAIRS * assumed / assumed.sum()) / (counted.sum() + _ASSUMED_PAIRS)
    return shares


def _fit(
    patterns: npt.NDArray[np.int64], counts: Floats, assumed: list[list[Floats]]
) -> tuple[list[list[Floats]], Floats]:
    """The chances of each kind of pair, and each kind's share."""
    chances = [[levels / levels.sum() for levels in kind] for kind in assumed]
    shares = np.array(_FIRST_SHARES)
    for _ in range(_ROUNDS):
        likely = np.array([_likelihood(patterns, kind) for kind in chances]) * shares[:, None]
        belongs = counts * likely / likely.sum(axis=0)
        chances = [
            [_shares(column, of_kind, assumed[kind][place]) for place, column in enumerate(patterns.T)]
            for kind, of_kind in enumerate(belongs)
        ]
        before, shares = shares, belongs.sum(axis=1) / counts.sum()
        if np.abs(shares - before).max() < _SETTLED:
            break
    return chances, shares


def _likelihood(patterns: npt.NDArray[np.int64], chances: list[Floats]) -> Floats:
    """How likely each combination of levels is; what is missing says nothing."""
    likely = np.ones(len(patterns))
    for column, levels in zip(patterns.T, chances, strict=True):
        likely *= np.append(levels, 1.0)[column]
    return likely


def _levels(assumed: Levels, names: list[str], m: Floats, home: Floats, u: Floats) -> Levels:
    fitted: Levels = {}
    for name, same, at_home, chance in zip(names, m.tolist(), home.tolist(), u.tolist(), strict=True):
        level = assumed[name]
        rare = level.u == "frequency"
        # What people of one home have in common is written as one of them writes it.
        fitted[name] = Level(m=same, u="frequency" if rare else chance, home=same if level.home == level.m else at_home)
    if "personal" in assumed:
        fitted["personal"] = assumed["personal"].model_copy(update={"m": fitted["exact"].m})
    return fitted

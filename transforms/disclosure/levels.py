"""How coarse each column must be, so that few enough rows stand in classes that are too small or too alike.

From the values themselves upwards, each time the column whose next level mends most for what it loses. Columns that
turn out to be coarser than needed go down again.
"""

from collections.abc import Sequence

import duckdb

from transforms.disclosure.classes import Classes, prepare_combos

# Up to so many combinations every column is tried at every step; above, only the one with the most values.
_FEW_COMBINATIONS = 50_000
# How far the estimated number of combinations may be off.
_ESTIMATE = 1.25

_FAILING = """
SELECT coalesce(sum(n) FILTER (NOT enough), 0)
FROM (SELECT sum(n) AS n, {enough} AS enough FROM combos GROUP BY key & {mask})
"""
_ABOUT = "SELECT approx_count_distinct(key & {mask}) FROM coded"
_COARSER = """
CREATE OR REPLACE TEMP TABLE combos AS SELECT key & {mask} AS key, {sums} FROM combos GROUP BY 1
"""


def choose_levels(
    connection: duckdb.DuckDBPyConnection, classes: Classes, total: int, most_removed: float
) -> list[int]:
    """The level of each column at which no more than `most_removed` of the rows stand in failing classes.

    Where removing every column is not enough, that is what is returned. Leaves `combos`, at these levels or finer.
    """
    most_failing = int(total * most_removed)
    levels = _hopeless_below(connection, classes, total, most_failing)
    prepare_combos(connection, classes, levels)
    lowest = list(levels)
    failing = _failing(connection, classes, levels)
    while failing > most_failing and _coarser(classes, levels):
        many = _number(connection, "SELECT count(*) FROM combos")
        if many > _FEW_COMBINATIONS:
            levels = _with_most_values(classes, levels)
            connection.execute(_COARSER.format(mask=classes.mask(levels), sums=classes.sums))
            lowest = list(levels)
        else:
            levels = _worth_most(connection, classes, levels, failing)
        failing = _failing(connection, classes, levels)
    if failing <= most_failing:
        levels = _finer_again(connection, classes, levels, lowest, most_failing)
    return levels


def loss_of(classes: Classes, levels: Sequence[int]) -> float:
    """The share of the columns' detail that these levels lose."""
    losses = [one.levels[level].loss for one, level in zip(classes.columns, levels, strict=True)]
    return sum(losses) / len(losses)


def _hopeless_below(
    connection: duckdb.DuckDBPyConnection, classes: Classes, total: int, most_failing: int
) -> list[int]:
    """The lowest levels worth counting: with more combinations than this, too many classes are smaller than k.

    Of all classes no more than `total / k` are large enough, and each of the others holds a row at least. So the
    combinations need only be estimated, which is cheap.
    """
    levels = [0] * len(classes.columns)
    while _coarser(classes, levels):
        about = _number(connection, _ABOUT.format(mask=classes.mask(levels)))
        if about <= _ESTIMATE * (total / classes.k + most_failing):
            break
        levels = _with_most_values(classes, levels)
    return levels


def _coarser(classes: Classes, levels: Sequence[int]) -> list[list[int]]:
    """The levels with one column one level higher, for each that can be."""
    return [
        [*levels[:place], levels[place] + 1, *levels[place + 1 :]]
        for place, one in enumerate(classes.columns)
        if levels[place] < one.top
    ]


def _with_most_values(classes: Classes, levels: Sequence[int]) -> list[int]:
    """One level up for the column with the most values: that is what makes combinations rare."""
    places = [place for place, one in enumerate(classes.columns) if levels[place] < one.top]
    most = max(places, key=lambda place: classes.columns[place].levels[levels[place]].values)
    return [level + (place == most) for place, level in enumerate(levels)]


def _worth_most(
    connection: duckdb.DuckDBPyConnection, classes: Classes, levels: Sequence[int], failing: int
) -> list[int]:
    """One level up for the column that mends most rows for what it loses."""
    before = loss_of(classes, levels)

    def worth(one: list[int]) -> float:
        mended = failing - _failing(connection, classes, one)
        return mended / (loss_of(classes, one) - before + 1e-9)

    return max(_coarser(classes, levels), key=worth)


def _finer_again(
    connection: duckdb.DuckDBPyConnection,
    classes: Classes,
    levels: list[int],
    lowest: Sequence[int],
    most_failing: int,
) -> list[int]:
    """Take back what turns out not to be needed, the costliest first."""
    for place in sorted(range(len(levels)), key=lambda at: -classes.columns[at].levels[levels[at]].loss):
        while levels[place] > lowest[place]:
            finer = [*levels[:place], levels[place] - 1, *levels[place + 1 :]]
            if _failing(connection, classes, finer) > most_failing:
                break
            levels = finer
    return levels


def _failing(connection: duckdb.DuckDBPyConnection, classes: Classes, levels: Sequence[int]) -> int:
    """How many rows stand in classes that are too small or too alike."""
    return _number(connection, _FAILING.format(enough=classes.enough, mask=classes.mask(levels)))


def _number(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0

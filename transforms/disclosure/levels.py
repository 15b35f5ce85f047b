"""How coarse each column must be, so that few enough rows stand in classes that are too small or too alike.

From the values themselves upwards, each time the column whose next level mends most for what it loses. Columns that
turn out to be coarser than needed go down again.
"""

from collections.abc import Sequence

import duckdb

from transforms.disclosure.classes import Classes

# Up to so many combinations every column is tried at every step; above, only the one with the most values.
_FEW_COMBINATIONS = 50_000

_FAILING = (
    "SELECT coalesce(sum(n) FILTER (NOT enough), 0) FROM (SELECT sum(n) AS n, {enough} AS enough FROM {source} {by})"
)
_COARSER = "CREATE OR REPLACE TEMP TABLE working AS SELECT {codes}{upper}, {sums} FROM {source} GROUP BY {codes}"


def choose_levels(connection: duckdb.DuckDBPyConnection, classes: Classes, most_failing: int) -> list[int]:
    """The level of each column at which no more than `most_failing` rows stand in failing classes.

    Where removing every column is not enough, that is what is returned. Leaves the table `working`: one row = one
    combination at these levels.
    """
    levels = [0] * len(classes.columns)
    _aggregate(connection, classes, "combos", levels)
    failing = _failing(connection, classes, "working", levels)
    while failing > most_failing and any(level < one.top for level, one in zip(levels, classes.columns, strict=True)):
        levels = _one_coarser(connection, classes, levels, failing)
        _aggregate(connection, classes, "working", levels)
        failing = _failing(connection, classes, "working", levels)
    if failing <= most_failing:
        levels = _finer_again(connection, classes, levels, most_failing)
    return levels


def loss_of(classes: Classes, levels: Sequence[int]) -> float:
    """The share of the columns' detail that these levels lose."""
    losses = [one.losses[level] for one, level in zip(classes.columns, levels, strict=True)]
    return sum(losses) / len(losses)


def _one_coarser(
    connection: duckdb.DuckDBPyConnection, classes: Classes, levels: Sequence[int], failing: int
) -> list[int]:
    further = [
        [*levels[:place], levels[place] + 1, *levels[place + 1 :]]
        for place, one in enumerate(classes.columns)
        if levels[place] < one.top
    ]
    if _count(connection, "SELECT count(*) FROM working") > _FEW_COMBINATIONS:
        # The last place that differs names the column; its number of values is what makes combinations rare.
        return max(further, key=lambda one: _values(connection, classes, levels, one))
    before = loss_of(classes, levels)

    def worth(one: list[int]) -> float:
        mended = failing - _failing(connection, classes, "working", one)
        return mended / (loss_of(classes, one) - before + 1e-9)

    return max(further, key=worth)


def _values(
    connection: duckdb.DuckDBPyConnection, classes: Classes, levels: Sequence[int], further: Sequence[int]
) -> int:
    """How many values the column has that `further` makes coarser."""
    column = next(
        code for code, other in zip(classes.codes(levels), classes.codes(further), strict=True) if code != other
    )
    return _count(connection, f"SELECT count(DISTINCT {column}) FROM working")


def _finer_again(
    connection: duckdb.DuckDBPyConnection, classes: Classes, levels: list[int], most_failing: int
) -> list[int]:
    """Take back what turns out not to be needed, the costliest first."""
    if _count(connection, "SELECT count(*) FROM combos") > _FEW_COMBINATIONS:
        return levels
    before = list(levels)
    for place in sorted(range(len(levels)), key=lambda at: -classes.columns[at].losses[levels[at]]):
        while levels[place] > 0:
            finer = [*levels[:place], levels[place] - 1, *levels[place + 1 :]]
            if _failing(connection, classes, "combos", finer) > most_failing:
                break
            levels = finer
    if levels != before:
        _aggregate(connection, classes, "combos", levels)
    return levels


def _aggregate(connection: duckdb.DuckDBPyConnection, classes: Classes, source: str, levels: Sequence[int]) -> None:
    """Make `working` from `source`: fewer combinations, with their codes from these levels up."""
    upper = [
        f", any_value(c{one.place}_{above}) AS c{one.place}_{above}"
        for one, level in zip(classes.columns, levels, strict=True)
        for above in range(level + 1, one.top + 1)
    ]
    codes = ", ".join(classes.codes(levels))
    connection.execute(_COARSER.format(codes=codes, upper="".join(upper), sums=classes.sums, source=source))


def _failing(connection: duckdb.DuckDBPyConnection, classes: Classes, source: str, levels: Sequence[int]) -> int:
    """How many rows stand in classes that are too small or too alike."""
    by = f"GROUP BY {', '.join(classes.codes(levels))}"
    return _count(connection, _FAILING.format(enough=classes.enough, source=source, by=by))


def _count(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0

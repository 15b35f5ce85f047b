"""Rows as combinations of codes, and which classes of combinations are large and varied enough.

Table `coded`: the rows, with a code for each quasi-identifier (`c0_0`, `c1_0`, ...) and their other columns.
Table `combos`: one row = one combination of values: its codes at every level (`c<column>_<level>`), how many rows
(`n`), and of each sensitive column the set of its values as bits (`set_0`, ...). Values beyond the bits share one, so
that a set is never counted larger than it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from transforms.disclosure.hierarchies import Generalised
from transforms.sql import identifier

_BITS = 62

_CODED = "CREATE OR REPLACE TEMP TABLE coded AS SELECT {columns} FROM {source} AS s {joins}"
_JOIN_VALUES = "JOIN values_{place} AS v{place} ON v{place}.value = coalesce(s.{column}::VARCHAR, '')"
_SENSITIVE = """
CREATE OR REPLACE TEMP TABLE sensitive_{place} AS
SELECT value, 1::BIGINT << ((row_number() OVER (ORDER BY value) - 1) % {bits})::INTEGER AS bit
FROM (SELECT DISTINCT coalesce({column}::VARCHAR, '') AS value FROM coded)
"""
_JOIN_SENSITIVE = "JOIN sensitive_{place} AS s{place} ON s{place}.value = coalesce(coded.{column}::VARCHAR, '')"
_COMBOS = """
CREATE OR REPLACE TEMP TABLE combos AS
WITH counted AS (SELECT {own}, count(*) AS n{sets} FROM coded {sensitive} GROUP BY {own})
SELECT counted.*{levels} FROM counted {joins}
"""
_JOIN_LEVELS = "JOIN values_{place} AS v{place} ON v{place}.code_0 = counted.c{place}_0"


@dataclass(frozen=True)
class Classes:
    """The quasi-identifiers, the sensitive columns, and what makes a class large and varied enough."""

    columns: tuple[Generalised, ...]
    sensitive: tuple[str, ...]
    k: int
    l: int  # noqa: E741 - the field's own name for it

    @property
    def enough(self) -> str:
        """SQL, over a group of combinations: whether it is a class that may stand."""
        varied = [f"bit_count(bit_or(set_{place})) >= {self.l}" for place in range(len(self.sensitive))]
        return " AND ".join([f"sum(n) >= {self.k}", *(varied if self.l > 1 else ())])

    @property
    def sums(self) -> str:
        """SQL: what is kept of a group of combinations."""
        return ", ".join(["sum(n)::BIGINT AS n", *(f"bit_or({one}) AS {one}" for one in self.sets)])

    @property
    def sets(self) -> list[str]:
        return [f"set_{place}" for place in range(len(self.sensitive))]

    def codes(self, levels: Sequence[int]) -> list[str]:
        """The columns that hold the codes at these levels."""
        return [f"c{one.place}_{level}" for one, level in zip(self.columns, levels, strict=True)]


def prepare_combos(connection: duckdb.DuckDBPyConnection, source: str, classes: Classes, kept: Sequence[str]) -> None:
    """Make `coded` and `combos` from the rows of `source`; `values_<place>` are there."""
    columns = classes.columns
    codes = [f"v{one.place}.code_0 AS c{one.place}_0" for one in columns]
    others = [f"s.{identifier(name)}" for name in [*classes.sensitive, *kept]]
    joins = [_JOIN_VALUES.format(place=one.place, column=identifier(one.column)) for one in columns]
    connection.execute(
        _CODED.format(columns=", ".join([*codes, *others]), source=identifier(source), joins=" ".join(joins))
    )
    sensitive = []
    for place, name in enumerate(classes.sensitive):
        connection.execute(_SENSITIVE.format(place=place, column=identifier(name), bits=_BITS))
        sensitive.append(_JOIN_SENSITIVE.format(place=place, column=identifier(name)))
    levels = [f", v{one.place}.code_{n} AS c{one.place}_{n}" for one in columns for n in range(1, one.top + 1)]
    connection.execute(
        _COMBOS.format(
            own=", ".join(classes.codes([0] * len(columns))),
            sets="".join(f", bit_or(s{place}.bit) AS set_{place}" for place in range(len(classes.sensitive))),
            sensitive=" ".join(sensitive),
            levels="".join(levels),
            joins=" ".join(_JOIN_LEVELS.format(place=one.place) for one in columns),
        )
    )

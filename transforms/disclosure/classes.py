"""Rows as combinations of codes, and which classes of combinations are large and varied enough.

A combination is one number, the bits of each column's code side by side; at coarser levels the lower bits of a column
are nought. So a class is a group of `key & mask`.
Table `coded`: the rows, with `key` and their other columns (`o0`, `o1`, ...: the sensitive ones first).
Table `combos`: one row = one combination: `key`, how many rows (`n`), and of each sensitive column the set of its
values as bits (`set_0`, ...). Values beyond the bits share one, so that a set is never counted larger than it is.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import duckdb

from transforms.disclosure.errors import DisclosureError
from transforms.disclosure.hierarchies import SMALL, Generalised
from transforms.sql import identifier

_SET_BITS = 62
_LARGE = 126

_CODED = "CREATE OR REPLACE TEMP TABLE coded AS SELECT {key} AS key{others} FROM {source} AS s {joins}"
_JOIN_VALUES = "JOIN values_{place} AS v{place} ON v{place}.value = coalesce(s.{column}::VARCHAR, '')"
_SENSITIVE = """
CREATE OR REPLACE TEMP TABLE sensitive_{place} AS
SELECT value, 1::BIGINT << ((row_number() OVER (ORDER BY value) - 1) % {bits})::INTEGER AS bit
FROM (SELECT DISTINCT coalesce(o{place}::VARCHAR, '') AS value FROM coded)
"""
_JOIN_SENSITIVE = "JOIN sensitive_{place} AS s{place} ON s{place}.value = coalesce(coded.o{place}::VARCHAR, '')"
_COMBOS = """
CREATE OR REPLACE TEMP TABLE combos AS
SELECT key & {mask} AS key, count(*) AS n{sets} FROM coded {joins} GROUP BY 1
"""


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
        sets = [f"bit_or(set_{place}) AS set_{place}" for place in range(len(self.sensitive))]
        return ", ".join(["sum(n)::BIGINT AS n", *sets])

    @property
    def type(self) -> str:
        """The type of a combination.

        Raises:
            DisclosureError: there are more columns and values than fit.
        """
        bits = sum(one.bits for one in self.columns)
        if bits > _LARGE:
            raise DisclosureError(
                f"The quasi-identifiers have too many values together ({bits} bits of {_LARGE}); "
                "leave some out, or make them coarser first."
            )
        return "BIGINT" if bits <= SMALL else "HUGEINT"

    def shift(self, place: int) -> int:
        """How many bits stand below the code of a column."""
        return sum(one.bits for one in self.columns[:place])

    def mask(self, levels: Sequence[int], without: Collection[int] = ()) -> int:
        """The bits of a combination that count at these levels, and not those of the columns `without`."""
        found = 0
        for one, level in zip(self.columns, levels, strict=True):
            if one.place not in without:
                counted = (1 << one.bits) - (1 << one.levels[level].bits_off)
                found |= counted << self.shift(one.place)
        return found


def prepare_rows(connection: duckdb.DuckDBPyConnection, source: str, classes: Classes, kept: Sequence[str]) -> None:
    """Make `coded` and `sensitive_<place>` from the rows of `source`; `values_<place>` are there."""
    parts = [f"(v{one.place}.code::{classes.type} << {classes.shift(one.place)})" for one in classes.columns]
    others = "".join(f", s.{identifier(name)} AS o{n}" for n, name in enumerate([*classes.sensitive, *kept]))
    joins = [_JOIN_VALUES.format(place=one.place, column=identifier(one.column)) for one in classes.columns]
    connection.execute(
        _CODED.format(key=" + ".join(parts), others=others, source=identifier(source), joins=" ".join(joins))
    )
    for place in range(len(classes.sensitive)):
        connection.execute(_SENSITIVE.format(place=place, bits=_SET_BITS))


def prepare_combos(connection: duckdb.DuckDBPyConnection, classes: Classes, levels: Sequence[int]) -> None:
    """Make `combos` at these levels from `coded`."""
    joins = [_JOIN_SENSITIVE.format(place=place) for place in range(len(classes.sensitive))]
    sets = "".join(f", bit_or(s{place}.bit) AS set_{place}" for place in range(len(classes.sensitive)))
    connection.execute(_COMBOS.format(mask=classes.mask(levels), sets=sets, joins=" ".join(joins)))

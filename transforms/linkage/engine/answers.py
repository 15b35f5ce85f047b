"""Which columns are answers, and of which kind: words, codes, or values that nearly nobody shares."""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from transforms.linkage.engine.roles import Roles
from transforms.sql import identifier

# Answers of more letters than this, on average, are free words.
_TEXT_LETTERS = 32
# A column of which more than this share is different tells people apart as a number of theirs would.
_DISTINCT_SHARE = 0.3
_LEAST_VALUES = 50


@dataclass(frozen=True)
class AnswerColumns:
    """The answer columns of a table by kind: `texts` are compared together, the others one by one."""

    texts: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()

    @property
    def compared(self) -> tuple[str, ...]:
        """The columns that are compared one by one: `a0`, `a1` ... of a normalised table, in this order."""
        return (*self.codes, *self.numbers)

    def is_number(self, place: int) -> bool:
        """Whether the column at this place of `compared` tells people apart by itself."""
        return place >= len(self.codes)


def find_answer_columns(connection: duckdb.DuckDBPyConnection, sample: str, roles: Roles) -> AnswerColumns:
    """Tell the kinds of a table's answer columns from a sample of its rows."""
    described = connection.execute(f"DESCRIBE SELECT * FROM {sample}").fetchall()
    types = {name: kind for name, kind, *_ in described if name != "rid"}
    texts, codes, numbers = [], [], []
    for column in roles.answers(types):
        if types[column].startswith(("BLOB", "GEOMETRY")):
            continue
        letters, distinct, given = _profile(connection, sample, column)
        if not given:
            continue
        if types[column] == "VARCHAR" and letters > _TEXT_LETTERS:
            texts.append(column)
        elif given >= _LEAST_VALUES and distinct > _DISTINCT_SHARE * given:
            numbers.append(column)
        else:
            codes.append(column)
    return AnswerColumns(tuple(texts), tuple(codes), tuple(numbers))


def _profile(connection: duckdb.DuckDBPyConnection, sample: str, column: str) -> Sequence[float]:
    value = identifier(column)
    row = connection.execute(
        f"SELECT coalesce(avg(length({value}::VARCHAR)), 0), count(DISTINCT {value}::VARCHAR), count({value})"
        f" FROM {sample}"
    ).fetchone()
    assert row is not None
    return row

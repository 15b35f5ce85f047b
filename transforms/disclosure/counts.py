"""Reads the exact marts of a private version, with what must wait for the next step held back.

What is read here is exact and confidential; it goes nowhere but to `transforms.disclosure.protect`.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import duckdb

from transforms.disclosure.errors import DisclosureError
from transforms.disclosure.vocabulary import group_of

EVERYBODY = ""

_LEDGER = "SELECT channel, line, sum(responses)::BIGINT FROM mart_ledger GROUP BY ALL ORDER BY ALL"
_OF_WHICH = "SELECT channel, kind, responses FROM mart_of_which ORDER BY ALL"
_BY_DAY = "SELECT day, sum(responses)::BIGINT FROM mart_ledger GROUP BY ALL ORDER BY ALL"
_TYPES = """
SELECT type_code, sum(responses)::BIGINT FROM (
    SELECT type_code, responses FROM mart_types
    UNION ALL
    SELECT type_code, -responses FROM mart_held_back WHERE $stepped AND measure = 'type'
) WHERE type_code <> '' GROUP BY ALL ORDER BY ALL
"""
_ANSWERED = """
SELECT field, type_code, sum(responses)::BIGINT FROM (
    SELECT field, coalesce(type_code, '') AS type_code, responses FROM mart_answered
    UNION ALL
    SELECT field, coalesce(type_code, ''), -responses FROM mart_held_back WHERE $stepped AND measure = 'answered'
) GROUP BY ALL ORDER BY ALL
"""
_CLOSED = """
SELECT field, code, type_code, sum(responses)::BIGINT FROM (
    SELECT field, code, coalesce(type_code, '') AS type_code, responses FROM mart_closed
    UNION ALL
    SELECT field, code, coalesce(type_code, ''), -responses FROM mart_held_back WHERE $stepped AND measure = 'closed'
) GROUP BY ALL ORDER BY ALL
"""
_POSITIONS = """
SELECT field, limb, code, type_code, sum(responses)::BIGINT FROM (
    SELECT field, limb, code, coalesce(type_code, '') AS type_code, responses FROM mart_positions
    UNION ALL
    SELECT field, limb, code, coalesce(type_code, ''), -responses FROM mart_held_back
    WHERE $stepped AND measure = 'position'
) GROUP BY ALL ORDER BY ALL
"""
_CODED = """
SELECT field, type_code, sum(responses)::BIGINT FROM (
    SELECT field, coalesce(type_code, '') AS type_code, responses FROM mart_coded
    UNION ALL
    SELECT field, coalesce(type_code, ''), -responses FROM mart_held_back WHERE $stepped AND measure = 'coded'
) GROUP BY ALL ORDER BY ALL
"""
_NUMBERS = """
SELECT field, value, sum(responses)::BIGINT AS responses FROM (
    SELECT field, value, responses FROM mart_numbers
    UNION ALL
    SELECT field, TRY_CAST(code AS DOUBLE), -responses FROM mart_held_back WHERE $stepped AND measure = 'number'
) GROUP BY ALL HAVING responses <> 0 ORDER BY ALL
"""
_THEMED = """
SELECT field, sum(responses)::BIGINT FROM (
    SELECT field, responses FROM mart_themed
    UNION ALL
    SELECT field, -responses FROM mart_held_back WHERE $stepped AND measure = 'themed'
) GROUP BY ALL ORDER BY ALL
"""
_THEMES = """
SELECT field, theme, sum(responses)::BIGINT FROM (
    SELECT field, theme, responses FROM mart_themes
    UNION ALL
    SELECT field, code, -responses FROM mart_held_back WHERE $stepped AND measure = 'theme'
) GROUP BY ALL ORDER BY ALL
"""


@dataclass(frozen=True)
class Counts:
    """The counts behind the protected tables. The respondent type '' is everybody. In the place of a type there are
    counts of `channels`, of `sides` (who sent a campaign's letter and who did not) and of `both` together as well. How
    many are included of each of these is no secret: the ledger says it.

    `coded_now` is the exact number coded, which the screens say; the rest are as of the last step where stepped.
    """

    ledger: dict[tuple[str, str], int]
    received_by_day: dict[datetime.date, int]
    types: dict[str, int]
    answered: dict[tuple[str, str], int]
    closed: dict[tuple[str, str, str], int]
    positions: dict[tuple[str, str, str, str], int]
    coded: dict[tuple[str, str], int]
    coded_now: dict[str, int]
    numbers: dict[str, dict[float, int]]
    channels: dict[str, int] = field(default_factory=dict)
    sides: dict[str, int] = field(default_factory=dict)
    both: dict[str, int] = field(default_factory=dict)
    of_which: dict[tuple[str, str], int] = field(default_factory=dict)
    themed: dict[str, int] = field(default_factory=dict)
    themes: dict[tuple[str, str], int] = field(default_factory=dict)

    @property
    def included(self) -> int:
        return sum(n for (_, line), n in self.ledger.items() if line == "included")


def read_counts(private: duckdb.DuckDBPyConnection, *, stepped: bool) -> Counts:
    """The marts, less what is held back where `stepped`. The cost does not depend on the number of responses.

    Raises:
        DisclosureError: more is held back than was counted, so that the marts do not belong together.
    """
    numbers: dict[str, dict[float, int]] = {}
    for one, value, responses in _checked(private, _NUMBERS, stepped):
        numbers.setdefault(one, {})[value] = responses
    types, exact = list(_checked(private, _TYPES, stepped)), list(_checked(private, _TYPES, False))
    return Counts(
        ledger={(channel, line): n for channel, line, n in private.execute(_LEDGER).fetchall()},
        received_by_day=dict(private.execute(_BY_DAY).fetchall()),
        types={of: n for of, n in types if group_of(of) == "types"},
        answered={(one, of): n for one, of, n in _checked(private, _ANSWERED, stepped)},
        closed={(one, code, of): n for one, code, of, n in _checked(private, _CLOSED, stepped)},
        positions={(one, limb, code, of): n for one, limb, code, of, n in _checked(private, _POSITIONS, stepped)},
        coded={(one, of): n for one, of, n in _checked(private, _CODED, stepped)},
        coded_now={one: n for one, of, n in _checked(private, _CODED, False) if of == EVERYBODY},
        numbers=numbers,
        channels={of: n for of, n in exact if group_of(of) == "channels"},
        sides={of: n for of, n in exact if group_of(of) == "sides"},
        both={of: n for of, n in exact if group_of(of) == "both"},
        of_which={(channel, kind): n for channel, kind, n in private.execute(_OF_WHICH).fetchall()},
        themed=dict(_checked(private, _THEMED, stepped)),
        themes={(one, theme): n for one, theme, n in _checked(private, _THEMES, stepped)},
    )


def _checked(private: duckdb.DuckDBPyConnection, query: str, stepped: bool) -> Iterator[tuple[Any, ...]]:
    for row in private.execute(query, {"stepped": stepped}).fetchall():
        if row[-1] < 0 or None in row:
            raise DisclosureError("The marts hold back more than they count; run the pipeline with --full.")
        yield row

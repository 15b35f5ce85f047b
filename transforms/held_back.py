"""What members may not see yet: they see steps of ten, so the last few respondents beyond a full step are held back.

For each field the last (n mod step) respondents: of those who answered it by order of arrival, of those coded by order
of coding. Their contributions are counted apart; shown = mart - held back. Arrival is the order of landing, so only the
end of the facts is read.
"""

from dataclasses import dataclass

import duckdb

from transforms.layout import Layout
from transforms.marts import by_type, closed_query
from transforms.parse import ORDINALS
from transforms.sql import identifier, literal

_FIRST_WINDOW = 4_096 * ORDINALS
_WIDEN = 16

_TAIL = "CREATE OR REPLACE TEMP TABLE tail AS SELECT * FROM {facts} WHERE rid > $after"
_INSERT = (
    "INSERT INTO part.mart_held_back SELECT {measure}, {field}, {limb}, {code}, type_code, responses FROM ({query})"
)
_LAST = "(SELECT * FROM tail WHERE {condition} ORDER BY rid DESC LIMIT {limit})"
_LAST_CODED = """
CREATE OR REPLACE TEMP TABLE last_coded AS
SELECT c.rid, f.types FROM {coded} AS c JOIN {facts} AS f USING (rid)
WHERE c.field = $field ORDER BY c.seq DESC, c.rid DESC LIMIT $limit
"""


@dataclass(frozen=True)
class Current:
    """Relations of the new version as a whole: outcomes, facts, positions, coded fields, and its marts."""

    outcomes: str
    facts: str
    positions: str
    coded: str
    answered: str
    types: str


def hold_back(connection: duckdb.DuckDBPyConnection, layout: Layout, current: Current) -> None:
    """Fill the part's `mart_held_back` from the new version's relations."""
    step = layout.definition.policy.publication.member_step
    everybody = connection.execute(
        f"SELECT coalesce(sum(responses), 0) FROM {current.types} WHERE type_code = ''"
    ).fetchone()
    answered = dict(
        connection.execute(f"SELECT field, responses FROM {current.answered} WHERE type_code = ''").fetchall()
    )
    over_all = int(everybody[0]) % step if everybody else 0
    over = {field: n % step for field, n in answered.items() if n % step}
    _read_tail(connection, layout, current, over_all, over)
    if over_all:
        last = _LAST.format(condition="true", limit=over_all)
        _insert(connection, "type", "", f"SELECT types, count(*) AS n FROM {last} GROUP BY ALL", ())
    for field, many in over.items():
        _hold_back_answers(connection, layout, field, many)
    _hold_back_codings(connection, layout, current, step)


def _answered(layout: Layout, field: str) -> str:
    mask, bit = layout.answered_bit(field)
    return f"({mask} >> {bit}) & 1 = 1"


def _read_tail(
    connection: duckdb.DuckDBPyConnection, layout: Layout, current: Current, over_all: int, over: dict[str, int]
) -> None:
    """Make `tail`: the last facts, as many as are needed to find the last of each field."""
    wanted = {"true": over_all} | {_answered(layout, field): many for field, many in over.items()}
    newest = connection.execute(f"SELECT max(rid) FROM {current.outcomes}").fetchone()
    window = _FIRST_WINDOW
    while True:
        after = max(-1, int(newest[0] or 0) - window) if newest else -1
        connection.execute(_TAIL.format(facts=current.facts), {"after": after})
        counts = ", ".join(f"count(*) FILTER ({condition})" for condition in wanted)
        found = connection.execute(f"SELECT {counts} FROM tail").fetchone() or ()
        if after == -1 or all(have >= need for have, need in zip(found, wanted.values(), strict=True)):
            return
        window *= _WIDEN


def _hold_back_answers(connection: duckdb.DuckDBPyConnection, layout: Layout, field: str, many: int) -> None:
    last = _LAST.format(condition=_answered(layout, field), limit=many)
    _insert(connection, "answered", field, f"SELECT types, count(*) AS n FROM {last} GROUP BY ALL", ())
    if field in layout.codes:
        _insert(connection, "closed", field, closed_query(layout, field, last), ("code",))
    if field in layout.numbers:
        value = f"{identifier(field)}::VARCHAR AS code, NULL::VARCHAR AS types"
        query = f"SELECT {value}, count(*) AS n FROM {last} GROUP BY ALL"
        _insert(connection, "number", field, query, ("code",))


def _hold_back_codings(connection: duckdb.DuckDBPyConnection, layout: Layout, current: Current, step: int) -> None:
    coded = dict(connection.execute(f"SELECT field, count(*) FROM {current.coded} GROUP BY ALL").fetchall())
    for field in layout.definition.policy.frames:
        many = coded.get(field, 0) % step
        if many:
            statement = _LAST_CODED.format(coded=current.coded, facts=current.facts)
            connection.execute(statement, {"field": field, "limit": many})
            _insert(connection, "coded", field, "SELECT types, count(*) AS n FROM last_coded GROUP BY ALL", ())
            query = (
                f"SELECT p.limb, p.code, l.types, count(*) AS n FROM {current.positions} AS p JOIN last_coded AS l"
                f" USING (rid) WHERE p.field = {literal(field)} GROUP BY ALL"
            )
            _insert(connection, "position", field, query, ("limb", "code"))


def _insert(
    connection: duckdb.DuckDBPyConnection, measure: str, field: str, query: str, dimensions: tuple[str, ...]
) -> None:
    connection.execute(
        _INSERT.format(
            measure=literal(measure),
            field=literal(field),
            limb="limb" if "limb" in dimensions else "''",
            code="code" if "code" in dimensions else "''",
            query=by_type(query, dict.fromkeys([*dimensions, "type_code"], "VARCHAR")),
        )
    )

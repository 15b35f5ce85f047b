"""Exact marts: additive counts, so that an increment adds what came and takes away what changed.

Everything is counted over *facts*: one row = one included respondent, narrow columns (types, masks of what is answered,
closed answers), so no text is read. The respondent type '' is everybody. Others beside the types part respondents by
how they responded (`~channel_web`: the channel under which the ledger includes them), by whether they sent a campaign's
letter (`~campaign`, `~own_words`), and by both (`~channel_web~campaign`), which is never shown but tells what a reader
could work out. Confidential: exact, never published as it is.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import duckdb

from transforms.layout import Layout
from transforms.sql import columns, identifier, literal, union_all

MARTS: dict[str, dict[str, str]] = {
    "mart_ledger": {"channel": "VARCHAR", "day": "DATE", "line": "VARCHAR"},
    "mart_types": {"type_code": "VARCHAR"},
    "mart_answered": {"field": "VARCHAR", "type_code": "VARCHAR"},
    "mart_closed": {"field": "VARCHAR", "code": "VARCHAR", "type_code": "VARCHAR"},
    "mart_numbers": {"field": "VARCHAR", "value": "DOUBLE"},
    "mart_dates": {"field": "VARCHAR", "value": "DATE"},
    "mart_positions": {"field": "VARCHAR", "limb": "VARCHAR", "code": "VARCHAR", "type_code": "VARCHAR"},
    "mart_coded": {"field": "VARCHAR", "type_code": "VARCHAR"},
}
# Counted whole at each build, over all that is included.
WHOLE_MARTS: dict[str, dict[str, str]] = {
    "mart_held_back": {
        "measure": "VARCHAR", "field": "VARCHAR", "limb": "VARCHAR", "code": "VARCHAR", "type_code": "VARCHAR",
    },
    "mart_of_which": {"channel": "VARCHAR", "kind": "VARCHAR"},
    "mart_themed": {"field": "VARCHAR"},
    "mart_themes": {"field": "VARCHAR", "theme": "VARCHAR"},
    "mart_quality": {"area": "VARCHAR", "measure": "VARCHAR", "of": "VARCHAR"},
}  # fmt: skip
# Beside the types that respondents ticked, whether they sent a campaign's letter or said it in words of their own.
CAMPAIGN, OWN_WORDS = "~campaign", "~own_words"
# And how the response came in, by which the ledger includes them.
CHANNEL = "~channel_"


@dataclass(frozen=True)
class Counted:
    """Relations of one set of respondents: their responses' outcomes, facts, positions and coded fields."""

    outcomes: str
    received: str
    facts: str
    positions: str
    coded: str


def groups_beside_types(layout: Layout, *, member: str, channel: str) -> str:
    """SQL: what a respondent counts under beside the types ticked, with bars between.

    `member` is SQL that is null for who sent no campaign's letter, `channel` that of the response's channel.
    """
    by_channel = f"{literal(CHANNEL)} || {channel}"
    if not layout.open_texts:
        return by_channel
    side = f"CASE WHEN {member} IS NULL THEN {literal(OWN_WORDS)} ELSE {literal(CAMPAIGN)} END"
    return f"concat({side}, '|', {by_channel}, '|', {by_channel}, {side})"


def mart_queries(layout: Layout, of: Counted) -> dict[str, str]:
    """A SELECT for each mart, over the relations `of`."""
    zone = literal(layout.definition.policy.dates.time_zone)
    typed = {
        "mart_types": f"SELECT types, count(*) AS n FROM {of.facts} GROUP BY ALL",
        "mart_answered": union_all(answered_queries(layout, of.facts)),
        "mart_closed": union_all(closed_query(layout, name, of.facts) for name in layout.codes),
        "mart_positions": f"SELECT p.field, p.limb, p.code, f.types, count(*) AS n FROM {of.positions} AS p"
        f" JOIN {of.facts} AS f USING (rid) GROUP BY ALL",
        "mart_coded": f"SELECT c.field, f.types, count(*) AS n FROM {of.coded} AS c"
        f" JOIN {of.facts} AS f USING (rid) GROUP BY ALL",
    }
    queries = {name: by_type(query, MARTS[name]) for name, query in typed.items() if query}
    queries["mart_ledger"] = (
        f"SELECT r.channel, timezone({zone}, r.received_at)::DATE AS day, o.line, count(*) AS responses"
        f" FROM {of.outcomes} AS o JOIN {of.received} AS r USING (rid) GROUP BY ALL"
    )
    for mart, names in (("mart_numbers", layout.numbers), ("mart_dates", layout.dates)):
        if names:
            queries[mart] = union_all(
                f"SELECT {literal(name)} AS field, {identifier(name)} AS value, count(*) AS responses"
                f" FROM {of.facts} WHERE {identifier(name)} IS NOT NULL GROUP BY ALL"
                for name in names
            )
    return queries


def by_type(query: str, mart_columns: dict[str, str]) -> str:
    """SQL: counts by `types` spread over everybody ('') and each type that a respondent ticked."""
    own = columns(name for name in mart_columns if name != "type_code")
    return (
        f"SELECT {own + ', ' if own else ''}type_code, sum(n)::BIGINT AS responses FROM ("
        f"SELECT *, unnest(CASE WHEN types IS NULL THEN [''] ELSE list_prepend('', string_split(types, '|')) END)"
        f" AS type_code FROM ({query})) GROUP BY ALL"
    )


def answered_queries(layout: Layout, facts: str) -> Iterator[str]:
    """SQL: respondents by field answered, from the distinct masks (few) and not from each row."""
    for mask, bits in layout.answered_words():
        fields = ", ".join(f"{{'field': {literal(field)}, 'bit': {bit}}}" for bit, field in bits)
        yield (
            f"SELECT b.field, types, sum(n)::BIGINT AS n FROM ("
            f"SELECT types, {mask} AS mask, count(*) AS n FROM {facts} GROUP BY ALL"
            f"), (SELECT unnest([{fields}], recursive := true)) AS b"
            f" WHERE (mask >> b.bit) & 1 = 1 GROUP BY ALL"
        )


def closed_query(layout: Layout, name: str, facts: str) -> str:
    """SQL: respondents by code of one closed field."""
    column = identifier(name)
    code = f"unnest({column})" if layout.is_list(name) else f"{column}::VARCHAR"
    return (
        f"SELECT {literal(name)} AS field, {code} AS code, types, n FROM ("
        f"SELECT types, {column}, count(*) AS n FROM {facts} WHERE {column} IS NOT NULL GROUP BY ALL)"
    )


def create_tables(connection: duckdb.DuckDBPyConnection, part: str) -> None:
    """Make the empty mart tables in the attached database `part`."""
    for mart, dimensions in {**MARTS, **WHOLE_MARTS}.items():
        own = ", ".join(f"{name} {kind}" for name, kind in dimensions.items())
        connection.execute(f"CREATE TABLE {part}.{mart} ({own}, responses BIGINT)")


def count(
    connection: duckdb.DuckDBPyConnection,
    layout: Layout,
    added: Counted,
    removed: Counted | None,
    before: Callable[[str], str] | None,
) -> None:
    """Fill the part's marts: those of the version `before`, less what is `removed`, and what is `added`."""
    plus = mart_queries(layout, added)
    minus = mart_queries(layout, removed) if removed else {}
    for mart, dimensions in MARTS.items():
        own = columns(dimensions)
        signed = [f"SELECT {own}, responses FROM ({plus[mart]})"] if mart in plus else []
        if mart in minus:
            signed.append(f"SELECT {own}, -responses FROM ({minus[mart]})")
        if before:
            signed.append(f"SELECT {own}, responses FROM {before(mart)}")
        if signed:
            connection.execute(
                f"INSERT INTO part.{mart} SELECT {own}, sum(responses)::BIGINT AS total FROM ({union_all(signed)})"
                f" GROUP BY ALL HAVING total <> 0"
            )

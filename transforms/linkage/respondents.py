"""Which responses are of one respondent, and what becomes of them: duplicates, composites.

Pairs that the engine scored link (see `pairs`). Officers' verdicts always win: 'different' keeps two responses apart
whatever else links them, 'same' joins them, 'undo' takes an earlier verdict back and leaves the rest. Below the
policy's number of responses, and for evidence that is too weak, a link is only a candidate that waits for an officer
(view `link_candidates`), and the responses count apart.
"""

from collections.abc import Iterable

import duckdb
import pyarrow as pa

from transforms.layout import Layout
from transforms.linkage.engine.cluster import Edge, Verdicts
from transforms.linkage.engine.linking import edges_and_verdicts
from transforms.linkage.engine.model import Engine
from transforms.linkage.pairs import PREPARED, prepare_others
from transforms.sql import columns, identifier, literal

# Scored pairs of responses that count.
_STANDING_PAIRS = """
CREATE OR REPLACE TEMP TABLE linkage_standing AS
SELECT * FROM new_linkage_pairs
WHERE a IN (SELECT rid FROM standing WHERE line IS NULL) AND b IN (SELECT rid FROM standing WHERE line IS NULL)
"""
_MERGING = "(SELECT a, b FROM linkage_standing WHERE may_merge)"
# The verdict that stands for each pair of responses; newest first, because between officers the later word counts.
_VERDICTS = """
WITH latest AS (
    SELECT least(first, second) AS a, greatest(first, second) AS b, max(seq) AS seq, arg_max(verdict, seq) AS verdict
    FROM links GROUP BY ALL
)
SELECT one.rid, two.rid, verdict
FROM latest JOIN {work} AS one ON one.response_id = a JOIN {work} AS two ON two.response_id = b
WHERE one.rid <> two.rid
    AND one.rid IN (SELECT rid FROM standing WHERE line IS NULL)
    AND two.rid IN (SELECT rid FROM standing WHERE line IS NULL)
    AND verdict <> 'undo'
ORDER BY latest.seq DESC
"""

# The first arrival is canonical and carries the others; equal answers again are a duplicate.
_OUTCOMES = """
INSERT INTO part.outcomes
WITH member AS (
    SELECT rid, respondent, rid = respondent AS canonical,
        row_number() OVER (PARTITION BY respondent, content ORDER BY rid) = 1 AS first_of_its_content
    FROM standing JOIN linked USING (rid)
)
SELECT s.rid, CASE WHEN s.line IS NULL THEN coalesce(m.respondent, s.rid) END AS respondent,
    CASE WHEN s.line IS NOT NULL THEN s.line
         WHEN m.rid IS NULL OR m.canonical THEN 'included'
         WHEN m.first_of_its_content THEN 'merged'
         ELSE 'duplicate' END AS line
FROM standing AS s LEFT JOIN member AS m USING (rid)
"""

# Narrow columns alone are read: the words of an answer stay where they are, their hashes tell which are equal.
_MEMBERS = """
CREATE OR REPLACE TEMP TABLE members AS
SELECT l.respondent, c.rid, {columns},
    row_number() OVER (PARTITION BY l.respondent ORDER BY s.received_at, c.rid) AS place
FROM linked AS l JOIN standing AS s USING (rid) JOIN {clean} AS c USING (rid)
WHERE l.respondent IN (SELECT respondent FROM part.outcomes WHERE line = 'merged')
"""
# One row = one respondent whose responses differ: of each field the answer received last.
_COMPOSITES = "INSERT INTO part.composites BY NAME SELECT respondent AS rid, {latest} FROM members GROUP BY respondent"
# One row = one member whose words are the respondent's: a coding of them holds for the respondent. By the rule 'latest'
# these are the words received last, and all members who say them; by 'all_texts' everybody's. `stands`: whose words the
# composite shows, each once.
_SOURCES = {
    "latest": """
INSERT INTO part.sources
SELECT m.respondent AS rid, {field} AS field, m.rid AS member, m.place IS NOT DISTINCT FROM latest.place AS stands
FROM members AS m JOIN (
    SELECT respondent, arg_max({said}, place) AS said, max(place) FILTER ({said} IS NOT NULL) AS place
    FROM members GROUP BY respondent
) AS latest USING (respondent)
WHERE (latest.said IS NULL AND m.rid = m.respondent) OR m.{said} = latest.said
""",
    "all_texts": """
INSERT INTO part.sources
SELECT respondent AS rid, {field} AS field, rid AS member, {said} IS NOT NULL AND place = first_place AS stands
FROM (
    SELECT *, min(place) OVER (PARTITION BY respondent, {said}) AS first_place,
        count({said}) OVER (PARTITION BY respondent) AS texts
    FROM members
) WHERE {said} IS NOT NULL OR (texts = 0 AND rid = respondent)
""",
}


def cluster(
    decided: Iterable[tuple[int, int, str]], edges: Iterable[Edge] = (), verdicts: Verdicts | None = None
) -> dict[int, int]:
    """Each linked row with the first row of its respondent; rows that stand alone are left out.

    `decided` are officers' verdicts, newest first; `edges` are what the engine would merge, heaviest first, where its
    `verdicts` on the clusters allow. A pair whose joining would bring two together that an officer called different is
    passed over.
    """
    decided, machine = list(decided), verdicts or Verdicts()
    members: dict[int, list[int]] = {}
    apart: dict[int, set[int]] = {}
    for first, second, verdict in decided:
        if verdict == "different":
            apart.setdefault(first, set()).add(second)
            apart.setdefault(second, set()).add(first)

    def join(first: int, second: int, *, decides: bool) -> None:
        one, two = members.setdefault(first, [first]), members.setdefault(second, [second])
        if one is two or any(not apart[row].isdisjoint(two) for row in one if row in apart):
            return
        if not decides and not machine.may_join(one, two):
            return
        one.extend(two)
        members.update(dict.fromkeys(two, one))

    for first, second, verdict in decided:
        if verdict == "same":
            join(first, second, decides=True)
    for edge in sorted(edges, key=lambda edge: (-edge.weight, edge.a, edge.b)):
        join(edge.a, edge.b, decides=False)
    return {row: min(rows) for row, rows in members.items() if len(rows) > 1}


def link(
    connection: duckdb.DuckDBPyConnection, layout: Layout, engine: Engine | None, *, work: str, clean: str
) -> None:
    """Fill the part's outcomes, composites and sources for the rows of `standing`.

    `work` and `clean` are relations that hold these rows. Where `engine` is given, pairs merge without an officer.
    """
    decided = connection.execute(_VERDICTS.format(work=work)).fetchall()
    linked = cluster(decided, *_inferred(connection, engine)) if engine else cluster(decided)
    table = pa.table({"rid": pa.array(linked.keys(), pa.int64()), "respondent": pa.array(linked.values(), pa.int64())})
    connection.register("linked", table)
    connection.execute(_OUTCOMES)
    if linked:
        connection.execute(_MEMBERS.format(clean=clean, columns=columns([*layout.facts, *layout.said.values()], "c")))
        connection.execute(_COMPOSITES.format(latest=_latest(layout)))
        sources = _SOURCES[layout.definition.policy.linkage.composite]
        for field, said in layout.said.items():
            connection.execute(sources.format(field=literal(field), said=said))
        connection.execute("DROP TABLE members")
    connection.unregister("linked")


def _inferred(connection: duckdb.DuckDBPyConnection, engine: Engine) -> tuple[list[Edge], Verdicts]:
    connection.execute(_STANDING_PAIRS)
    prepare_others(connection, engine, _MERGING)
    found = edges_and_verdicts(connection, "linkage_standing", PREPARED, engine, "linkage_completed")
    for table in ("linkage_standing", "linkage_completed"):
        connection.execute(f"DROP TABLE {table}")
    return found


def _latest(layout: Layout) -> str:
    """SQL: the columns of `composites`, each answer the one received last."""
    closed = [*layout.codes, *layout.numbers, *layout.dates]
    answers = [f"arg_max({identifier(name)}, place) AS {identifier(name)}" for name in closed]
    types = "arg_max(types, place)"
    if layout.type_field is not None:
        said = f"arg_max(types, place) FILTER ({identifier(layout.type_field)} IS NOT NULL)"
        types = f"coalesce({said}, {types})"
    answered = [f"bit_or({name}) AS {name}" for name in layout.answered_columns]
    return ", ".join([*answers, f"{types} AS types", *answered])


# Pairs that weigh enough to be asked about, of respondents that are counted apart. Derived, never stored. `band` is
# 'merge' where the pair would merge by itself if nothing stood against it, such as the policy's number of responses.
CANDIDATES = """
SELECT a.response_id AS first, b.response_id AS second, p.weight,
    CASE WHEN p.may_merge THEN 'merge' ELSE 'review' END AS band
FROM linkage_pairs AS p
JOIN received AS a ON a.rid = p.a JOIN received AS b ON b.rid = p.b
JOIN outcomes AS o ON o.rid = p.a JOIN outcomes AS q ON q.rid = p.b
WHERE p.asks AND o.respondent <> q.respondent
    AND NOT EXISTS (
        SELECT 1 FROM (
            SELECT least(first, second) AS x, greatest(first, second) AS y, arg_max(verdict, seq) AS verdict
            FROM links GROUP BY ALL
        ) WHERE verdict = 'different'
            AND x = least(a.response_id, b.response_id) AND y = greatest(a.response_id, b.response_id)
    )
"""

"""Which responses are of one respondent, and what becomes of them: duplicates, composites.

Only identity evidence links (see `keys`), never equal answers. Officers' verdicts always win: 'different' keeps two
responses apart whatever else links them, 'same' joins them, 'undo' takes an earlier verdict back and leaves the rest.
Below the policy's number of responses, and for evidence that is too weak, a link is only a candidate that waits for an
officer (view `link_candidates`), and the responses count apart.
"""

from collections.abc import Iterable

import duckdb
import pyarrow as pa

from transforms.layout import Layout
from transforms.linkage.keys import KINDS
from transforms.sql import columns, identifier, literal

# Evidence that more responses share than this is a library's address or a shared mailbox: it proves nothing.
MOST_SHARED = 5

MERGING = ", ".join(literal(kind.name) for kind in KINDS if kind.merges)

# Every pair that shares evidence which may merge, in the order in which the earlier and the later arrived.
_INFERRED = f"""
WITH shared AS (
    SELECT kind, key FROM {{keys}} WHERE kind IN ({MERGING}) GROUP BY ALL HAVING count(*) BETWEEN 2 AND {MOST_SHARED}
), member AS (
    SELECT kind, key, rid FROM {{keys}} JOIN shared USING (kind, key)
    WHERE rid IN (SELECT rid FROM standing WHERE line IS NULL)
)
SELECT DISTINCT a.rid, b.rid FROM member AS a JOIN member AS b USING (kind, key) WHERE a.rid < b.rid
ORDER BY a.rid, b.rid
"""

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
# One row = one member whose words are the respondent's: a coding of them holds for the respondent. `stands`: the last.
_SOURCES = """
INSERT INTO part.sources
SELECT m.respondent AS rid, {field} AS field, m.rid AS member, m.place IS NOT DISTINCT FROM latest.place AS stands
FROM members AS m JOIN (
    SELECT respondent, arg_max({said}, place) AS said, max(place) FILTER ({said} IS NOT NULL) AS place
    FROM members GROUP BY respondent
) AS latest USING (respondent)
WHERE (latest.said IS NULL AND m.rid = m.respondent) OR m.{said} = latest.said
"""


def cluster(verdicts: Iterable[tuple[int, int, str]], inferred: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Each linked row with the first row of its respondent; rows that stand alone are left out.

    `verdicts` come newest first. A pair whose joining would bring two together that an officer called different is
    passed over.
    """
    verdicts = list(verdicts)
    parent: dict[int, int] = {}
    apart: dict[int, set[int]] = {}

    def root(row: int) -> int:
        while parent.setdefault(row, row) != row:
            parent[row] = parent[parent[row]]
            row = parent[row]
        return row

    for first, second, verdict in verdicts:
        if verdict == "different":
            apart.setdefault(root(first), set()).add(second)
            apart.setdefault(root(second), set()).add(first)
    same = [(first, second) for first, second, verdict in verdicts if verdict == "same"]
    for first, second in (*same, *inferred):
        one, two = sorted((root(first), root(second)))
        if one == two or any(root(row) == two for row in apart.get(one, ())):
            continue
        if any(root(row) == one for row in apart.get(two, ())):
            continue
        parent[two] = one
        if two in apart:
            apart.setdefault(one, set()).update(apart.pop(two))
    together = [row for row in parent if root(row) != row]
    return {row: root(row) for row in (*together, *{root(row) for row in together})}


def link(
    connection: duckdb.DuckDBPyConnection, layout: Layout, *, work: str, keys: str, clean: str, received: int
) -> None:
    """Fill the part's outcomes, composites and sources for the rows of `standing`.

    `work`, `keys` and `clean` are relations that hold these rows; `received` is the number of all responses, which
    decides whether evidence may merge without an officer.
    """
    verdicts = connection.execute(_VERDICTS.format(work=work)).fetchall()
    automatic = received >= layout.definition.policy.linkage.automatic_merges_from
    inferred = connection.execute(_INFERRED.format(keys=keys)).fetchall() if automatic else []
    linked = cluster(verdicts, inferred)
    table = pa.table({"rid": pa.array(linked.keys(), pa.int64()), "respondent": pa.array(linked.values(), pa.int64())})
    connection.register("linked", table)
    connection.execute(_OUTCOMES)
    if linked:
        connection.execute(_MEMBERS.format(clean=clean, columns=columns([*layout.facts, *layout.said.values()], "c")))
        connection.execute(_COMPOSITES.format(latest=_latest(layout)))
        for field, said in layout.said.items():
            connection.execute(_SOURCES.format(field=literal(field), said=said))
        connection.execute("DROP TABLE members")
    connection.unregister("linked")


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


# Pairs that share evidence and are not of one respondent yet: what waits for an officer. Derived, never stored.
CANDIDATES = """
SELECT a.response_id AS first, b.response_id AS second, string_agg(DISTINCT k.kind, ', ' ORDER BY k.kind) AS evidence
FROM (
    SELECT kind, key, rid, min(rid) OVER (PARTITION BY kind, key) AS earliest
    FROM keys JOIN outcomes USING (rid) WHERE respondent IS NOT NULL
) AS k
JOIN received AS a ON a.rid = k.earliest JOIN received AS b ON b.rid = k.rid
JOIN outcomes AS o ON o.rid = a.rid JOIN outcomes AS p ON p.rid = b.rid
WHERE k.rid <> k.earliest AND o.respondent <> p.respondent
    AND NOT EXISTS (
        SELECT 1 FROM (
            SELECT least(first, second) AS x, greatest(first, second) AS y, arg_max(verdict, seq) AS verdict
            FROM links GROUP BY ALL
        ) WHERE verdict = 'different'
            AND x = least(a.response_id, b.response_id) AND y = greatest(a.response_id, b.response_id)
    )
GROUP BY ALL
"""

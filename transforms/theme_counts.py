"""How many respondents speak of each theme: what coders marked, settled, by the themes as they are now.

One answer is in the base of its field when it is coded and its themes were looked for. A theme counts when more than
half of the coders who looked marked it; where just half did, what settled the difference says, and until then the
answer is in no base. What was marked as a theme that was merged counts as the other; retired themes count no more.
"""

from collections.abc import Iterable, Mapping

import duckdb
import pyarrow as pa

from schemas.decisions import ThemeChange
from transforms.coding.themes import Themes, themes_of

_CHANGES = "SELECT body FROM {prefix}theme_changes ORDER BY seq"
_NOW = pa.schema([("field", pa.string()), ("raw", pa.string()), ("theme", pa.string())])
_LOOKED = """
CREATE OR REPLACE TEMP TABLE theme_looked AS
SELECT rid, field, list(DISTINCT coder) AS coders, count(DISTINCT coder) AS looked, max(seq) AS seq
FROM new_theme_said WHERE role = 'coding' AND (rid, field) IN (SELECT (rid, field) FROM new_coded) GROUP BY ALL
"""
_MARKED = """
CREATE OR REPLACE TEMP TABLE theme_marked AS
SELECT DISTINCT s.rid, s.field, s.coder, s.role, s.seq, n.theme
FROM (SELECT *, unnest(string_split(themes, '|')) AS raw FROM new_theme_said) AS s
JOIN theme_now AS n USING (field, raw) JOIN theme_looked USING (rid, field)
"""
# Who settles a difference: a third person, or two of the coders together. Their last word counts.
_SETTLER = """
CREATE OR REPLACE TEMP TABLE theme_settler AS
WITH agreed AS (
    SELECT rid, field, theme, count(*) AS marked FROM theme_marked WHERE role = 'coding' GROUP BY ALL
), split AS (
    SELECT DISTINCT rid, field FROM agreed JOIN theme_looked USING (rid, field) WHERE marked * 2 = looked
)
SELECT rid, field, arg_max(s.coder, s.seq) AS coder, max(s.seq) AS seq
FROM split JOIN theme_looked AS l USING (rid, field) LEFT JOIN (
    SELECT * FROM new_theme_said WHERE role = 'settling'
) AS s ON s.rid = split.rid AND s.field = split.field AND CASE
    WHEN coalesce(s.settled_with, '') = '' THEN s.coder NOT IN l.coders
    ELSE s.coder IN l.coders AND s.settled_with IN l.coders AND s.coder <> s.settled_with END
GROUP BY ALL
"""
_THEMED = """
CREATE OR REPLACE TEMP TABLE themed AS
SELECT l.rid, l.field, greatest(l.seq, coalesce(s.seq, 0), c.seq) AS seq
FROM theme_looked AS l JOIN new_coded AS c USING (rid, field) LEFT JOIN theme_settler AS s USING (rid, field)
WHERE (l.rid, l.field) NOT IN (SELECT (rid, field) FROM theme_settler WHERE coder IS NULL)
"""
_FOUND = """
CREATE OR REPLACE TEMP TABLE themes_found AS
SELECT rid, field, theme FROM (
    SELECT rid, field, theme, count(*) AS marked FROM theme_marked WHERE role = 'coding' GROUP BY ALL
) JOIN theme_looked USING (rid, field) JOIN themed USING (rid, field) WHERE marked * 2 > looked
UNION
SELECT m.rid, m.field, m.theme FROM theme_marked AS m JOIN theme_settler AS s USING (rid, field, coder)
JOIN themed USING (rid, field) JOIN (
    SELECT rid, field, theme, count(*) FILTER (role = 'coding') AS marked FROM theme_marked GROUP BY ALL
) AS a USING (rid, field, theme) JOIN theme_looked AS l USING (rid, field)
WHERE m.role = 'settling' AND a.marked * 2 <= l.looked
"""
_COUNT = (
    "INSERT INTO part.mart_themed SELECT field, count(*) FROM themed GROUP BY ALL",
    "INSERT INTO part.mart_themes SELECT field, theme, count(*) FROM themes_found GROUP BY ALL",
)
_LAST = """
CREATE OR REPLACE TEMP TABLE last_themed AS
SELECT rid, field FROM themed
QUALIFY row_number() OVER (PARTITION BY field ORDER BY seq DESC, rid DESC) <= count(*) OVER (PARTITION BY field) % $step
"""
_HOLD_BACK = (
    "INSERT INTO part.mart_held_back SELECT 'themed', field, '', '', '', count(*) FROM last_themed GROUP BY ALL",
    "INSERT INTO part.mart_held_back SELECT 'theme', field, '', theme, '', count(*)"
    " FROM themes_found JOIN last_themed USING (rid, field) GROUP BY ALL",
)
_OWN = ("theme_looked", "theme_marked", "theme_settler", "themed", "themes_found", "last_themed")


def themes_by_field(connection: duckdb.DuckDBPyConnection, prefix: str = "") -> dict[str, Themes]:
    """The themes of each field as officers' decisions have made them, from a version's tables."""
    return {field: themes_of(of_field) for field, of_field in changes_by_field(connection, prefix).items()}


def changes_by_field(connection: duckdb.DuckDBPyConnection, prefix: str = "") -> dict[str, list[ThemeChange]]:
    """The changes of each field's themes, in their order."""
    found: dict[str, list[ThemeChange]] = {}
    for (body,) in connection.execute(_CHANGES.format(prefix=prefix)).fetchall():
        change = ThemeChange.model_validate_json(body)
        found.setdefault(change.field, []).append(change)
    return found


def count(connection: duckdb.DuckDBPyConnection, fields: Iterable[str], step: int) -> None:
    """Fill the part's `mart_themed` and `mart_themes`, and what members may not see of them yet.

    `fields` are those that have a frame; reads the relations `new_...` of the version that is made.
    """
    themes = themes_by_field(connection, "new_")
    connection.register("theme_now", _resolved({field: themes[field] for field in fields if field in themes}))
    for statement in (_LOOKED, _MARKED, _SETTLER, _THEMED, _FOUND, *_COUNT):
        connection.execute(statement)
    connection.execute(_LAST, {"step": step})
    for statement in _HOLD_BACK:
        connection.execute(statement)
    connection.unregister("theme_now")
    for table in _OWN:
        connection.execute(f"DROP TABLE {table}")


def _resolved(themes: Mapping[str, Themes]) -> pa.Table:
    rows = [{"field": field, "raw": raw, "theme": now} for field, one in themes.items() for raw, now in one.now.items()]
    return pa.Table.from_pylist(rows, schema=_NOW)

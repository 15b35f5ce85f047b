"""Where a part keeps what linkage needs to add responses, and how the parts of a version are read as one.

The weights of pairs rest on what was counted in the first responses (`engine.statistics`). A part that counts anew
holds every row, key and pair from then on; earlier parts' are passed over.
"""

from collections.abc import Sequence

import duckdb

from transforms.linkage.engine.compare import COMPARISONS
from transforms.linkage.engine.score import WEIGHED
from transforms.sql import union_all

LEVELS = (*COMPARISONS, "answers", "numbers", "text")
_LEVELS = ", ".join(f"{name} VARCHAR" for name in LEVELS)
_WEIGHTS = ", ".join(f"{name}_weight DOUBLE" for name in WEIGHED)
# One row of `linkage_rows` = one response with evidence of who responds; of `linkage_pairs` = one pair that weighs
# enough to be looked at, with each comparison's level and weight; of `linkage_lost` = a pair of an earlier part that no
# key within its cap brings together any more. `linkage_engine` has a row where values were counted anew.
TABLES = {
    "linkage_rows": "rid BIGINT",
    "linkage_keys": "rid BIGINT, key UBIGINT",
    "linkage_pairs": "a BIGINT, b BIGINT, weight DOUBLE, against VARCHAR, prior DOUBLE, veto BOOLEAN, waits BOOLEAN,"
    f" identity DOUBLE, may_merge BOOLEAN, asks BOOLEAN, {_LEVELS}, {_WEIGHTS}",
    "linkage_lost": "a BIGINT, b BIGINT",
    "linkage_engine": "engine VARCHAR",
    "linkage_terms": "kind VARCHAR, term UBIGINT, times BIGINT",
    "linkage_sexes": "given VARCHAR, sex VARCHAR",
}


def create_tables(connection: duckdb.DuckDBPyConnection, part: str) -> None:
    """Make the empty tables in the attached database `part`."""
    for table, own in TABLES.items():
        connection.execute(f"CREATE TABLE {part}.{table} ({own})")


def create_views(connection: duckdb.DuckDBPyConnection, parts: Sequence[str], prefix: str) -> None:
    """Temporary views `<prefix><table>` over the attached databases `parts`, oldest first, as one version."""
    counted = [place for place, part in enumerate(parts) if _has_rows(connection, part, "linkage_engine")]
    standing = parts[counted[-1] :] if counted else parts
    replacing = [part for part in standing if _has_rows(connection, part, "replaced_bodies")]
    losing = [part for part in standing if _has_rows(connection, part, "linkage_lost")]
    for table in TABLES:
        selects = []
        for place, part in enumerate(standing):
            later = standing[place + 1 :]
            without = ""
            if table in ("linkage_rows", "linkage_keys") and (replaced := _replaced(later, replacing)):
                without = f" WHERE rid NOT IN ({replaced})"
            if table == "linkage_pairs":
                without = _standing_pairs(later, replacing, losing)
            selects.append(f"SELECT * FROM {part}.{table}{without}")
        connection.execute(f"CREATE OR REPLACE TEMP VIEW {prefix}{table} AS {union_all(selects)}")


def _standing_pairs(later: Sequence[str], replacing: Sequence[str], losing: Sequence[str]) -> str:
    conditions = []
    if replaced := _replaced(later, replacing):
        conditions += [f"a NOT IN ({replaced})", f"b NOT IN ({replaced})"]
    lost = [f"SELECT a, b FROM {part}.linkage_lost" for part in later if part in losing]
    if lost:
        conditions.append(f"(a, b) NOT IN (SELECT (a, b) FROM ({union_all(lost)}))")
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""


def _replaced(later: Sequence[str], replacing: Sequence[str]) -> str:
    return union_all(f"SELECT rid FROM {part}.replaced_bodies" for part in later if part in replacing)


def _has_rows(connection: duckdb.DuckDBPyConnection, part: str, table: str) -> bool:
    return connection.execute(f"SELECT 1 FROM {part}.{table} LIMIT 1").fetchone() is not None

"""Checks of the parsed layer: which rows go to quarantine, by column and rule, and what an officer's release does.

Up to `MICRO_BATCH` rows pandera is the contract; more are checked by SQL generated from the same rules.
"""

import duckdb
import pyarrow as pa

from schemas import frames
from transforms.errors import CheckFailed
from transforms.layout import Layout
from transforms.parse import parse
from transforms.sql import columns, identifier

MICRO_BATCH = 2_000

_FAILING = pa.schema([("response_id", pa.string()), ("column", pa.string()), ("rule", pa.string())])

_STANDING_RELEASES = """
CREATE OR REPLACE TEMP TABLE standing_releases AS
SELECT response_id, arg_max(corrections, seq) AS corrections FROM {releases} AS r
WHERE NOT EXISTS (
    FROM {verdicts} AS v WHERE v.kind = 'verdict_undo' AND v.response_id = r.response_id AND v.seq > r.seq
)
GROUP BY response_id
"""

_NOT_RESPONSES = "CREATE OR REPLACE TEMP TABLE not_responses AS SELECT rid FROM {relation} WHERE state <> 'response'"
_CHECKABLE = "CREATE OR REPLACE TEMP VIEW checkable AS SELECT * FROM {relation} ANTI JOIN not_responses USING (rid)"

# A response that was quarantined or put under review before parsing, or fails a check, and that an officer released.
_RELEASED = """
CREATE OR REPLACE TEMP TABLE opened_corrected AS
SELECT o.* REPLACE (
    CASE WHEN r.corrections = '{}' THEN coalesce(o.answers, '{}')
         ELSE json_merge_patch(coalesce(o.answers, '{}'), r.corrections)::VARCHAR END AS answers,
    'response' AS state,
    NULL AS reason,
    NULL AS escapes)
FROM opened AS o JOIN standing_releases AS r USING (response_id)
WHERE o.state IN ('quarantined', 'in_review') OR response_id IN (SELECT response_id FROM failing)
"""

_DROP_FAILING = "DELETE FROM failing WHERE response_id IN (SELECT response_id FROM opened_corrected)"
_KEEP_CORRECTED = "CREATE OR REPLACE TEMP TABLE corrected_kept AS SELECT * FROM corrected"
_TAKE_CORRECTED = """
CREATE OR REPLACE TEMP TABLE parsed_again AS
SELECT * FROM parsed WHERE response_id NOT IN (SELECT response_id FROM opened_corrected)
UNION ALL BY NAME SELECT * FROM corrected_kept
"""
_SHOW_CORRECTED = "CREATE OR REPLACE TEMP VIEW parsed AS SELECT * FROM parsed_again"

# A release without corrections is a waiver: what cannot be held is left out, words are kept as they are.
_WAIVED = """
CREATE OR REPLACE TEMP TABLE waived AS
SELECT response_id, "column" FROM failing_again JOIN standing_releases USING (response_id) WHERE corrections = '{}'
"""
_BLANK_WAIVED = """
UPDATE corrected_kept SET {column} = NULL WHERE response_id IN (SELECT response_id FROM waived WHERE "column" = $1)
"""
_STILL_FAILING = """
INSERT INTO failing SELECT * FROM failing_again WHERE response_id NOT IN (SELECT response_id FROM waived)
"""
_QUARANTINED_BEFORE = """
INSERT INTO failing
SELECT response_id, '' AS "column", coalesce(reason, 'cannot be read') AS rule FROM parsed WHERE state = 'quarantined'
"""


def prepare_releases(connection: duckdb.DuckDBPyConnection, releases: str, verdicts: str) -> bool:
    """Make `standing_releases`, the latest of each response in the relation `releases`; tells whether there are any.

    Those that a later row of the relation `verdicts` takes back are left out.
    """
    connection.execute(_STANDING_RELEASES.format(releases=releases, verdicts=verdicts))
    return connection.execute("SELECT 1 FROM standing_releases LIMIT 1").fetchone() is not None


def find_failing(connection: duckdb.DuckDBPyConnection, layout: Layout, any_released: bool) -> None:
    """From the relations `opened` and `parsed`, make the table `failing(response_id, column, rule)`.

    Rows in `standing_releases` are corrected in `parsed` first and checked again.

    Raises:
        CheckFailed: the parsed rows are broken as a whole.
    """
    _failing_rows(connection, layout, "parsed", "failing")
    if any_released:
        _apply_releases(connection, layout)
    connection.execute(_NOT_RESPONSES.format(relation="parsed"))
    connection.execute(_QUARANTINED_BEFORE)


def _failing_rows(connection: duckdb.DuckDBPyConnection, layout: Layout, relation: str, target: str) -> None:
    connection.execute(_NOT_RESPONSES.format(relation=relation))
    connection.execute(_CHECKABLE.format(relation=relation))
    few = connection.execute(f"SELECT count(*) <= {MICRO_BATCH} FROM {relation}_rows").fetchone()
    if few and few[0]:
        names = ["response_id", "questionnaire_hash", "language", "misfits", *layout.answers]
        frame = connection.execute(f"SELECT {columns(names)} FROM checkable").df()
        try:
            found = frames.pandera_failures(layout.definition, frame)
        except frames.FrameError as error:
            raise CheckFailed(str(error)) from None
        rows = [{"response_id": f.response_id, "column": f.column, "rule": f.rule} for f in found]
        connection.register("found", pa.Table.from_pylist(rows, schema=_FAILING))
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {target} AS SELECT * FROM found")
        connection.unregister("found")
    else:
        query = frames.sql_checks(layout.definition, "checkable")
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {target} AS {query}")


def _apply_releases(connection: duckdb.DuckDBPyConnection, layout: Layout) -> None:
    connection.execute(_RELEASED)
    parse(connection, layout, "opened_corrected", "corrected")
    connection.execute(_KEEP_CORRECTED)
    connection.execute(_DROP_FAILING)
    _failing_rows(connection, layout, "corrected", "failing_again")
    connection.execute(_WAIVED)
    for name in layout.answers:
        if not layout.is_text(name):
            connection.execute(_BLANK_WAIVED.format(column=identifier(name)), [name])
    connection.execute(_STILL_FAILING)
    connection.execute(_TAKE_CORRECTED)
    connection.execute(_SHOW_CORRECTED)

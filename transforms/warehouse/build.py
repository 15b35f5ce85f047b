"""Building a version, step by step. Each step is a plain function on a `Staging`; `steps.STEPS` has their order.

    with building(warehouse, plan, source, decisions, events) as staging:
        stage(staging, chunks)     # opened rows -> checked, typed, masked
        link(staging)              # pairs that may be of one respondent
        settle(staging)            # respondents and ledger lines
        code(staging)              # positions from officers' codings
        count(staging)             # marts
        version = publish(staging)

A full build writes one part; an increment writes a part with what is new and what that changes. The work happens in a
folder that becomes a version by being renamed, so a killed build leaves the last version whole.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from schemas.decisions import Decided
from transforms import checks, clean, coding, held_back, marts, of_which, quality, theme_counts
from transforms.closing import Closing, closing_of
from transforms.decided import record_decisions
from transforms.errors import CheckFailed
from transforms.layout import Layout
from transforms.linkage.pairs import Extended
from transforms.masking.chunk import mask_chunk
from transforms.opened import EVENTS_SCHEMA, OPENED_SCHEMA, check_frame, in_chunks
from transforms.parse import RID, parse, with_escapes
from transforms.readings import KEPT, read_readings
from transforms.sql import columns
from transforms.warehouse.connection import attach, connect
from transforms.warehouse.plan import Plan
from transforms.warehouse.read import create_reader_views
from transforms.warehouse.tables import create_part, create_views
from transforms.warehouse.versions import Warehouse, one_writer, staging_folder

PART_FILE = "part.duckdb"
# Threads that wait for one another cost half as much CPU again and no build is done sooner: chunks are too small.
BUILD_THREADS = 1

_DOUBLED = "SELECT response_id FROM part.received GROUP BY ALL HAVING count(*) > 1 LIMIT 1"
_FACTS = """
SELECT * EXCLUDE (member, channel) REPLACE (concat_ws('|', types, {beside}) AS types) FROM (
    SELECT a.rid, {columns} FROM {answers} AS a JOIN {outcomes} AS o USING (rid) ANTI JOIN {composites} AS c USING (rid)
    WHERE o.line = 'included'
    UNION ALL SELECT rid, {columns} FROM {composites}
) AS f JOIN (SELECT rid, channel FROM {received}) AS r USING (rid)
LEFT JOIN (SELECT rid AS member FROM {members}) AS m ON m.member = f.rid
"""


@dataclass(frozen=True)
class FinalResults:
    """Results that were signed off: the file with the tables that are shown from then on, and what is said of them."""

    file: Path
    about: Mapping[str, str]


@dataclass(frozen=True)
class Source:
    """What a build was made from: the ends of landing and journal, and the moment it shows. Where results are `final`
    the public half shows them, whatever has come to the private half since.
    """

    landing_seq: int
    landing_head: str
    decisions_seq: int
    decisions_head: str
    as_at: datetime
    built_at: datetime
    notice: str | None = None
    final: FinalResults | None = None


@dataclass
class Staging:
    """A version in the making: its folder, and a connection in which the new part is `part`.

    `old_<table>` are the rows of the version before, `new_<table>` those of the version being made.
    """

    warehouse: Warehouse
    plan: Plan
    source: Source
    folder: Path
    connection: duckdb.DuckDBPyConnection
    layout: Layout
    old_parts: tuple[str, ...]
    counts: dict[str, int] = field(default_factory=dict)
    linked: Extended | None = None

    @property
    def parts(self) -> list[str]:
        """The attached databases of the new version, oldest first."""
        return [*(f"p{number}" for number in range(len(self.old_parts))), "part"]

    def closing(self) -> Closing:
        """The closing rule with the latest extension."""
        row = self.connection.execute("SELECT arg_max(closes, seq) FROM new_extensions").fetchone()
        return closing_of(self.warehouse.definition, row[0] if row else None)


@contextmanager
def building(
    warehouse: Warehouse, plan: Plan, source: Source, decisions: Iterable[Decided], events: pa.Table
) -> Iterator[Staging]:
    """Begin a build as planned: the decisions and events (EVENTS_SCHEMA) after those of `plan.previous`, or all.

    Raises:
        BusyError: another build of this warehouse is running.
        CheckFailed: the events are broken as a whole.
    """
    with one_writer(warehouse):
        folder, spill = staging_folder(warehouse, "part"), staging_folder(warehouse, "spill")
        with connect(spill, BUILD_THREADS) as connection:
            staging = _begin(warehouse, plan, source, folder, connection)
            record_decisions(connection, decisions)
            connection.register("arrived", check_frame(events, EVENTS_SCHEMA))
            connection.execute("INSERT INTO part.events SELECT seq, event, relates_to FROM arrived")
            connection.unregister("arrived")
            create_views(connection, staging.parts, "new_")
            yield staging


def _begin(
    warehouse: Warehouse, plan: Plan, source: Source, folder: Path, connection: duckdb.DuckDBPyConnection
) -> Staging:
    layout = Layout(warehouse.definition)
    old_parts = plan.previous.parts if plan.previous else ()
    for number, part in enumerate(old_parts):
        assert plan.previous
        file = warehouse.private / plan.previous.version / part
        attach(connection, file, f"p{number}", warehouse.warehouse_key)
    attach(connection, folder / PART_FILE, "part", warehouse.warehouse_key, read_only=False)
    create_part(connection, layout)
    staging = Staging(warehouse, plan, source, folder, connection, layout, tuple(old_parts))
    if old_parts:
        create_views(connection, staging.parts[:-1], "old_")
    return staging


def stage(staging: Staging, chunks: Iterable[pa.Table]) -> dict[str, int]:
    """Take in opened rows (OPENED_SCHEMA) chunk by chunk: parse, check, type and mask.

    All responses of an artefact belong in one chunk. Returns how many rows were `opened` and how many are `failing`.

    Raises:
        CheckFailed: the rows are broken as a whole; nothing may be built on them.
    """
    connection, layout = staging.connection, staging.layout
    any_released = checks.prepare_releases(connection, "new_releases", "new_verdicts")
    statements = [
        clean.received(layout),
        clean.FAILURES,
        clean.ERASED,
        clean.HELD,
        clean.PASSED,
        clean.clean(layout),
        clean.vault(layout),
        KEPT,
    ]
    opened = 0
    for chunk in in_chunks(check_frame(one, OPENED_SCHEMA) for one in chunks):
        connection.register("opened", with_escapes(chunk))
        parse(connection, layout, "opened", "parsed")
        checks.find_failing(connection, layout, any_released)
        read_readings(connection, RID, "opened_corrected" if any_released else None)
        for statement in statements:
            connection.execute(statement)
        mask_chunk(connection, layout.texts)
        connection.unregister("opened")
        connection.unregister("parsed_rows")
        opened += chunk.num_rows
    for table in ("failing", "parsed_misfits", "chunk_readings", "waiting"):
        connection.execute(f"DROP TABLE IF EXISTS {table}")
    if connection.execute(_DOUBLED).fetchone():
        raise CheckFailed("The opened rows hold an id of a response twice; parse the landing again.")
    failing = connection.execute("SELECT count(*) FROM part.received WHERE state = 'quarantined'").fetchone()
    staging.counts |= {"opened": opened, "failing": int(failing[0]) if failing else 0}
    return {name: staging.counts[name] for name in ("opened", "failing")}


def code(staging: Staging) -> dict[str, int]:
    """Work out the positions that officers' codings settle. Returns how many `coded` (respondent, field) there are."""
    coding.code(staging.connection, staging.layout, "work" if staging.plan.previous else "part.received")
    return {"coded": _scalar(staging.connection, "SELECT count(*) FROM part.coded")}


def count(staging: Staging) -> dict[str, int]:
    """Count the marts: those of the version before, less what changed, and what is new.

    Returns the number of `included` respondents.
    """
    connection, layout = staging.connection, staging.layout
    settled = "work" if staging.plan.previous else "part.received"
    added = _counted(staging, "part", "added_facts", settled)
    removed = None
    if staging.plan.previous:
        for table in ("outcomes", "answers", "composites", "positions", "coded"):
            connection.execute(
                f"CREATE OR REPLACE TEMP VIEW gone_{table} AS"
                f" SELECT * FROM old_{table} WHERE rid IN (SELECT rid FROM part.replaced_outcomes)"
            )
        removed = _counted(staging, "gone", "removed_facts", settled)
    marts.count(connection, layout, added, removed, (lambda mart: f"old_{mart}") if removed else None)
    create_views(connection, staging.parts, "new_")
    connection.execute(
        "CREATE OR REPLACE TEMP VIEW new_facts AS "
        + _facts(layout, "new_answers", "new_{}", members="new_campaign_members", received="new_received")
    )
    of_which.count(connection, layout)
    whole = held_back.Current(
        outcomes="new_outcomes",
        facts="new_facts" if removed else "added_facts",
        positions="new_positions",
        coded="new_coded",
        answered="part.mart_answered",
        types="part.mart_types",
    )
    held_back.hold_back(connection, layout, whole)
    theme_counts.count(connection, layout.definition.policy.frames, layout.definition.policy.publication.member_step)
    create_views(connection, staging.parts, "")
    create_reader_views(connection, layout)
    quality.count(connection, layout.definition)
    included = _scalar(connection, "SELECT coalesce(sum(responses), 0) FROM part.mart_types WHERE type_code = ''")
    staging.counts["included"] = included
    return {"included": included}


def _counted(staging: Staging, rows: str, facts: str, received: str) -> marts.Counted:
    """The relations of what is added (`part`) or taken away (`gone`), with the facts made into a table."""

    def table(name: str) -> str:
        return f"part.{name}" if rows == "part" else f"gone_{name}"

    answers = "new_answers" if rows == "part" and staging.plan.previous else table("answers")
    members = f"{'new' if rows == 'part' else 'old'}_campaign_members"
    query = _facts(staging.layout, answers, table("{}"), members=members, received=received)
    staging.connection.execute(f"CREATE OR REPLACE TEMP TABLE {facts} AS {query}")
    return marts.Counted(
        outcomes=table("outcomes"), received=received, facts=facts, positions=table("positions"), coded=table("coded")
    )


def _facts(layout: Layout, answers: str, tables: str, *, members: str, received: str) -> str:
    """SQL: the facts of the outcomes and composites that `tables` names, as in `new_{}`."""
    return _FACTS.format(
        columns=columns(layout.facts),
        answers=answers,
        outcomes=tables.format("outcomes"),
        composites=tables.format("composites"),
        members=members,
        received=received,
        beside=marts.groups_beside_types(layout, member="member", channel="channel"),
    )


def _scalar(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row and row[0] is not None else 0

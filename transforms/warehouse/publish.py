"""Publishing: the staged part becomes a version, its protected tables are written, and CURRENT names it."""

import hashlib
import json
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from transforms.closing import Closing
from transforms.disclosure.members import write_final_tables, write_protected_tables
from transforms.disclosure.shown import Register
from transforms.warehouse.approved import create_approved_views
from transforms.warehouse.build import PART_FILE, Staging
from transforms.warehouse.connection import attach
from transforms.warehouse.plan import code_version
from transforms.warehouse.read import create_reader_views
from transforms.warehouse.tables import create_part, create_views, merge_parts
from transforms.warehouse.versions import (
    Manifest,
    Warehouse,
    as_at_versions,
    current_manifest,
    free_name,
    prune,
    sync_folder,
    write_manifest,
    write_whole,
)

# So many parts are read as one before the later ones are merged.
MOST_PARTS = 12
_LEDGER = "SELECT channel, line, sum(responses)::BIGINT FROM part.mart_ledger GROUP BY ALL ORDER BY ALL"
_OF_WHICH = "SELECT channel, kind, responses FROM part.mart_of_which ORDER BY ALL"

_ANSWERS_PENDING = """
SELECT coalesce(sum(pending), 0) FROM new_received JOIN new_outcomes USING (rid)
WHERE line IN ('included', 'merged', 'duplicate')
"""


def publish(staging: Staging, as_at_name: str | None = None) -> Manifest:
    """Make the staged part a version and show it; returns its manifest.

    With `as_at_name` (a local ISO moment) it is published under that name in as-at.json, and CURRENT does not move.
    """
    warehouse = staging.warehouse
    parts = _write_parts(staging)
    manifest = _manifest(staging, tuple(parts))
    public_file = warehouse.public / f"{manifest.version}.duckdb"
    create_views(staging.connection, staging.parts, "")
    create_reader_views(staging.connection, staging.layout)
    create_approved_views(staging.connection, staging.layout)
    if final := staging.source.final:
        write_final_tables(public_file, final.file, {**final.about, "version": manifest.version})
    else:
        about = _about(staging, manifest)
        write_protected_tables(staging.connection, public_file, warehouse.definition, about, shown_register(warehouse))
    for name in staging.parts:
        staging.connection.execute(f"DETACH {name}")
    (staging.folder / PART_FILE).unlink()
    write_manifest(staging.folder, manifest)
    folder = warehouse.private / manifest.version
    staging.folder.rename(folder)
    sync_folder(warehouse.private)
    erased = _newly_erased(staging, manifest)
    if as_at_name is None:
        write_whole(warehouse.public / "CURRENT", manifest.version)
    else:
        shown = as_at_versions(warehouse) | {as_at_name: manifest.version}
        write_whole(warehouse.public / "as-at.json", json.dumps(shown, indent=1, sort_keys=True))
    prune(warehouse, erase=erased and as_at_name is None)
    return manifest


def shown_register(warehouse: Warehouse) -> Register:
    """The register of all that was ever shown of a warehouse; it outlives the versions."""
    return Register(warehouse.shown or warehouse.private.with_name("shown.jsonl"), warehouse.warehouse_key)


def _write_parts(staging: Staging) -> list[str]:
    """Put the files of the version into the staging folder, oldest first: links to the old parts, and the new one."""
    connection, previous = staging.connection, staging.plan.previous
    kept = list(staging.old_parts)
    own = f"part-{1 + max((int(Path(part).stem.removeprefix('part-')) for part in kept), default=0):06d}.duckdb"
    if len(kept) >= MOST_PARTS:
        attach(connection, staging.folder / "merged.duckdb", "merged", staging.warehouse.warehouse_key, read_only=False)
        create_part(connection, staging.layout, "merged")
        merge_parts(connection, staging.parts[1:], "merged")
        connection.execute("DETACH merged")
        (staging.folder / "merged.duckdb").rename(staging.folder / own)
        kept = kept[:1]
    else:
        # The part is still attached; DuckDB keeps to the file it opened, and to the log beside it until the checkpoint.
        connection.execute("CHECKPOINT part")
        os.link(staging.folder / PART_FILE, staging.folder / own)
    for part in kept:
        assert previous
        os.link(staging.warehouse.private / previous.version / part, staging.folder / part)
    return [*kept, own]


def _manifest(staging: Staging, parts: tuple[str, ...]) -> Manifest:
    source, warehouse = staging.source, staging.warehouse
    rows = staging.connection.execute(_LEDGER).fetchall()
    kinds = staging.connection.execute(_OF_WHICH).fetchall()
    tombstones = staging.connection.execute("SELECT count(*) FROM new_events WHERE event = 'tombstone'").fetchone()
    manifest = Manifest(
        version="",
        kind=staging.plan.kind,
        consultation=warehouse.definition.id,
        landing_seq=source.landing_seq,
        landing_head=source.landing_head,
        decisions_seq=source.decisions_seq,
        decisions_head=source.decisions_head,
        questionnaire_hash=warehouse.definition.questionnaire_hash,
        policy_hash=warehouse.definition.policy_hash,
        code_version=code_version(warehouse.readers_version),
        as_at=_iso(source.as_at),
        built_at=_iso(source.built_at),
        parts=parts,
        received=sum(count for _, _, count in rows),
        tombstones=int(tombstones[0]) if tombstones else 0,
        ledger=tuple((str(channel), str(line), int(count)) for channel, line, count in rows),
        of_which=tuple((str(channel), str(kind), int(count)) for channel, kind, count in kinds),
    )
    heads = (manifest.landing_head, manifest.decisions_head)
    traced = "|".join(
        (*heads, manifest.questionnaire_hash, manifest.policy_hash, manifest.code_version, manifest.as_at)
    )
    name = f"{source.landing_seq:09d}-{source.decisions_seq:06d}-{hashlib.sha256(traced.encode()).hexdigest()[:8]}"
    return replace(manifest, version=free_name(warehouse, name))


def _newly_erased(staging: Staging, manifest: Manifest) -> bool:
    """Whether the version that is current so far may hold what this one has erased."""
    last = current_manifest(staging.warehouse)
    return last is not None and manifest.tombstones > last.tombstones


def _about(staging: Staging, manifest: Manifest) -> dict[str, str]:
    """What the public version says about itself."""
    definition, source, closing = staging.warehouse.definition, staging.source, staging.closing()
    language = definition.questionnaire.languages[0]
    about = {
        "consultation": definition.id,
        "title": definition.questionnaire.title.in_language(language),
        "version": manifest.version,
        "as_at": manifest.as_at,
        "built_at": manifest.built_at,
        "status": _status(source.as_at, definition.opens_at(), closing),
        "questionnaire_hash": manifest.questionnaire_hash,
        "policy_hash": manifest.policy_hash,
        "landing_head": manifest.landing_head,
        "decisions_head": manifest.decisions_head,
        "code_version": manifest.code_version,
        "opens": definition.policy.dates.opens.isoformat(),
        "closes": closing.last_day.isoformat(),
        "purpose": definition.policy.publication.purpose,
        "answers_pending": str(_answers_pending(staging)),
    }
    return about | ({"notice": source.notice} if source.notice else {})


def _answers_pending(staging: Staging) -> int:
    """How many answers of responses that count wait for a person who reads them."""
    row = staging.connection.execute(_ANSWERS_PENDING).fetchone()
    return int(row[0]) if row else 0


def _status(as_at: datetime, opens: datetime, closing: Closing) -> str:
    if as_at < opens:
        return "draft"
    return "open" if as_at < closing.closes else "closed"


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()

"""Officers' decisions as the narrow tables that the steps read."""

import json
from collections.abc import Iterable

import duckdb
import pyarrow as pa

from schemas.decisions import (
    Approval,
    CampaignChange,
    Coding,
    CodingUndo,
    Decided,
    Extension,
    Invalidation,
    KeyedAnswer,
    LateAcceptance,
    Link,
    QuarantineRelease,
    Redaction,
    Translation,
)

_SCHEMAS = {
    "codings": ("seq", "officer", "response_id", "field", "limb", "code", "role", "settled_with", "campaign"),
    "links": ("seq", "first", "second", "verdict"),
    "campaign_changes": ("seq", "campaign", "change", "description", "joined", "responses", "text"),
    "verdicts": ("seq", "kind", "response_id"),
    "extensions": ("seq", "closes"),
    "releases": ("seq", "response_id", "corrections"),
    "keyed": ("seq", "officer", "response_id", "field", "role", "outcome"),
    "redactions": ("seq", "response_id", "field", "body"),
    "approvals": ("seq", "what", "response_id", "field"),
}


def record_decisions(connection: duckdb.DuckDBPyConnection, decisions: Iterable[Decided]) -> None:
    """Add decisions to the tables of the part."""
    rows: dict[str, list[tuple[object, ...]]] = {table: [] for table in _SCHEMAS}
    for decided in decisions:
        seq, one = decided.seq, decided.decision
        match one:
            case Coding():
                said = (one.response, one.field, one.limb, one.code, one.role, one.settled_with, one.campaign)
                rows["codings"].append((seq, decided.officer, *said))
            case CodingUndo():
                # Without a limb and a code: it is about all of them.
                rows["codings"].append((seq, decided.officer, one.response, one.field, "", "", "undo", None, None))
            case Link():
                rows["links"].append((seq, one.first, one.second, one.verdict))
            case CampaignChange():
                told = (one.campaign, one.change, one.description, one.joined, list(one.responses), one.text)
                rows["campaign_changes"].append((seq, *told))
            case Invalidation() | LateAcceptance():
                rows["verdicts"].append((seq, one.kind, one.response))
            case Extension():
                rows["extensions"].append((seq, one.closes))
            case Approval():
                rows["approvals"].append((seq, one.what, one.response, one.field))
            case KeyedAnswer():
                rows["keyed"].append((seq, decided.officer, one.response, one.column, one.role, one.outcome))
            case Redaction() | Translation():
                rows["redactions"].append((seq, one.response, one.field, one.model_dump_json()))
            case QuarantineRelease():
                rows["releases"].append((seq, one.response, json.dumps(one.corrections, sort_keys=True)))
    for table, found in rows.items():
        if found:
            names = _SCHEMAS[table]
            batch = pa.table({name: [row[place] for row in found] for place, name in enumerate(names)})
            connection.register("batch", batch)
            connection.execute(f"INSERT INTO part.{table} SELECT * FROM batch")
            connection.unregister("batch")

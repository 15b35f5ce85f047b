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
    KeyingUndo,
    LateAcceptance,
    Link,
    OutreachEntry,
    QuarantineRelease,
    Redaction,
    ThemeChange,
    ThemeCoding,
    Translation,
    VerdictUndo,
)
from transforms.coding.positions import THEMES

_SCHEMAS = {
    "codings": ("seq", "officer", "response_id", "field", "limb", "code", "role", "settled_with", "campaign"),
    "theme_changes": ("seq", "body"),
    "outreach": ("seq", "day", "who", "how", "note", "corrects", "withdrawn"),
    "links": ("seq", "first", "second", "verdict"),
    "campaign_changes": ("seq", "campaign", "change", "description", "joined", "responses", "text", "undoes"),
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
        if found := _row(decided):
            table, row = found
            rows[table].append((decided.seq, *row))
    for table, of_table in rows.items():
        if of_table:
            names = _SCHEMAS[table]
            batch = pa.table({name: [row[place] for row in of_table] for place, name in enumerate(names)})
            connection.register("batch", batch)
            connection.execute(f"INSERT INTO part.{table} SELECT * FROM batch")
            connection.unregister("batch")


def _row(decided: Decided) -> tuple[str, tuple[object, ...]] | None:
    """The table of a decision and its row without the number; nothing for one that the steps do not read."""
    one, officer = decided.decision, decided.officer
    found: tuple[str, tuple[object, ...]] | None = None
    match one:
        case Coding() | ThemeCoding() | CodingUndo():
            found = "codings", (officer, *_coded(one))
        case ThemeChange():
            found = "theme_changes", (one.model_dump_json(),)
        case OutreachEntry():
            found = "outreach", (one.day, one.who, one.how, one.note, one.corrects, one.withdrawn)
        case Link():
            found = "links", (one.first, one.second, one.verdict)
        case CampaignChange():
            told = (one.campaign, one.change, one.description, one.joined, list(one.responses), one.text, one.undoes)
            found = "campaign_changes", told
        case Invalidation() | LateAcceptance() | VerdictUndo():
            found = "verdicts", (one.kind, one.response)
        case Extension():
            found = "extensions", (one.closes,)
        case Approval():
            found = "approvals", (one.what, one.response, one.field)
        case KeyedAnswer():
            found = "keyed", (officer, one.response, one.column, one.role, one.outcome)
        case KeyingUndo():
            # In all roles.
            found = "keyed", (officer, one.response, one.column, "", "undo")
        case Redaction() | Translation():
            found = "redactions", (one.response, one.field, one.model_dump_json())
        case QuarantineRelease():
            found = "releases", (one.response, json.dumps(one.corrections, sort_keys=True))
    return found


def _coded(one: Coding | ThemeCoding | CodingUndo) -> tuple[object, ...]:
    """What was said of one answer: a code on a limb, the themes in the place of a code, or that nothing stands."""
    match one:
        case CodingUndo():
            # Without a limb and a code: it is about all of them.
            return (one.response, one.field, "", "", "undo", None, None)
        case ThemeCoding():
            said = (THEMES, "|".join(dict.fromkeys(mark.theme for mark in one.themes)))
        case Coding():
            said = (one.limb, one.code)
    return (one.response, one.field, *said, one.role, one.settled_with, one.campaign)

"""What is left of an artefact where the program cannot reach: said to a person, who sees to it."""

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ingest.landing import Landing
from ingest.mail.intake.mail_settings import MailAccount
from ingest.web.store.choose import VARIABLE
from orchestration.intake import landing_of, public_source
from orchestration.mail_intake import settings_of
from orchestration.rights.places import store_is_here
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from schemas.register import entries
from transforms.warehouse.versions import Warehouse, as_at_versions

_HEADERS = ("artefact_id", "channel", "source", "event")


@dataclass(frozen=True)
class Remains:
    """One place where something is left, and what to do about it."""

    where: str
    what: str


def remains_of(
    data: DataFolder, definition: Definition, warehouse: Warehouse, artefacts: Sequence[str]
) -> list[Remains]:
    """Where these artefacts may still be, in words; never what they say."""
    rows = _headers(landing_of(data, definition), artefacts)
    found = [*_by_channel(data, definition, rows)]
    found += _exports(data, definition, artefacts)
    found += backups_outstanding(data)
    found += published_outstanding(data, definition, warehouse)
    return found


def backups_outstanding(data: DataFolder) -> list[Remains]:
    """The backups that were made so far, and those of a database that are not made here."""
    made = entries(data.root / "backups.jsonl")
    found = []
    if made:
        names = ", ".join(str(one["file"]) for one in made[-5:]) + (" and earlier ones" if len(made) > 5 else "")
        found.append(Remains("backups", f"{len(made)} were made before ({names}): destroy them, or let them expire"))
    if os.environ.get(VARIABLE):
        what = "its write-ahead log, dead rows and archives keep sealed bodies until they are vacuumed or expire"
        found.append(Remains("the PostgreSQL database", what))
    return found


def published_outstanding(data: DataFolder, definition: Definition, warehouse: Warehouse) -> list[Remains]:
    """Frozen results: aggregates that stay."""
    found = []
    views = sorted(as_at_versions(warehouse))
    if views:
        found.append(Remains("views as at a moment", f"{', '.join(views)}: frozen aggregates, which stay"))
    folder = data.releases(definition.id)
    names = sorted(one.name for one in folder.iterdir() if one.is_dir()) if folder.is_dir() else []
    if names:
        found.append(Remains("releases", f"{', '.join(names)}: frozen aggregates, which stay"))
    return found


def _headers(landing: Landing, artefacts: Sequence[str]) -> list[dict[str, Any]]:
    wanted = pa.array(artefacts, pa.string())
    found: list[dict[str, Any]] = []
    for part in landing.log.read_batches(columns=_HEADERS):
        found += part.filter(pc.is_in(part["artefact_id"], wanted)).to_pylist()
    return [row for row in found if row["event"] != "tombstone"]


def _by_channel(data: DataFolder, definition: Definition, rows: Iterable[dict[str, Any]]) -> Iterator[Remains]:
    by: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by.setdefault(row["channel"], []).append(row)
    if "email" in by:
        account = settings_of(data, definition)
        where = f"on {account.host}, folder '{account.done_folder}'" if isinstance(account, MailAccount) else "itself"
        senders = "and the sender's own copy is theirs"
        yield Remains("the mailbox", f"{len(by['email'])} messages {where}: delete them there; {senders}")
    if "post" in by:
        batches = ", ".join(sorted({row["source"].partition("-")[2] for row in by["post"]}))
        yield Remains("paper", f"the forms of {batches}, and the scans as they left the scanner: shred and delete them")
    if "import" in by:
        sources = ", ".join(sorted({row["source"] for row in by["import"]}))
        yield Remains(
            "the system that was exported", f"{sources}: the row there, and the export file that was imported"
        )
    if "assisted" in by:
        yield Remains("whoever took it down", "notes made while somebody was helped")
    if {"web", "assisted"} & set(by):
        source = public_source(data)
        if not store_is_here(data):
            yield Remains("the public server", f"{source.url}: its store is on another machine; run the same there")
        yield Remains("the respondent", "the device that it was sent from may keep a copy")


def _exports(data: DataFolder, definition: Definition, artefacts: Sequence[str]) -> Iterator[Remains]:
    """Who looked at it and may have a file of it."""
    file, wanted = data.access_log(definition.id), set(artefacts)
    lines = file.read_text("utf-8").splitlines() if file.exists() else []
    for line in lines:
        entry = json.loads(line)
        if entry.get("artefact") in wanted:
            what = f"{entry['officer']} took a copy on {entry['at'][:10]} ({entry['what']}): ask for its deletion"
            yield Remains("an officer's file", what)

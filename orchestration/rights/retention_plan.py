"""What the end of keeping would destroy, and what it would leave to people: the dry run, which comes first."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ingest.journal import Journal
from ingest.landing import Landing
from orchestration.intake import landing_of
from orchestration.rights.inbox_copies import all_copies
from orchestration.rights.remains import Remains, remains_of
from orchestration.rights.retention_state import RetentionState, read_state
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from schemas.sealing import read_identity, read_recipients, read_secret
from transforms.warehouse.versions import Warehouse

# The keys of a consultation by their files, in the order in which they are destroyed.
KEY_FILES = {"identity": "pipeline.key", "warehouse": "warehouse.key", "pseudonyms": "pseudonym.key"}


@dataclass(frozen=True)
class Key:
    """A key: what it is for, where it lies here (nowhere for one that is offline), and a print that tells it."""

    name: str
    file: str | None
    fingerprint: str


@dataclass(frozen=True)
class Plan:
    """What is destroyed and what is left. `code` changes with everything that the plan depends on."""

    consultation: str
    final_on: str | None
    due_on: str | None
    keys: tuple[Key, ...]
    records: dict[str, int]
    private_versions: int
    inbox_files: int
    readings: int
    outstanding: tuple[Remains, ...]
    code: str

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def plan_destruction(data: DataFolder, definition: Definition, warehouse: Warehouse) -> Plan:
    """The plan as things stand now.

    Raises:
        SealingError: a key is missing or was destroyed already.
    """
    state = read_state(data, definition)
    landing, journal = landing_of(data, definition), Journal(data.journal(definition.id), data.clock)
    plan = Plan(
        consultation=definition.id,
        final_on=_day(state.final_on),
        due_on=_day(state.due_on),
        keys=keys_of(data, definition),
        records={"landing": landing.log.last_seq(), "decisions": journal.log.last_seq()},
        private_versions=len(private_folders(warehouse)),
        inbox_files=len(all_copies(data, definition.id)),
        readings=len(list(data.readings(definition.id).glob("*"))),
        outstanding=tuple(outstanding(data, definition, warehouse, landing)),
        code="",
    )
    return Plan(**(vars(plan) | {"code": _code_of(plan, state)}))


def keys_of(data: DataFolder, definition: Definition) -> tuple[Key, ...]:
    """The keys that are to be destroyed.

    Raises:
        SealingError: one is missing, destroyed, or can be read by others.
    """
    folder = data.keys(definition.id)
    recipients = read_recipients(folder / "recipients.toml")
    prints = {"identity": read_identity(folder).recipient}
    for name in ("warehouse", "pseudonyms"):
        prints[name] = f"SHA-256 {hashlib.sha256(read_secret(folder / KEY_FILES[name]).encode()).hexdigest()}"
    recovery = data.recovery(definition.id)
    here = [Key(name, str(folder / file), prints[name]) for name, file in KEY_FILES.items()]
    return (*here, Key("recovery", str(recovery) if recovery.exists() else None, recipients.recovery))


def private_folders(warehouse: Warehouse) -> list[Path]:
    """Every folder below the private warehouse: versions, and what a killed build left."""
    return [one for one in warehouse.private.iterdir() if one.is_dir()] if warehouse.private.is_dir() else []


def outstanding(data: DataFolder, definition: Definition, warehouse: Warehouse, landing: Landing) -> list[Remains]:
    """What the program cannot destroy."""
    return remains_of(data, definition, warehouse, landing.log.read(columns=["artefact_id"])["artefact_id"].to_pylist())


def _code_of(plan: Plan, state: RetentionState) -> str:
    content = json.dumps([plan.as_dict(), str(state.hold)], sort_keys=True, default=str)
    return hashlib.sha256(content.encode()).hexdigest()[:8]


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None

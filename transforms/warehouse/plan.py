"""What has to be built: nothing, what is new, or everything anew; and which bodies that needs."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb
import pyarrow as pa

import schemas
import transforms
from schemas.decisions import Decided, KeyedAnswer, KeyingUndo, QuarantineRelease, Redaction, Translation, VerdictUndo
from transforms.warehouse.read import open_private
from transforms.warehouse.versions import Manifest, Warehouse, current_manifest

_SOURCES = (".py", ".toml", ".model", ".onnx")
_READ_ANEW = """
SELECT DISTINCT artefact_id FROM received
WHERE (state IN ('quarantined', 'in_review') AND response_id IN (SELECT unnest($released)))
    OR response_id IN (SELECT unnest($keyed)) ORDER BY ALL
"""


@dataclass(frozen=True)
class Plan:
    """What a build takes in: all that is known (`previous` is nothing) or what came after `previous`.

    Open landing records with seq > `landing_after`, and decisions with seq > `decisions_after`.
    """

    previous: Manifest | None
    why_full: str | None

    @property
    def kind(self) -> str:
        return "increment" if self.previous else "full"

    @property
    def landing_after(self) -> int:
        return self.previous.landing_seq if self.previous else 0

    @property
    def decisions_after(self) -> int:
        return self.previous.decisions_seq if self.previous else 0


def plan_build(warehouse: Warehouse, new_events: pa.Table | None = None, *, full: bool = False) -> Plan:
    """How to bring the current version up to date.

    `new_events` (EVENTS_SCHEMA) are those after the current version's `landing_seq`. Everything is built anew where
    there is no version, the definition or the code has changed, something was erased, or `full` asks for it.
    """
    previous = current_manifest(warehouse)
    why = "asked for" if full else _why_full(warehouse, previous, new_events)
    return Plan(None, why) if why else Plan(previous, None)


def _why_full(warehouse: Warehouse, previous: Manifest | None, new_events: pa.Table | None) -> str | None:
    definition = warehouse.definition
    if previous is None:
        return "there is no version yet"
    if (previous.questionnaire_hash, previous.policy_hash) != (definition.questionnaire_hash, definition.policy_hash):
        return "the definition has changed"
    if previous.code_version != code_version(warehouse.readers_version):
        return "the code has changed"
    if new_events is not None and "tombstone" in new_events["event"].to_pylist():
        return "a response was erased"
    return None


def artefacts_to_reopen(warehouse: Warehouse, plan: Plan, new_decisions: Iterable[Decided]) -> list[str]:
    """The artefacts already built whose bodies an increment needs again: those with a response that was released now
    (or its release undone), or of which an answer was keyed (or its keying undone), redacted or translated.

    Hand over every response of them together with the new ones.
    """
    new_decisions = list(new_decisions)
    released = [one.decision.response for one in new_decisions if isinstance(one.decision, QuarantineRelease)]
    said_anew = KeyedAnswer | KeyingUndo | Redaction | Translation | VerdictUndo
    keyed = [one.decision.response for one in new_decisions if isinstance(one.decision, said_anew)]
    if plan.previous is None or not (released or keyed):
        return []
    with open_private(warehouse, plan.previous.version) as connection:
        return [row[0] for row in connection.execute(_READ_ANEW, {"released": released, "keyed": keyed}).fetchall()]


@cache
def code_version(readers_version: str) -> str:
    """A hash over the sources of transforms and schemas, DuckDB's version, and the code that reads what arrived."""
    folders = (Path(package.__path__[0]) for package in (schemas, transforms))
    return hash_of_sources(duckdb.__version__ + readers_version, *folders)


def hash_of_sources(start: str, *folders: Path) -> str:
    """SHA-256 over a text and every source in these folders, with its place: Python, and what it reads as weights."""
    digest = hashlib.sha256(start.encode())
    for root in folders:
        for file in sorted(one for one in root.rglob("*") if one.suffix in _SOURCES):
            digest.update(file.relative_to(root.parent).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()

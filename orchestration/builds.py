"""A warehouse build from start to end: which records and decisions it takes in, and the staging its steps share."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from functools import cache
from itertools import chain, takewhile
from pathlib import Path

import pyarrow as pa

import ingest
from ingest.journal import Journal, KeyedAnswers
from ingest.landing import Landing
from orchestration.extent import Extent, chain_holds, extent_of
from orchestration.kept_readings import KeptReadings
from orchestration.opening import Opening, open_again, open_responses, read_events
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from schemas.errors import YourSayError
from schemas.local_time import moment_in_words
from schemas.sealing import Identity, read_identity, read_secret
from transforms.signoff.frozen import RESULTS_FILE
from transforms.signoff.life import read_standing
from transforms.warehouse.build import FinalResults, Source, Staging, building
from transforms.warehouse.plan import Plan, artefacts_to_reopen, hash_of_sources, plan_build
from transforms.warehouse.read import read_about
from transforms.warehouse.versions import Manifest, Warehouse, current_manifest

# The demonstration leaves this file in its data folder.
DEMONSTRATION_MARKER = "demonstration.json"
SYNTHETIC_NOTICE = "Demonstration: every response is synthetic."


class BuildError(YourSayError):
    """A build cannot start."""


@dataclass(frozen=True)
class Request:
    """What is asked for: the view as at a moment, or the current one; everything anew, or what is new."""

    consultation: str
    as_at: datetime | None = None
    full: bool = False


@dataclass(frozen=True)
class Build:
    """A build under way."""

    definition: Definition
    request: Request
    landing: Landing
    identity: Identity
    records: Extent
    decisions: Extent
    reopened: tuple[str, ...]
    keyed: KeyedAnswers
    kept: KeptReadings
    staging: Staging

    def chunks(self) -> Iterator[pa.Table]:
        """The opened rows that this build takes in."""
        opening = Opening(self.landing, self.identity, self.definition, self.keyed, self.kept)
        return chain(open_again(opening, self.reopened), open_responses(opening, self.records))

    @property
    def as_at_name(self) -> str | None:
        """Under which name the view is published: the moment in the consultation's own time."""
        return moment_name(self.definition, self.request.as_at) if self.request.as_at else None


def moment_name(definition: Definition, moment: datetime) -> str:
    """`2007-04-04T17:00`, in the consultation's time zone."""
    return moment.astimezone(definition.zone).strftime("%Y-%m-%dT%H:%M")


def warehouse_of(data: DataFolder, definition: Definition) -> Warehouse:
    """The warehouse of a consultation, with its keys."""
    weights = data.linkage_weights(definition.id)
    return Warehouse(
        private=data.warehouse_private(definition.id),
        public=data.warehouse_public(definition.id),
        definition=definition,
        warehouse_key=read_secret(data.keys(definition.id) / "warehouse.key"),
        readers_version=_readers_version() + (_hash_of(weights) if weights.exists() else ""),
        linkage_weights=weights if weights.exists() else None,
        shown=data.shown(definition.id),
    )


def final_results(data: DataFolder, definition: Definition) -> FinalResults | None:
    """The results that were signed off, or nothing.

    Raises:
        RegisterError: the register of the sign-off was changed.
    """
    final = read_standing(data.sign_off(definition.id)).final
    if final is None:
        return None
    folder = data.frozen(definition.id) / final.frozen.folder_name
    return FinalResults(folder / RESULTS_FILE, {**final.about(), "as_at": final.frozen.as_at})


def _check_moment(request: Request, final: FinalResults | None, zone: tzinfo) -> None:
    if final and request.as_at and request.as_at > datetime.fromisoformat(final.about["as_at"]):
        raise BuildError(
            f"The results are final as at {moment_in_words(final.about['as_at'], zone)}; a later view of them would be "
            "another result. Correct them with 'yoursay results correct' where they are wrong."
        )


def _hash_of(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


@cache
def _readers_version() -> str:
    """A hash over the code that reads messages and pages: what it makes of them may change with it."""
    root = Path(ingest.__path__[0])
    return hash_of_sources("", root / "mail", root / "post")


def is_up_to_date(data: DataFolder, definition: Definition) -> bool:
    """Whether the current version shows all that is known today."""
    warehouse = warehouse_of(data, definition)
    manifest = current_manifest(warehouse)
    if manifest is None or plan_build(warehouse).why_full:
        return False
    now = data.clock.now().astimezone(definition.zone)
    as_at = datetime.fromisoformat(manifest.as_at).astimezone(definition.zone)
    landing = extent_of(Landing(data.landing(definition.id), data.clock).log)
    decisions = extent_of(Journal(data.journal(definition.id), data.clock).log)
    known = (landing.last, landing.head, decisions.last, decisions.head)
    built = (manifest.landing_seq, manifest.landing_head, manifest.decisions_seq, manifest.decisions_head)
    final = final_results(data, definition)
    shown_final = read_about(warehouse, manifest.version).get("final_hash", "")
    if shown_final != (final.about["final_hash"] if final else ""):
        return False
    return known == built and now.date() == as_at.date()


@contextmanager
def start_build(
    data: DataFolder, definition: Definition, request: Request, warehouse: Warehouse | None = None
) -> Iterator[Build]:
    """Begin the build that `request` asks for, in the consultation's warehouse or another one. What arrives from now
    on waits for the next one.

    Raises:
        BuildError: the log that the last version was built on is no longer the same, or a later view of final results
            is asked for.
        BusyError: another build of this warehouse is running.
    """
    own = warehouse is None
    final = final_results(data, definition) if own else None
    _check_moment(request, final, definition.zone)
    warehouse, identity = warehouse or warehouse_of(data, definition), read_identity(data.keys(definition.id))
    landing = Landing(data.landing(definition.id), data.clock)
    journal = Journal(data.journal(definition.id), data.clock)
    now = data.clock.now()
    known = extent_of(landing.log, known_until=request.as_at), extent_of(journal.log, known_until=request.as_at)
    plan = _plan(warehouse, landing, known[0], request)
    if plan.previous:
        _check_chains(landing, journal, plan.previous)
    records = replace(known[0], after=plan.landing_after)
    decisions = replace(known[1], after=plan.decisions_after)
    decided = list(
        takewhile(
            lambda one: one.seq <= decisions.last,
            journal.read(identity, decisions.after, decisions.known_until),
        )
    )
    source = Source(
        landing_seq=records.last,
        landing_head=records.head,
        decisions_seq=decisions.last,
        decisions_head=decisions.head,
        as_at=request.as_at or now,
        built_at=now,
        notice=SYNTHETIC_NOTICE if (data.root / DEMONSTRATION_MARKER).exists() else None,
        final=None if request.as_at else final,
    )
    keyed = journal.keyed_answers(identity, known[1].last, request.as_at)
    made_by = f"{_readers_version()} {definition.questionnaire_hash} {definition.policy_hash}"
    # A build elsewhere is to show what landing gives: it reads everything itself.
    readings = data.readings(definition.id) if own else warehouse.private.with_name("readings")
    kept = KeptReadings(readings, identity, made_by)
    reopened = tuple(artefacts_to_reopen(warehouse, plan, decided))
    with building(warehouse, plan, source, decided, read_events(landing, records)) as staging:
        if plan.previous and current_manifest(warehouse) != plan.previous:
            raise BuildError(f"Another build of '{definition.id}' was published meanwhile; run again.")
        yield Build(definition, request, landing, identity, records, decisions, reopened, keyed, kept, staging)


def _plan(warehouse: Warehouse, landing: Landing, known: Extent, request: Request) -> Plan:
    if request.as_at:
        return Plan(None, "a view as at a moment is built anew")
    previous = current_manifest(warehouse)
    after = previous.landing_seq if previous else 0
    return plan_build(warehouse, read_events(landing, replace(known, after=after)), full=request.full)


def _check_chains(landing: Landing, journal: Journal, previous: Manifest) -> None:
    for name, log, seq, head in (
        ("landing", landing.log, previous.landing_seq, previous.landing_head),
        ("the decisions journal", journal.log, previous.decisions_seq, previous.decisions_head),
    ):
        if not chain_holds(log, seq, head):
            raise BuildError(
                f"{name}: record {seq} is not the one that version {previous.version} was built on; "
                "run 'yoursay landing verify' and restore the log from a backup."
            )

"""A small consultation's history, and building it: fixtures for the tests of the warehouse."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from schemas.decisions import Decided, Decision
from schemas.definition import BUILT_IN, Definition, load_definition
from transforms.opened import EVENTS_SCHEMA, OPENED_SCHEMA
from transforms.warehouse.build import Source, building, stage
from transforms.warehouse.plan import artefacts_to_reopen, plan_build
from transforms.warehouse.publish import publish
from transforms.warehouse.read import open_private
from transforms.warehouse.steps import STEPS
from transforms.warehouse.versions import Manifest, Warehouse

START = datetime(2007, 5, 2, 9, tzinfo=UTC)
VIEWS = (
    "responses", "clean", "masked", "vault", "quarantine", "read_answers", "composite_answers", "coded_positions",
    "link_candidates", "text_finds", "text_languages",
    "mart_ledger", "mart_types", "mart_answered", "mart_closed", "mart_numbers", "mart_dates", "mart_positions",
    "mart_coded", "mart_held_back", "mart_of_which", "campaigns", "campaign_members",
    "mart_themed", "mart_themes", "mart_quality", "agreement", "theme_said", "outreach",
)  # fmt: skip


@dataclass
class History:
    """What arrived and what officers decided, in order; `landing` holds rows of OPENED_SCHEMA and of EVENTS_SCHEMA."""

    questionnaire_hash: str
    landing: list[dict[str, Any]] = field(default_factory=list)
    decisions: list[Decided] = field(default_factory=list)

    def arrive(self, artefact: str, *answers: dict[str, Any], **given: Any) -> None:
        """One artefact with a response for each of `answers`."""
        seq = len({row["seq"] for row in self.landing}) + 1
        for ordinal, one in enumerate(answers, 1):
            row = dict.fromkeys(OPENED_SCHEMA.names) | {
                "response_id": f"{artefact}.{ordinal}",
                "artefact_id": artefact,
                "ordinal": ordinal,
                "seq": seq,
                "known_at": START + timedelta(minutes=seq),
                "event": "submission",
                "channel": "web",
                "questionnaire_hash": self.questionnaire_hash,
                "received_at": START + timedelta(minutes=seq),
                "language": "en",
                "state": "response",
                "answers": json.dumps(one, separators=(",", ":"), ensure_ascii=False),
            }
            self.landing.append(row | given)

    def happen(self, event: str, artefact: str) -> None:
        """A withdrawal or a tombstone."""
        seq = len({row["seq"] for row in self.landing}) + 1
        known_at = START + timedelta(minutes=seq)
        self.landing.append({"seq": seq, "known_at": known_at, "event": event, "relates_to": artefact})

    def decide(self, decision: Decision, officer: str = "officer-1") -> None:
        seq = len(self.decisions) + 1
        self.decisions.append(Decided(seq, START + timedelta(days=1, minutes=seq), officer, decision))


@dataclass(frozen=True)
class Builder:
    """Builds versions of a history the way the pipeline does."""

    warehouse: Warehouse

    def build(
        self,
        history: History,
        landing_until: int | None = None,
        decisions_until: int | None = None,
        **plan_options: bool,
    ) -> Manifest:
        """Bring the warehouse up to a point of the history (its end by default)."""
        last = max((row["seq"] for row in history.landing), default=0) if landing_until is None else landing_until
        decided = len(history.decisions) if decisions_until is None else decisions_until
        known = [row for row in history.landing if row["seq"] <= last]
        plan = plan_build(self.warehouse, _events(known, after=_landing_seq(self.warehouse)), **plan_options)
        decisions = [one for one in history.decisions if plan.decisions_after < one.seq <= decided]
        again = artefacts_to_reopen(self.warehouse, plan, decisions)
        opened = [
            row
            for row in known
            if row["event"] in ("submission", "supersede")
            and (row["seq"] > plan.landing_after or row["artefact_id"] in again)
        ]
        source = Source(last, f"landing-{last}", decided, f"decisions-{decided}", START, START)
        with building(self.warehouse, plan, source, decisions, _events(known, plan.landing_after)) as staging:
            stage(staging, chunks_of(opened))
            for step in STEPS:
                step(staging)
            return publish(staging)

    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every view of the current version, sorted."""
        with open_private(self.warehouse) as connection:
            return {view: sorted(connection.execute(f"FROM {view}").fetchall(), key=repr) for view in VIEWS}

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        with open_private(self.warehouse) as connection:
            return connection.execute(sql).fetchall()


def chunks_of(rows: Sequence[dict[str, Any]], size: int = 7) -> Iterator[pa.Table]:
    """Rows as chunks that do not cut an artefact in two."""
    chunk: list[dict[str, Any]] = []
    for row in rows:
        if len(chunk) >= size and row["ordinal"] == 1:
            yield pa.Table.from_pylist(chunk, schema=OPENED_SCHEMA)
            chunk = []
        chunk.append(row)
    if chunk:
        yield pa.Table.from_pylist(chunk, schema=OPENED_SCHEMA)


def _events(rows: Sequence[dict[str, Any]], after: int) -> pa.Table:
    found = [row for row in rows if row["event"] in ("withdraw", "tombstone") and row["seq"] > after]
    return pa.Table.from_pylist(found, schema=EVENTS_SCHEMA)


def _landing_seq(warehouse: Warehouse) -> int:
    return plan_build(warehouse).landing_after


def with_policy(definition: Definition, **changes: Any) -> Definition:
    """The definition with other linkage or publication settings."""
    linkage = definition.policy.linkage.model_copy(update=changes)
    return replace(definition, policy=definition.policy.model_copy(update={"linkage": linkage}))


@pytest.fixture(scope="session")
def parks() -> Definition:
    """The invented consultation that uses every kind of question; evidence merges from three responses on."""
    return with_policy(load_definition(BUILT_IN / "parks-and-libraries-2007"), automatic_merges_from=3)


@pytest.fixture
def new_builder(tmp_path: Path, parks: Definition) -> Callable[..., Builder]:
    """Makes a builder with a warehouse of its own."""

    def make(name: str = "warehouse", definition: Definition = parks) -> Builder:
        root = tmp_path / name
        return Builder(Warehouse(root / "private", root / "public", definition, "ab" * 32))

    return make


@pytest.fixture
def history(parks: Definition) -> History:
    return History(parks.questionnaire_hash)


@pytest.fixture(scope="session")
def definitions() -> dict[str, Definition]:
    """The built-in consultations by their ids."""
    return {one: load_definition(BUILT_IN / one) for one in ("parks-and-libraries-2007", "third-sector-2007")}

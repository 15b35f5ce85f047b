"""How the jobs and channels of a consultation stand, from Dagster's history, landing's headers and the ledger."""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Thread

import dagster as dg

from dashboards.desk.jobs import ChannelState, JobState
from orchestration.builds import warehouse_of
from orchestration.home import prepare_dagster_home
from orchestration.intake import landing_of
from orchestration.running import RunError, run_job
from orchestration.triggers import CONSULTATION_TAG
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from schemas.errors import YourSayError
from transforms.ledger_words import CHANNELS
from transforms.warehouse.read import open_private
from transforms.warehouse.versions import current_manifest

_EVERYTHING = "everything"
_UNDER_WAY = (dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED)
_RUNS_LOOKED_AT = 50
_RECEIVED = "SELECT channel, count(*) FROM received GROUP BY ALL"
_WORDS = {
    "new": "new",
    "already_there": "already there",
    "last_record": "is the last record",
    "acknowledgements_sent": "acknowledged",
    "acknowledgements_waiting": "acknowledgements waiting",
}


@dataclass(frozen=True)
class _Job:
    """A job and the asset that tells that it did what it is for."""

    name: str
    title: str
    asset: str


_JOBS = (
    _Job("ingest_web", "Web: pull from the public server", "web_landing"),
    _Job("ingest_email", "E-mail: take in the mailbox", "email_landing"),
    _Job("ingest_post", "Post: take in keyed batches", "post_landing"),
    _Job("build_warehouse", "Warehouse: build and publish", "published_version"),
)


@dataclass(frozen=True)
class _Event:
    """Something that happened to a job: when, and what it counted or why it failed."""

    at: datetime
    figures: tuple[tuple[str, str], ...] = ()
    why: str = ""


class OperationsError(YourSayError):
    """A job cannot be started now."""


class Operations:
    """What runs for one consultation of a data folder."""

    def __init__(self, data: DataFolder, definition: Definition) -> None:
        self._data = data
        self._definition = definition
        self._started: dict[str, Thread] = {}

    def jobs(self) -> Sequence[JobState]:
        """Every job, from Dagster's history. A failure is told until the job has succeeded again."""
        with prepare_dagster_home(self._data) as instance:
            return [self._state(instance, job) for job in _JOBS]

    def run_again(self, name: str) -> None:
        """Start a job in this process; how it went is in Dagster's history.

        Raises:
            OperationsError: it runs already.
        """
        if self._is_running_here(name):
            raise OperationsError("This job runs already; look again in a minute.")
        self._started[name] = Thread(target=self._run, args=(name,), daemon=True)
        self._started[name].start()

    def _run(self, name: str) -> None:
        # The sentence is in the history, where the page reads it.
        with suppress(RunError):
            run_job(self._data, name, self._definition.id, {})

    def _is_running_here(self, name: str) -> bool:
        return name in self._started and self._started[name].is_alive()

    def channels(self) -> Sequence[ChannelState]:
        """Every channel that has something in landing or in the ledger."""
        manifest = current_manifest(warehouse_of(self._data, self._definition))
        built_on = manifest.landing_seq if manifest else 0
        names = ("seq", "channel", "artefact_id", "known_at")
        rows = landing_of(self._data, self._definition).log.read(columns=names)
        artefacts: Counter[str] = Counter()
        waiting: Counter[str] = Counter()
        last: dict[str, tuple[str, datetime]] = {}
        for seq, channel, artefact, known_at in zip(*(rows[name].to_pylist() for name in names), strict=True):
            artefacts[channel] += 1
            waiting[channel] += seq > built_on
            last[channel] = (artefact, known_at)
        in_lines: Counter[str] = Counter()
        for channel, _, count in manifest.ledger if manifest else ():
            in_lines[channel] += count
        received = self._received() if manifest else {}
        return [
            ChannelState(
                channel=CHANNELS.get(one, one),
                artefacts=artefacts[one],
                last_id=last[one][0] if one in last else "",
                last_at=last[one][1] if one in last else None,
                waiting=waiting[one],
                received=received.get(one, 0),
                in_lines=in_lines[one],
            )
            for one in sorted({*artefacts, *in_lines})
        ]

    def _received(self) -> dict[str, int]:
        with open_private(warehouse_of(self._data, self._definition)) as connection:
            return dict(connection.execute(_RECEIVED).fetchall())

    def _state(self, instance: dg.DagsterInstance, job: _Job) -> JobState:
        done, failed = self._last_success(instance, job), self._last_failure(instance, job)
        is_failing = failed is not None and (done is None or failed.at > done.at)
        return JobState(
            job.name,
            job.title,
            succeeded_at=self._told(done.at) if done else None,
            figures=done.figures if done else (),
            failed_at=self._told(failed.at) if failed and is_failing else None,
            why=failed.why if failed and is_failing else "",
            running=self._is_running_here(job.name) or self._runs_now(instance, job),
        )

    def _told(self, at: datetime) -> datetime:
        """A moment of Dagster's, which keeps the real time, by this folder's clock."""
        return at + (self._data.clock.now() - datetime.now(UTC))

    def _last_success(self, instance: dg.DagsterInstance, job: _Job) -> _Event | None:
        wanted = dg.AssetRecordsFilter(asset_key=dg.AssetKey(job.asset), asset_partitions=[self._definition.id])
        records = instance.fetch_materializations(wanted, limit=1).records
        if not records:
            return None
        found = records[0].asset_materialization
        metadata = found.metadata if found else {}
        figures = tuple((words, str(metadata[name].value)) for name, words in _WORDS.items() if name in metadata)
        return _Event(datetime.fromtimestamp(records[0].timestamp, UTC), figures)

    def _last_failure(self, instance: dg.DagsterInstance, job: _Job) -> _Event | None:
        """The last failure of the job, alone or as a part of the run of everything."""
        filters = dg.RunsFilter(statuses=[dg.DagsterRunStatus.FAILURE], tags={CONSULTATION_TAG: self._definition.id})
        for record in instance.get_run_records(filters, limit=_RUNS_LOOKED_AT):
            if record.dagster_run.job_name in (job.name, _EVERYTHING) and record.end_time:
                why = _why(instance, record.dagster_run.run_id, job)
                if why is not None:
                    return _Event(datetime.fromtimestamp(record.end_time, UTC), why=why)
        return None

    def _runs_now(self, instance: dg.DagsterInstance, job: _Job) -> bool:
        filters = dg.RunsFilter(
            job_name=job.name, statuses=list(_UNDER_WAY), tags={CONSULTATION_TAG: self._definition.id}
        )
        return bool(instance.get_run_records(filters, limit=1))


def _why(instance: dg.DagsterInstance, run: str, job: _Job) -> str | None:
    """The sentence of the step of this job that failed in a run; None where none did."""
    kinds = {dg.DagsterEventType.STEP_FAILURE, dg.DagsterEventType.ASSET_CHECK_EVALUATION}
    events = [one.event_log_entry.dagster_event for one in instance.get_records_for_run(run, of_type=kinds).records]
    said = None
    for event in events:
        if event is None or event.step_key is None or not _belongs(event.step_key, job):
            continue
        if event.event_type == dg.DagsterEventType.ASSET_CHECK_EVALUATION:
            check = event.asset_check_evaluation_data
            if not check.passed and check.blocking:
                return f"The check '{check.check_name}': {check.description or 'it did not pass'}"
        else:
            data = event.step_failure_data.user_failure_data
            said = data.description if data and data.description else f"The step {event.step_key} failed."
    return said


def _belongs(step: str, job: _Job) -> bool:
    """Whether a step is of this job; every step that takes nothing in is of the warehouse's."""
    landing = {one.asset for one in _JOBS[:-1]}
    return step == job.asset or (job is _JOBS[-1] and step not in landing)

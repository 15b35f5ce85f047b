"""When jobs run: the mailbox and keyed batches on a schedule, the warehouse when our own logs have grown.

The sensor's cursor is the sequence of landing and decisions, never a file's time: files with old times would be lost.
"""

from collections.abc import Iterator

import dagster as dg

from ingest.journal import Journal
from orchestration.builds import final_results
from orchestration.intake import landing_of
from orchestration.jobs import build_warehouse, ingest_email, ingest_post, ingest_web
from orchestration.partitions import consultations
from orchestration.resources import Installation
from schemas.definition import published_definitions

CONSULTATION_TAG = "yoursay/consultation"


def _for_each_consultation(context: dg.ScheduleEvaluationContext, installation: Installation) -> list[dg.RunRequest]:
    published = published_definitions(installation.folder.definitions)
    known = set(context.instance.get_dynamic_partitions(str(consultations.name)))
    tick = context.scheduled_execution_time.isoformat()
    return [
        dg.RunRequest(run_key=f"{name}:{tick}", partition_key=name, tags={CONSULTATION_TAG: name})
        for name in sorted(set(published) & known)
    ]


@dg.schedule(job=ingest_web, cron_schedule="* * * * *", default_status=dg.DefaultScheduleStatus.RUNNING)
def pull_web(context: dg.ScheduleEvaluationContext, installation: Installation) -> list[dg.RunRequest]:
    """Ask the public server for what is new, every minute."""
    return _for_each_consultation(context, installation)


@dg.schedule(job=ingest_email, cron_schedule="*/10 * * * *", default_status=dg.DefaultScheduleStatus.RUNNING)
def read_mailbox(context: dg.ScheduleEvaluationContext, installation: Installation) -> list[dg.RunRequest]:
    """Take in the mailbox, every ten minutes."""
    return _for_each_consultation(context, installation)


@dg.schedule(job=ingest_post, cron_schedule="5 * * * *", default_status=dg.DefaultScheduleStatus.RUNNING)
def take_keyed_batches(context: dg.ScheduleEvaluationContext, installation: Installation) -> list[dg.RunRequest]:
    """Take in keyed paper forms, every hour."""
    return _for_each_consultation(context, installation)


@dg.sensor(job=build_warehouse, minimum_interval_seconds=10, default_status=dg.DefaultSensorStatus.RUNNING)
def logs_have_grown(context: dg.SensorEvaluationContext, installation: Installation) -> dg.SensorResult:
    """Build a consultation's warehouse when its landing or its decisions have grown; name new consultations."""
    data = installation.folder
    published = published_definitions(data.definitions)
    known = set(context.instance.get_dynamic_partitions(str(consultations.name)))
    new = sorted(set(published) - known)

    def requests() -> Iterator[dg.RunRequest]:
        for name, definition in published.items():
            landed = landing_of(data, definition).log.last_seq()
            decided = Journal(data.journal(name), data.clock).log.last_seq()
            if landed:
                # Results that were signed off are shown by a build, which nothing else may call for.
                final = final_results(data, definition)
                key = f"{name}:{landed}:{decided}{':' + final.about['final_hash'] if final else ''}"
                yield dg.RunRequest(run_key=key, partition_key=name, tags={CONSULTATION_TAG: name})

    return dg.SensorResult(
        run_requests=list(requests()),
        dynamic_partitions_requests=[consultations.build_add_request(new)] if new else [],
    )


SCHEDULES = (pull_web, read_mailbox, take_keyed_batches)
SENSORS = (logs_have_grown,)

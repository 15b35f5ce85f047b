"""Running a job in this process, quietly, with its progress for people."""

import logging
from typing import Any

import dagster as dg

from orchestration.builds import Request
from orchestration.definitions import build_definitions
from orchestration.home import prepare_dagster_home
from orchestration.partitions import consultations
from orchestration.resources import Installation
from orchestration.triggers import CONSULTATION_TAG
from schemas.data_folder import DataFolder
from schemas.errors import YourSayError


class RunError(YourSayError):
    """A run failed; the message is the step's own sentence."""


def build_warehouse(data: DataFolder, request: Request) -> None:
    """Run the job `build_warehouse` for one consultation; every step and check is recorded in Dagster's history.

    Raises:
        RunError: a step failed, or a check that blocks.
    """
    options = {"as_at": request.as_at.isoformat() if request.as_at else None, "full": request.full}
    run_job(data, "build_warehouse", request.consultation, {"ops": {"clean_responses": {"config": options}}})


def run_job(data: DataFolder, name: str, consultation: str, configuration: dict[str, Any]) -> None:
    """Run a job for one consultation in this process.

    Raises:
        RunError: a step failed, or a check that blocks.
    """
    with prepare_dagster_home(data) as instance:
        instance.add_dynamic_partitions(str(consultations.name), [consultation])
        job = build_definitions(Installation(data=str(data.root))).resolve_job_def(name)
        logging.getLogger("alembic").setLevel(logging.WARNING)
        result = job.execute_in_process(
            run_config=configuration | {"loggers": {"progress": {}}},
            instance=instance,
            partition_key=consultation,
            tags={CONSULTATION_TAG: consultation},
            raise_on_error=False,
        )
    if not result.success:
        raise RunError(_why_it_failed(result))


def _why_it_failed(result: dg.ExecuteInProcessResult) -> str:
    for event in result.all_events:
        if event.is_step_failure:
            data = event.step_failure_data
            if data.user_failure_data and data.user_failure_data.description:
                return str(data.user_failure_data.description)
            for evaluation in result.get_asset_check_evaluations():
                if not evaluation.passed and evaluation.blocking:
                    what = evaluation.description or "it did not pass"
                    return f"The check '{evaluation.check_name}' of {evaluation.asset_key.to_user_string()}: {what}"
            return f"The step {event.step_key} failed; see Dagster's history."
    return "The run failed; see Dagster's history."

"""What Dagster loads: assets, checks, jobs, schedules, sensors, resources."""

import dagster as dg

from orchestration import landing_assets, warehouse_assets
from orchestration.jobs import JOBS
from orchestration.progress import progress
from orchestration.resources import Builds, Installation
from orchestration.triggers import SCHEDULES, SENSORS


def build_definitions(installation: Installation) -> dg.Definitions:
    """The definitions over one data folder. Tests hand over a folder of their own."""
    return dg.Definitions(
        assets=dg.load_assets_from_modules([landing_assets, warehouse_assets]),
        jobs=JOBS,
        schedules=SCHEDULES,
        sensors=SENSORS,
        resources={"installation": installation, "builds": Builds(installation=installation)},
        executor=dg.in_process_executor,
        loggers={"console": dg.colored_console_logger, "progress": progress},
    )


defs = build_definitions(Installation.of_environment())

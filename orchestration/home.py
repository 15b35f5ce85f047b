"""Dagster's home in the data folder, made once and before anything else starts."""

import os

import dagster as dg

from schemas.data_folder import DataFolder

# Telemetry off; one run at a time writes a warehouse; nothing is sent anywhere.
CONFIGURATION = """\
telemetry:
  enabled: false
concurrency:
  runs:
    max_concurrent_runs: 2
    tag_concurrency_limits:
      - key: yoursay/consultation
        value:
          applyLimitPerUniqueValue: true
        limit: 1
"""


def prepare_dagster_home(data: DataFolder) -> dg.DagsterInstance:
    """Dagster's instance for this data folder; its storage is initialised here, by one process."""
    home = data.dagster_home
    home.mkdir(parents=True, exist_ok=True)
    file = home / "dagster.yaml"
    if not file.exists() or file.read_text("utf-8") != CONFIGURATION:
        file.write_text(CONFIGURATION, "utf-8")
    os.environ["DAGSTER_HOME"] = str(home)
    os.environ["YOURSAY_DATA"] = str(data.root)
    return dg.DagsterInstance.from_config(str(home))

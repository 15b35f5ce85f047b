"""The job that takes everything in holds the public server against landing before it builds on it."""

import sqlite3
from contextlib import closing

import dagster as dg
import pytest

from orchestration.builds import warehouse_of
from orchestration.running import RunError, run_job
from schemas.clock import SteppedClock
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from tests.integration.orchestration.conftest import NOW
from tests.integration.orchestration.test_purging import send
from tests.integration.web.conftest import make_envelope, serving
from transforms.warehouse.versions import current_version

BEFORE_THE_WAREHOUSE = {"web_landing", "email_landing", "post_landing"}
CHECK = dg.AssetCheckKey(dg.AssetKey("web_landing"), "server_and_landing_agree")


def _last_check(data: DataFolder) -> tuple[bool, dict[str, object]]:
    """Whether the check passed when it last ran, and its figures."""
    with dg.DagsterInstance.from_config(str(data.dagster_home)) as instance:
        (record,) = instance.event_log_storage.get_asset_check_execution_history(CHECK, limit=1)
    assert record.event is not None and record.event.dagster_event is not None
    evaluation = record.event.dagster_event.asset_check_evaluation_data
    figures = {name: value.value for name, value in evaluation.metadata.items() if name.endswith(("count", "sequence"))}
    return evaluation.passed, figures


def _steps_of_the_last_run(data: DataFolder) -> set[str]:
    with dg.DagsterInstance.from_config(str(data.dagster_home)) as instance:
        (run,) = instance.get_runs(limit=1)
        return {one.step_key for one in instance.get_run_step_stats(run.run_id) if one.start_time is not None}


def test_a_row_missing_on_the_server_fails_the_check_and_nothing_is_built_on_it(
    data: DataFolder, bus_shelters: Definition, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse = warehouse_of(data, bus_shelters)
    with serving(data, SteppedClock(NOW)) as url:
        monkeypatch.setenv("YOURSAY_PUBLIC_URL", url)
        for place in ("mill", "park", "bridge"):
            assert send(url, make_envelope(data, bus_shelters, q1_where=place))[0] == 201
        run_job(data, "everything", bus_shelters.id, {})
        version = current_version(warehouse)
        assert version is not None
        assert _last_check(data) == (
            True,
            {"server_count": 3, "server_last_sequence": 3, "landing_count": 3, "landing_last_sequence": 3},
        )
        assert "published_version" in _steps_of_the_last_run(data)

        with closing(sqlite3.connect(data.public_server / "store.sqlite")) as store, store:
            assert store.execute("DELETE FROM submissions WHERE sequence = 2").rowcount == 1
        assert send(url, make_envelope(data, bus_shelters, q1_where="church"))[0] == 201
        with pytest.raises(RunError) as refused:
            run_job(data, "everything", bus_shelters.id, {})
    assert str(refused.value) == (
        "The check 'server_and_landing_agree' of web_landing: Server and landing disagree: the public server holds 3"
        " of 4 submissions, landing 4 of 4; run 'yoursay landing verify' and look at the server's store."
    )
    assert _last_check(data) == (
        False,
        {"server_count": 3, "server_last_sequence": 4, "landing_count": 4, "landing_last_sequence": 4},
    )
    assert _steps_of_the_last_run(data) == BEFORE_THE_WAREHOUSE
    assert current_version(warehouse) == version

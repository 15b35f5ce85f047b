"""Dagster sees the same assets, and its own tools accept them."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg

from orchestration.definitions import build_definitions
from orchestration.home import prepare_dagster_home
from orchestration.landing_assets import email_landing, post_landing
from orchestration.resources import Installation
from orchestration.running import RunError, run_job
from orchestration.triggers import SCHEDULES, logs_have_grown
from orchestration.warehouse_assets import received_equals_lines
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from transforms.warehouse.proof import ChannelCount


def test_dagsters_own_validation_accepts_the_definitions(tmp_path: Path) -> None:
    environment = dict(os.environ) | {"DAGSTER_HOME": str(tmp_path), "YOURSAY_DATA": str(tmp_path)}
    command = [sys.executable, "-m", "dagster", "definitions", "validate", "-m", "orchestration.definitions"]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_assets_run_from_landing_to_the_published_version(data: DataFolder) -> None:
    graph = build_definitions(Installation(data=str(data.root))).resolve_asset_graph()
    order = [key.to_user_string() for key in graph.toposorted_asset_keys]
    assert set(order[:3]) == {"web_landing", "email_landing", "post_landing"}
    assert order[3:] == [
        "clean_responses",
        "linked_respondents",
        "campaigns",
        "coded_positions",
        "marts",
        "published_version",
    ]


def test_every_asset_says_its_grain_and_where_it_comes_from(data: DataFolder) -> None:
    graph = build_definitions(Installation(data=str(data.root))).resolve_asset_graph()
    silent = [node.key.to_user_string() for node in graph.asset_nodes if "One row" not in (node.description or "")]
    assert silent == []


def test_a_channel_that_does_not_add_up_fails_the_check() -> None:
    whole = received_equals_lines([ChannelCount("web", 3, 3), ChannelCount("post", 2, 2)])
    broken = received_equals_lines([ChannelCount("web", 3, 3), ChannelCount("post", 2, 1)])
    assert (whole.passed, broken.passed) == (True, False)


def test_jobs_of_a_channel_take_in_what_waits(data: DataFolder, third_sector: Definition) -> None:
    inbox = data.inbox(third_sector.id, "email")
    inbox.mkdir(parents=True)
    (inbox / "one.eml").write_text("From: a@example.org\nDate: Thu, 8 Mar 2007 10:00:00 +0000\n\n1. Good.\n", "utf-8")
    run_job(data, "ingest_email", third_sector.id, {})
    run_job(data, "ingest_post", third_sector.id, {})
    assert [file.name for file in (inbox / "done").iterdir()] == ["one.eml"]
    with dg.DagsterInstance.from_config(str(data.dagster_home)) as instance:
        landed = instance.get_latest_materialization_event(email_landing.key)
        posted = instance.get_latest_materialization_event(post_landing.key)
    assert landed and landed.asset_materialization and posted
    assert {name: value.value for name, value in landed.asset_materialization.metadata.items()} == {
        "new": 1,
        "already_there": 0,
        "last_record": 1,
    }


def test_a_step_alone_says_that_the_whole_must_run(data: DataFolder, third_sector: Definition) -> None:
    definitions = build_definitions(Installation(data=str(data.root)))
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions("consultation", [third_sector.id])
        result = definitions.resolve_job_def("build_warehouse").execute_in_process(
            instance=instance,
            partition_key=third_sector.id,
            asset_selection=[dg.AssetKey("marts")],
            raise_on_error=False,
        )
    (failure,) = [event for event in result.all_events if event.is_step_failure]
    assert failure.step_failure_data.user_failure_data
    assert failure.step_failure_data.user_failure_data.description == (
        "The warehouse is built in one run: materialise all of its assets together."
    )


def test_the_sensor_asks_once_for_each_state_of_our_logs(data: DataFolder, third_sector: Definition) -> None:
    installation = Installation(data=str(data.root))
    inbox = data.inbox(third_sector.id, "email")
    inbox.mkdir(parents=True)
    (inbox / "one.eml").write_text("From: a@example.org\n\n1. Good.\n", "utf-8")

    def asked() -> list[str | None]:
        with dg.DagsterInstance.ephemeral() as instance:
            context = dg.build_sensor_context(
                instance=instance, resources={"installation": installation}, definitions=build_definitions(installation)
            )
            result = logs_have_grown(context)
        assert isinstance(result, dg.SensorResult)
        return [request.run_key for request in result.run_requests or []]

    assert asked() == []
    run_job(data, "ingest_email", third_sector.id, {})
    assert asked() == ["third-sector-2007:1:0"]
    assert asked() == ["third-sector-2007:1:0"]


def test_each_tick_of_a_schedule_asks_for_every_consultation(
    data: DataFolder, publish: Callable[[str], Definition]
) -> None:
    names = ["parks-and-libraries-2007", "third-sector-2007"]
    for name in names:
        publish(name)
    definitions = build_definitions(Installation(data=str(data.root)))
    with prepare_dagster_home(data) as instance:
        instance.add_dynamic_partitions("consultation", names)
        for schedule in SCHEDULES:
            context = dg.build_schedule_context(
                instance=instance,
                scheduled_execution_time=datetime(2026, 1, 1, 12, tzinfo=UTC),
                resources={"installation": Installation(data=str(data.root))},
                repository_def=definitions.get_repository_def(),
            )
            requests = schedule.evaluate_tick(context).run_requests
            assert [(one.partition_key, one.run_key) for one in requests or []] == [
                (name, f"{name}:2026-01-01T12:00:00+00:00") for name in names
            ]


def test_a_failing_step_is_one_sentence_in_the_event_log(
    data: DataFolder, third_sector: Definition, retry_at_once: None
) -> None:
    inbox = data.inbox(third_sector.id, "post")
    inbox.mkdir(parents=True)
    (inbox / "batch.csv").write_text("zzneedlezz\nQuillstone\n", "utf-8")
    try:
        run_job(data, "ingest_post", third_sector.id, {})
    except RunError as error:
        assert "batch.csv" in str(error)
        assert "Quillstone" not in str(error)
    else:
        raise AssertionError("a batch that cannot be read was taken")
    stored = b"".join(file.read_bytes() for file in data.dagster_home.rglob("*") if file.is_file())
    assert b"Quillstone" not in stored

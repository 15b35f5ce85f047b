"""The pipeline from the command line: runs twice, is killed, sees an earlier moment, blocks what is broken."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from orchestration import builds
from schemas.clock import write_shifted_clock
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from transforms.warehouse import versions

Import = Callable[[list[str]], Any]
CommandLine = Callable[..., Any]
Marts = Callable[[Path], dict[str, str]]
NOW = datetime(2007, 3, 20, 12, tzinfo=UTC)
FIRST = ["1,By the bridge,daily,a@example.org", "2,By the mill,rarely,", "3,N/A,,"]
SECOND = ["4,Mill lane,daily,d@example.org", "5,By the church,weekly,"]


def test_a_second_run_changes_nothing_and_increments_equal_the_rebuild(
    yoursay: CommandLine, bus_shelters: Definition, import_rows: Import, marts_of: Marts, tmp_path: Path
) -> None:
    import_rows(FIRST)
    assert yoursay("pipeline", "run").code == 0
    import_rows(SECOND)
    assert yoursay("pipeline", "run").code == 0
    incremental = marts_of(tmp_path / "incremental")
    again = yoursay("pipeline", "run")
    assert (again.code, again.err) == (0, "bus-shelters: up to date.\n")
    assert yoursay("pipeline", "run", "--full").code == 0
    assert marts_of(tmp_path / "rebuilt") == incremental


def test_a_run_killed_at_any_step_leaves_the_same_marts_behind(
    yoursay: CommandLine,
    data: DataFolder,
    bus_shelters: Definition,
    import_rows: Import,
    marts_of: Marts,
    tmp_path: Path,
) -> None:
    import_rows(FIRST)
    assert yoursay("pipeline", "run").code == 0
    import_rows(SECOND)
    before = marts_of(tmp_path / "before")
    for step in ("step 1:", "step 3:", "step 5:"):
        kill_at(step, data)
        assert marts_of(tmp_path / step[:-1]) == before
    assert yoursay("pipeline", "run").code == 0
    after_kills = marts_of(tmp_path / "after")
    assert yoursay("pipeline", "run", "--full").code == 0
    assert marts_of(tmp_path / "rebuilt") == after_kills
    assert after_kills != before
    received = {channel["channel"]: channel["received"] for channel in yoursay("ledger", "--json").json}
    assert received == {"import": 5}


def kill_at(step: str, data: DataFolder) -> None:
    """Start a run and `kill -9` it as soon as it says that it is at `step`."""
    command = [sys.executable, "-m", "orchestration.cli", "pipeline", "run", "--data", str(data.root)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=dict(os.environ)) as process:
        assert process.stderr
        said = []
        for line in process.stderr:
            said.append(line)
            if step in line:
                process.kill()
                break
    assert (process.wait(), step in said[-1]) == (-9, True), "".join(said)


def test_a_view_as_at_a_moment_holds_what_was_known_then(
    yoursay: CommandLine, data: DataFolder, bus_shelters: Definition, import_rows: Import
) -> None:
    import_rows(FIRST)
    write_shifted_clock(data.clock_file, NOW + timedelta(days=10))
    import_rows(SECOND)
    assert yoursay("pipeline", "run").code == 0
    assert yoursay("pipeline", "run", "--as-at", "2007-03-25T17:00").code == 0
    warehouse = builds.warehouse_of(data, bus_shelters)
    version = versions.as_at_versions(warehouse)["2007-03-25T17:00"]
    assert versions.read_manifest(warehouse, version).received == 3
    current = versions.current_manifest(warehouse)
    assert current is not None
    assert current.received == 5


def test_a_moment_that_has_not_come_is_refused(yoursay: CommandLine, bus_shelters: Definition) -> None:
    refused = yoursay("pipeline", "run", "--as-at", "2007-06-01T09:00")
    assert (refused.code, refused.err) == (1, "yoursay: --as-at: 2007-06-01T09:00 has not come yet.\n")


def test_a_broken_frame_fails_its_check_and_nothing_is_built_on_it(
    yoursay: CommandLine,
    data: DataFolder,
    bus_shelters: Definition,
    import_rows: Import,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import_rows(FIRST)
    assert yoursay("pipeline", "run").code == 0
    standing = (data.warehouse_public("bus-shelters") / "CURRENT").read_text("utf-8")
    import_rows(SECOND)
    opened = builds.open_responses

    def doubled(*arguments: object) -> list[pa.Table]:
        chunks = list(opened(*arguments))  # type: ignore[arg-type]
        return [*chunks, *chunks]

    monkeypatch.setattr(builds, "open_responses", doubled)
    failed = yoursay("pipeline", "run")
    assert failed.code == 1
    assert "frame_contract" in failed.err
    assert (data.warehouse_public("bus-shelters") / "CURRENT").read_text("utf-8") == standing


def test_a_log_that_was_cut_is_not_built_upon(
    yoursay: CommandLine, data: DataFolder, bus_shelters: Definition, import_rows: Import
) -> None:
    import_rows(FIRST)
    assert yoursay("pipeline", "run").code == 0
    (data.landing("bus-shelters") / "chain.jsonl").write_bytes(b"")
    for batch in data.landing("bus-shelters").glob("*.parquet"):
        batch.unlink()
    refused = yoursay("pipeline", "run")
    assert refused.code == 1
    assert "landing: record 3 is not the one that version" in refused.err


def test_a_quarantined_response_goes_on_after_a_fix(
    yoursay: CommandLine, bus_shelters: Definition, import_rows: Import, tmp_path: Path
) -> None:
    import_rows(SECOND)
    assert yoursay("pipeline", "run").code == 0
    waiting = yoursay("quarantine", "list", "--json").json
    assert [one["broken"] for one in waiting] == [[{"column": "q2_often", "rule": "code_known"}]]
    shown = yoursay("quarantine", "show", waiting[0]["response"])
    assert (shown.code, "weekly" in shown.out) == (0, False)
    fix = tmp_path / "fix.json"
    fix.write_text('{"q2_often": "rarely"}', "utf-8")
    officer = ["--officer", "officer", "--reason", "the other survey said weekly for it", "--corrections", fix]
    assert yoursay("quarantine", "release", waiting[0]["response"], *officer).code == 0
    assert yoursay("pipeline", "run").code == 0
    assert yoursay("quarantine", "list", "--json").json == []
    (channel,) = yoursay("ledger", "--json").json
    assert (channel["received"], channel["lines"]["included"]) == (2, 2)

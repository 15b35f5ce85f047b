"""Versions appear whole or not at all, are encrypted, share what has not changed, and forget what was erased."""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from schemas.decisions import QuarantineRelease
from transforms.errors import CheckFailed, TransformError
from transforms.opened import EVENTS_SCHEMA, OPENED_SCHEMA
from transforms.warehouse import publish as publishing
from transforms.warehouse.build import Source, building, stage
from transforms.warehouse.plan import plan_build
from transforms.warehouse.publish import publish
from transforms.warehouse.read import export_layer, open_private
from transforms.warehouse.steps import STEPS
from transforms.warehouse.versions import BusyError, as_at_versions, current_version, one_writer

SECRET = "Only in this sentence: zanzibar marmalade."
PHONE = "Ring me on 01332 255555."


def _grow(history: Any, name: str, text: str = "An idea.") -> None:
    history.arrive(name, {"q5_proposal": text, "c3_email": f"{name}@example.org"})


def test_a_build_killed_in_the_middle_leaves_the_last_version_and_can_be_run_again(
    new_builder: Any, history: Any, tmp_path: Path
) -> None:
    builder, whole = new_builder("killed"), new_builder("whole")
    _grow(history, "a")
    first = builder.build(history)
    before = builder.rows()
    _grow(history, "b")
    script = f"""
import sys, time
sys.path.insert(0, {str(Path(__file__).parents[3])!r})
from datetime import UTC, datetime
from transforms.opened import EVENTS_SCHEMA
from transforms.warehouse.build import Source, building
from transforms.warehouse.plan import plan_build
from transforms.warehouse.versions import Warehouse
from pathlib import Path
from schemas.definition import BUILT_IN, load_definition
warehouse = Warehouse(Path({str(builder.warehouse.private)!r}), Path({str(builder.warehouse.public)!r}),
    load_definition(BUILT_IN / "parks-and-libraries-2007"), "ab" * 32)
now = datetime(2007, 5, 3, tzinfo=UTC)
source = Source(2, "x", 0, "x", now, now)
with building(warehouse, plan_build(warehouse, full=True), source, [], EVENTS_SCHEMA.empty_table()):
    print("in the middle", flush=True)
    sys.stdin.read()
"""
    process = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout and process.stdout.readline() == "in the middle\n"
    with pytest.raises(BusyError):
        builder.build(history)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert current_version(builder.warehouse) == first.version
    assert builder.rows() == before
    builder.build(history)
    whole.build(history)
    assert builder.rows() == whole.rows()
    assert [p.name for p in builder.warehouse.private.iterdir() if p.name.startswith(".staging")] == []


def test_nothing_of_a_private_version_can_be_read_without_its_key(new_builder: Any, history: Any) -> None:
    builder = new_builder()
    _grow(history, "a", SECRET)
    builder.build(history)
    files = [file for file in builder.warehouse.private.rglob("*") if file.is_file()]
    assert any(file.suffix == ".duckdb" for file in files)
    for word in (b"zanzibar", b"a@example.org"):
        assert not [file for file in files if word in file.read_bytes()]
    other = type(builder)(type(builder.warehouse)(**vars(builder.warehouse) | {"warehouse_key": "00" * 32}))
    with pytest.raises(TransformError, match="encrypted with another key"):
        other.rows()


def test_an_increment_shares_the_parts_that_did_not_change(new_builder: Any, history: Any) -> None:
    builder = new_builder()
    _grow(history, "a")
    first = builder.build(history)
    _grow(history, "b")
    second = builder.build(history)
    assert (first.kind, second.kind) == ("full", "increment")
    assert second.parts == (first.parts[0], "part-000002.duckdb")
    old, new = (builder.warehouse.private / version / first.parts[0] for version in (first.version, second.version))
    assert old.samefile(new)


def test_many_small_parts_are_merged_and_nothing_changes(
    new_builder: Any, history: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "MOST_PARTS", 2)
    builder, whole = new_builder("parts"), new_builder("whole")
    history.arrive("q", {"q2_visits": "many"})
    for number in range(4):
        _grow(history, f"a{number}")
        history.arrive(f"again{number}", {"q5_proposal": "More.", "c3_email": f"a{number}@example.org"})
        if number == 2:
            history.decide(QuarantineRelease(response="q.1", corrections={"q2_visits": "1"}, reason="asked"))
        manifest = builder.build(history)
    assert len(manifest.parts) == 2
    whole.build(history)
    assert builder.rows() == whole.rows()


def test_what_was_erased_is_in_no_version(new_builder: Any, history: Any) -> None:
    builder = new_builder()
    _grow(history, "keep")
    _grow(history, "gone", SECRET)
    builder.build(history)
    history.happen("tombstone", "gone")
    manifest = builder.build(history)
    assert manifest.kind == "full"
    assert [p.name for p in builder.warehouse.private.iterdir() if p.is_dir()] == [manifest.version]
    assert builder.query("SELECT response_id, line FROM responses ORDER BY 1") == [
        ("gone.1", "erased"),
        ("keep.1", "included"),
    ]
    assert builder.query("SELECT response_id FROM clean") == [("keep.1",)]
    assert builder.query("SELECT response_id FROM vault") == [("keep.1",)]


def test_a_view_as_at_a_moment_stands_beside_the_current_version(new_builder: Any, history: Any) -> None:
    builder = new_builder()
    _grow(history, "a")
    _grow(history, "b")
    current = builder.build(history)
    warehouse, moment = builder.warehouse, history.landing[0]["known_at"]
    plan = plan_build(warehouse, full=True)
    none = EVENTS_SCHEMA.empty_table()
    with building(warehouse, plan, Source(1, "l", 0, "d", moment, moment), [], none) as staging:
        stage(staging, [_opened(history.landing[:1])])
        for step in STEPS:
            step(staging)
        earlier = publish(staging, as_at_name="2007-05-02T10:01")
    assert current_version(warehouse) == current.version
    assert as_at_versions(warehouse) == {"2007-05-02T10:01": earlier.version}
    with open_private(warehouse, earlier.version) as connection:
        assert connection.execute("SELECT response_id FROM responses").fetchall() == [("a.1",)]
    for number in range(5):
        _grow(history, f"more{number}")
        builder.build(history)
    assert (warehouse.private / earlier.version).is_dir()
    assert (warehouse.public / f"{earlier.version}.duckdb").is_file()
    assert not (warehouse.private / current.version).exists()


def test_readers_never_meet_an_error_or_a_torn_version_while_one_writes(new_builder: Any, history: Any) -> None:
    builder = new_builder()
    _grow(history, "a0")
    builder.build(history)
    done, problems, seen = threading.Event(), list[str](), [set[int](), set[int]()]

    def read(place: int) -> None:
        while not done.is_set():
            version = current_version(builder.warehouse)
            try:
                with duckdb.connect(str(builder.warehouse.public / f"{version}.duckdb"), read_only=True) as connection:
                    said = dict(connection.execute("SELECT key, value FROM about").fetchall())["version"]
                    lines = connection.execute("SELECT sum(responses) FROM ledger").fetchone()
                    days = connection.execute("SELECT count(*) FROM received_over_time").fetchone()
            except duckdb.Error as error:
                problems.append(str(error))
                return
            if said != version or not lines or not days or not days[0]:
                problems.append(f"torn: {said} in {version}")
            seen[place].add(int(lines[0]) if lines else -1)

    readers = [threading.Thread(target=read, args=(place,)) for place in range(2)]
    for reader in readers:
        reader.start()
    for number in range(1, 7):
        _grow(history, f"a{number}")
        builder.build(history)
    done.set()
    for reader in readers:
        reader.join()
    assert problems == []
    assert all(found <= set(range(1, 8)) and len(found) > 1 for found in seen)


def test_only_one_builds_at_a_time(new_builder: Any, history: Any) -> None:
    builder = new_builder()
    _grow(history, "a")
    with one_writer(builder.warehouse), pytest.raises(BusyError, match="another build is running"):
        builder.build(history)


def test_a_broken_frame_stops_the_build_and_publishes_nothing(new_builder: Any, history: Any) -> None:
    builder = new_builder()
    _grow(history, "a")
    history.landing[0]["answers"] = "no JSON"
    with pytest.raises(CheckFailed, match="no JSON object"):
        builder.build(history)
    assert current_version(builder.warehouse) is None


def test_a_changed_policy_is_built_anew(new_builder: Any, history: Any) -> None:
    builder = new_builder()
    _grow(history, "a")
    builder.build(history)
    changed = vars(builder.warehouse.definition) | {"policy_hash": "1" * 64}
    definition = type(builder.warehouse.definition)(**changed)
    again = type(builder)(type(builder.warehouse)(**vars(builder.warehouse) | {"definition": definition}))
    assert again.build(history).kind == "full"


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_layers_are_exported_and_the_masked_one_shows_nobody(
    new_builder: Any, history: Any, tmp_path: Path, form: Any
) -> None:
    history.arrive("a", {"q5_proposal": PHONE, "c3_email": "a@example.org", "r2_organisation": "Friends of Markeaton"})
    builder = new_builder()
    builder.build(history)
    (clean,) = export_layer(builder.warehouse, "clean", form, tmp_path / f"clean.{form}")
    (masked,) = export_layer(builder.warehouse, "masked", form, tmp_path / f"masked.{form}")
    read = f"read_{form}"
    proposal = f"SELECT response_id, q5_proposal FROM {read}($file)"
    assert duckdb.execute(proposal, {"file": str(clean)}).fetchall() == [("a.1", PHONE)]
    assert duckdb.execute(proposal, {"file": str(masked)}).fetchall() == [("a.1", "Ring me on [phone].")]
    assert "Markeaton" not in masked.read_bytes().decode("latin-1")
    marts = export_layer(builder.warehouse, "marts", form, tmp_path / "marts")
    assert {file.stem for file in marts} >= {"mart_ledger", "mart_types", "mart_held_back"}


def test_the_manifest_traces_a_version_and_tells_no_answer(new_builder: Any, history: Any) -> None:
    builder = new_builder()
    _grow(history, "a", SECRET)
    manifest = builder.build(history)
    content = json.loads((builder.warehouse.private / manifest.version / "manifest.json").read_text("utf-8"))
    assert content["landing_head"] == "landing-1"
    assert content["ledger"] == [["web", "included", 1]]
    assert "zanzibar" not in json.dumps(content)


def _opened(rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=OPENED_SCHEMA)

"""The append-only log: order, one chain, every changed byte found, nothing half written."""

import importlib
import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.chained_log import ChainedLog, Problem, file_sha256
from ingest.errors import IngestError
from ingest.landing import Landing
from schemas.clock import SteppedClock

NOON = datetime(2007, 3, 1, 12, tzinfo=UTC)
HEADER = (pa.field("name", pa.string(), nullable=False), pa.field("tags", pa.list_(pa.string())))


def record(name: str, body: bytes | None = b"sealed") -> dict[str, Any]:
    return {"name": name, "tags": [name, "tag"], "body": body}


def append(log: ChainedLog, *names: str, now: datetime = NOON) -> tuple[int, int]:
    with log.writing():
        return log.append([record(name) for name in names], now)


def names(log: ChainedLog) -> list[str]:
    return log.read()["name"].to_pylist()


def three_batches(folder: Path) -> ChainedLog:
    log = ChainedLog(folder, HEADER)
    append(log, "a", "b")
    append(log, "c", now=NOON + timedelta(hours=1))
    append(log, "d", "e", now=NOON + timedelta(hours=2))
    return log


@pytest.fixture
def log(tmp_path: Path) -> ChainedLog:
    return three_batches(tmp_path / "log")


class Writers:
    """Writers of landing logs, each a process of its own that can be killed."""

    def __init__(self, host: subprocess.Popen[str]) -> None:
        assert host.stdin and host.stdout
        self._orders, self._lines = host.stdin, host.stdout
        self._pids: dict[str, int] = {}
        self._status: dict[str, int] = {}
        self.acknowledged: list[str] = []

    def start(self, folder: Path, writer: str, appends: int = 0, dies_at: int = 0) -> None:
        order = {"folder": str(folder), "writer": writer, "appends": appends, "dies_at": dies_at}
        self._orders.write(json.dumps(order) + "\n")
        self._orders.flush()

    def kill_after(self, writer: str, appends: int) -> None:
        while f"{writer} {appends}" not in self.acknowledged:
            self._read_line()
        os.kill(self._pids[writer], signal.SIGKILL)
        assert self.status_of(writer) == signal.SIGKILL

    def status_of(self, writer: str) -> int:
        """How it ended, once it has: 0, or the signal."""
        while writer not in self._status:
            self._read_line()
        return self._status[writer]

    def _read_line(self) -> None:
        match self._lines.readline().split():
            case ["started", writer, pid]:
                self._pids[writer] = int(pid)
            case ["ended", writer, status]:
                self._status[writer] = int(status)
            case [writer, number]:
                self.acknowledged.append(f"{writer} {number}")
            case _:
                raise AssertionError("The host of the writers ended.")


@pytest.fixture(scope="module")
def host() -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, str(Path(__file__).parent / "writer_host.py")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


@pytest.fixture
def writers(host: subprocess.Popen[str]) -> Writers:
    return Writers(host)


def test_records_come_back_in_order_with_consecutive_numbers(log: ChainedLog) -> None:
    table = log.read()
    assert table["seq"].to_pylist() == [1, 2, 3, 4, 5]
    assert table["name"].to_pylist() == ["a", "b", "c", "d", "e"]
    assert table["body"].to_pylist() == [b"sealed"] * 5
    assert [(line.first_seq, line.last_seq) for line in log.lines()] == [(1, 2), (3, 3), (4, 5)]
    assert log.verify() == []


def test_an_empty_log_reads_as_an_empty_table_and_verifies(tmp_path: Path) -> None:
    log = ChainedLog(tmp_path / "none", HEADER)
    assert log.read().num_rows == 0
    assert log.read(columns=["seq", "name"]).schema.names == ["seq", "name"]
    assert log.last_seq() == 0
    assert log.verify() == []


def test_reading_resumes_after_a_number_and_stops_at_a_moment(log: ChainedLog) -> None:
    assert log.read(after=1, columns=["name"])["name"].to_pylist() == ["b", "c", "d", "e"]
    assert log.read(known_until=NOON + timedelta(minutes=90))["name"].to_pylist() == ["a", "b", "c"]
    assert log.read(known_until=NOON - timedelta(seconds=1)).num_rows == 0
    assert log.read(after=5).num_rows == 0
    assert log.read_records([5, 1, 5])["name"].to_pylist() == ["a", "e"]


def test_known_at_never_runs_backwards_when_the_clock_does(log: ChainedLog) -> None:
    append(log, "f", now=NOON - timedelta(days=3))
    times = log.read()["known_at"].to_pylist()
    assert times == sorted(times)
    assert times[-1] == NOON + timedelta(hours=2)
    assert log.verify() == []


def test_many_records_are_split_into_batches_of_one_chain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.chained_log.BATCH_ROWS", 4)
    log = ChainedLog(tmp_path / "log", HEADER)
    assert append(log, *"abcdefghij") == (1, 10)
    assert [(line.first_seq, line.last_seq) for line in log.lines()] == [(1, 4), (5, 8), (9, 10)]
    assert names(log) == list("abcdefghij")
    assert log.verify() == []


def test_a_time_without_a_zone_is_refused_and_nothing_is_stored(tmp_path: Path) -> None:
    log = ChainedLog(tmp_path / "log", [pa.field("at", pa.timestamp("us", tz="UTC"))])
    with log.writing(), pytest.raises(IngestError, match="no time zone"):
        log.append([{"at": datetime(2007, 3, 1), "body": b""}], NOON)
    assert log.read().num_rows == 0


def test_times_of_any_zone_keep_the_chain_whole(tmp_path: Path) -> None:
    # With pandera in the process, pyarrow by itself would store 17:00 UTC.
    importlib.import_module("pandera.pandas")
    log = ChainedLog(tmp_path / "log", [pa.field("at", pa.timestamp("us", tz="UTC"))])
    moment = datetime.fromisoformat("2007-04-04T17:00:00.123456+05:30")
    with log.writing():
        log.append([{"at": moment, "body": None}, {"at": None, "body": b""}], NOON)
    assert log.read()["at"].to_pylist() == [moment, None]
    assert log.verify() == []


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> ChainedLog:
    """A log that examples damage and mend again."""
    return three_batches(tmp_path_factory.mktemp("sound") / "log")


def with_byte_changed(log: ChainedLog, name: str, position: int, change: int) -> list[Problem]:
    path = log.folder / name
    content = path.read_bytes()
    place = position % len(content)
    try:
        path.write_bytes(content[:place] + bytes([content[place] ^ change]) + content[place + 1 :])
        return log.verify()
    finally:
        path.write_bytes(content)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(file=st.integers(0, 3), position=st.integers(0, 10_000), change=st.integers(1, 255))
def test_any_changed_byte_is_found(sound: ChainedLog, file: int, position: int, change: int) -> None:
    files = sorted(path.name for path in sound.folder.iterdir() if path.name != "lock")
    assert len(files) == 4
    assert with_byte_changed(sound, files[file], position, change) != []
    assert sound.verify() == []


@pytest.mark.parametrize("change", [0x01, 0x29])
def test_every_byte_of_the_chain_file_counts(sound: ChainedLog, change: int) -> None:
    length = len((sound.folder / "chain.jsonl").read_bytes())
    passed = [place for place in range(length) if not with_byte_changed(sound, "chain.jsonl", place, change)]
    assert passed == []


def test_a_writer_refuses_a_chain_whose_last_line_end_was_altered(log: ChainedLog) -> None:
    path = log.folder / "chain.jsonl"
    damaged = path.read_bytes()[:-1] + b" "
    path.write_bytes(damaged)
    with pytest.raises(IngestError, match=r"chain\.jsonl: damaged; restore it from a backup"):
        append(log, "f")
    assert path.read_bytes() == damaged


def rewrite(log: ChainedLog, position: int, change: Callable[[dict[str, Any]], None]) -> None:
    """Alter one record as somebody would who can also make the file's hash right again."""
    line = log.lines()[position]
    path = log.folder / line.file
    rows = pq.read_table(path).to_pylist()
    change(rows[0])
    pq.write_table(pa.Table.from_pylist(rows, schema=log.schema), path)
    lines = log.lines()
    content = [vars(one) | ({"sha256": file_sha256(path)} if one.file == line.file else {}) for one in lines]
    (log.folder / "chain.jsonl").write_text("".join(json.dumps(one) + "\n" for one in content))


@pytest.mark.parametrize(
    ("field", "value", "what"),
    [
        ("name", "someone else", "the header was changed"),
        ("body", b"other words", "the body was changed"),
        ("known_at", NOON - timedelta(days=1), "the header was changed"),
        ("ciphertext_sha256", "0" * 64, "the header was changed"),
    ],
)
def test_a_record_altered_with_its_file_hash_is_found_and_named(
    log: ChainedLog, field: str, value: object, what: str
) -> None:
    rewrite(log, 1, lambda row: row.update({field: value}))
    file = "batch-000000000003-000000000003.parquet"
    assert Problem(f"{file}, record 3", what) in log.verify()


def test_a_batch_taken_away_is_found(log: ChainedLog) -> None:
    (log.folder / log.lines()[1].file).unlink()
    assert log.verify() == [Problem("batch-000000000003-000000000003.parquet", "the batch is missing")]


def test_a_line_taken_away_is_found(log: ChainedLog) -> None:
    path = log.folder / "chain.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + lines[2])
    assert log.verify() != []
    path.write_bytes(lines[0])
    assert log.verify() == [Problem("batch-000000000004-000000000005.parquet", "the chain does not name this batch")]


def test_a_batch_of_another_log_is_found(log: ChainedLog, tmp_path: Path) -> None:
    other = ChainedLog(tmp_path / "other", [pa.field("else", pa.string())])
    with other.writing():
        other.append([{"else": "x", "body": b""}] * 2, NOON)
    line = log.lines()[0]
    (log.folder / line.file).write_bytes((other.folder / line.file).read_bytes())
    assert Problem(line.file, "the file is not the one that was committed") in log.verify()


def test_a_half_written_line_is_not_committed_and_the_next_writer_goes_on(log: ChainedLog) -> None:
    path = log.folder / "chain.jsonl"
    whole = path.read_bytes()
    start = whole[:-1].rfind(b"\n") + 1
    for end in [*range(start, len(whole), 11), len(whole) - 1]:
        path.write_bytes(whole[:end])
        assert names(log) == ["a", "b", "c"]
        assert log.verify() == []
    append(log, "f")
    assert names(log) == ["a", "b", "c", "d", "e", "f"]
    assert log.verify() == []


def test_a_chain_file_that_was_lost_is_made_again_from_whole_batches(log: ChainedLog) -> None:
    content = (log.folder / "chain.jsonl").read_bytes()
    (log.folder / "chain.jsonl").unlink()
    append(log, "f")
    assert (log.folder / "chain.jsonl").read_bytes().startswith(content)
    assert names(log) == ["a", "b", "c", "d", "e", "f"]


def test_a_damaged_batch_that_was_not_committed_is_not_taken_over(log: ChainedLog) -> None:
    path = log.folder / "chain.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:2]))
    batch = log.folder / "batch-000000000004-000000000005.parquet"
    batch.write_bytes(batch.read_bytes()[:-9])
    with pytest.raises(IngestError, match=r"batch-000000000004-000000000005\.parquet: damaged"):
        append(log, "f")
    assert batch.exists()


def ids(*writers: str, appends: range) -> list[str]:
    return [f"{writer}-{number}-{part}" for writer in writers for number in appends for part in range(3)]


# One append syncs: the batch, the folder after naming it, the line, the folder again. Death before each of the four.
@pytest.mark.parametrize("dies_at", [1, 2, 3, 4])
def test_a_writer_killed_at_any_step_leaves_whole_batches_alone(tmp_path: Path, writers: Writers, dies_at: int) -> None:
    landing = Landing(tmp_path, SteppedClock(NOON))
    killed, after = f"killed{dies_at}", f"after{dies_at}"
    writers.start(tmp_path, killed, dies_at=2 * 4 + dies_at)
    assert writers.status_of(killed) == signal.SIGKILL
    assert writers.acknowledged == [f"{killed} 1", f"{killed} 2"]
    assert landing.verify() == []
    assert landing.log.read()["artefact_id"].to_pylist()[:6] == ids(killed, appends=range(1, 3))

    writers.start(tmp_path, after, appends=1)
    assert writers.status_of(after) == 0
    # The third batch had its name from the second step on: it is whole, and taken over.
    whole = range(1, 3 if dies_at == 1 else 4)
    assert landing.log.read()["artefact_id"].to_pylist() == ids(killed, appends=whole) + ids(after, appends=range(1, 2))
    assert landing.verify() == []
    assert list(tmp_path.glob(".*.part")) == []


def test_a_writer_killed_at_random_moments_loses_nothing_it_acknowledged(tmp_path: Path, writers: Writers) -> None:
    landing = Landing(tmp_path, SteppedClock(NOON))
    chance = random.Random(2007)
    for life in range(8):
        writers.start(tmp_path, f"life{life}")
        writers.kill_after(f"life{life}", chance.randint(1, 9))
        assert landing.verify() == []
    kept = landing.log.read()["artefact_id"].to_pylist()
    promised = {f"{line.replace(' ', '-')}-{part}" for line in writers.acknowledged for part in range(3)}
    assert promised <= set(kept)
    assert len(set(kept)) == len(kept)
    assert len(kept) % 3 == 0


def test_two_writers_at_once_lose_nothing(tmp_path: Path, writers: Writers) -> None:
    writers.start(tmp_path, "first", appends=15)
    writers.start(tmp_path, "second", appends=15)
    assert (writers.status_of("first"), writers.status_of("second")) == (0, 0)
    landing = Landing(tmp_path, SteppedClock(NOON))
    table = landing.log.read()
    assert sorted(table["artefact_id"].to_pylist()) == sorted(ids("first", "second", appends=range(1, 16)))
    assert table["seq"].to_pylist() == list(range(1, 91))
    assert landing.verify() == []

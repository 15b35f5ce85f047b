"""What taking responses in costs: `./run bench intake [--seconds 6] [--rounds 3] [--rows 1000000]`.

The public server and the load are processes of their own; the stores take turns in each round, so that what else the
machine does falls on all alike, and the median of the rounds counts. One JSON line for each measurement, then a table
with the limits; exit code 1 when one is not kept. `benchmarks/_intake_server.py` says what the stores are.

* Speed and latency at 64 connections, each sending envelopes of a 1.6 KB response under ids of their own.
* CPU a request with few and with many rows stored before.
* 400 connections at once: what is answered.
* The form: bytes over the wire of a first visit, and when something is painted, in Chromium.
"""

import argparse
import base64
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from benchmarks._stored import fill_store
from benchmarks._table import Limit, print_table
from ingest.web.senders import new_token
from ingest.web.settings import PublicSettings, prepare_public_server
from ingest.web.store.sqlite import SqliteStore
from schemas.clock import write_shifted_clock
from schemas.data_folder import DataFolder
from schemas.definition import BUILT_IN, publish_definition
from schemas.envelope import Envelope
from schemas.sealing import make_keys, read_recipients, seal
from tests.browser.first_visit import first_visits

CONSULTATION = "third-sector-2007"
RESPONSE_BYTES = 1_600
CONNECTIONS, CROWD = 64, 400
# So many at once that a crowd of that size is pressed.
PRESSED = 100
FEW_ROWS = 10_000
_TICKS = os.sysconf("SC_CLK_TCK")


def main() -> int:
    parser = argparse.ArgumentParser(prog="./run bench intake", description="What taking responses in costs.")
    parser.add_argument("--seconds", type=float, default=6, help="how long each side is under load in a round")
    parser.add_argument("--rounds", type=int, default=3, help="how often each side runs; the median counts")
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows stored before, for the cost of a request")
    given = parser.parse_args()
    root = Path(tempfile.mkdtemp(prefix="yoursay-bench-"))
    try:
        limits = [
            *speeds(root, given.seconds, given.rounds),
            *costs(root, given.seconds, given.rounds, given.rows),
            *crowd(root, given.seconds),
            *first_visit(root, given.rounds),
        ]
    finally:
        shutil.rmtree(root)
    print_table(limits)
    return 0 if all(limit.kept for limit in limits) else 1


def speeds(root: Path, seconds: float, rounds: int) -> Iterator[Limit]:
    """The stores against each other at 64 connections."""
    sides = ("null", "group", "single", "group-slow", "single-slow")
    found: dict[str, list[dict[str, float]]] = {side: [] for side in sides}
    for turn in range(rounds):
        for side in sides:
            found[side].append(measure(side, prepared(root / f"{side}-{turn}"), CONNECTIONS, seconds))
    speed = {side: _median(found[side], "accepts_a_second") for side in sides}
    p99 = {side: _median(found[side], "p99_ms") for side in sides}
    yield Limit("durable accepts a second / null store", speed["group"] / speed["null"], at_least=0.6)
    yield Limit("group commit / a commit a request", speed["group"] / speed["single"], at_least=2.5)
    yield Limit("the same with 5 ms added to each sync", speed["group-slow"] / speed["single-slow"], at_least=8)
    yield Limit("p99 / p99 of the null store", p99["group"] / p99["null"], at_most=4)
    yield Limit("peak memory of the server, MB", max(one["peak_mb"] for one in found["group"]), at_most=150)


def costs(root: Path, seconds: float, rounds: int, many: int) -> Iterator[Limit]:
    """CPU of a request after few and after many rows."""
    cpu: dict[int, list[float]] = {FEW_ROWS: [], many: []}
    peaks = []
    folders = {rows: prepared(root / f"rows-{rows}") for rows in cpu}
    for rows, folder in folders.items():
        fill_store(PublicSettings.of(folder).store, CONSULTATION, rows)
    for _ in range(rounds):
        for rows, folder in folders.items():
            measured = measure("group", folder, CONNECTIONS, seconds, rows=rows)
            cpu[rows].append(measured["cpu_us_a_request"])
            peaks.append(measured["peak_mb"])
    ratio = statistics.median(cpu[many]) / statistics.median(cpu[FEW_ROWS])
    yield Limit(f"CPU a request, {many:,} rows / {FEW_ROWS:,}", ratio, at_most=1.3)
    yield Limit(f"peak memory with {many:,} rows, MB", max(peaks), at_most=150)


def crowd(root: Path, seconds: float) -> Iterator[Limit]:
    """Many connections at once: no error but "come back", which says when; also where fewer are worked on at once."""
    usual = measure("group", prepared(root / "crowd"), CROWD, seconds)
    data = prepared(root / "pressed")
    with PublicSettings.of(data).limits.open("a") as limits:
        limits.write(f"requests_at_once = {PRESSED}\n")
    pressed = measure("group", data, CROWD, seconds)
    for name, measured in ((f"{CROWD} connections", usual), (f"{CROWD}, {PRESSED} at once", pressed)):
        statuses = {int(status): count for status, count in measured["statuses"].items()}
        other = sum(count for status, count in statuses.items() if status >= 500 and status != 503)
        yield Limit(f"{name}: 5xx other than 503", other, at_most=0)
        yield Limit(f"{name}: 429 or 503 without Retry-After", measured["without_retry_after"], at_most=0)
    yield Limit(f"{CROWD}, {PRESSED} at once: told to come back", pressed["statuses"].get("503", 0), at_least=1)


def first_visit(root: Path, rounds: int) -> Iterator[Limit]:
    """The form as a new visitor gets it."""
    with serving("group", prepared(root / "visit")) as (port, _):
        visits = first_visits(port, CONSULTATION, rounds)
    for visit in visits:
        print(json.dumps({"side": "first visit"} | visit), flush=True)
    yield Limit("first visit over the wire, kB", _median(visits, "kilobytes"), at_most=120)
    yield Limit("first contentful paint of the form, s", _median(visits, "first_paint_ms") / 1_000, at_most=1)


def prepared(root: Path) -> DataFolder:
    """A data folder with the consultation, its keys, and a sender's token."""
    data = DataFolder(root)
    definition = publish_definition(BUILT_IN / CONSULTATION, data.definitions)
    make_keys(data.keys(CONSULTATION), data.recovery(CONSULTATION))
    write_shifted_clock(data.clock_file, datetime(2007, 5, 14, 9, tzinfo=UTC))
    settings = prepare_public_server(data)
    # One address stands for many people here, and the limits of one would be what is measured.
    (settings.folder / "limits.toml").write_text("submissions_a_minute_a_token = 100_000_000\n", "utf-8")
    sealed = seal(os.urandom(RESPONSE_BYTES), read_recipients(settings.recipients(CONSULTATION)))
    envelope = Envelope(
        id="00000000-0000-0000-0000-000000000000",
        consultation=CONSULTATION,
        questionnaire_hash=definition.questionnaire_hash,
        sealed=base64.b64encode(sealed).decode(),
    )
    (root / "envelope.json").write_text(envelope.model_dump_json(exclude_none=True).replace(envelope.id, "THE-ID"))
    store = SqliteStore(settings.store)
    try:
        token, kept = new_token(CONSULTATION, "submission", "benchmark", data.clock.now())
        store.add_token(kept)
    finally:
        store.close()
    (root / "token").write_text(token)
    return data


def measure(side: str, data: DataFolder, connections: int, seconds: float, **noted: int) -> dict[str, float]:
    """Put a side under load; prints and returns what was measured."""
    with serving(side, data) as (port, server):
        order = {
            "port": str(port),
            "path": f"/api/consultations/{CONSULTATION}/submissions",
            "token": (data.root / "token").read_text(),
            "envelope": (data.root / "envelope.json").read_text(),
        }
        # The first second fills caches and compiles what is compiled once.
        _load(order, connections, 1.0)
        before = _cpu_seconds(server.pid)
        measured = _load(order, connections, seconds)
        used = _cpu_seconds(server.pid) - before
        measured["cpu_us_a_request"] = used / max(1, measured["accepted"]) * 1e6
        measured["peak_mb"] = _peak_kilobytes(server.pid) / 1024
    print(json.dumps({"side": side, "connections": connections} | noted | measured), flush=True)
    return measured


@contextmanager
def serving(side: str, data: DataFolder) -> Iterator[tuple[int, "subprocess.Popen[str]"]]:
    """The server of a side: its port and process."""
    command = [sys.executable, "-m", "benchmarks._intake_server", side, str(data.root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            yield int(server.stdout.readline()), server
        finally:
            server.terminate()


def _load(order: dict[str, str], connections: int, seconds: float) -> dict[str, float]:
    given = json.dumps({"order": order, "connections": connections, "seconds": seconds})
    command = [sys.executable, "-m", "benchmarks._load"]
    done = subprocess.run(command, input=given, check=True, stdout=subprocess.PIPE, text=True)
    measured: dict[str, float] = json.loads(done.stdout)
    return measured


def _cpu_seconds(pid: int) -> float:
    """User and system time of all threads of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _peak_kilobytes(pid: int) -> int:
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1])


def _median(measured: list[dict[str, float]], name: str) -> float:
    return statistics.median(one[name] for one in measured)


if __name__ == "__main__":
    sys.exit(main())

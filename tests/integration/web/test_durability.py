"""What the server acknowledged is there after it was killed; who reads the feed meanwhile misses nothing."""

import json
import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from functools import partial
from subprocess import Popen

import pytest
import requests

from ingest.web.store.choose import VARIABLE
from schemas.clock import SteppedClock, write_shifted_clock
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from schemas.envelope import Envelope
from tests.integration.web.load import Load, assert_nothing_was_lost
from tests.postgres import PostgresServer, running_postgres

ServerProcess = Callable[[], AbstractContextManager[tuple[str, Popen[str]]]]

KILLS = 20


@pytest.fixture
def load(data: DataFolder, third_sector: Definition, envelope: Callable[..., Envelope], clock: SteppedClock) -> Load:
    """Nothing sent yet, to a server that takes what it gets from one address."""
    write_shifted_clock(data.clock_file, clock.now())
    data.public_server.mkdir(mode=0o700)
    (data.public_server / "limits.toml").write_text("submissions_a_minute_an_address = 1000000\n", "utf-8")
    return Load(partial(envelope, third_sector, q2_place="yes"))


@pytest.fixture
def postgres() -> Iterator[PostgresServer]:
    with running_postgres() as server:
        yield server


def _some_load() -> None:
    """A moment of which nobody knows beforehand what falls into it."""
    time.sleep(random.uniform(0.05, 0.3))


def test_what_was_acknowledged_survives_twenty_kills_of_the_server(
    load: Load, third_sector: Definition, feed_headers: Callable[[], dict[str, str]], server_process: ServerProcess
) -> None:
    for _ in range(KILLS):
        with server_process() as (url, process), load.of_senders([url]):
            load.wait_for_one()
            _some_load()
            os.kill(process.pid, signal.SIGKILL)
    assert load.refusals == []
    with server_process() as (url, _):
        assert_nothing_was_lost(load, url, third_sector.id, feed_headers())


def test_what_two_servers_acknowledged_survives_twenty_kills_of_their_database(
    load: Load,
    third_sector: Definition,
    feed_headers: Callable[[], dict[str, str]],
    server_process: ServerProcess,
    postgres: PostgresServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(VARIABLE, postgres.new_database())
    with server_process() as (one, _), server_process() as (other, _):
        with load.of_senders([one, other]), requests.Session() as session:
            for _ in range(KILLS):
                load.wait_for_one()
                _some_load()
                load.going_on.clear()
                postgres.kill()
                for url in (one, other):
                    kept = load.make()
                    load.envelopes[kept.id] = kept
                    answer = load.put(session, url, kept)
                    assert (answer.status_code, int(answer.headers["retry-after"]) > 0) == (503, True)
                postgres.start()
                load.going_on.set()
        assert set(load.refusals) == {(503, True)}
        assert load.unanswered == []
        assert_nothing_was_lost(load, one, third_sector.id, feed_headers())


def test_a_reader_of_the_feed_during_load_misses_nothing(
    data: DataFolder,
    third_sector: Definition,
    third_sector_url: str,
    envelope: Callable[..., Envelope],
    put: Callable[[str, Envelope], requests.Response],
    feed_headers: Callable[[], dict[str, str]],
) -> None:
    sent = [envelope(third_sector, q2_place=str(number)) for number in range(300)]
    address = f"{third_sector_url}/api/consultations/third-sector-2007/feed"
    seen: list[tuple[int, str]] = []
    with ThreadPoolExecutor(8) as pool:
        receipts = [pool.submit(lambda one: put(third_sector_url, one).json(), one) for one in sent]
        while len(seen) < len(sent):
            after = seen[-1][0] if seen else 0
            page = requests.get(address, params={"after": after, "limit": 50}, headers=feed_headers(), timeout=30)
            seen += [(line["sequence"], line["id"]) for line in map(json.loads, page.text.splitlines())]
    told = sorted((receipt.result()["sequence"], receipt.result()["id"]) for receipt in receipts)
    assert seen == told
    assert [sequence for sequence, _ in seen] == list(range(1, 301))


def test_a_server_that_is_asked_to_stop_stops_and_keeps_its_store(
    data: DataFolder,
    third_sector: Definition,
    envelope: Callable[..., Envelope],
    put: Callable[[str, Envelope], requests.Response],
    clock: SteppedClock,
    server_process: ServerProcess,
) -> None:
    write_shifted_clock(data.clock_file, clock.now())
    one = envelope(third_sector, q2_place="yes")
    with server_process() as (url, process):
        receipt = put(url, one).json()
        process.terminate()
        process.wait(30)
    with server_process() as (url, _):
        again = put(url, one)
    assert (again.status_code, again.json()) == (200, receipt)

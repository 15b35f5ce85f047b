"""What the server acknowledged is there after it was killed; who reads the feed meanwhile misses nothing."""

import json
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from subprocess import Popen

import requests

from schemas.clock import SteppedClock, write_shifted_clock
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from schemas.envelope import Envelope

ServerProcess = Callable[[], AbstractContextManager[tuple[str, Popen[str]]]]


def _feed(url: str, headers: dict[str, str]) -> list[dict[str, object]]:
    address = f"{url}/api/consultations/third-sector-2007/feed"
    lines: list[dict[str, object]] = []
    while page := requests.get(address, params={"after": len(lines)}, headers=headers, timeout=30).text.splitlines():
        lines += [json.loads(line) for line in page]
    return lines


def test_every_acknowledged_submission_survives_a_killed_server(
    data: DataFolder,
    third_sector: Definition,
    envelope: Callable[..., Envelope],
    put: Callable[[str, Envelope], requests.Response],
    feed_headers: Callable[[], dict[str, str]],
    clock: SteppedClock,
    server_process: ServerProcess,
) -> None:
    write_shifted_clock(data.clock_file, clock.now())
    acknowledged: dict[str, tuple[int, str]] = {}
    enough = threading.Event()

    def send(url: str) -> None:
        while True:
            try:
                receipt = put(url, envelope(third_sector, q2_place="yes")).json()
            except requests.RequestException:
                return
            acknowledged[receipt["id"]] = (receipt["sequence"], receipt["sha256"])
            if len(acknowledged) >= 150:
                enough.set()

    with server_process() as (url, process), ThreadPoolExecutor(6) as pool:
        senders = [pool.submit(send, url) for _ in range(6)]
        assert enough.wait(60)
        os.kill(process.pid, signal.SIGKILL)
        for sender in senders:
            sender.result()
    with server_process() as (url, _):
        stored = {line["id"]: (line["sequence"], line["sha256"]) for line in _feed(url, feed_headers())}
    assert {one: stored.get(one) for one in acknowledged} == acknowledged
    assert sorted(sequence for sequence, _ in stored.values()) == list(range(1, len(stored) + 1))


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

"""Run by the tests of the logs: a process that forks writers of a landing log, to be killed at any moment.

Each line of standard input is JSON: `folder`, `writer` (its name), `appends` (0 = until killed), `dies_at` (the
number of the fsync before which it dies as `kill -9` does, 0 = none). Standard output has a line for each writer
that started (`started WRITER PID`), each append that returned (`WRITER NUMBER`) and each end (`ended WRITER STATUS`).
"""

import json
import os
import signal
import sys
import threading
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pandas as pd  # noqa: F401  (pyarrow imports it at its first table: once here, not once in each writer)

from ingest.landing import Arrival, Landing
from schemas.clock import SteppedClock

NOON = datetime(2007, 3, 1, 12, tzinfo=UTC)


def say(*words: object) -> None:
    os.write(1, (" ".join(str(word) for word in words) + "\n").encode())


def die_at_fsync(number: int) -> None:
    calls = count(1)
    fsync = os.fsync

    def dying_fsync(descriptor: int) -> None:
        if next(calls) == number:
            os.kill(os.getpid(), signal.SIGKILL)
        fsync(descriptor)

    os.fsync = dying_fsync


def write(folder: str, writer: str, appends: int, dies_at: int) -> None:
    if dies_at:
        die_at_fsync(dies_at)
    landing = Landing(Path(folder), SteppedClock(NOON))
    for number in range(1, appends + 1) if appends else count(1):
        landing.append(
            Arrival(f"{writer}-{number}-{part}", "third-sector-2007", "web", NOON, writer, b"sealed " * 50)
            for part in range(3)
        )
        say(writer, number)


def start(order: dict[str, Any]) -> None:
    pid = os.fork()
    if pid == 0:
        write(**order)
        os._exit(0)
    say("started", order["writer"], pid)
    threading.Thread(target=lambda: say("ended", order["writer"], os.waitpid(pid, 0)[1]), daemon=True).start()


def main() -> None:
    for line in sys.stdin:
        start(json.loads(line))


if __name__ == "__main__":
    main()

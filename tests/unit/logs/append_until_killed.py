"""Run by the tests of the logs: appends to a landing log, a line on standard output for each append that returned.

Arguments: folder, name of this writer, number of appends (0 = until killed), number of the fsync at which to die (0 = none).
"""

import os
import signal
import sys
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from ingest.landing import Arrival, Landing
from schemas.clock import SteppedClock


def die_at_fsync(number: int) -> None:
    """End this process as `kill -9` does, just before its disk is told to keep what was written."""
    calls = count(1)
    fsync = os.fsync

    def dying_fsync(descriptor: int) -> None:
        if next(calls) == number:
            os.kill(os.getpid(), signal.SIGKILL)
        fsync(descriptor)

    os.fsync = dying_fsync


def main() -> None:
    folder, writer, appends, dies_at = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    noon = datetime(2007, 3, 1, 12, tzinfo=UTC)
    landing = Landing(folder, SteppedClock(noon))
    if dies_at:
        die_at_fsync(dies_at)
    for number in range(1, appends + 1) if appends else count(1):
        arrivals = [
            Arrival(f"{writer}-{number}-{part}", "third-sector-2007", "web", noon, writer, b"sealed " * 50)
            for part in range(3)
        ]
        landing.append(arrivals)
        print(number, flush=True)


if __name__ == "__main__":
    main()

"""Plays the demonstration into a data folder, through the real channels.

It is played into a folder beside the data (`.demonstration`) and moved in when it is whole, the marker last. So a
play that was killed leaves nothing half done in the data folder: the next one starts afresh or finishes the move.
"""

import fcntl
import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime

from orchestration.demonstration.errors import DemonstrationError
from orchestration.demonstration.expected import expected_lines
from orchestration.demonstration.history import play_history
from orchestration.demonstration.parks import plan_parks
from orchestration.demonstration.plan import FULL, SEED, ConsultationPlan, Expected, Size
from orchestration.demonstration.third_sector import plan_third_sector
from schemas.clock import write_shifted_clock
from schemas.data_folder import DataFolder

NOTICE = "Demonstration: synthetic responses. No person, organisation or answer in it is real."
# What the folder's clock reads when the play is over; it runs on from there.
ENDS_AT = datetime.fromisoformat("2007-06-08T10:00:00+01:00")
MARKER = "demonstration.json"
_STAGING, _LOCK = ".demonstration", ".demonstration.lock"

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Summary:
    """What was planned, by consultation: what each channel brings, and how many submissions there are of each kind.

    `lines` is what the ledger must show once the pipeline has run: channel -> line -> responses.
    """

    notice: str
    seed: str
    plan_sha256: str
    expected: dict[str, dict[str, Expected]]
    lines: dict[str, dict[str, dict[str, int]]]
    oddities: dict[str, dict[str, int]]

    def received(self, consultation: str) -> dict[str, int]:
        """How many responses each channel of a consultation received."""
        return {channel: one.received for channel, one in self.expected[consultation].items()}


def play_demonstration(data: DataFolder, progress: Progress, seed: str = SEED, size: Size = FULL) -> Summary:
    """Play the demonstration into `data`; where it is there already, nothing is done.

    Args:
        progress: Told what is being done, how much of it is done, and how much there is.
        seed: The same seed gives the same people, answers, ids of the plan, and ledger.

    Raises:
        DemonstrationError: the folder holds something else, or another demonstration.
    """
    plans = (plan_third_sector(seed, size), plan_parks(seed, size))
    summary = summarise(plans, seed)
    data.root.mkdir(parents=True, exist_ok=True)
    with _alone(data):
        if (data.root / MARKER).exists():
            _check_same(data, summary)
            shutil.rmtree(data.root / _STAGING, ignore_errors=True)
            return summary
        staging = DataFolder(data.root / _STAGING)
        if not (staging.root / MARKER).exists():
            shutil.rmtree(staging.root, ignore_errors=True)
            _check_unused(data)
            staging.root.mkdir()
            play_history(staging, plans, seed, progress)
            write_shifted_clock(staging.clock_file, ENDS_AT)
            (staging.root / MARKER).write_text(json.dumps(asdict(summary), indent=1) + "\n", "utf-8")
        _check_same(staging, summary)
        _move_in(staging, data)
    return summary


def summarise(plans: tuple[ConsultationPlan, ...], seed: str) -> Summary:
    """What the plans say, with a fingerprint of every word of them."""
    return Summary(
        notice=NOTICE,
        seed=seed,
        plan_sha256=hashlib.sha256(repr(plans).encode()).hexdigest(),
        expected={plan.consultation: {str(name): one for name, one in plan.expected().items()} for plan in plans},
        lines={plan.consultation: expected_lines(plan) for plan in plans},
        oddities={plan.consultation: plan.oddities() for plan in plans},
    )


@contextmanager
def _alone(data: DataFolder) -> Iterator[None]:
    with (data.root / _LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DemonstrationError(f"A demonstration is being played into {data.root}; wait until it ends.") from None
        yield


def _check_unused(data: DataFolder) -> None:
    """The demonstration's time is 2007, so it never shares a folder with anything else."""
    for name in ("definitions", "clock.toml", "landing", "keys", "recovery", "decisions", "inbox", "public-server"):
        if (data.root / name).exists():
            raise DemonstrationError(f"{data.root} holds a consultation ({name}); choose an empty folder with --data.")


def _check_same(data: DataFolder, summary: Summary) -> None:
    try:
        played = json.loads((data.root / MARKER).read_text("utf-8"))["plan_sha256"]
    except (ValueError, KeyError) as error:
        raise DemonstrationError(f"{data.root / MARKER} is damaged; choose an empty folder with --data.") from error
    if played != summary.plan_sha256:
        raise DemonstrationError(
            f"{data.root} holds a demonstration of another seed or version; choose an empty folder with --data."
        )


def _move_in(staging: DataFolder, data: DataFolder) -> None:
    """Move entry by entry, the marker last; each move is atomic, so that a killed one goes on where it stopped."""
    entries = sorted(staging.root.iterdir(), key=lambda path: (path.name == MARKER, path.name))
    for entry in entries:
        target = data.root / entry.name
        if target.exists():
            raise DemonstrationError(f"{target} is in the way of the demonstration; move it away and play again.")
        entry.rename(target)
    staging.root.rmdir()

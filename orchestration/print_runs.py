"""Print runs: which numbers printed forms have. A run is noted before it is printed, so that no number comes twice."""

import fcntl
import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from schemas.data_folder import DataFolder
from schemas.definition import Definition
from schemas.editions.print_layout import Variant
from schemas.editions.serials import MOST_RUNS, serial_of
from schemas.errors import YourSayError

MOST_COPIES = 2_000


class PrintRunError(YourSayError):
    """A print run cannot be noted."""


@dataclass(frozen=True)
class PrintRun:
    """One run: so many copies of one edition. `run` counts from 1 for each consultation."""

    consultation: str
    questionnaire_hash: str
    language: str
    variant: Variant
    run: int
    copies: int
    first_serial: str
    last_serial: str
    noted_at: str

    def serials(self) -> list[str]:
        """The number of each form, in their order."""
        return [serial_of(self.run, form) for form in range(1, self.copies + 1)]


def print_runs_file(data: DataFolder) -> Path:
    return data.root / "print-runs.jsonl"


def read_print_runs(data: DataFolder, consultation: str) -> list[PrintRun]:
    """The runs of a consultation, in their order.

    Raises:
        PrintRunError: the file is damaged.
    """
    file = print_runs_file(data)
    lines = file.read_text("utf-8").splitlines() if file.exists() else []
    return [run for run in _parsed(file, lines) if run.consultation == consultation]


def note_print_run(data: DataFolder, definition: Definition, language: str, variant: Variant, copies: int) -> PrintRun:
    """Note a new run and give it the next number of its consultation.

    Raises:
        PrintRunError: the file is damaged, or every number is used.
    """
    file = print_runs_file(data)
    with file.open("a+", encoding="utf-8") as lines:
        fcntl.flock(lines, fcntl.LOCK_EX)
        lines.seek(0)
        earlier = [run.run for run in _parsed(file, lines.read().splitlines()) if run.consultation == definition.id]
        number = max(earlier, default=0) + 1
        if number > MOST_RUNS:
            raise PrintRunError(f"'{definition.id}' has had {MOST_RUNS} print runs; there are no numbers left.")
        run = PrintRun(
            consultation=definition.id,
            questionnaire_hash=definition.questionnaire_hash,
            language=language,
            variant=variant,
            run=number,
            copies=copies,
            first_serial=serial_of(number, 1),
            last_serial=serial_of(number, copies),
            noted_at=data.clock.now().isoformat(timespec="seconds"),
        )
        lines.write(json.dumps(asdict(run)) + "\n")
        lines.flush()
        os.fsync(lines.fileno())
    return run


def _parsed(file: Path, lines: Sequence[str]) -> list[PrintRun]:
    try:
        return [PrintRun(**json.loads(line)) for line in lines]
    except (ValueError, TypeError) as error:
        raise PrintRunError(
            f"{file} is damaged; put it back from a backup, so that no form's number comes twice."
        ) from error

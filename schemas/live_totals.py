"""How many responses arrived since the published figures were made. The engine writes it, the results pages show it.

Counts by channel alone: what the ledger tells exactly with the next version.
"""

from datetime import datetime
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, NonNegativeInt, ValidationError

_MAX_BYTES = 64 * 1024


class LiveTotals(BaseModel):
    """What arrived after what `version` holds, as at `at`.

    `responses` counts responses by channel; `unread` counts messages and scanned batches, which may hold several
    responses or none: nobody knows before they are read.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    version: str = Field(max_length=200)
    at: AwareDatetime
    responses: dict[str, NonNegativeInt]
    unread: dict[str, NonNegativeInt]


def write_live_totals(file: Path, totals: LiveTotals) -> None:
    """Replace `file` at once. It can be made again at any time, so it is not forced to the disk."""
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_name(f".{file.name}.new")
    beside.write_text(totals.model_dump_json(), "utf-8")
    beside.replace(file)


def read_live_totals(file: Path, version: str, not_before: datetime) -> LiveTotals | None:
    """The totals that go with `version`, None where there are none, or where they are from before `not_before`."""
    try:
        with file.open("rb") as handle:
            totals = LiveTotals.model_validate_json(handle.read(_MAX_BYTES))
    except (OSError, ValidationError):
        return None
    return totals if totals.version == version and totals.at >= not_before else None

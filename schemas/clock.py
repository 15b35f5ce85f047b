"""The one clock. Everything that needs the time asks a `Clock`; the data folder says which.

A data folder without `clock.toml` lives in the present. The demonstration's folder holds a shift, so that its
time runs on from a moment in 2007, and every screen says so (`Clock.notice`).
"""

import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from schemas.errors import YourSayError


class ClockError(YourSayError):
    """`clock.toml` cannot be used."""


class Clock(Protocol):
    """Tells the time of a data folder, always with a time zone (UTC)."""

    def now(self) -> datetime: ...

    @property
    def notice(self) -> str | None:
        """A sentence for screens where the time is not the real one."""
        ...


@dataclass(frozen=True)
class SystemClock:
    """The real time."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    @property
    def notice(self) -> str | None:
        return None


@dataclass(frozen=True)
class ShiftedClock:
    """The real time moved by a constant, so that a demonstration's time still passes."""

    shift: timedelta

    def now(self) -> datetime:
        return datetime.now(UTC) + self.shift

    @property
    def notice(self) -> str | None:
        return f"Demonstration: this clock reads {self.now():%-d %B %Y}. It is not the real date."


@dataclass
class SteppedClock:
    """A clock that stands still until it is set: for playing a history and for tests."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment

    def set(self, moment: datetime) -> None:
        """Move to `moment`.

        Raises:
            ClockError: `moment` is earlier than the clock.
        """
        if moment < self.moment:
            raise ClockError(f"A clock cannot be set back from {self.moment} to {moment}.")
        self.moment = moment

    @property
    def notice(self) -> str | None:
        return f"Demonstration: this clock reads {self.moment:%-d %B %Y}. It is not the real date."


def read_clock(file: Path) -> Clock:
    """The clock that `file` (`clock.toml`) describes; the real time where there is no such file.

    Raises:
        ClockError: the file is not understood.
    """
    if not file.exists():
        return SystemClock()
    try:
        seconds = tomllib.loads(file.read_text("utf-8"))["shift_seconds"]
        clock = ShiftedClock(timedelta(seconds=float(seconds)))
        clock.now()
        return clock
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise ClockError(f"{file}: 'shift_seconds = NUMBER' is expected; mend the file or remove it.") from error


def write_shifted_clock(file: Path, reads_now: datetime) -> ShiftedClock:
    """Make the folder's clock read `reads_now` at this instant and run on from there."""
    shift = reads_now - datetime.now(UTC)
    temporary = file.with_name(f".{file.name}.part")
    temporary.write_text(
        f"# The clock of this data folder is moved by so many seconds.\nshift_seconds = {shift.total_seconds()}\n",
        "utf-8",
    )
    temporary.replace(file)
    return ShiftedClock(shift)

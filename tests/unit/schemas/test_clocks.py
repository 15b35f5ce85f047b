"""The one clock: real, shifted for a demonstration that says so, or standing still."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from schemas.clock import ClockError, SteppedClock, SystemClock, read_clock, write_shifted_clock
from schemas.data_folder import DataFolder

DEMONSTRATION = datetime(2007, 4, 16, 9, 30, tzinfo=UTC)


def test_a_folder_without_a_clock_file_lives_in_the_present(tmp_path: Path) -> None:
    clock = DataFolder(tmp_path).clock
    assert clock == SystemClock()
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)
    assert clock.notice is None


def test_a_shifted_clock_reads_its_moment_and_runs_on(tmp_path: Path) -> None:
    file = DataFolder(tmp_path).clock_file
    write_shifted_clock(file, DEMONSTRATION)
    clock = read_clock(file)
    first = clock.now()
    second = clock.now()
    assert DEMONSTRATION <= first <= second < DEMONSTRATION + timedelta(minutes=5)
    assert first.tzinfo is UTC
    assert clock.notice == "Demonstration: this clock reads 16 April 2007. It is not the real date."
    assert list(tmp_path.iterdir()) == [file]


def test_a_shifted_clock_can_be_set_anew(tmp_path: Path) -> None:
    file = tmp_path / "clock.toml"
    write_shifted_clock(file, DEMONSTRATION)
    write_shifted_clock(file, DEMONSTRATION + timedelta(days=40))
    assert read_clock(file).now() >= DEMONSTRATION + timedelta(days=40)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "shift_seconds = 'soon'",
        "shift_seconds = nan",
        "shift_seconds = 1e300",
        "shift_seconds = -1e12",
        "= =",
        "[x]",
    ],
)
def test_a_clock_file_that_is_not_understood_is_named(tmp_path: Path, content: str) -> None:
    file = tmp_path / "clock.toml"
    file.write_text(content)
    with pytest.raises(ClockError, match=r"clock\.toml: 'shift_seconds = NUMBER' is expected"):
        read_clock(file)


def test_a_stepped_clock_stands_still_until_it_is_set_and_never_runs_back() -> None:
    clock = SteppedClock(DEMONSTRATION)
    assert clock.now() == clock.now() == DEMONSTRATION
    later = DEMONSTRATION + timedelta(hours=3)
    clock.set(later)
    assert clock.now() == later
    with pytest.raises(ClockError, match="cannot be set back"):
        clock.set(DEMONSTRATION)
    assert clock.now() == later
    assert clock.notice == "Demonstration: this clock reads 16 April 2007. It is not the real date."

"""The closing rule at its edges: days of grace, a change to summer time, and devices whose clocks are wrong."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from schemas.definition import Definition

# In 2007 the clocks of Derby went forward on Sunday 25 March, at 01:00 UTC. The days of grace are three.
SATURDAY, SUNDAY = date(2007, 3, 24), date(2007, 3, 25)
INSTANT, HOUR, DAY = timedelta(microseconds=1), timedelta(hours=1), timedelta(days=1)
SUNDAY_CLOSES = datetime(2007, 3, 25, 23, tzinfo=UTC)
SUNDAY_SYNC_OVER = datetime(2007, 3, 28, 23, tzinfo=UTC)

Lines = Callable[[date, dict[str, dict[str, Any]]], dict[str, str]]


@pytest.fixture
def lines(parks: Definition, new_builder: Any, history: Any) -> Lines:
    """The ledger's lines of responses that arrived as given, when `closes` is the last day."""

    def settle(closes: date, arrivals: dict[str, dict[str, Any]]) -> dict[str, str]:
        dates = parks.policy.dates.model_copy(update={"opens": date(2007, 3, 1), "closes": closes})
        policy = parks.policy.model_copy(update={"dates": dates})
        builder = new_builder(definition=replace(parks, policy=policy))
        for artefact, given in arrivals.items():
            history.arrive(artefact, {"q5_proposal": f"The idea of {artefact}."}, **given)
        builder.build(history)
        return dict(builder.query("SELECT artefact_id, line FROM responses"))

    return settle


def _sent(started: datetime, received: datetime, clock_ahead: timedelta = timedelta(0)) -> dict[str, datetime]:
    """What is known of a form started and sent at these true moments by a device whose clock is so far ahead."""
    return {"started_at": started + clock_ahead, "device_time": received + clock_ahead, "received_at": received}


def test_two_days_round_the_end_of_the_grace(lines: Lines) -> None:
    before = SUNDAY_CLOSES - HOUR
    assert lines(
        SUNDAY,
        {
            "two-days-before": _sent(before, SUNDAY_SYNC_OVER - 2 * DAY),
            "in-the-last-instant": _sent(before, SUNDAY_SYNC_OVER - INSTANT),
            "at-the-end": _sent(before, SUNDAY_SYNC_OVER),
            "two-days-after": _sent(before, SUNDAY_SYNC_OVER + 2 * DAY),
            "assisted": _sent(before, SUNDAY_SYNC_OVER - INSTANT) | {"channel": "assisted"},
            "by-e-mail": _sent(before, SUNDAY_CLOSES + HOUR) | {"channel": "email"},
        },
    ) == {
        "two-days-before": "included",
        "in-the-last-instant": "included",
        "at-the-end": "out_of_time",
        "two-days-after": "out_of_time",
        "assisted": "included",
        "by-e-mail": "out_of_time",
    }


def test_two_days_round_the_end_of_the_last_day(lines: Lines) -> None:
    synced = SUNDAY_SYNC_OVER - HOUR
    assert lines(
        SUNDAY,
        {
            "two-days-before": _sent(SUNDAY_CLOSES - 2 * DAY, synced),
            "in-the-last-instant": _sent(SUNDAY_CLOSES - INSTANT, synced),
            "at-the-end": _sent(SUNDAY_CLOSES, synced),
            "two-days-after": _sent(SUNDAY_CLOSES + 2 * DAY, synced),
        },
    ) == {
        "two-days-before": "included",
        "in-the-last-instant": "included",
        "at-the-end": "out_of_time",
        "two-days-after": "out_of_time",
    }


def test_the_day_on_which_the_clocks_go_forward_ends_an_hour_earlier(lines: Lines) -> None:
    assert lines(
        SUNDAY,
        {
            "received-in-time": {"received_at": SUNDAY_CLOSES - INSTANT},
            "received-late": {"received_at": SUNDAY_CLOSES},
        },
    ) == {"received-in-time": "included", "received-late": "out_of_time"}


def test_days_of_grace_over_the_change_are_days_of_the_calendar(lines: Lines) -> None:
    closes, sync_over = datetime(2007, 3, 25, tzinfo=UTC), datetime(2007, 3, 27, 23, tzinfo=UTC)
    assert lines(
        SATURDAY,
        {
            "received-in-time": {"received_at": closes - INSTANT},
            "received-late": {"received_at": closes},
            "synced-in-time": _sent(closes - INSTANT, sync_over - INSTANT),
            "started-late": _sent(closes, sync_over - INSTANT),
            "synced-late": _sent(closes - INSTANT, sync_over),
        },
    ) == {
        "received-in-time": "included",
        "received-late": "out_of_time",
        "synced-in-time": "included",
        "started-late": "out_of_time",
        "synced-late": "out_of_time",
    }


@pytest.mark.parametrize("clock_ahead", [2 * DAY, -2 * DAY, 365 * DAY, -365 * DAY], ids=str)
def test_a_wrong_clock_neither_lets_a_late_form_in_nor_keeps_one_out(lines: Lines, clock_ahead: timedelta) -> None:
    synced = SUNDAY_SYNC_OVER - HOUR
    assert lines(
        SUNDAY,
        {
            "started-before": _sent(SUNDAY_CLOSES - INSTANT, synced, clock_ahead),
            "started-after": _sent(SUNDAY_CLOSES, synced, clock_ahead),
            "received-in-time": _sent(SUNDAY_CLOSES - HOUR, SUNDAY_CLOSES - INSTANT, clock_ahead),
            "synced-late": _sent(SUNDAY_CLOSES - HOUR, SUNDAY_SYNC_OVER, clock_ahead),
        },
    ) == {
        "started-before": "included",
        "started-after": "out_of_time",
        "received-in-time": "included",
        "synced-late": "out_of_time",
    }


def test_a_device_that_does_not_tell_its_time_is_believed(lines: Lines) -> None:
    received = SUNDAY_SYNC_OVER - HOUR
    assert lines(
        SUNDAY,
        {
            "says-before": {"received_at": received, "started_at": SUNDAY_CLOSES - INSTANT},
            "says-after": {"received_at": received, "started_at": SUNDAY_CLOSES},
            "says-nothing": {"received_at": received},
            "tells-its-time-alone": {"received_at": received, "device_time": received},
        },
    ) == {
        "says-before": "included",
        "says-after": "out_of_time",
        "says-nothing": "out_of_time",
        "tells-its-time-alone": "out_of_time",
    }

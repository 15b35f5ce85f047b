"""Moments are told in the consultation's own time."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from schemas.local_time import moment_in_words

LONDON, AUCKLAND = ZoneInfo("Europe/London"), ZoneInfo("Pacific/Auckland")


@pytest.mark.parametrize(
    ("moment", "zone", "words"),
    [
        (datetime(2007, 5, 31, 22, 59, tzinfo=UTC), LONDON, "31 May 2007, 23:59"),
        ("2007-05-31T23:00:00+00:00", LONDON, "1 June 2007, 00:00"),
        ("2007-01-31T23:00:00Z", LONDON, "31 January 2007, 23:00"),
        ("2026-11-27T15:28:38.756678+00:00", AUCKLAND, "28 November 2026, 04:28"),
        # Views are named by local minutes.
        ("2007-04-04T17:00", LONDON, "4 April 2007, 17:00"),
    ],
)
def test_a_moment_is_told_in_local_time(moment: datetime | str, zone: ZoneInfo, words: str) -> None:
    assert moment_in_words(moment, zone) == words

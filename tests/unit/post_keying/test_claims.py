"""Claims: two people at once are given different jobs."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingest.post.keyed.claims import claim_first, claim_group, give_back, holds, skip

NOW = datetime(2007, 5, 2, 9, tzinfo=UTC)
PLACES = [("r1.1", "a"), ("r1.1", "b"), ("r2.1", "a")]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "keying" / "parks.sqlite"


def later(**time: int) -> datetime:
    return NOW + timedelta(**time)


def test_each_person_gets_another_and_stays_at_it(file: Path) -> None:
    assert [claim_first(file, PLACES, name, NOW) for name in ("ann", "bob", "Ann ", "cat", "dan")] == [
        PLACES[0],
        PLACES[1],
        PLACES[0],
        PLACES[2],
        None,
    ]
    assert holds(file, PLACES[0], "ann", NOW)
    assert not holds(file, PLACES[0], "bob", NOW)
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_a_claim_runs_out_after_a_quarter_of_an_hour(file: Path) -> None:
    claim_first(file, PLACES[:1], "ann", NOW)
    assert claim_first(file, PLACES[:1], "bob", later(minutes=14)) is None
    assert claim_first(file, PLACES[:1], "bob", later(minutes=15)) == PLACES[0]
    assert not holds(file, PLACES[0], "ann", later(minutes=15))


def test_who_asks_again_has_it_for_longer(file: Path) -> None:
    claim_first(file, PLACES[:1], "ann", NOW)
    claim_first(file, PLACES[:1], "ann", later(minutes=10))
    assert claim_first(file, PLACES[:1], "bob", later(minutes=20)) is None


def test_what_is_done_is_free(file: Path) -> None:
    claim_first(file, PLACES, "ann", NOW)
    give_back(file, PLACES[0], "bob")
    assert holds(file, PLACES[0], "ann", NOW)
    give_back(file, PLACES[0], "ann")
    assert claim_first(file, PLACES, "bob", NOW) == PLACES[0]


def test_a_job_that_waits_no_more_is_not_stayed_at(file: Path) -> None:
    claim_first(file, PLACES, "ann", NOW)
    assert claim_first(file, PLACES[1:], "ann", NOW) == PLACES[1]
    assert claim_first(file, PLACES[:1], "bob", NOW) == PLACES[0]


def test_what_is_skipped_comes_last_and_the_longest_ago_first(file: Path) -> None:
    seen = []
    for minute in range(5):
        place = claim_first(file, PLACES, "ann", later(minutes=minute))
        assert place
        seen.append(place)
        skip(file, place, "ann", later(minutes=minute))
    assert seen == [*PLACES, *PLACES[:2]]
    assert claim_first(file, PLACES, "bob", later(minutes=5)) == PLACES[0]


def test_a_skip_is_forgotten_by_the_next_day(file: Path) -> None:
    skip(file, PLACES[0], "ann", NOW)
    assert claim_first(file, PLACES, "ann", later(hours=8)) == PLACES[0]


def test_twenty_people_at_once_get_twenty_jobs(file: Path) -> None:
    places = [(f"r{number}.1", "a") for number in range(20)]
    claim_first(file, [], "first", NOW)
    with ThreadPoolExecutor(20) as people:
        found = list(people.map(lambda name: claim_first(file, places, f"p{name}", NOW), range(20)))
    assert sorted(found, key=str) == sorted(places, key=str)


def test_no_answer_can_be_in_the_file(file: Path) -> None:
    claim_first(file, PLACES, "ann", NOW)
    skip(file, PLACES[0], "ann", NOW)
    with sqlite3.connect(file) as connection:
        columns = {
            table: [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        }
    assert columns == {
        "claims": ["response", "field", "officer", "until"],
        "skipped": ["response", "field", "officer", "at"],
    }


def test_a_group_is_claimed_as_a_whole_without_what_another_is_at(file: Path) -> None:
    groups = [PLACES[:2], PLACES[2:]]
    claim_first(file, PLACES[:1], "ann", NOW)
    assert claim_group(file, groups, "bob", NOW) == [PLACES[1]]
    assert claim_group(file, groups, "cat", NOW) == [PLACES[2]]
    assert claim_group(file, groups, "dan", NOW) == []
    assert [holds(file, place, "bob", NOW) for place in PLACES] == [False, True, False]


def test_who_is_at_a_group_stays_there_and_one_that_was_skipped_comes_last(file: Path) -> None:
    groups = [PLACES[:2], PLACES[2:]]
    assert claim_group(file, groups, "ann", NOW) == PLACES[:2]
    assert claim_group(file, list(reversed(groups)), "ann", later(minutes=1)) == PLACES[:2]
    for place in PLACES[:2]:
        skip(file, place, "ann", later(minutes=2))
    assert claim_group(file, groups, "ann", later(minutes=3)) == PLACES[2:]
    skip(file, PLACES[2], "ann", later(minutes=4))
    assert claim_group(file, groups, "ann", later(minutes=5)) == PLACES[:2]
    # Whoever takes another group leaves the first.
    assert claim_group(file, groups[1:], "ann", later(minutes=6)) == PLACES[2:]
    assert claim_group(file, groups, "bob", later(minutes=6)) == PLACES[:2]

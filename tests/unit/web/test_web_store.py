"""The store: one winner for an id, numbers without gaps, and what it says when it cannot write."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ingest.web.errors import BusyError, StoreUnavailableError
from ingest.web.store.records import GENESIS, Record, Stored, Submission, next_link
from ingest.web.store.sqlite import SqliteStore as Store


def _submission(
    submission_id: str, consultation: str = "one", fingerprint: str = "same", sealed: bytes = b"x"
) -> Submission:
    return Submission(
        consultation=consultation,
        id=submission_id,
        questionnaire_hash="hash",
        media_type="type",
        received_at="2007-05-01T00:00:00+00:00",
        sha256="sha256",
        fingerprint=fingerprint,
        reference="ABCD-2345",
        sealed=sealed,
    )


def test_a_submission_is_new_then_a_repeat_and_with_other_content_a_conflict(tmp_path: Path) -> None:
    store = Store(tmp_path / "store.sqlite")
    first = store.put(_submission("a")).result()
    repeat = store.put(_submission("a")).result()
    conflict = store.put(_submission("a", fingerprint="other")).result()
    store.close()
    record = Record(
        consultation="one",
        id="a",
        event="submission",
        relates_to=None,
        questionnaire_hash="hash",
        media_type="type",
        received_at="2007-05-01T00:00:00+00:00",
        device_time=None,
        device_offset_minutes=None,
        sha256="sha256",
        fingerprint="same",
        reference="ABCD-2345",
        sequence=1,
        channel="web",
        change_key=None,
        chain=next_link(GENESIS, 1, "a", None, "sha256"),
    )
    assert [first, repeat, conflict] == [Stored("new", record), Stored("repeat", record), Stored("conflict", record)]


def test_two_writers_on_one_file_number_each_consultation_without_gaps(tmp_path: Path) -> None:
    stores = [Store(tmp_path / "store.sqlite") for _ in range(2)]
    with ThreadPoolExecutor(8) as pool:
        jobs = [
            (stores[number % 2], _submission(f"{number // 4}", "one" if number % 3 else "two")) for number in range(600)
        ]
        results = list(pool.map(lambda job: job[0].put(job[1]).result(), jobs))
    for store in stores:
        store.close()
    for consultation in ("one", "two"):
        new = [r.record.sequence for r in results if r.outcome == "new" and r.record.consultation == consultation]
        assert sorted(new) == list(range(1, len(new) + 1))
        ids = {submission.id for _, submission in jobs if submission.consultation == consultation}
        assert len(new) == len(ids)


def test_the_feed_stops_at_the_limit_and_once_enough_bytes_are_read(tmp_path: Path) -> None:
    store = Store(tmp_path / "store.sqlite")
    for number in range(6):
        store.put(_submission(f"{number}", sealed=bytes([number]) * 10)).result()

    def page(after: int, limit: int, max_bytes: int) -> list[tuple[int, bytes]]:
        return [(record.sequence, sealed) for record, sealed in store.feed("one", after, limit, max_bytes)]

    assert page(1, 2, 1_000) == [(2, b"\x01" * 10), (3, b"\x02" * 10)]
    assert page(1, 100, 15) == [(2, b"\x01" * 10), (3, b"\x02" * 10)]
    assert page(5, 100, 1) == [(6, b"\x05" * 10)]
    assert page(6, 100, 1_000) == []
    store.close()


def test_more_than_may_wait_is_refused_and_goes_in_later(tmp_path: Path) -> None:
    store = Store(tmp_path / "store.sqlite", max_pending_bytes=5_000)
    blocker = sqlite3.connect(tmp_path / "store.sqlite", isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    waiting = []
    with pytest.raises(BusyError) as refused:
        for number in range(20):
            waiting.append(store.put(_submission(f"{number}", sealed=b"x" * 1_000)))
    blocker.execute("ROLLBACK")
    blocker.close()
    assert (refused.value.status, refused.value.retry_after) == (429, 2)
    assert [future.result().outcome for future in waiting] == ["new"] * len(waiting)
    assert store.put(_submission("later")).result().outcome == "new"
    store.close()


def test_a_failed_write_is_told_to_all_of_its_group_and_the_store_goes_on(tmp_path: Path) -> None:
    store = Store(tmp_path / "store.sqlite")
    blocker = sqlite3.connect(tmp_path / "store.sqlite", isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    failed = store.put(_submission("a"))
    with pytest.raises(StoreUnavailableError, match="could not be stored; nothing of it was kept"):
        failed.result()
    blocker.execute("ROLLBACK")
    blocker.close()
    assert store.put(_submission("a")).result().record.sequence == 1
    store.close()


def test_a_sender_that_gave_up_does_not_stop_the_writer(tmp_path: Path) -> None:
    store = Store(tmp_path / "store.sqlite")
    blocker = sqlite3.connect(tmp_path / "store.sqlite", isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    futures = [store.put(_submission(f"{number}")) for number in range(10)]
    given_up = [future.cancel() for future in futures]
    blocker.execute("ROLLBACK")
    blocker.close()
    assert store.put(_submission("after")).result().outcome == "new"
    stored = {record.id for record, _ in store.feed("one", 0, 100, 10_000)}
    assert stored == {"after"} | {f"{number}" for number, gone in enumerate(given_up) if not gone}
    store.close()


def test_what_is_queued_is_written_before_closing_and_nothing_is_taken_after(tmp_path: Path) -> None:
    store = Store(tmp_path / "store.sqlite")
    futures = [store.put(_submission(f"{number}")) for number in range(50)]
    store.close()
    assert [future.result().record.sequence for future in futures] == list(range(1, 51))
    with pytest.raises(StoreUnavailableError, match="is stopping"):
        store.put(_submission("late"))


def test_a_file_that_is_no_store_is_told_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "store.sqlite").write_bytes(b"no database" * 1_000)
    with pytest.raises(StoreUnavailableError, match=r"store\.sqlite cannot be used as a store"):
        Store(tmp_path / "store.sqlite")

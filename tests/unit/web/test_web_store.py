"""The store in SQLite and its writer: what it says when it cannot write, and what stays on the disk.

What it shares with other stores is in tests/contract/test_store_contract.py.
"""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest

from ingest.web.errors import BusyError, StoreUnavailableError
from ingest.web.store.records import Stored, Submission
from ingest.web.store.sqlite import SqliteStore
from ingest.web.store.writer import GroupWriter
from tests.contract.store_writer import submission


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "store.sqlite"


def _blocking(file: Path) -> sqlite3.Connection:
    """A writer that holds the file until it rolls back."""
    blocker = sqlite3.connect(file, isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    return blocker


def test_more_than_may_wait_is_refused_and_goes_in_later(file: Path) -> None:
    store = SqliteStore(file, max_pending_bytes=5_000)
    blocker = _blocking(file)
    waiting = []
    with pytest.raises(BusyError) as refused:
        for number in range(20):
            waiting.append(store.put(submission(f"{number}", sealed=b"x" * 1_000)))
    blocker.execute("ROLLBACK")
    blocker.close()
    assert (refused.value.status, refused.value.retry_after) == (429, 2)
    assert [future.result().outcome for future in waiting] == ["new"] * len(waiting)
    assert store.put(submission("later")).result().outcome == "new"
    store.close()


def test_a_failed_write_is_told_to_all_of_its_group_and_the_store_goes_on(file: Path) -> None:
    store = SqliteStore(file)
    blocker = _blocking(file)
    failed = store.put(submission("a"))
    with pytest.raises(StoreUnavailableError, match="could not be stored; nothing of it was kept"):
        failed.result()
    blocker.execute("ROLLBACK")
    blocker.close()
    assert store.put(submission("a")).result().record.sequence == 1
    store.close()


def test_whatever_a_write_fails_of_its_senders_are_told_and_the_writer_goes_on() -> None:
    def commit(group: Sequence[Submission]) -> list[Stored]:
        raise KeyError("unforeseen")

    writer = GroupWriter(commit, lambda: None)
    for name in ("a", "b"):
        with pytest.raises(StoreUnavailableError, match="It is not certain that the response was stored; send it"):
            writer.put(submission(name)).result(10)
    writer.close()


def test_a_sender_that_gave_up_does_not_stop_the_writer(file: Path) -> None:
    store = SqliteStore(file)
    blocker = _blocking(file)
    futures = [store.put(submission(f"{number}")) for number in range(10)]
    given_up = [future.cancel() for future in futures]
    blocker.execute("ROLLBACK")
    blocker.close()
    assert store.put(submission("after")).result().outcome == "new"
    stored = {record.id for record, _ in store.feed("one", 0, 100, 10_000)}
    assert stored == {"after"} | {f"{number}" for number, gone in enumerate(given_up) if not gone}
    store.close()


def test_a_purged_body_is_not_found_in_the_files(file: Path) -> None:
    store = SqliteStore(file)
    # Longer than a page, so that it lies in pages of its own too.
    needle = b"needle in the body "
    record = store.put(submission("a", sealed=needle * 1_000)).result().record
    assert any(needle in one.read_bytes() for one in file.parent.glob("store.sqlite*"))
    assert store.acknowledge("one", 1, record.chain, "2007-05-02T00:00:00+00:00")
    assert store.purge("2007-05-02T00:00:00+00:00") == 1
    assert not any(needle in one.read_bytes() for one in file.parent.glob("store.sqlite*"))
    store.close()


def test_a_row_that_was_removed_shows_in_the_extent(file: Path) -> None:
    store = SqliteStore(file)
    for number in range(3):
        store.put(submission(f"{number}")).result()
    with sqlite3.connect(file) as connection:
        connection.execute("DELETE FROM submissions WHERE sequence = 2")
    extent = store.extent("one")
    store.close()
    assert (extent.count, extent.last_sequence) == (2, 3)


def test_a_file_that_is_no_store_is_told_by_its_name(file: Path) -> None:
    file.write_bytes(b"no database" * 1_000)
    with pytest.raises(StoreUnavailableError, match=r"store\.sqlite cannot be used as a store"):
        SqliteStore(file)


def test_a_store_of_an_earlier_version_is_told_at_the_start_and_not_touched(file: Path) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE submissions (consultation TEXT, id TEXT, relates_to TEXT, reference TEXT)")
        connection.execute("INSERT INTO submissions VALUES ('one', 'a', NULL, 'ABCD-2345')")
    with pytest.raises(
        StoreUnavailableError, match=r"store\.sqlite was made by an earlier version of YourSay: pull it"
    ):
        SqliteStore(file)
    with sqlite3.connect(file) as connection:
        assert connection.execute("SELECT * FROM submissions").fetchall() == [("one", "a", None, "ABCD-2345")]

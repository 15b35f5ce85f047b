"""What every store promises (`ingest.web.store.base`), held against each of them."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from ingest.web.errors import StoreUnavailableError, TokenError
from ingest.web.store.base import Store
from ingest.web.store.records import GENESIS, Extent, Record, Stored, Token, next_link
from tests.contract.store_writer import store_at, submission
from tests.postgres import PostgresServer, running_postgres

ROOT = Path(__file__).parents[2]
LATER = "2007-05-02T00:00:00+00:00"


@pytest.fixture(scope="module")
def postgres() -> Iterator[PostgresServer]:
    with running_postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgres"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty store."""
    if request.param == "postgres":
        server: PostgresServer = request.getfixturevalue("postgres")
        return server.new_database()
    return str(tmp_path / "store.sqlite")


@pytest.fixture
def store(where: str) -> Iterator[Store]:
    opened = store_at(where)
    yield opened
    opened.close()


def _numbers(store: Store, consultation: str = "one") -> list[int]:
    return [record.sequence for record, _ in store.feed(consultation, 0, 10_000, 10**9)]


def _assert_chained(store: Store, consultation: str = "one") -> None:
    """The numbers have no gap, and every link follows from the one before it."""
    chain = GENESIS
    records = [record for record, _ in store.feed(consultation, 0, 10_000, 10**9)]
    assert [record.sequence for record in records] == list(range(1, len(records) + 1))
    for record in records:
        chain = next_link(chain, record.sequence, record.id, record.relates_to, record.sha256)
        assert record.chain == chain
    assert store.extent(consultation) == Extent(len(records), len(records), chain)


def test_a_submission_is_new_then_a_repeat_and_with_other_content_a_conflict(store: Store) -> None:
    first = store.put(submission("a", change_key="key", device_offset_minutes=60)).result()
    repeat = store.put(submission("a")).result()
    conflict = store.put(submission("a", fingerprint="other")).result()
    record = Record(
        consultation="one",
        sequence=1,
        id="a",
        event="submission",
        channel="web",
        relates_to=None,
        questionnaire_hash="hash",
        media_type="type",
        received_at="2007-05-01T00:00:00+00:00",
        device_time=None,
        device_offset_minutes=60,
        sha256="sha256 of a",
        fingerprint="same",
        reference="ABCD-2345",
        change_key="key",
        chain=next_link(GENESIS, 1, "a", None, "sha256 of a"),
    )
    assert [first, repeat, conflict] == [Stored("new", record), Stored("repeat", record), Stored("conflict", record)]
    assert store.feed("one", 0, 10, 1_000) == [(record, b"sealed")]
    assert store.by_reference("ABCD-2345") == [record]


def test_the_same_a_hundred_times_at_once_is_one_new_and_ninety_nine_repeats(where: str) -> None:
    with closing(store_at(where)) as one, closing(store_at(where)) as another, ThreadPoolExecutor(20) as pool:
        stores = [one, another]
        stored = list(pool.map(lambda number: stores[number % 2].put(submission("a")).result(), range(100)))
        assert sorted(found.outcome for found in stored) == ["new"] + ["repeat"] * 99
        assert len({found.record for found in stored}) == 1


def test_two_writers_number_each_consultation_without_gaps(where: str) -> None:
    stores = [store_at(where) for _ in range(2)]
    jobs = [
        (stores[number % 2], submission(f"{number // 4}", consultation="one" if number % 3 else "two"))
        for number in range(600)
    ]
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda job: job[0].put(job[1]).result(), jobs))
    for consultation in ("one", "two"):
        new = [r.record.sequence for r in results if r.outcome == "new" and r.record.consultation == consultation]
        ids = {sent.id for _, sent in jobs if sent.consultation == consultation}
        assert sorted(new) == list(range(1, len(ids) + 1))
        _assert_chained(stores[0], consultation)
    for opened in stores:
        opened.close()


def test_two_processes_write_and_the_feed_polled_meanwhile_misses_none_and_gives_none_twice(
    where: str, store: Store
) -> None:
    count = 400
    writers = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.contract.store_writer", where, prefix, str(count)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        for prefix in ("a", "b")
    ]
    seen: list[str] = []
    while any(writer.poll() is None for writer in writers) or len(seen) < store.extent("one").last_sequence:
        page = store.feed("one", len(seen), 7, 10**6)
        assert [record.sequence for record, _ in page] == list(range(len(seen) + 1, len(seen) + 1 + len(page)))
        seen += [record.id for record, _ in page]
    acknowledged = [line for writer in writers for line in (writer.communicate()[0] or "").split()]
    assert sorted(seen) == sorted(acknowledged) == sorted(f"{p}{n}" for p in "ab" for n in range(count))
    _assert_chained(store)


def test_the_feed_stops_at_the_limit_and_once_enough_bytes_are_read(store: Store) -> None:
    for number in range(6):
        store.put(submission(f"{number}", sealed=bytes([number]) * 10)).result()

    def page(after: int, limit: int, max_bytes: int) -> list[tuple[int, bytes | None]]:
        return [(record.sequence, sealed) for record, sealed in store.feed("one", after, limit, max_bytes)]

    assert page(1, 2, 1_000) == [(2, b"\x01" * 10), (3, b"\x02" * 10)]
    assert page(1, 100, 15) == [(2, b"\x01" * 10), (3, b"\x02" * 10)]
    assert page(5, 100, 1) == [(6, b"\x05" * 10)]
    assert page(6, 100, 1_000) == []


def test_each_version_takes_the_place_of_the_latest_whichever_it_names(store: Store) -> None:
    sent = [
        submission("a"),
        submission("b", event="supersede", relates_to="a"),
        submission("c", event="supersede", relates_to="a"),
        submission("a.withdrawn", event="withdraw", relates_to="a"),
        submission("d", event="supersede", relates_to="b"),
    ]
    one_at_a_time = [store.put(one).result().record.relates_to for one in sent[:2]]
    together = [future.result().record.relates_to for future in [store.put(one) for one in sent[2:]]]
    assert one_at_a_time + together == [None, "a", "b", "c", "c"]
    later = [store.later_event("one", name) for name in ("a", "b", "c", "d")]
    assert [record.id if record else None for record in later] == ["b", "c", "d", None]
    _assert_chained(store)


def test_a_version_sent_again_is_a_repeat_and_still_names_what_it_named(store: Store) -> None:
    store.put(submission("a")).result()
    first = store.put(submission("b", event="supersede", relates_to="a")).result()
    again = store.put(submission("b", event="supersede", relates_to="a")).result()
    assert (first.outcome, again) == ("new", Stored("repeat", first.record))


def test_the_extent_up_to_a_number_counts_rows_and_gives_the_chain_there(store: Store) -> None:
    records = [store.put(submission(f"{number}")).result().record for number in range(5)]
    assert store.extent("one", 3) == Extent(3, 3, records[2].chain)
    assert store.extent("one", 0) == Extent(0, 0, GENESIS)
    assert store.extent("one", 99) == store.extent("one") == Extent(5, 5, records[4].chain)
    assert store.extent("another") == Extent(0, 0, GENESIS)


def test_what_arrived_after_a_number_is_counted_by_channel_without_withdrawals(store: Store) -> None:
    for sent in (
        submission("a"),
        submission("b", channel="assisted"),
        submission("c", event="supersede", relates_to="a"),
        submission("d", event="withdraw", relates_to="b"),
        submission("e", consultation="another"),
    ):
        store.put(sent).result()
    assert [store.arrived("one", after) for after in (0, 1, 2, 3)] == [
        {"web": 2, "assisted": 1},
        {"web": 1, "assisted": 1},
        {"web": 1},
        {},
    ]


def test_bodies_go_once_they_are_old_and_landed_and_the_rest_of_the_record_stays(store: Store) -> None:
    records = [
        store.put(submission(f"{number}", received_at=at, sealed=f"body {number}".encode())).result().record
        for number, at in enumerate(["2007-04-01T00:00:00+00:00", "2007-04-02T00:00:00+00:00", LATER, LATER])
    ]
    before = "2007-04-03T00:00:00+00:00"
    assert store.purge(before) == 0
    assert store.acknowledge("one", 3, records[2].chain, LATER)
    assert [store.purge(before), store.purge(before)] == [2, 0]
    assert store.feed("one", 0, 10, 1_000) == [
        (records[0], None),
        (records[1], None),
        (records[2], b"body 2"),
        (records[3], b"body 3"),
    ]
    assert store.put(submission("0")).result() == Stored("repeat", records[0])


def test_erased_bodies_go_whatever_their_age_and_only_those_of_the_consultation(store: Store) -> None:
    records = [store.put(submission(name, sealed=name.encode())).result().record for name in "abc"]
    other = store.put(submission("a", consultation="two", sealed=b"other")).result().record
    assert [store.erase("one", ["a", "c", "unknown"]), store.erase("one", ["a"]), store.erase("one", [])] == [2, 0, 0]
    assert store.feed("one", 0, 10, 1_000) == [(records[0], None), (records[1], b"b"), (records[2], None)]
    assert store.feed("two", 0, 10, 1_000) == [(other, b"other")]
    assert store.put(submission("a")).result() == Stored("repeat", records[0])


def test_an_acknowledgement_with_another_chain_or_of_what_is_not_there_is_not_taken(store: Store) -> None:
    record = store.put(submission("a")).result().record
    assert not store.acknowledge("one", 1, GENESIS, LATER)
    assert not store.acknowledge("one", 2, record.chain, LATER)
    assert store.purge(LATER) == 0


def test_a_session_is_kept_replaced_and_gone_when_it_expires_or_ends(store: Store) -> None:
    noon, evening, night = (f"2007-05-01T{hour}:00:00+00:00" for hour in (12, 18, 23))
    store.save_session("s", b"one", evening)
    store.save_session("s", b"two", night)
    store.save_session("t", b"three", evening)
    assert [store.read_session("s", noon), store.read_session("t", noon)] == [b"two", b"three"]
    assert [store.read_session("s", evening), store.read_session("t", evening)] == [b"two", None]
    store.end_sessions(noon, "s")
    assert [store.read_session("s", noon), store.read_session("t", noon)] == [None, b"three"]
    store.end_sessions(evening)
    assert store.read_session("t", noon) is None


def test_a_token_is_found_by_its_hash_and_says_when_it_was_revoked(store: Store) -> None:
    tokens = [Token(name, "submission", "one", f"hash of {name}", LATER) for name in ("kiosk", "desk")]
    for token in tokens:
        store.add_token(token)
    with pytest.raises(TokenError, match="'one' has a token named 'kiosk'"):
        store.add_token(Token("kiosk", "assisted", "one", "another", LATER))
    assert store.tokens("one") == [tokens[1], tokens[0]]
    assert [store.revoke_token("one", "kiosk", LATER), store.revoke_token("one", "kiosk", LATER)] == [True, False]
    revoked = Token("kiosk", "submission", "one", "hash of kiosk", LATER, revoked_at=LATER)
    assert [store.token_by_hash("hash of kiosk"), store.token_by_hash("unknown")] == [revoked, None]
    assert store.tokens("two") == []


def test_what_is_queued_is_written_before_closing_and_nothing_is_taken_after(where: str) -> None:
    store = store_at(where)
    futures = [store.put(submission(f"{number}")) for number in range(50)]
    store.close()
    assert [future.result().record.sequence for future in futures] == list(range(1, 51))
    with pytest.raises(StoreUnavailableError, match="is stopping"):
        store.put(submission("late"))
    with closing(store_at(where)) as again:
        _assert_chained(again)

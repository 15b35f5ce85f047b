"""Sessions: how long they live, and what is kept of them."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from dashboards.accounts import Account, add_account
from dashboards.sessions import (
    ABSOLUTE_SECONDS,
    IDLE_SECONDS,
    close_session,
    find_session,
    form_token,
    form_token_is_right,
    open_session,
)
from schemas.clock import SteppedClock

ADA = Account("ada", "member")


@pytest.fixture
def token(store: Path, now: SteppedClock) -> str:
    add_account(store, ADA, "correct horse battery staple")
    return open_session(store, ADA, now.now())


def later(now: SteppedClock, seconds: float) -> SteppedClock:
    now.set(now.now() + timedelta(seconds=seconds))
    return now


def test_a_session_is_found_by_its_token_alone(store: Path, token: str, now: SteppedClock) -> None:
    assert find_session(store, token, now.now()) == ADA
    assert find_session(store, token[:-1], now.now()) is None
    assert find_session(store, "", now.now()) is None


def test_tokens_are_long_differ_and_are_kept_as_hashes(store: Path, token: str, now: SteppedClock) -> None:
    another = open_session(store, ADA, now.now())
    assert another != token
    assert min(len(token), len(another)) >= 43
    assert [file for file in store.parent.glob("accounts*") if token.encode() in file.read_bytes()] == []


def test_a_session_ends_when_it_was_not_seen_for_half_an_hour(store: Path, token: str, now: SteppedClock) -> None:
    assert find_session(store, token, later(now, IDLE_SECONDS).now()) == ADA
    assert find_session(store, token, later(now, IDLE_SECONDS + 1).now()) is None


def test_being_seen_keeps_a_session_until_its_absolute_end(store: Path, token: str, now: SteppedClock) -> None:
    for _ in range(ABSOLUTE_SECONDS // IDLE_SECONDS):
        assert find_session(store, token, later(now, IDLE_SECONDS).now()) == ADA
    assert find_session(store, token, later(now, 1).now()) is None


def test_what_a_page_does_by_itself_keeps_no_session_alive(store: Path, token: str, now: SteppedClock) -> None:
    assert find_session(store, token, later(now, IDLE_SECONDS - 10).now(), seen=False) == ADA
    assert find_session(store, token, later(now, 20).now(), seen=False) is None


def test_a_clock_that_is_set_back_ends_sessions(store: Path, token: str, now: SteppedClock) -> None:
    assert find_session(store, token, now.now() - timedelta(minutes=5)) is None


def test_signing_out_ends_the_session_for_good(store: Path, token: str, now: SteppedClock) -> None:
    close_session(store, token)
    close_session(store, token)
    assert find_session(store, token, now.now()) is None


def test_a_changed_role_counts_at_once_and_a_removed_account_has_no_session(
    store: Path, token: str, now: SteppedClock
) -> None:
    with sqlite3.connect(store) as connection:
        connection.execute("UPDATE accounts SET role = 'engineer'")
    assert find_session(store, token, now.now()) == Account("ada", "engineer")
    with sqlite3.connect(store) as connection:
        connection.execute("DELETE FROM accounts")
    assert find_session(store, token, now.now()) is None


def test_ended_sessions_are_removed_at_the_next_sign_in(store: Path, token: str, now: SteppedClock) -> None:
    open_session(store, ADA, later(now, ABSOLUTE_SECONDS + 1).now())
    assert sqlite3.connect(store).execute("SELECT count(*) FROM sessions").fetchone() == (1,)


def test_a_form_belongs_to_one_session_and_one_form() -> None:
    right = form_token("token", "/sign-out")
    assert form_token_is_right(right, "token", "/sign-out")
    others = [("token", "/sign-in"), ("another", "/sign-out")]
    assert [form_token_is_right(right, *other) for other in others] == [False, False]
    assert not form_token_is_right("ä", "token", "/sign-out")


def test_a_store_put_back_from_a_backup_counts_at_once(store: Path, token: str, now: SteppedClock) -> None:
    backup = store.with_name("backup.sqlite")
    with closing(sqlite3.connect(store)) as source, closing(sqlite3.connect(backup)) as target:
        source.backup(target)
    newer = open_session(store, ADA, now.now())
    assert find_session(store, newer, now.now()) == ADA
    for companion in store.parent.glob(f"{store.name}-*"):
        companion.unlink()
    backup.replace(store)
    assert find_session(store, newer, now.now()) is None
    assert find_session(store, token, now.now()) == ADA


def test_what_another_process_changed_counts_at_once(store: Path, token: str, now: SteppedClock) -> None:
    assert find_session(store, token, now.now()) == ADA
    with closing(sqlite3.connect(store)) as another:
        another.execute("UPDATE accounts SET role = 'engineer' WHERE name = 'ada'")
        another.commit()
    assert find_session(store, token, now.now()) == Account("ada", "engineer")


def test_a_thread_that_looks_for_the_first_time_waits_for_nobody_who_writes(
    store: Path, token: str, now: SteppedClock
) -> None:
    with closing(sqlite3.connect(store, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        with ThreadPoolExecutor(1) as threads:
            assert threads.submit(find_session, store, token, now.now(), seen=False).result(timeout=5) == ADA

"""How often a sign-in may be tried."""

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dashboards.sign_in_limits import (
    TRIES_FROM_AN_ADDRESS,
    TRIES_OF_A_NAME,
    TRIES_OF_A_NAME_FROM_AN_ADDRESS,
    WINDOW_SECONDS,
    TooManyAttempts,
    count_attempt,
    forget_attempts,
)
from dashboards.store import open_store

NOW = datetime(2007, 4, 16, 12, tzinfo=UTC)


def attempt(store: Path, name: str = "ada", address: str = "192.0.2.1", at: datetime = NOW) -> None:
    with open_store(store) as connection:
        count_attempt(connection, name, address, at)


def test_a_name_from_one_address_is_stopped_after_five_tries(store: Path) -> None:
    for _ in range(TRIES_OF_A_NAME_FROM_AN_ADDRESS):
        attempt(store)
    with pytest.raises(TooManyAttempts) as stopped:
        attempt(store)
    assert str(stopped.value) == "Too many sign-ins were tried. Try again in 15 minutes."
    attempt(store, address="192.0.2.2")
    attempt(store, name="grace")


def test_the_limit_ends_with_its_window_and_refused_tries_do_not_prolong_it(store: Path) -> None:
    for _ in range(TRIES_OF_A_NAME_FROM_AN_ADDRESS):
        attempt(store)
    with pytest.raises(TooManyAttempts, match="in 1 minutes"):
        attempt(store, at=NOW + timedelta(seconds=WINDOW_SECONDS - 1))
    attempt(store, at=NOW + timedelta(seconds=WINDOW_SECONDS))


def test_one_address_that_tries_many_names_is_stopped(store: Path) -> None:
    for number in range(TRIES_FROM_AN_ADDRESS):
        attempt(store, name=f"name{number}")
    with pytest.raises(TooManyAttempts):
        attempt(store, name="another")
    attempt(store, name="another", address="198.51.100.7")


def test_one_name_tried_from_many_addresses_is_stopped(store: Path) -> None:
    for number in range(TRIES_OF_A_NAME):
        attempt(store, address=f"198.51.{number}.7")
    with pytest.raises(TooManyAttempts):
        attempt(store, address="203.0.113.1")


def test_addresses_of_one_ipv6_network_count_as_one(store: Path) -> None:
    for number in range(TRIES_OF_A_NAME_FROM_AN_ADDRESS):
        attempt(store, address=f"2001:db8:1:1::{number}")
    with pytest.raises(TooManyAttempts):
        attempt(store, address="2001:db8:1:1:ffff::1")
    attempt(store, address="2001:db8:1:2::1")


def test_a_success_does_not_count(store: Path) -> None:
    for number in range(TRIES_FROM_AN_ADDRESS + 5):
        attempt(store, name=f"member{number}")
        with open_store(store) as connection:
            forget_attempts(connection, f"member{number}", "192.0.2.1")
    left = sqlite3.connect(store).execute("SELECT count(*) FROM sign_in_attempts").fetchone()
    assert left == (0,)


def test_what_was_typed_as_a_name_is_not_kept(store: Path) -> None:
    attempt(store, name="my secret password", address="203.0.113.77")
    kept = b"".join(file.read_bytes() for file in store.parent.glob("accounts*"))
    assert b"sign_in_attempts" in kept
    assert (b"my secret password" in kept, b"203.0.113.77" in kept) == (False, False)

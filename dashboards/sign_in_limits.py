"""How often a sign-in may be tried. Names and addresses are kept as hashes only: people type passwords as names."""

import hashlib
import ipaddress
import sqlite3
from datetime import datetime

from dashboards.errors import DashboardError

WINDOW_SECONDS = 15 * 60
TRIES_OF_A_NAME_FROM_AN_ADDRESS = 5
TRIES_FROM_AN_ADDRESS = 30
TRIES_OF_A_NAME = 100
BEGUN_FROM_AN_ADDRESS = 300
REFUSALS_NOTED = 500


class TooManyAttempts(DashboardError):
    """Too many sign-ins were tried; the message says for how long to wait."""


def count_attempt(connection: sqlite3.Connection, name: str, address: str, now: datetime) -> None:
    """Count one attempt with a password. A refused attempt does not count, so a limit ends when its window does.

    Raises:
        TooManyAttempts: a limit is reached.
    """
    _count(connection, _subjects(name, address), now)


def forget_attempts(connection: sqlite3.Connection, name: str, address: str) -> None:
    """A sign-in succeeded: it does not count, nor do the failures of this name from this address before it.

    So a whole Commission behind one address can sign in, and a guesser's failures still count.
    """
    together, *others = _subjects(name, address)
    connection.execute("DELETE FROM sign_in_attempts WHERE subject = ?", (together,))
    for subject in others:
        _forget_one(connection, subject)


def count_begun(connection: sqlite3.Connection, address: str, now: datetime) -> None:
    """Count one who is sent to the provider: each is kept until they come back or the time is over.

    Raises:
        TooManyAttempts: too many were sent from this address.
    """
    _count(connection, {_digest("begun", _network(address)): BEGUN_FROM_AN_ADDRESS}, now)


def count_return(connection: sqlite3.Connection, address: str, now: datetime) -> None:
    """Count one who comes back from the provider, with the attempts from their address.

    Raises:
        TooManyAttempts: too many from this address failed.
    """
    _count(connection, {_digest("address", _network(address)): TRIES_FROM_AN_ADDRESS}, now)


def forget_return(connection: sqlite3.Connection, address: str) -> None:
    """Who came back was let in: that does not count."""
    _forget_one(connection, _digest("address", _network(address)))


def count_refusal(connection: sqlite3.Connection, now: datetime) -> int:
    """Count one refusal that is to be noted; how many there are within the window, this one included.

    More than one over the limit are not counted: nobody can make the store grow by it.
    """
    subject, since = _digest("refusals"), now.timestamp() - WINDOW_SECONDS
    connection.execute("DELETE FROM sign_in_attempts WHERE at <= ?", (since,))
    count = connection.execute("SELECT count(*) FROM sign_in_attempts WHERE subject = ?", (subject,)).fetchone()[0]
    if count <= REFUSALS_NOTED:
        connection.execute("INSERT INTO sign_in_attempts (subject, at) VALUES (?, ?)", (subject, now.timestamp()))
    return int(count) + 1


def _count(connection: sqlite3.Connection, subjects: dict[str, int], now: datetime) -> None:
    connection.execute("DELETE FROM sign_in_attempts WHERE at <= ?", (now.timestamp() - WINDOW_SECONDS,))
    for subject, limit in subjects.items():
        count, first = connection.execute(
            "SELECT count(*), min(at) FROM sign_in_attempts WHERE subject = ?", (subject,)
        ).fetchone()
        if count >= limit:
            minutes = max(1, round((first + WINDOW_SECONDS - now.timestamp()) / 60))
            raise TooManyAttempts(f"Too many sign-ins were tried. Try again in {minutes} minutes.")
    connection.executemany(
        "INSERT INTO sign_in_attempts (subject, at) VALUES (?, ?)", [(subject, now.timestamp()) for subject in subjects]
    )


def _forget_one(connection: sqlite3.Connection, subject: str) -> None:
    connection.execute(
        "DELETE FROM sign_in_attempts WHERE rowid = (SELECT max(rowid) FROM sign_in_attempts WHERE subject = ?)",
        (subject,),
    )


def _subjects(name: str, address: str) -> dict[str, int]:
    """What an attempt counts for, each with its limit; name and address together come first."""
    network = _network(address)
    return {
        _digest("name and address", name, network): TRIES_OF_A_NAME_FROM_AN_ADDRESS,
        _digest("address", network): TRIES_FROM_AN_ADDRESS,
        _digest("name", name): TRIES_OF_A_NAME,
    }


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _network(address: str) -> str:
    """An IPv6 host can use any address of its /64, so that counts as one."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(parsed) if parsed.version == 4 else str(ipaddress.ip_network((parsed, 64), strict=False))

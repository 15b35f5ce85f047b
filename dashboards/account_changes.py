"""Changes to accounts by who runs the installation. Each is noted in the register of sign-ins, or does not happen."""

from collections.abc import Iterator
from contextlib import contextmanager
from sqlite3 import Connection

from dashboards.accounts import Account, Role, check_role_exists, normalised
from dashboards.errors import DashboardError
from dashboards.identities import KnownAs, insert_known
from dashboards.sign_in_register import Event, SignInNote, note_sign_in
from dashboards.store import open_store
from schemas.data_folder import DataFolder

_SCREEN = "command line"


def add_known_account(data: DataFolder, account: Account, known_as: KnownAs, by: str) -> None:
    """Give somebody whom the provider knows an account.

    Raises:
        DashboardError: the name is taken or not usable, or that person has an account.
        RegisterError: it cannot be noted.
    """
    with open_store(data.accounts) as connection:
        name = insert_known(connection, account, known_as)
        _note(data, "account added", name, account.role, by)


def change_role(data: DataFolder, name: str, role: Role, by: str) -> None:
    """Give an account another role, which counts at the next request.

    Raises:
        DashboardError: there is no such account or role.
        RegisterError: it cannot be noted.
    """
    check_role_exists(role)
    with _account(data, name) as (connection, kept, before):
        connection.execute("UPDATE accounts SET role = ? WHERE name = ?", (role, kept))
        _note(data, "role changed", kept, f"{before} to {role}", by)


def remove_account(data: DataFolder, name: str, by: str) -> None:
    """Remove an account and end its sessions. What was decided under its name stays.

    Raises:
        DashboardError: there is no such account.
        RegisterError: it cannot be noted.
    """
    with _account(data, name) as (connection, kept, role):
        connection.execute("DELETE FROM accounts WHERE name = ?", (kept,))
        _note(data, "account removed", kept, role, by)


@contextmanager
def _account(data: DataFolder, name: str) -> Iterator[tuple[Connection, str, str]]:
    """A transaction, and the account in it that is meant: its name and role."""
    with open_store(data.accounts) as connection:
        row = connection.execute("SELECT name, role FROM accounts WHERE name = ?", (normalised(name),)).fetchone()
        if row is None:
            raise DashboardError("There is no such account; see 'yoursay accounts list'.")
        yield connection, row[0], row[1]


def _note(data: DataFolder, event: Event, name: str, what: str, by: str) -> None:
    note_sign_in(data.sign_ins, data.clock.now(), SignInNote(event, name, _SCREEN, what=what, by=by))

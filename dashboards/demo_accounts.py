"""Accounts for trying the demonstration. They exist only in a demonstration's data folder and work on loopback only."""

import json
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from dashboards.accounts import Account, Role, add_account, list_accounts
from dashboards.errors import DashboardError
from schemas.data_folder import DataFolder
from schemas.sealing import read_secret, write_secret

_DEMO_ACCOUNTS: tuple[Account, ...] = (
    Account("member", "member", demo=True),
    Account("officer", "officer", demo=True),
    Account("second-officer", "officer", demo=True),
    Account("publisher", "publisher", demo=True),
    Account("engineer", "engineer", demo=True),
)


@dataclass(frozen=True)
class DemoAccount:
    """One account of the demonstration, with the password to print."""

    name: str
    role: Role
    password: str = field(repr=False)


def create_demo_accounts(data: DataFolder) -> list[DemoAccount]:
    """The demonstration's accounts, made on the first call and the same at every later one.

    Passwords are random for each data folder and kept readable in `demo-accounts.json` (0600) beside the store,
    so that they can be printed again.

    Raises:
        DashboardError: the data folder has no clock of its own, so it is not a demonstration.
    """
    if not data.clock_file.exists():
        raise DashboardError(f"{data.root} is not a demonstration's data folder; demo accounts are made nowhere else.")
    passwords = _passwords(data.root / "demo-accounts.json")
    present = {account.name for account in list_accounts(data.accounts)}
    for account in _DEMO_ACCOUNTS:
        if account.name not in present:
            add_account(data.accounts, account, passwords[account.name])
    return [DemoAccount(account.name, account.role, passwords[account.name]) for account in _DEMO_ACCOUNTS]


def _passwords(file: Path) -> dict[str, str]:
    """Written before the first account is made, so that a stop in between leaves no account without a password."""
    if not file.exists():
        new = {account.name: secrets.token_urlsafe(12) for account in _DEMO_ACCOUNTS}
        write_secret(file, json.dumps(new, indent=1))
    kept: dict[str, str] = json.loads(read_secret(file))
    return kept

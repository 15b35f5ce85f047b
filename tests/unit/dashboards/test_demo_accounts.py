"""The demonstration's accounts exist in a demonstration alone, and can be printed again."""

import stat
from datetime import UTC, datetime

import pytest

from dashboards.accounts import Account, check_password, list_accounts
from dashboards.demo_accounts import create_demo_accounts
from dashboards.errors import DashboardError
from schemas.clock import write_shifted_clock
from schemas.data_folder import DataFolder

COMMISSION = datetime(2007, 4, 16, 16, tzinfo=UTC)


@pytest.fixture
def demonstration(data: DataFolder) -> DataFolder:
    write_shifted_clock(data.clock_file, COMMISSION)
    return data


def test_every_role_has_an_account_that_opens_with_its_password(demonstration: DataFolder) -> None:
    made = create_demo_accounts(demonstration)
    assert [(one.name, one.role) for one in made] == [
        ("member", "member"),
        ("officer", "officer"),
        ("second-officer", "officer"),
        ("publisher", "publisher"),
        ("engineer", "engineer"),
    ]
    opened = check_password(demonstration.accounts, made[0].name, made[0].password, "127.0.0.1", COMMISSION)
    assert opened == Account("member", "member", demo=True)


def test_a_second_call_prints_the_same_and_adds_nothing(demonstration: DataFolder) -> None:
    first = create_demo_accounts(demonstration)
    assert create_demo_accounts(demonstration) == first
    assert len(list_accounts(demonstration.accounts)) == 5


def test_passwords_differ_and_their_file_is_private(demonstration: DataFolder) -> None:
    made = create_demo_accounts(demonstration)
    assert len({one.password for one in made}) == 5
    assert stat.S_IMODE((demonstration.root / "demo-accounts.json").stat().st_mode) == 0o600


def test_a_folder_in_the_present_gets_no_demo_accounts(data: DataFolder) -> None:
    with pytest.raises(DashboardError, match="not a demonstration's data folder"):
        create_demo_accounts(data)
    assert not data.accounts.exists()

"""`yoursay accounts`: what an administrator does from the command line."""

from collections.abc import Callable
from typing import Any

import pytest

from schemas.clock import write_shifted_clock
from schemas.data_folder import DataFolder
from tests.integration.keying.conftest import yoursay  # noqa: F401 - a fixture

Yoursay = Callable[..., Any]
ISSUER = "https://login.example.org"


@pytest.fixture
def named(data: DataFolder) -> None:
    data.sign_in_file.write_text(f'issuer = "{ISSUER}"\nclient_id = "yoursay"\n')


@pytest.mark.usefixtures("named")
def test_accounts_are_added_listed_changed_and_removed(yoursay: Yoursay, data: DataFolder) -> None:  # noqa: F811
    added = yoursay("accounts", "add", "Olga", "--role", "officer", "--email", "olga@example.org", "--by", "root")
    assert (added.code, added.out) == (0, "Added olga (officer).\n")
    pat = ("accounts", "add", "pat", "--role", "publisher", "--subject", "p-1", "--issuer", "https://other.example")
    assert yoursay(*pat, "--by", "root").code == 0
    assert yoursay("accounts", "role", "olga", "publisher", "--by", "root").out == "olga is publisher now.\n"
    assert yoursay("accounts", "list", "--json").json == {
        "accounts": [
            {
                "name": "olga",
                "role": "publisher",
                "demonstration": False,
                "issuer": ISSUER,
                "subject": None,
                "email": "olga@example.org",
            },
            {
                "name": "pat",
                "role": "publisher",
                "demonstration": False,
                "issuer": "https://other.example",
                "subject": "p-1",
                "email": None,
            },
        ]
    }
    assert "olga@example.org" in yoursay("accounts", "list").out
    assert yoursay("accounts", "remove", "olga", "--by", "root").out == "Removed olga.\n"
    told = yoursay("accounts", "audit", "--json").json
    assert [(one["event"], one["account"], one["what"], one["by"]) for one in told["entries"]] == [
        ("account added", "olga", "officer", "root"),
        ("account added", "pat", "publisher", "root"),
        ("role changed", "olga", "officer to publisher", "root"),
        ("account removed", "olga", "publisher", "root"),
    ]
    assert (told["total"], list(told["heads"])) == (4, [str(data.clock.now().year)])
    last = yoursay("accounts", "audit", "--last", "1", "--json").json
    assert ([one["event"] for one in last["entries"]], last["total"]) == (["account removed"], 4)
    table = yoursay("accounts", "audit", "--last", "1").out
    assert ("olga" in table, "pat" in table, "4 entries\nhead of the chain of" in table) == (True, False, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("add", "olga", "--role", "officer", "--subject", "1"), "Say which provider with --issuer, or name it in "),
        (
            ("add", "olga", "--role", "owner", "--subject", "1", "--issuer", ISSUER),
            "'owner' is no role; choose one of member, officer, publisher, engineer.",
        ),
        (
            ("add", "olga", "--role", "officer", "--issuer", ISSUER),
            "An account is known by a subject or by an e-mail address: give one of them.",
        ),
        (("role", "olga", "officer"), "There is no such account; see 'yoursay accounts list'."),
        (("remove", "olga"), "There is no such account; see 'yoursay accounts list'."),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    yoursay: Yoursay,  # noqa: F811
    data: DataFolder,
    arguments: tuple[str, ...],
    said: str,
) -> None:
    called = yoursay("accounts", *arguments)
    assert (called.code, called.out) == (1, "")
    assert called.err.startswith(f"yoursay: {said}")
    assert yoursay("accounts", "list", "--json").json == {"accounts": []}


def test_a_changed_register_stops_the_audit(yoursay: Yoursay, data: DataFolder) -> None:  # noqa: F811
    for number in ("1", "2"):
        yoursay("accounts", "add", f"a{number}", "--role", "member", "--subject", number, "--issuer", ISSUER)
    (register,) = data.sign_ins.glob("*.jsonl")
    register.write_text(register.read_text().replace('"a1"', '"a9"'))
    called = yoursay("accounts", "audit")
    assert called.code == 1
    assert "line 2 is not as it was written; restore it from a backup." in called.err


def test_in_a_demonstration_too_the_register_is_of_its_own_time(yoursay: Yoursay, data: DataFolder) -> None:  # noqa: F811
    write_shifted_clock(data.clock_file, data.clock.now().replace(year=2007, month=3, day=1))
    yoursay("accounts", "add", "olga", "--role", "member", "--subject", "1", "--issuer", ISSUER)
    assert list(yoursay("accounts", "audit", "--json").json["heads"]) == ["2007"]

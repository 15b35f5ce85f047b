"""Results from closed to final, and corrected, on the command line by two people."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb

from orchestration.builds import warehouse_of
from schemas.clock import write_shifted_clock
from schemas.data_folder import DataFolder
from schemas.decisions import LateAcceptance
from schemas.definition import Definition
from tests.integration.desk.running import land
from tests.integration.keying.running import build
from tests.integration.orchestration.conftest import NOW
from tests.integration.signoff.conftest import AFTER, CommandLine, answers, code_all, decide
from transforms.warehouse.read import open_private, read_about
from transforms.warehouse.versions import current_version


def frozen(yoursay: CommandLine) -> str:
    """Close where it is not, and freeze; the hash."""
    if yoursay("results", "status", "--json").json["state"] == "open":
        assert yoursay("results", "close", "--officer", "anna").code == 0
    said = yoursay("results", "freeze", "--officer", "anna", "--json")
    assert said.code == 0, said.err
    return str(said.json["hash"])


def signed_off(yoursay: CommandLine) -> str:
    found = frozen(yoursay)
    for officer in ("anna", "ben"):
        said = yoursay("results", "sign-off", "--officer", officer, "--hash", found)
        assert said.code == 0, said.err
    return found


def shown(data: DataFolder, definition: Definition) -> dict[str, list[tuple[Any, ...]]]:
    """Every table of the version that is shown, but what it says of itself."""
    warehouse = warehouse_of(data, definition)
    with duckdb.connect(str(warehouse.public / f"{current_version(warehouse)}.duckdb"), read_only=True) as connection:
        names = [name for (name,) in connection.execute("SHOW TABLES").fetchall() if name != "about"]
        return {name: connection.execute(f"FROM {name}").fetchall() for name in names}


def about(data: DataFolder, definition: Definition) -> dict[str, str]:
    warehouse = warehouse_of(data, definition)
    return read_about(warehouse, str(current_version(warehouse)))


def test_two_people_make_results_final(yoursay: CommandLine, data: DataFolder, over: Definition) -> None:
    assert about(data, over)["status"] == "closed"
    found = frozen(yoursay)
    first = yoursay("results", "sign-off", "--officer", "anna", "--hash", found)
    assert (first.code, first.out) == (0, "bus-shelters: signed by anna; 1 more person has to.\n")
    assert about(data, over)["status"] == "closed"
    second = yoursay("results", "sign-off", "--officer", "ben", "--hash", found)
    assert (second.code, second.out) == (0, f"bus-shelters: final. Hash: {found}\n")
    said = about(data, over)
    assert (said["status"], said["final_hash"], said["correction"]) == ("final", found, "0")
    assert said["signed_off_at"].startswith("2007-05-10T")
    status = yoursay("results", "status", "--json").json
    assert status == {
        "state": "final",
        "frozen_hash": None,
        "signed_by": [],
        "final_hash": found,
        "final_as_at": said["as_at"],
        "signed_off_by": ["anna", "ben"],
        "correction": 0,
        "reason": "",
        "open": [],
    }
    # Members have seen the step of ten; twelve beside it would tell what two people said.
    assert next(row for row in shown(data, over)["positions"] if row[3] == "names_place")[5] == 10
    assert yoursay("retention", "status").out.startswith("bus-shelters: final on 2007-05-10")


def test_who_signed_cannot_sign_again(yoursay: CommandLine, over: Definition) -> None:
    found = frozen(yoursay)
    assert yoursay("results", "sign-off", "--officer", "anna", "--hash", found).code == 0
    for same in ("anna", " Anna ", "ＡＮＮＡ"):
        said = yoursay("results", "sign-off", "--officer", same, "--hash", found)
        assert (said.code, said.err) == (1, f"yoursay: {same.strip()} has signed it already; somebody else has to.\n")
    assert yoursay("results", "status", "--json").json["state"] == "signed"


def test_what_is_open_is_named_and_nothing_is_closed(yoursay: CommandLine, data: DataFolder, over: Definition) -> None:
    write_shifted_clock(data.clock_file, NOW)
    land(data, over, answers(range(20, 23)))
    said = yoursay("results", "close", "--officer", "anna")
    assert said.code == 1
    assert "Responses may still come in time; the closing rule has passed on 2007-05-01." in said.err
    assert "Coding: answers to be coded: 3 waiting." in said.err
    early = yoursay("results", "freeze", "--officer", "anna")
    assert (early.code, "The results are open: close them with" in early.err) == (1, True)
    assert yoursay("results", "status", "--json").json["state"] == "open"


def test_another_hash_is_not_signed(yoursay: CommandLine, over: Definition) -> None:
    found = frozen(yoursay)
    said = yoursay("results", "sign-off", "--officer", "anna", "--hash", "0" * 64)
    assert (said.code, f"has the hash {found}" in said.err) == (1, True)


def test_nothing_that_comes_later_changes_what_is_shown(
    yoursay: CommandLine, data: DataFolder, over: Definition
) -> None:
    found = signed_off(yoursay)
    before = shown(data, over)
    release = yoursay("release", "draft", "--officer", "anna", "--json").json["release"]
    tables = sorted((data.releases(over.id) / release / "tables").glob("*.csv"))
    land(data, over, answers(range(20, 32)))
    build(data, over)
    (web,) = [one for one in yoursay("ledger", "--json").json if one["channel"] == "web"]
    assert (web["received"], web["lines"]["out_of_time"]) == (24, 12)
    assert yoursay("erase", "--response", first_response(data, over), "--officer", "anna").code == 0
    build(data, over)
    assert shown(data, over) == before
    assert about(data, over)["final_hash"] == found
    later = yoursay("release", "build", "--json").json["release"]
    assert [(data.releases(over.id) / later / "tables" / one.name).read_bytes() for one in tables] == [
        one.read_bytes() for one in tables
    ]
    verified = yoursay("results", "verify", "--json")
    assert verified.code == 0, verified.err
    assert verified.json == {
        "hash": found,
        "problems": [],
        "notes": ["1 erased since; the figures are frozen and stay, and were not made again."],
        "rebuilt": False,
    }
    write_shifted_clock(data.clock_file, AFTER + timedelta(days=1))
    late = yoursay("pipeline", "run", "--as-at", "2007-05-11T09:30")
    assert (late.code, "a later view of them would be another result" in late.err) == (1, True)


def first_response(data: DataFolder, definition: Definition) -> str:
    with open_private(warehouse_of(data, definition)) as private:
        (found,) = private.execute("SELECT min(response_id) FROM responses").fetchone() or ("",)
    return str(found)


def test_a_correction_has_a_number_a_reason_and_two_signatures(
    yoursay: CommandLine, data: DataFolder, over: Definition
) -> None:
    first = signed_off(yoursay)
    before = shown(data, over)
    silent = yoursay("results", "correct", "--officer", "anna")
    assert (silent.code, "Say why" in silent.err) == (1, True)
    said = yoursay("results", "correct", "--officer", "anna", "--reason", "A bundle of paper was found.")
    assert (said.code, said.out) == (0, "bus-shelters: correction 1 is under way.\n")
    found = land(data, over, answers(range(20, 32)))
    decide(data, over, "anna", [LateAcceptance(response=one, reason="In the post room.") for one in found])
    build(data, over)
    assert shown(data, over) == before
    waiting = yoursay("results", "freeze", "--officer", "anna")
    assert (waiting.code, "answers to be coded: 12 waiting" in waiting.err) == (1, True)
    code_all(data, over)
    second = signed_off(yoursay)
    assert second != first
    said_of = about(data, over)
    assert (said_of["status"], said_of["final_hash"], said_of["correction"]) == ("final", second, "1")
    # Twenty-four, not a whole step of ten: nothing is held back once it is final.
    assert next(row for row in shown(data, over)["positions"] if row[3] == "names_place")[5] == 24
    status = yoursay("results", "status").out
    assert "Correction 1: A bundle of paper was found." in status
    assert yoursay("results", "verify").code == 0


def test_the_results_made_again_have_the_same_hash(yoursay: CommandLine, data: DataFolder, over: Definition) -> None:
    found = frozen(yoursay)
    said = yoursay("results", "verify", "--json")
    assert said.json == {"hash": found, "problems": [], "notes": [], "rebuilt": True}
    signed_off_ = [yoursay("results", "sign-off", "--officer", who, "--hash", found).code for who in ("anna", "ben")]
    assert signed_off_ == [0, 0]
    assert yoursay("results", "verify", "--json").json == said.json


def changed(file: Path, at: int) -> None:
    content = bytearray(file.read_bytes())
    content[at] ^= 1
    file.chmod(0o600)
    file.write_bytes(bytes(content))


def test_a_changed_byte_is_found_and_named(yoursay: CommandLine, data: DataFolder, over: Definition) -> None:
    signed_off(yoursay)
    (folder,) = data.frozen(over.id).iterdir()
    warehouse = warehouse_of(data, over)
    shown_file = warehouse.public / f"{current_version(warehouse)}.duckdb"
    batch = sorted(data.landing(over.id).glob("**/*.parquet"))[0]
    journal = sorted(data.journal(over.id).glob("**/*.parquet"))[0]
    register = data.sign_off(over.id)
    for file, at, named in (
        (folder / "results.duckdb", -2000, "results.duckdb: the file was changed or is missing"),
        (folder / "marts.duckdb", -2000, "marts.duckdb: the file was changed or is missing"),
        (batch, 200, "landing, "),
        (journal, 200, "decisions, "),
        (register, register.read_bytes().index(b"ben"), ""),
    ):
        whole = file.read_bytes()
        changed(file, at)
        said = yoursay("results", "verify")
        if file == register:
            # The last line's own words are held by nothing yet; the line before them is.
            file.write_bytes(whole)
            changed(file, whole.index(b'"frozen"'))
            said = yoursay("results", "verify")
            assert (said.code, "is not as it was written" in said.err) == (1, True)
        else:
            assert said.code == 1
            assert named in said.err
        file.write_bytes(whole)
    assert yoursay("results", "verify").code == 0
    with duckdb.connect(str(shown_file)) as connection:
        connection.execute("UPDATE ledger SET responses = responses + 1 WHERE line = 'included'")
    said = yoursay("results", "verify")
    assert (said.code, "the table 'ledger' is not the one that was signed" in said.err) == (1, True)


def test_after_the_keys_are_destroyed_hashes_alone_are_compared(
    yoursay: CommandLine, data: DataFolder, over: Definition
) -> None:
    found = signed_off(yoursay)
    write_shifted_clock(data.clock_file, NOW.replace(year=2008))
    planned = yoursay("retention", "run", "--json")
    code = json.loads(planned.out)["code"]
    people = ("--officer", "anna", "--witness", "ben")
    assert yoursay("retention", "run", "--destroy", code, *people).code == 0
    said = yoursay("results", "verify", "--json").json
    assert (said["hash"], said["problems"], said["rebuilt"]) == (found, [], False)
    assert said["notes"][0].startswith("Raw destroyed: the keys went on 2008-03-20")

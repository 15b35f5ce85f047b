"""Erasure: every copy goes, a signed tombstone stays, and everything that others sent is as it was."""

from collections.abc import Callable
from typing import Any

from ingest.journal import Journal
from ingest.web.store.sqlite import SqliteStore
from orchestration.builds import warehouse_of
from orchestration.intake import landing_of
from schemas.receipts import Receipt, load_signer, receipt_is_genuine
from schemas.sealing import opener, read_identity
from tests.integration.rights.conftest import NEEDLES, Filled, files_with
from transforms.warehouse.read import open_private
from transforms.warehouse.versions import current_version

CommandLine = Callable[..., Any]
LEFT_COPY = "holds a piece of it: another response of the same person, or a copy"


def said_in(filled: Filled) -> str:
    """Everything that can be opened with the keys: both logs, every private version, the server's store."""
    data, definition = filled.data, filled.definition
    open_body = opener(read_identity(data.keys(definition.id)))
    store = SqliteStore(data.public_server / "store.sqlite")
    bodies = [sealed for _, sealed in store.feed(definition.id, 0, 1_000, 10**9)]
    store.close()
    for row in landing_of(data, definition).log.read().to_pylist():
        bodies += [row["body"]] if row["event"] != "tombstone" else []
    bodies += Journal(data.journal(definition.id), data.clock).log.read()["body"].to_pylist()
    bodies += [file.read_bytes() for file in data.readings(definition.id).glob("*")]
    said = [open_body(body).decode("utf-8", "replace") for body in bodies if body is not None]
    warehouse = warehouse_of(data, definition)
    for version in (folder.name for folder in warehouse.private.iterdir() if folder.is_dir()):
        with open_private(warehouse, version) as private:
            tables = private.execute("SELECT database_name, table_name FROM duckdb_tables()").fetchall()
            said += [repr(private.execute(f"FROM {part}.{name}").fetchall()) for part, name in tables]
    return "\n".join(said)


def counts(ledger: list[dict[str, Any]]) -> dict[str, dict[str, int]]:
    return {
        one["channel"]: {"received": one["received"]} | {line: n for line, n in one["lines"].items() if n}
        for one in ledger
    }


def test_a_response_is_erased_everywhere_and_everything_else_stays(yoursay: CommandLine, filled: Filled) -> None:
    yoursay("pipeline", "run", "--as-at", "2007-03-20T13:00")
    before = counts(yoursay("ledger", "--json").json)
    assert NEEDLES[0] in said_in(filled)
    done = yoursay("erase", "--response", f"{filled.web}.1", "--officer", "ruth", "--json")
    assert done.code == 0
    assert done.json["responses"] == [f"{filled.web}.1"]
    assert done.json["removed"] == {
        "kept readings": 0,
        "views as at a moment that quoted it": 0,
        "decisions about it": 2,
        "drafts of keying": 0,
        "bodies on the public server": 1,
        "files in the inbox": 0,
        "bodies in landing": 1,
        "versions of the warehouse": 1,
    }
    # The same person's letter, which nobody linked and nobody asked to erase, has their address.
    assert done.json["files_with_needles"] == ["inbox/bus-shelters/email/done/letter.eml"]
    assert yoursay("landing", "verify").out.splitlines()[-1] == "erased: 1 artefacts, each with a signed tombstone"
    after = counts(yoursay("ledger", "--json").json)
    assert after["web"] == {
        "received": before["web"]["received"],
        "erased": 1,
        "included": before["web"]["included"] - 1,
    }
    # What was merged with it stands alone now, and counts by itself.
    alone = {"received": before["import"]["received"], "included": before["import"]["included"] + 1}
    assert before["import"]["merged"] == 1
    others = {name: lines for name, lines in before.items() if name != "web"}
    assert {name: lines for name, lines in after.items() if name != "web"} == others | {"import": alone}


def test_all_that_a_respondent_sent_is_erased(yoursay: CommandLine, filled: Filled) -> None:
    versions = {one.name for one in warehouse_of(filled.data, filled.definition).private.iterdir()}
    done = yoursay("erase", "--respondent", f"{filled.imported}.1", "--officer", "ruth", "--json")
    assert done.json["responses"] == sorted([f"{filled.web}.1", f"{filled.imported}.1"])
    assert (done.json["removed"]["bodies in landing"], done.json["needles"] > 4) == (2, True)
    letter = yoursay("erase", "--response", filled.mail, "--officer", "ruth", "--json").json
    assert (letter["removed"]["kept readings"], letter["removed"]["files in the inbox"]) == (1, 1)
    assert {one["where"] for one in letter["left"]} == {"the mailbox"}

    said = said_in(filled)
    assert [needle for needle in (*NEEDLES, "Quillstone") if needle in said] == []
    assert "At mill number 2" in said
    assert "nothing of it" in said
    assert files_with(filled.data.root, (*NEEDLES, "Quillstone")) == set()
    assert current_version(warehouse_of(filled.data, filled.definition)) not in versions
    assert yoursay("landing", "verify", "--json").json == {
        "landing": {"records": 17, "problems": []},
        "decisions": {"records": 3, "problems": []},
        "erasures": {"records": 3, "problems": []},
        "erased": 3,
        "raw_destroyed_at": None,
    }
    # Nothing comes back: the letter in the inbox again is known, the full build is what was built.
    assert yoursay("pipeline", "run", "--full").code == 0
    assert [needle for needle in NEEDLES if needle in said_in(filled)] == []


def test_a_copy_that_somebody_put_into_the_data_folder_is_found(yoursay: CommandLine, filled: Filled) -> None:
    copy = filled.data.root / "exported" / "copy.json"
    copy.parent.mkdir()
    copy.write_text(f'{{"where": "{NEEDLES[0]} please"}}', "utf-8")
    (filled.data.root / "exported" / "other.txt").write_text("At mill number 2", "utf-8")
    done = yoursay("erase", "--response", f"{filled.web}.1", "--officer", "ruth", "--json").json
    assert "exported/copy.json" in done["files_with_needles"]
    assert "exported/other.txt" not in done["files_with_needles"]
    assert {"where": "exported/copy.json", "what": LEFT_COPY} in done["left"]


def test_erased_twice_it_is_erased_once(yoursay: CommandLine, filled: Filled) -> None:
    assert yoursay("erase", "--response", f"{filled.web}.1", "--officer", "ruth").code == 0
    again = yoursay("erase", "--response", f"{filled.web}.1", "--officer", "ruth", "--json")
    assert (again.code, set(again.json["removed"].values()), again.json["needles"]) == (0, {0}, 0)
    assert yoursay("landing", "verify", "--json").json["erased"] == 1


def test_a_dry_run_says_what_would_go_and_changes_nothing(yoursay: CommandLine, filled: Filled) -> None:
    landed = landing_of(filled.data, filled.definition).log.last_line()
    said = yoursay("erase", "--respondent", f"{filled.web}.1", "--dry-run", "--json").json
    assert said == {
        "responses": sorted([f"{filled.web}.1", f"{filled.imported}.1"]),
        "artefacts": sorted([filled.web, filled.imported]),
        "other_responses": [],
    }
    assert landing_of(filled.data, filled.definition).log.last_line() == landed


def test_what_is_not_there_is_said_in_a_sentence(yoursay: CommandLine, filled: Filled) -> None:
    wrong = yoursay("erase", "--response", "nobody.1", "--officer", "ruth")
    none = yoursay("erase", "--officer", "ruth")
    assert [(one.code, one.err) for one in (wrong, none)] == [
        (1, "yoursay: 'nobody.1' is no response of this consultation; see 'yoursay export' or the receipt.\n"),
        (1, "yoursay: Name one response with --response, or one respondent with --respondent.\n"),
    ]


def test_a_body_that_is_gone_without_a_tombstone_is_a_fault(yoursay: CommandLine, filled: Filled) -> None:
    log = landing_of(filled.data, filled.definition).log
    with log.writing():
        log.remove_bodies([2])
    found = yoursay("landing", "verify")
    assert found.code == 1
    assert "erasures, record 2: the body is gone, and there is no tombstone for it" in found.err


def test_receipts_of_what_was_erased_can_still_be_checked(yoursay: CommandLine, filled: Filled) -> None:
    assert yoursay("erase", "--response", f"{filled.web}.1", "--officer", "ruth").code == 0
    key = load_signer(filled.data.public_server / "signing.key").public_bytes
    assert [receipt_is_genuine(Receipt.model_validate(one), key) for one in filled.receipts] == [True] * 4

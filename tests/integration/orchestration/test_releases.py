"""A release from draft to withdrawal on the command line, by two people; and who took which data out."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from dashboards.accounts import Account, add_account
from orchestration.builds import warehouse_of
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from schemas.register import entries
from transforms.release import life
from transforms.release.build import release_id
from transforms.release.check import package_problems
from transforms.release.files import checksums, json_bytes, sha256
from transforms.release.life import Deed
from transforms.release.package import package_files
from transforms.release.verify import verify_release
from transforms.warehouse.publish import shown_register

CommandLine = Callable[..., Any]
Imported = Callable[[list[str]], Any]


@pytest.fixture
def results(yoursay: CommandLine, data: DataFolder, bus_shelters: Definition, import_rows: Imported) -> DataFolder:
    """A data folder with a current version of twelve responses."""
    import_rows([f"{n},Ask Quillstone at DE1 2FS about place {n},daily,{n}@example.org" for n in range(12)])
    assert yoursay("pipeline", "run").code == 0
    return data


def drafted(yoursay: CommandLine, officer: str = "anna") -> str:
    said = yoursay("release", "draft", "--officer", officer, "--reason", "for the meeting", "--json")
    assert said.code == 0, said.err
    return str(said.json["release"])


def standing(yoursay: CommandLine, release: str) -> dict[str, Any]:
    (found,) = [one for one in yoursay("release", "list", "--json").json if one["release"] == release]
    return found


def published(yoursay: CommandLine, audience: str = "members") -> str:
    release = drafted(yoursay)
    assert yoursay("release", "check", release, "--officer", "anna").code == 0
    assert yoursay("release", "approve", release, "--officer", "ben").code == 0
    assert yoursay("release", "publish", release, "--officer", "ben", "--audience", audience).code == 0
    return release


def test_two_people_take_a_release_from_draft_to_withdrawal(yoursay: CommandLine, results: DataFolder) -> None:
    release = drafted(yoursay)
    assert standing(yoursay, release)["state"] == "drafted"
    for step in (["check"], ["approve"], ["publish", "--audience", "members"]):
        officer = "anna" if step == ["check"] else "ben"
        said = yoursay("release", step[0], release, "--officer", officer, *step[1:])
        assert (said.code, said.err) == (0, "")
    found = standing(yoursay, release)
    assert {key: found[key] for key in ("state", "audience", "drafted_by", "approved_by")} == {
        "state": "published",
        "audience": "members",
        "drafted_by": "anna",
        "approved_by": "ben",
    }
    said = yoursay("release", "withdraw", release, "--officer", "ben", "--reason", "A table was wrong.")
    assert said.code == 0
    found = standing(yoursay, release)
    assert (found["state"], found["audience"], found["reason"]) == ("withdrawn", "officers", "A table was wrong.")
    assert (results.releases("bus-shelters") / release / "manifest.json").is_file()


@pytest.mark.parametrize("second", ["anna", " Anna ", "ＡＮＮＡ"])
def test_who_drafted_a_release_cannot_approve_it(yoursay: CommandLine, results: DataFolder, second: str) -> None:
    release = drafted(yoursay)
    yoursay("release", "check", release, "--officer", "anna")
    said = yoursay("release", "approve", release, "--officer", second)
    assert said.code == 1
    assert "was drafted by anna; somebody else has to approve it." in said.err
    assert standing(yoursay, release)["state"] == "checked"


def test_no_step_is_left_out(yoursay: CommandLine, results: DataFolder) -> None:
    release = drafted(yoursay)
    early = yoursay("release", "approve", release, "--officer", "ben")
    assert (early.code, "is drafted, so it cannot be approved" in early.err) == (1, True)
    yoursay("release", "check", release, "--officer", "anna")
    unapproved = yoursay("release", "publish", release, "--officer", "ben")
    assert (unapproved.code, "is checked, so it cannot be published" in unapproved.err) == (1, True)
    again = yoursay("release", "draft", "--officer", "carl")
    assert (again.code, f"{release} was drafted by anna and is checked" in again.err) == (1, True)
    unknown = yoursay("release", "check", "../../landing", "--officer", "anna")
    assert (unknown.code, "There is no release" in unknown.err) == (1, True)


def test_an_account_s_role_is_asked(yoursay: CommandLine, results: DataFolder) -> None:
    add_account(results.accounts, Account("mia", "member"), "a long password")
    add_account(results.accounts, Account("olga", "officer"), "a long password")
    refused = yoursay("release", "draft", "--officer", "Mia")
    assert (refused.code, refused.err) == (1, "yoursay: Mia is a member; this is for an officer.\n")
    release = drafted(yoursay)
    yoursay("release", "check", release, "--officer", "olga")
    refused = yoursay("release", "approve", release, "--officer", "olga")
    assert (refused.code, refused.err) == (1, "yoursay: olga is an officer; this is for a publisher.\n")


def test_a_draft_whose_files_were_changed_is_not_checked_nor_approved(
    yoursay: CommandLine, results: DataFolder
) -> None:
    release = drafted(yoursay)
    readme = results.releases("bus-shelters") / release / "README.md"
    as_drafted = readme.read_text("utf-8")
    readme.write_text(as_drafted + "More.\n", "utf-8")
    said = yoursay("release", "check", release, "--officer", "anna")
    assert said.code == 1
    assert f"{release}: README.md: the file was changed" in said.err
    assert (standing(yoursay, release)["state"], standing(yoursay, release)["problems"]) == ("drafted", 1)
    readme.write_text(as_drafted, "utf-8")
    assert yoursay("release", "check", release, "--officer", "anna").code == 0


def test_another_release_under_a_checked_id_is_not_approved(yoursay: CommandLine, results: DataFolder) -> None:
    release = drafted(yoursay)
    yoursay("release", "check", release, "--officer", "anna")
    folder = results.releases("bus-shelters") / release
    (folder / "manifest.json").write_bytes((folder / "manifest.json").read_bytes().replace(b"Bus", b"Bad"))
    said = yoursay("release", "approve", release, "--officer", "ben")
    assert (said.code, "is not what was drafted" in said.err) == (1, True)


def test_where_the_version_of_a_draft_is_gone_the_check_says_so(
    yoursay: CommandLine, results: DataFolder, import_rows: Imported
) -> None:
    release = drafted(yoursay)
    (version,) = [one.stem for one in results.warehouse_public("bus-shelters").glob("*.duckdb")]
    import_rows([f"more-{n},Elsewhere {n},rarely," for n in range(3)])
    assert yoursay("pipeline", "run").code == 0
    shutil.rmtree(results.warehouse_private("bus-shelters") / version, ignore_errors=True)
    said = yoursay("release", "check", release, "--officer", "anna")
    gone = f"{release}: the version that it was made of is gone, so it was not made again from there.\n"
    assert (said.code, said.err) == (0, gone)


def test_a_draft_that_its_version_does_not_give_is_not_checked(
    yoursay: CommandLine, results: DataFolder, bus_shelters: Definition
) -> None:
    """Somebody writes other figures, and makes every other file and the id fit them."""
    folder = results.releases("bus-shelters") / drafted(yoursay)
    manifest = json.loads((folder / "manifest.json").read_bytes())
    tables = {name: pq.read_table(folder / f"tables/{name}.parquet") for name in manifest["tables"]}
    line = tables["ledger"].column("responses")
    tables["ledger"] = tables["ledger"].set_column(2, tables["ledger"].schema.field(2), pc.add(line, 1))
    files = package_files(bus_shelters, manifest, tables, None)
    files |= {name: (folder / name).read_bytes() for name in ("risk-report.html", "risk-report.pdf")}
    forged = write_release(folder.parent, manifest, files)
    deed = Deed("anna", results.clock.now())
    life.draft(folder.parent, forged.name, deed, manifest_sha256=sha256((forged / "manifest.json").read_bytes()))
    assert package_problems(forged, bus_shelters) == []
    said = yoursay("release", "check", forged.name, "--officer", "anna")
    assert (said.code, "gives another release; draft that one" in said.err) == (1, True)


def write_release(releases: Path, manifest: dict[str, Any], files: dict[str, bytes]) -> Path:
    """A whole release of these files, whose sums and id fit."""
    said = {name: {"sha256": sha256(content), "bytes": len(content)} for name, content in sorted(files.items())}
    manifest = manifest | {"files": said}
    manifest["release"] = release_id(manifest)
    files = files | {"manifest.json": json_bytes(manifest)}
    files |= {"SHA256SUMS": checksums(files)}
    for name, content in files.items():
        file = releases / str(manifest["release"]) / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return releases / str(manifest["release"])


def test_a_correction_names_the_release_that_takes_its_place(
    yoursay: CommandLine, results: DataFolder, import_rows: Imported
) -> None:
    first = published(yoursay)
    import_rows([f"more-{n},Elsewhere {n},rarely," for n in range(12)])
    assert yoursay("pipeline", "run").code == 0
    early = yoursay("release", "correct", first, "--officer", "ben", "--by", "r-none", "--reason", "Late answers.")
    assert (early.code, "publish the corrected release first" in early.err) == (1, True)
    second = published(yoursay)
    said = yoursay("release", "correct", first, "--officer", "ben", "--by", second, "--reason", "Late answers.")
    assert said.code == 0
    found = standing(yoursay, first)
    assert (found["state"], found["corrected_by"], found["audience"]) == ("corrected", second, "members")


def test_a_reason_that_says_a_name_or_an_answer_is_refused(yoursay: CommandLine, results: DataFolder) -> None:
    release = published(yoursay)
    for reason in ("Because of 3@example.org.", "They ask Quillstone at DE1 2FS about it."):
        said = yoursay("release", "withdraw", release, "--officer", "ben", "--reason", reason)
        assert said.code == 1
        assert "The promise 'confidence' forbids this output: --reason, words" in said.err
        assert not any(word in said.err for word in ("Quillstone", "example"))
    silent = yoursay("release", "withdraw", release, "--officer", "ben")
    assert (silent.code, "Say why" in silent.err) == (1, True)
    assert standing(yoursay, release)["state"] == "published"


def test_a_text_to_be_published_passes_the_gate_first(
    yoursay: CommandLine, results: DataFolder, tmp_path: Path
) -> None:
    report = tmp_path / "report.txt"
    report.write_text("Twelve people answered.\n\nMost take the bus every day.\n", "utf-8")
    said = yoursay("release", "prose", report)
    assert (said.code, said.out) == (0, f"{report}: 2 paragraphs, no name and no answer in them.\n")
    report.write_text("Twelve people answered.\n\nOne said: ask quillstone AT DE1 2FS about place 7.\n", "utf-8")
    said = yoursay("release", "prose", report)
    assert (said.code, said.err) == (
        1,
        "yoursay: The promise 'confidence' forbids this output: paragraph 2, words 3 to 8:"
        " 6 words in a row of an answer.\n",
    )


def test_verifying_says_how_a_release_stands_and_how_many_were_erased_since(
    yoursay: CommandLine, results: DataFolder, tmp_path: Path
) -> None:
    release = published(yoursay)
    package = tmp_path / "given" / release
    shutil.copytree(results.releases("bus-shelters") / release, package)
    said = yoursay("release", "verify", package)
    assert said.out.splitlines()[1:] == [
        "It is published, for members.",
        "0 erased since; the figures are frozen and stay.",
    ]
    with_two_erased = [row["response"] for row in _responses(yoursay, tmp_path)[:2]]
    for response in with_two_erased:
        assert yoursay("erase", "--response", response, "--officer", "anna").code == 0
    said = yoursay("release", "verify", package, "--json")
    assert (said.code, said.json["problems"], said.json["erased_since"]) == (0, [], 2)
    (package / "README.md").write_text("changed", "utf-8")
    said = yoursay("release", "verify", package)
    assert (said.code, "README.md: the file was changed" in said.err) == (1, True)


def _responses(yoursay: CommandLine, tmp_path: Path) -> list[dict[str, str]]:
    file = tmp_path / "clean.csv"
    assert yoursay("export", file, "--layer", "clean", "--format", "csv").code == 0
    header, *lines = file.read_text("utf-8").splitlines()
    assert header.startswith("response_id,")
    return [{"response": line.split(",")[0]} for line in lines]


def test_a_package_verifies_where_there_is_no_data_folder(
    yoursay: CommandLine, results: DataFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = results.releases("bus-shelters") / published(yoursay)
    monkeypatch.setenv("YOURSAY_DATA", str(tmp_path / "nowhere"))
    said = yoursay("release", "verify", package)
    assert (said.code, said.out) == (0, f"{package}: every file is as it was released.\n")


def test_each_export_is_noted_and_a_changed_line_is_found(
    yoursay: CommandLine, results: DataFolder, tmp_path: Path
) -> None:
    out = tmp_path / "masked.csv"
    told = ("--officer", "anna", "--reason", "a question of the auditors")
    assert yoursay("export", out, "--layer", "masked", "--format", "csv", *told).code == 0
    release = published(yoursay)
    listed = yoursay("audit", "list", "--json").json
    assert [(one["who"], one["what"], one["why"]) for one in listed["exports"]] == [
        ("anna", "layer masked as csv", "a question of the auditors"),
        ("anna", f"release {release} drafted", "for the meeting"),
        ("ben", f"release {release} to members", "to choose places for shelters"),
    ]
    assert all(one["at"].startswith("2007-03-20T12:") for one in listed["exports"])
    register = results.audit("bus-shelters")
    register.write_text(register.read_text("utf-8").replace('"anna"', '"carl"', 1), "utf-8")
    said = yoursay("audit", "list")
    assert (said.code, "is not as it was written" in said.err) == (1, True)
    assert yoursay("export", out, "--layer", "masked", *told).code == 1


def test_a_forged_package_is_refused_by_the_gate_though_its_sums_fit(
    yoursay: CommandLine, results: DataFolder, bus_shelters: Definition
) -> None:
    """A forger who makes a whole release with another purpose gets a valid id, and is stopped by the promise."""
    folder = results.releases("bus-shelters") / drafted(yoursay)
    files = {f.relative_to(folder).as_posix(): f.read_bytes() for f in folder.rglob("*") if f.is_file()}
    manifest = json.loads(files.pop("manifest.json")) | {"purpose": "to write to supporters"}
    del files["SHA256SUMS"]
    forged = write_release(folder.parent, manifest, files)
    assert verify_release(forged) == []
    assert package_problems(forged, bus_shelters) == [
        "The promise 'confidence' forbids this output: it is for another purpose than the one that was promised."
    ]


def test_a_draft_counts_as_shown_a_build_to_look_at_does_not_and_the_check_makes_it_as_it_was(
    yoursay: CommandLine, results: DataFolder, bus_shelters: Definition, import_rows: Imported
) -> None:
    register = shown_register(warehouse_of(results, bus_shelters)).file
    before = entries(register)
    looked_at = yoursay("release", "build", "--json").json["release"]
    assert entries(register) == before
    release = drafted(yoursay)
    assert release == looked_at
    assert [one["audience"] for one in entries(register)[len(before) :]] == ["release"]
    assert standing(yoursay, release)["shown_before"] == len(before)
    # What is shown later does not change what the release was made beside.
    import_rows([f"more-{n},Elsewhere {n},rarely," for n in range(12)])
    assert yoursay("pipeline", "run").code == 0
    assert len(entries(register)) > len(before) + 1
    said = yoursay("release", "check", release, "--officer", "anna")
    assert said.code == 0, said.err


def test_a_release_that_differs_from_an_earlier_one_by_few_shows_those_few_nowhere(
    yoursay: CommandLine, results: DataFolder, import_rows: Imported
) -> None:
    import_rows([f"first-{n},Here {n},rarely," for n in range(20)])
    assert yoursay("pipeline", "run").code == 0
    first = results.releases("bus-shelters") / drafted(yoursay)
    import_rows([f"few-{n},Elsewhere {n},rarely," for n in range(3)])
    assert yoursay("pipeline", "run").code == 0
    second = results.releases("bus-shelters") / drafted(yoursay)
    tables = [(folder / "tables/closed_answers.csv").read_text("utf-8") for folder in (first, second)]
    assert first != second
    assert tables[0] == tables[1]

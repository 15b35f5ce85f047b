"""What leaves by the results pages: noted before it goes, byte by byte what was released, and past the gate."""

import shutil
from pathlib import Path

import duckdb
import pytest

from dashboards.errors import DashboardError
from dashboards.results.settings import results_settings
from dashboards.results.views import view_of
from schemas.data_folder import DataFolder
from transforms.release import life
from transforms.release.audit import exports
from transforms.release.life import Deed

SEED = "third-sector-2007"
PAPERS = f"/releases/{SEED}/2007-04-04-papers"


def test_a_download_is_noted_with_who_what_and_when(server) -> None:
    register = server.data.audit(SEED)
    before = len(exports(register))
    with server.client("member") as member:
        assert member.get(f"{PAPERS}/tables/ledger.csv").status_code == 200
        assert member.get(f"{PAPERS}/tables/nothing.csv").status_code == 404
        assert member.get(f"/releases/{SEED}/2007-04-16-draft/manifest.json").status_code == 404
    (noted,) = exports(register)[before:]
    assert (noted.who, noted.why, noted.what) == (
        "member",
        "downloaded from the results pages",
        "release 2007-04-04-papers: tables/ledger.csv",
    )
    assert noted.at.startswith("2007-04-16T16:")


@pytest.mark.parametrize("name", ["tables/ledger.csv", "manifest.json", "SHA256SUMS"])
def test_a_file_that_is_not_the_one_released_is_not_handed_out(server, name: str) -> None:
    file = server.data.releases(SEED) / "2007-04-04-papers" / name
    released = file.read_bytes()
    file.write_bytes(released.replace(b"7", b"8"))
    before = len(exports(server.data.audit(SEED)))
    try:
        with server.client("officer") as officer:
            answer = officer.get(f"{PAPERS}/{name}")
    finally:
        file.write_bytes(released)
    assert (answer.status_code, answer.text) == (503, "This file is not handed out now; tell an officer.")
    assert len(exports(server.data.audit(SEED))) == before


def test_a_file_that_was_put_among_the_released_ones_is_not_handed_out(server) -> None:
    file = server.data.releases(SEED) / "2007-04-04-papers" / "names.csv"
    file.write_text("name\nAnn\n")
    try:
        with server.client("officer") as officer:
            answer = officer.get(f"{PAPERS}/names.csv")
    finally:
        file.unlink()
    assert (answer.status_code, "Ann" in answer.text) == (503, False)


def test_nothing_is_handed_out_where_it_cannot_be_noted(server) -> None:
    register = server.data.audit(SEED)
    with server.client("member") as member:
        assert member.get(f"{PAPERS}/manifest.json").status_code == 200
        kept = register.read_bytes()
        register.write_bytes(kept.replace(b"member", b"nobody", 1))
        refused = member.get(f"{PAPERS}/manifest.json")
        register.write_bytes(kept)
    assert refused.status_code == 503


def test_a_withdrawn_release_says_so_and_gives_its_files_to_officers_alone(server, put_release) -> None:
    release = put_release(server.data, SEED, "2007-04-10-wrong", "members")
    address = f"/releases/{SEED}/{release.name}/tables/ledger.csv"
    with server.client("member") as member, server.client("officer") as officer:
        assert member.get(address).status_code == 200
        deed = Deed("publisher", server.data.clock.now(), "A table counted a channel twice.")
        life.withdraw(server.data.releases(SEED), release.name, deed)
        assert (member.get(address).status_code, officer.get(address).status_code) == (404, 200)
        page = member.get(f"/results/{SEED}").text
    assert "Release 2007-04-10-wrong, as at 10 April 2007, 00:00, for officers" in page
    assert "Withdrawn: A table counted a channel twice." in page
    assert address not in page


def test_a_draft_that_was_withdrawn_is_nothing_to_members(server, put_release) -> None:
    release = put_release(server.data, SEED, "2007-04-11-draft", "officers")
    life.withdraw(server.data.releases(SEED), release.name, Deed("publisher", server.data.clock.now(), "Not needed."))
    with server.client("member") as member:
        assert "2007-04-11-draft" not in member.get(f"/results/{SEED}").text


def test_a_corrected_release_names_the_one_that_takes_its_place(server, put_release) -> None:
    first = put_release(server.data, SEED, "2007-04-12-first", "members")
    second = put_release(server.data, SEED, "2007-04-13-second", "members")
    deed = Deed("publisher", server.data.clock.now(), "Late paper was added.")
    life.correct(server.data.releases(SEED), first.name, deed, successor=second.name)
    with server.client("member") as member:
        page = member.get(f"/results/{SEED}").text
        assert member.get(f"/releases/{SEED}/{first.name}/tables/ledger.csv").status_code == 200
    assert "Corrected by release 2007-04-13-second, which takes its place: Late paper was added." in page


def test_a_page_whose_tables_would_break_a_promise_is_not_shown(demonstration: DataFolder, tmp_path: Path) -> None:
    settings = results_settings(demonstration, [SEED])
    assert view_of(settings, SEED).version.about.version == "000002-commission"
    public = demonstration.warehouse_public(SEED)
    changed = shutil.copy(public / "000002-commission.duckdb", public / "000003-changed.duckdb")
    with duckdb.connect(str(changed)) as connection:
        connection.execute("UPDATE about SET value = '000003-changed' WHERE key = 'version'")
        connection.execute("UPDATE positions SET label = 'Ann Other says so' WHERE code = 'oppose'")
    (public / "CURRENT").write_text("000003-changed\n")
    with pytest.raises(DashboardError) as refused:
        view_of(settings, SEED)
    assert str(refused.value) == (
        "The promise 'confidence' forbids this output: 'positions.label' holds words that are not the definition's."
    )


def test_without_its_definition_no_consultation_is_shown(demonstration: DataFolder) -> None:
    shutil.rmtree(demonstration.definitions / SEED)
    with pytest.raises(DashboardError, match="The definition of this consultation is not here"):
        view_of(results_settings(demonstration, [SEED]), SEED)


def test_a_view_of_an_earlier_policy_is_shown_with_its_own_labels(demonstration: DataFolder) -> None:
    public = demonstration.warehouse_public(SEED)
    with duckdb.connect(str(public / "000001-papers.duckdb")) as connection:
        connection.execute("INSERT INTO about VALUES ('policy_hash', 'that of another policy')")
        connection.execute("UPDATE positions SET label = 'Against' WHERE code = 'oppose'")
    view = view_of(results_settings(demonstration, [SEED]), SEED, "2007-04-04T17:00")
    assert "Against" in {row.label for row in view.version.positions}

"""The published tree is a function of the releases and their register, and is replaced at once."""

import hashlib
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from xml.etree import ElementTree as XML

import pytest
import requests

from orchestration.publication import build_publication
from orchestration.rights.backup_contents import files_to_back_up
from schemas.published import FILES, INDEX, PublishedIndex, read_index
from schemas.register import RegisterError
from tests.integration.site.conftest import APRIL_5, APRIL_9, JUNE, PARKS, THIRD, Shelf
from tests.public_releases import make_release, make_report, publish, third_sector_tables
from transforms.release import life
from transforms.release.life import Deed

Visit = Callable[..., AbstractContextManager[str]]
_KILLED = """
import os, signal, sys
from pathlib import Path
from schemas.data_folder import DataFolder
from schemas.definition import load_definition
from transforms.site.tree import build_tree
from transforms.site.write import write_tree
root, consultation, operation, survived = sys.argv[1:]
left, done = int(survived), getattr(Path, operation)
def or_die(self, *arguments, **named):
    global left
    if len(self.name.removesuffix(".part")) == 64 and (operation == "replace" or self.suffix != ".part"):
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1
    return done(self, *arguments, **named)
setattr(Path, operation, or_die)
data = DataFolder(Path(root))
definition = load_definition(data.definitions / consultation)
write_tree(build_tree(definition, data.releases(consultation)), data.published(consultation))
"""
ATOM = {"a": "http://www.w3.org/2005/Atom"}


def withdraw(shelf: Shelf, release: str, at: datetime = APRIL_9, why: str = "A table counted twice.") -> None:
    life.withdraw(shelf.data.releases(THIRD), release, Deed("ben", at, why))


def feed(shelf: Shelf) -> XML.Element:
    folder = shelf.data.published(THIRD)
    index = read_index(folder)
    assert index
    return XML.fromstring((folder / FILES / index.files["feed.xml"].sha256).read_bytes())


def entries(shelf: Shelf) -> dict[str, dict[str, str]]:
    """Every entry of the feed by its id: its parts' texts, and where it leads."""
    found = {}
    for entry in feed(shelf).findall("a:entry", ATOM):
        parts = {one.tag.split("}")[1]: one.text or one.get("href", "") for one in entry}
        found[parts["id"]] = parts
    return found


def test_the_same_releases_give_the_same_bytes(shelf: Shelf) -> None:
    shelf.third_release()
    shelf.build()
    before = shelf.published_bytes()
    shelf.build()
    assert shelf.published_bytes() == before
    for file in sorted(shelf.data.published(THIRD).rglob("*"), reverse=True):
        file.unlink() if file.is_file() else file.rmdir()
    shelf.build()
    assert shelf.published_bytes() == before


def test_it_holds_the_index_and_what_that_names_and_nothing_else(shelf: Shelf) -> None:
    shelf.third_release()
    shelf.build()
    (shelf.data.published(THIRD) / FILES / "stray").write_text("left over")
    (shelf.data.published(THIRD) / "index.json.part").write_text("left over")
    shelf.build()
    index = read_index(shelf.data.published(THIRD))
    assert index
    named = {f"{FILES}/{file.sha256}" for file in index.files.values()}
    assert set(shelf.published_bytes()) == {INDEX, *named}


def test_a_corrected_release_stays_and_names_its_successor(shelf: Shelf) -> None:
    first, second = shelf.third_release(155), shelf.third_release(160, at=APRIL_9)
    life.correct(shelf.data.releases(THIRD), first, Deed("ben", JUNE, "A late paper was added."), successor=second)
    shelf.build()
    folder = shelf.data.published(THIRD)
    index = read_index(folder)
    assert index
    assert index.latest
    assert index.latest.release == second
    assert f"releases/{first}/files/tables/ledger.csv" in index.files
    for rest in ("", "data", "questions/q2_place"):
        page = (folder / FILES / index.files[f"releases/{first}/{rest}"].sha256).read_text("utf-8")
        said = " ".join(page.split())
        assert "This release was corrected on 8 June 2007." in said
        assert f'href="/results/{THIRD}/releases/{second}/">Release {second} takes its place.' in said
        assert "Why: A late paper was added." in said


def test_a_successor_that_the_public_has_not_is_not_named(shelf: Shelf) -> None:
    first = shelf.third_release(155)
    second = shelf.third_release(160, at=APRIL_9, audience="members")
    life.correct(shelf.data.releases(THIRD), first, Deed("ben", JUNE, "A late paper was added."), successor=second)
    shelf.build()
    held = b"".join(shelf.published_bytes().values())
    assert second.encode() not in held
    assert b"The release that takes its place is not published here." in held


def test_the_feed_is_atom_whose_entries_stay_and_say_what_became_of_them(shelf: Shelf) -> None:
    first = shelf.third_release(155)
    shelf.build()
    root = feed(shelf)
    assert [one.tag.split("}")[1] for one in root] == ["id", "title", "updated", "author", "link", "link", "entry"]
    assert root.findtext("a:title", namespaces=ATOM) == "Results: A Joint Commissioning Framework for the Third Sector"
    (before,) = entries(shelf).values()
    assert before == {
        "id": before["id"],
        "title": f"Release {first} (results and data)",
        "published": "2007-04-05T09:00:00Z",
        "updated": "2007-04-05T09:00:00Z",
        "link": f"/results/{THIRD}/releases/{first}/",
        "summary": "Interim results, as at 4 April 2007, 17:00. They will change: do not quote them as the outcome.",
    }
    assert before["id"].startswith("urn:uuid:")
    second = shelf.third_release(160, at=APRIL_9)
    life.correct(shelf.data.releases(THIRD), first, Deed("ben", JUNE, "A late paper was added."), successor=second)
    shelf.build()
    assert len(entries(shelf)) == 2
    corrected = entries(shelf)[before["id"]]
    assert (corrected["title"], corrected["updated"], corrected["summary"]) == (
        f"Corrected: Release {first} (results and data)",
        "2007-06-08T09:00:00Z",
        "Why: A late paper was added.",
    )
    withdraw(shelf, first, JUNE + timedelta(days=1))
    shelf.build()
    withdrawn = entries(shelf)[before["id"]]
    assert {key: withdrawn[key] for key in ("title", "updated", "summary", "link", "published")} == {
        "title": f"Withdrawn: Release {first}",
        "updated": "2007-06-09T09:00:00Z",
        "summary": "Why: A table counted twice.",
        "link": before["link"],
        "published": before["published"],
    }
    assert feed(shelf).findtext("a:updated", namespaces=ATOM) == "2007-06-09T09:00:00Z"
    assert next(iter(entries(shelf))) == before["id"]


def test_after_the_latest_is_withdrawn_the_one_before_counts_again(shelf: Shelf) -> None:
    first, second = shelf.third_release(155), shelf.third_release(160, at=APRIL_9)
    withdraw(shelf, second, JUNE)
    assert [one.latest for one in shelf.build()] == [first, ""]


def test_a_view_of_an_earlier_day_does_not_take_the_place_of_a_later_or_final_one(shelf: Shelf) -> None:
    def released(as_at: datetime, at: datetime, **said: object) -> str:
        release = make_release(shelf.third, shelf.data.releases(THIRD), third_sector_tables(), as_at, **said)
        publish(shelf.data, shelf.third, release, at)
        return release

    later = released(JUNE, APRIL_5)
    released(APRIL_9, APRIL_9)
    assert build_publication(shelf.data, shelf.third).latest == later
    final = released(APRIL_5, JUNE, interim=False, status="final")
    assert build_publication(shelf.data, shelf.third).latest == final
    released(JUNE + timedelta(days=1), JUNE + timedelta(days=2))
    assert build_publication(shelf.data, shelf.third).latest == final
    page = (shelf.data.published(THIRD) / FILES / read_or_fail(shelf).files[""].sha256).read_text("utf-8")
    assert "Final results, as at 5 April 2007, 10:00." in page


@pytest.mark.parametrize("damage", ["changed", "removed", "link"])
def test_a_damaged_release_is_left_out_and_another_can_still_be_withdrawn(shelf: Shelf, damage: str) -> None:
    first, second = shelf.third_release(155), shelf.third_release(160, at=APRIL_9)
    shelf.build()
    file = shelf.data.releases(THIRD) / first / "tables/ledger.csv"
    content = file.read_bytes()
    file.unlink()
    if damage == "changed":
        file.write_bytes(content.replace(b"191", b"999"))
    elif damage == "link":
        (shelf.data.root / "elsewhere").write_bytes(content)
        file.symlink_to(shelf.data.root / "elsewhere")
    withdraw(shelf, second)
    publication = build_publication(shelf.data, shelf.third)
    (problem,) = publication.problems
    assert problem.startswith(f"{first}: tables/ledger.csv: ")
    index = read_index(shelf.data.published(THIRD))
    assert index
    assert [address for address in index.files if f"{first}/" in address] == [f"releases/{first}/"]
    assert index.withdrawn == (second,)
    assert index.latest is None
    file.unlink(missing_ok=True)
    file.write_bytes(content)
    assert build_publication(shelf.data, shelf.third).latest == first


def test_another_manifest_than_the_approved_one_is_left_out(shelf: Shelf) -> None:
    """Somebody replaces the whole folder by another whole release of the same id's name."""
    release = shelf.third_release()
    other = make_release(shelf.third, shelf.data.root / "made", third_sector_tables(999))
    folder = shelf.data.releases(THIRD) / release
    (shelf.data.root / "made" / other / "tables/positions.csv").replace(folder / "tables/positions.csv")
    (problem,) = build_publication(shelf.data, shelf.third).problems
    assert problem.startswith(f"{release}: tables/positions.csv: the file was changed")
    assert b"999" not in b"".join(shelf.published_bytes().values())


def test_a_changed_register_changes_nothing_on_the_site(shelf: Shelf) -> None:
    shelf.third_release()
    shelf.build()
    before = shelf.published_bytes()
    register = shelf.data.releases(THIRD) / "register.jsonl"
    register.write_bytes(register.read_bytes().replace(b"ben", b"eve"))
    with pytest.raises(RegisterError):
        build_publication(shelf.data, shelf.third)
    assert shelf.published_bytes() == before


def test_the_public_site_needs_no_key_and_names_no_officer(shelf: Shelf) -> None:
    release = shelf.third_release()
    withdraw(shelf, release)
    shelf.third_release(160, at=JUNE)
    shelf.build()
    held = b"".join(shelf.published_bytes().values())
    assert [name for name in (b"anna", b"ben ", b"ben.") if name in held] == []


def test_two_builds_at_once_leave_one_whole_tree(shelf: Shelf) -> None:
    shelf.third_release()
    shelf.build()
    before = shelf.published_bytes()
    threads = [threading.Thread(target=build_publication, args=(shelf.data, shelf.third)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert shelf.published_bytes() == before


# After so many files are put in place, and when the first of the old ones would be removed.
@pytest.mark.parametrize(("operation", "survived"), [("replace", 0), ("replace", 1), ("replace", 6), ("unlink", 0)])
def test_killed_in_the_middle_it_holds_the_whole_of_the_old_tree_or_of_the_new(
    shelf: Shelf, operation: str, survived: int
) -> None:
    first = shelf.third_release(155)
    shelf.build()
    second = shelf.third_release(160, at=APRIL_9)
    withdraw(shelf, first, JUNE)
    assert kill_after(shelf, operation, survived) == -signal.SIGKILL
    index = read_or_fail(shelf)
    assert index.latest
    assert index.latest.release == (first if operation == "replace" else second)
    assert whole(shelf)
    assert build_publication(shelf.data, shelf.third).latest == second
    held = shelf.published_bytes()
    named = {f"{FILES}/{file.sha256}" for file in read_or_fail(shelf).files.values()}
    assert set(held) == {INDEX, *named}
    assert not any(f'"release": "{first}"'.encode() in content for content in held.values())


def whole(shelf: Shelf) -> bool:
    """Whether everything that the index names is there, with its content."""
    held = shelf.published_bytes()
    return all(
        hashlib.sha256(held.get(f"{FILES}/{file.sha256}", b"")).hexdigest() == file.sha256
        for file in read_or_fail(shelf).files.values()
    )


def read_or_fail(shelf: Shelf) -> PublishedIndex:
    index = read_index(shelf.data.published(THIRD))
    assert index
    return index


def kill_after(shelf: Shelf, operation: str, survived: int) -> int:
    """Build in a process that kills itself, as a power cut would, before such an operation on published content."""
    done = subprocess.run(
        [sys.executable, "-c", _KILLED, str(shelf.data.root), THIRD, operation, str(survived)],
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.stderr == b""
    return done.returncode


def test_who_reads_while_it_is_replaced_has_the_old_or_the_new(shelf: Shelf, visit: Visit) -> None:
    """Pages are read without a pause while releases are published and withdrawn beneath."""
    releases = [shelf.third_release(155 + number, at=APRIL_5 + timedelta(hours=number)) for number in range(3)]
    shelf.build()
    statuses: set[int] = set()
    stop = threading.Event()
    with visit() as url:

        def read() -> None:
            with requests.Session() as session:
                while not stop.is_set():
                    for rest in ("", f"releases/{releases[0]}/", "feed.xml"):
                        answer = session.get(f"{url}/results/{THIRD}/{rest}", timeout=10)
                        statuses.add(answer.status_code)

        readers = [threading.Thread(target=read) for _ in range(2)]
        for reader in readers:
            reader.start()
        for number, release in enumerate(releases[1:]):
            withdraw(shelf, release, JUNE + timedelta(hours=number))
            shelf.build()
        stop.set()
        for reader in readers:
            reader.join()
    assert statuses <= {200, 429}
    assert 200 in statuses


def test_a_report_on_a_withdrawn_release_says_so(shelf: Shelf) -> None:
    data = shelf.third_release()
    report = make_report(shelf.third, shelf.data.releases(THIRD), data)
    publish(shelf.data, shelf.third, report, APRIL_9)
    withdraw(shelf, data, JUNE)
    shelf.build()
    index = read_or_fail(shelf)
    page = (shelf.data.published(THIRD) / FILES / index.files[f"releases/{report}/"].sha256).read_text("utf-8")
    assert f"Its figures are those of release {data}, which was withdrawn." in page


def test_a_backup_does_not_hold_the_site_so_nothing_withdrawn_comes_back(shelf: Shelf) -> None:
    release = shelf.third_release()
    shelf.build()
    names = {name for name, _ in files_to_back_up(shelf.data, "data")}
    assert f"releases/{THIRD}/{release}/manifest.json" in names
    assert [name for name in names if "published" in name] == []


def test_each_consultation_has_its_own(shelf: Shelf) -> None:
    third, parks = shelf.third_release(), shelf.parks_release()
    assert [one.latest for one in shelf.build()] == [third, parks]
    assert third.encode() not in b"".join(shelf.published_bytes(PARKS).values())
    assert parks.encode() not in b"".join(shelf.published_bytes(THIRD).values())


def test_reading_takes_no_lock_file_for_a_consultation(shelf: Shelf) -> None:
    shelf.third_release()
    shelf.build()
    assert sorted(one.name for one in shelf.data.published(THIRD).parent.iterdir() if one.is_dir()) == [PARKS, THIRD]

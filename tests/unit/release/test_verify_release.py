"""Verifying finds every change of a release folder."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from transforms.release.build import FORMAT, release_id
from transforms.release.files import checksums, json_bytes, sha256
from transforms.release.verify import Problem, verify_release


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small release that is whole."""
    data = {"tables/ledger.csv": b"channel,line,responses\n", "README.md": b"# Results\n"}
    files = {name: {"sha256": sha256(content), "bytes": len(content)} for name, content in data.items()}
    manifest = {"format": FORMAT, "files": files}
    release = release_id(manifest)
    data["manifest.json"] = json_bytes(manifest | {"release": release})
    data["SHA256SUMS"] = checksums(data)
    folder = tmp_path / release
    for name, content in data.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def resign(folder: Path) -> None:
    """Make the checksums fit what lies there, as a forger would."""
    files = {f.relative_to(folder).as_posix(): f.read_bytes() for f in folder.rglob("*") if f.is_file()}
    files.pop("SHA256SUMS")
    (folder / "SHA256SUMS").write_bytes(checksums(files))


def test_a_release_as_it_was_built_has_no_problem(folder: Path) -> None:
    assert verify_release(folder) == []


def change(folder: Path) -> None:
    (folder / "tables/ledger.csv").write_bytes(b"channel,line,responseS\n")


def remove(folder: Path) -> None:
    (folder / "tables/ledger.csv").unlink()


def add(folder: Path) -> None:
    (folder / "names.csv").write_bytes(b"name\n")


def link(folder: Path) -> None:
    (folder / "more").symlink_to(folder.parent)


def lose_sums(folder: Path) -> None:
    (folder / "SHA256SUMS").unlink()


def climb(folder: Path) -> None:
    (folder / "SHA256SUMS").write_text(f"{'0' * 64}  ../secret\n", "utf-8")


def spoil_manifest(folder: Path) -> None:
    (folder / "manifest.json").write_bytes(b"{")


@pytest.mark.parametrize(
    ("do", "problem"),
    [
        (change, Problem("tables/ledger.csv", "the file was changed")),
        (remove, Problem("tables/ledger.csv", "the file is missing")),
        (add, Problem("names.csv", "the file is not part of the release")),
        (link, Problem("more", "is a link, not a file")),
        (lose_sums, Problem("SHA256SUMS", "the file is missing")),
        (climb, Problem("SHA256SUMS", "the file cannot be read")),
        (spoil_manifest, Problem("manifest.json", "the file cannot be read")),
    ],
)
def test_each_change_is_found(do: Callable[[Path], None], problem: Problem, folder: Path) -> None:
    do(folder)
    assert verify_release(folder) == [problem]


def test_a_forger_who_mends_the_checksums_is_found_by_the_manifest(folder: Path) -> None:
    change(folder)
    resign(folder)
    assert verify_release(folder) == [Problem("manifest.json", "does not agree with SHA256SUMS")]


def test_a_forger_who_mends_the_manifest_is_found_by_the_id(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_bytes())
    content = b"channel,line,responseS\n"
    (folder / "tables/ledger.csv").write_bytes(content)
    manifest["files"]["tables/ledger.csv"]["sha256"] = sha256(content)
    (folder / "manifest.json").write_bytes(json_bytes(manifest))
    resign(folder)
    expected = release_id(manifest)
    assert verify_release(folder) == [Problem("manifest.json", f"was changed: its content gives the id {expected}")]


def test_a_folder_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    assert verify_release(tmp_path / "r-none") == [Problem("r-none", "there is no such folder")]

"""Verifies a release folder: checksums, manifest, id. Needs nothing but the folder."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from transforms.release.build import FORMAT, release_id
from transforms.release.files import MANIFEST, SUMS, sha256

_SUM_LINE = re.compile(r"([0-9a-f]{64})  (\w[\w.-]*(?:/\w[\w.-]*)*)")


@dataclass(frozen=True)
class Problem:
    """One fault of a release: where, and what."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


def verify_release(folder: Path) -> list[Problem]:
    """Every fault of the release in `folder`; an empty list says that it is whole and as it was built."""
    if not folder.is_dir():
        return [Problem(folder.name, "there is no such folder")]
    entries = sorted(entry for entry in folder.rglob("*") if entry.is_symlink() or not entry.is_dir())
    # A link could lead anywhere, so it is never followed.
    links = [entry.relative_to(folder).as_posix() for entry in entries if entry.is_symlink()]
    found = {
        entry.relative_to(folder).as_posix(): sha256(entry.read_bytes()) for entry in entries if not entry.is_symlink()
    }
    problems = [Problem(name, "is a link, not a file") for name in links]
    try:
        sums = _read_sums(folder, found)
        manifest = _read_manifest(folder, found)
    except _UnreadableError as error:
        return [*problems, Problem(error.where, error.what)]
    problems += _faults_of_files(sums, found)
    problems += _faults_of_manifest(folder, manifest, sums)
    return problems


class _UnreadableError(Exception):
    def __init__(self, where: str, what: str) -> None:
        super().__init__(where)
        self.where, self.what = where, what


def _read_sums(folder: Path, found: Mapping[str, str]) -> dict[str, str]:
    if SUMS not in found:
        raise _UnreadableError(SUMS, "the file is missing")
    lines = (folder / SUMS).read_text("utf-8", errors="replace").splitlines()
    matches = [_SUM_LINE.fullmatch(line) for line in lines]
    if not all(matches):
        raise _UnreadableError(SUMS, "the file cannot be read")
    return {match[2]: match[1] for match in matches if match}


def _read_manifest(folder: Path, found: Mapping[str, str]) -> dict[str, Any]:
    if MANIFEST not in found:
        raise _UnreadableError(MANIFEST, "the file is missing")
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
    except ValueError:
        raise _UnreadableError(MANIFEST, "the file cannot be read") from None
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise _UnreadableError(MANIFEST, f"is not of the format {FORMAT}")
    files = manifest.get("files")
    if not isinstance(files, dict) or not all(isinstance(one, dict) for one in files.values()):
        raise _UnreadableError(MANIFEST, "does not list the files")
    return manifest


def _faults_of_files(sums: Mapping[str, str], found: Mapping[str, str]) -> Iterator[Problem]:
    for name, expected in sums.items():
        if name not in found:
            yield Problem(name, "the file is missing")
        elif found[name] != expected:
            yield Problem(name, "the file was changed")
    yield from (Problem(name, "the file is not part of the release") for name in found if name not in {*sums, SUMS})


def _faults_of_manifest(folder: Path, manifest: Mapping[str, Any], sums: Mapping[str, str]) -> Iterator[Problem]:
    described = {name: one.get("sha256") for name, one in manifest["files"].items()}
    if described != {name: expected for name, expected in sums.items() if name != MANIFEST}:
        yield Problem(MANIFEST, f"does not agree with {SUMS}")
    expected = release_id(manifest)
    if manifest.get("release") != expected:
        yield Problem(MANIFEST, f"was changed: its content gives the id {expected}")
    if folder.resolve().name != manifest.get("release"):
        yield Problem(folder.name, "the folder does not have the release's id as its name")

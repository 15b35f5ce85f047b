"""Reads a release for its pages, after every file was held against the manifest, and that against the register."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from transforms.release.check import read_manifest
from transforms.release.files import MANIFEST, SUMS, sha256
from transforms.release.verify import verify_release
from transforms.site.errors import SiteError

_REPORT, _PACKAGE = "report", "datapackage.json"


@dataclass(frozen=True)
class ReleaseFile:
    """A file of a release: its path inside it, and its content's size and SHA-256."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Held:
    """What a release holds.

    Attributes:
        tables: the rows of each protected table.
        files: every file, those that describe the others included.
    """

    id: str
    folder: Path
    manifest: Mapping[str, Any]
    tables: Mapping[str, list[dict[str, Any]]]
    files: tuple[ReleaseFile, ...]

    @property
    def is_report(self) -> bool:
        return self.manifest.get("kind") == _REPORT

    def rows(self, table: str) -> list[dict[str, Any]]:
        """The rows of a table, none where the release has no such table."""
        return self.tables.get(table, [])

    @property
    def descriptions(self) -> dict[str, str]:
        """What one row of each CSV file is, by its name, as the data package says it."""
        if not self.has(_PACKAGE):
            return {}
        package = json.loads((self.folder / _PACKAGE).read_bytes())
        return {one["path"]: one["description"] for one in package["resources"]}

    def has(self, name: str) -> bool:
        return any(file.name == name for file in self.files)


def read_release(folder: Path, manifest_sha256: str) -> Held:
    """The release in `folder`.

    Raises:
        SiteError: it is not whole, or not the one whose manifest was approved.
    """
    problems = verify_release(folder)
    if problems:
        raise SiteError(f"{folder.name}: {problems[0]}; restore the release from a backup.")
    if sha256((folder / MANIFEST).read_bytes()) != manifest_sha256:
        raise SiteError(f"{folder.name}: {MANIFEST} is not the one that was approved; restore it from a backup.")
    manifest = read_manifest(folder)
    files = [ReleaseFile(name, said["bytes"], said["sha256"]) for name, said in manifest["files"].items()]
    for name in (MANIFEST, SUMS):
        content = (folder / name).read_bytes()
        files.append(ReleaseFile(name, len(content), sha256(content)))
    try:
        tables = {name: pq.read_table(folder / f"tables/{name}.parquet").to_pylist() for name in _tables_of(manifest)}
    except (OSError, pa.ArrowException):
        raise SiteError(f"{folder.name}: its tables cannot be read; restore the release from a backup.") from None
    return Held(folder.name, folder, manifest, tables, tuple(files))


def _tables_of(manifest: Mapping[str, Any]) -> list[str]:
    """The tables whose files the release holds; a report has none."""
    return [name for name in manifest.get("tables", {}) if f"tables/{name}.parquet" in manifest["files"]]

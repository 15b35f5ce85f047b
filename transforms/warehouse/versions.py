"""The versions of a warehouse on disk: manifests, the pointer CURRENT, views as at a moment, one writer, pruning.

private/<version>/manifest.json, part-*.duckdb   encrypted; unchanged parts are hard links to the last version's
public/<version>.duckdb                          protected tables alone
public/CURRENT, public/as-at.json                which version is shown; replaced atomically
"""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from schemas.definition import Definition
from transforms.errors import TransformError

KEPT_VERSIONS = 3
_STAGING = ".staging-"


class BusyError(TransformError):
    """Another build of this warehouse is running."""


@dataclass(frozen=True)
class Warehouse:
    """Where one consultation's versions lie, and the keys they need (hex texts, never shown).

    `readers_version` names the code that turns what arrived into opened rows: where it changes, all is built anew.
    `shown` is the register of all that was shown; without it, it lies beside the versions.
    `linkage_weights` is a file of weights that were fitted to this consultation (`yoursay linkage estimate`).
    """

    private: Path
    public: Path
    definition: Definition
    warehouse_key: str = field(repr=False)
    readers_version: str = ""
    linkage_weights: Path | None = None
    shown: Path | None = None


@dataclass(frozen=True)
class Manifest:
    """What a version was made of, so that it can be traced and made again. Times are ISO texts."""

    version: str
    kind: str
    consultation: str
    landing_seq: int
    landing_head: str
    decisions_seq: int
    decisions_head: str
    questionnaire_hash: str
    policy_hash: str
    code_version: str
    as_at: str
    built_at: str
    parts: tuple[str, ...]
    received: int
    tombstones: int
    ledger: tuple[tuple[str, str, int], ...]
    of_which: tuple[tuple[str, str, int], ...]

    def ledger_by_channel(self) -> list[dict[str, Any]]:
        """One object a channel of the ledger: `channel`, `received`, `lines` (line -> count, zeros included), and
        `of_which` (kind -> included respondents, zeros included).
        """
        from transforms.ledger import LINES
        from transforms.of_which import KINDS

        found: dict[str, dict[str, int]] = {}
        for channel, line, count in self.ledger:
            found.setdefault(channel, dict.fromkeys(LINES, 0))[line] = count
        kinds = {name: dict.fromkeys(KINDS, 0) for name in found}
        for channel, kind, count in self.of_which:
            kinds[channel][kind] = count
        return [
            {"channel": name, "received": sum(lines.values()), "lines": lines, "of_which": kinds[name]}
            for name, lines in found.items()
        ]


def current_version(warehouse: Warehouse) -> str | None:
    """The version that CURRENT names; nothing before the first build."""
    file = warehouse.public / "CURRENT"
    return file.read_text("utf-8").strip() if file.exists() else None


def as_at_versions(warehouse: Warehouse) -> dict[str, str]:
    """The versions published as at a moment: local ISO moment -> version."""
    file = warehouse.public / "as-at.json"
    return dict(json.loads(file.read_text("utf-8"))) if file.exists() else {}


def read_manifest(warehouse: Warehouse, version: str) -> Manifest:
    """The manifest of a version.

    Raises:
        TransformError: there is no such version, or it was made by another release of the program.
    """
    return manifest_in(warehouse.private / version)


def manifest_in(folder: Path) -> Manifest:
    """The manifest of the version in a folder; needs no key.

    Raises:
        TransformError: it is missing, or was made by another release of the program.
    """
    file = folder / "manifest.json"
    try:
        content = json.loads(file.read_text("utf-8"))
        content["parts"] = tuple(content["parts"])
        content["of_which"] = tuple((channel, kind, count) for channel, kind, count in content["of_which"])
        content["ledger"] = tuple((str(c), str(line), int(n)) for c, line, n in content["ledger"])
        return Manifest(**content)
    except FileNotFoundError as error:
        raise TransformError(f"{file} is missing; run the pipeline with --full.") from error
    except (ValueError, TypeError, KeyError) as error:
        raise TransformError(f"{file} is not understood; run the pipeline with --full.") from error


def current_manifest(warehouse: Warehouse) -> Manifest | None:
    """The manifest of the version that is current; nothing where there is none, or its private half was removed."""
    version = current_version(warehouse)
    if version is None or not (warehouse.private / version / "manifest.json").exists():
        return None
    return read_manifest(warehouse, version)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    write_whole(folder / "manifest.json", json.dumps(asdict(manifest), indent=1))


def write_whole(file: Path, text: str) -> None:
    """Replace `file` atomically and durably."""
    beside = file.with_name(f".{file.name}.new")
    with beside.open("w", encoding="utf-8") as handle:
        handle.write(text + "\n")
        handle.flush()
        os.fsync(handle.fileno())
    beside.replace(file)
    sync_folder(file.parent)


def sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def one_writer(warehouse: Warehouse) -> Iterator[None]:
    """Hold the warehouse for one build; what a killed build left behind is removed.

    Raises:
        BusyError: another build is running.
    """
    warehouse.private.mkdir(parents=True, exist_ok=True, mode=0o700)
    warehouse.public.mkdir(parents=True, exist_ok=True)
    with (warehouse.private / ".lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            where = warehouse.private.parent
            raise BusyError(f"{where}: another build is running; wait until it is done and run again.") from None
        _remove_staging(warehouse)
        try:
            yield
        finally:
            _remove_staging(warehouse)


def _remove_staging(warehouse: Warehouse) -> None:
    for leftover in warehouse.private.glob(f"{_STAGING}*"):
        shutil.rmtree(leftover)


def staging_folder(warehouse: Warehouse, use: str) -> Path:
    """A new, empty folder for a build, on the same disk as the versions; removed by the end of the build."""
    folder = warehouse.private / f"{_STAGING}{use}"
    folder.mkdir(mode=0o700)
    return folder


def free_name(warehouse: Warehouse, name: str) -> str:
    """`name`, or with a number behind it where a version of that name is already there."""
    taken, number, free = {p.name for p in warehouse.private.iterdir()}, 1, name
    while free in taken or (warehouse.public / f"{free}.duckdb").exists():
        number += 1
        free = f"{name}.{number}"
    return free


def prune(warehouse: Warehouse, *, erase: bool) -> None:
    """Remove old versions: all but the last few, those shown as at a moment, and the current one.

    With `erase` the private half of every version but the current one goes: they hold what was erased.
    """
    current, as_at = current_version(warehouse), set(as_at_versions(warehouse).values())
    folders = [p for p in warehouse.private.iterdir() if (p / "manifest.json").exists()]
    ordinary = sorted(
        (p for p in folders if p.name not in as_at), key=lambda p: (p / "manifest.json").stat().st_mtime_ns
    )
    recent = {p.name for p in ordinary[-KEPT_VERSIONS:]}
    kept_private = {current} if erase else {current, *recent, *as_at}
    for folder in folders:
        if folder.name not in kept_private:
            shutil.rmtree(folder)
    for file in warehouse.public.glob("*.duckdb"):
        if file.stem not in {current, *as_at} | (recent if not erase else set()):
            file.unlink()

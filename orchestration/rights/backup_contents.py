"""What a backup holds: the files of a data folder from which all else follows, each as it was at one moment."""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path, PurePosixPath
from typing import Literal

from ingest.journal import Journal
from ingest.landing import Landing
from schemas.data_folder import DataFolder

Part = Literal["data", "keys"]
# Made anew by the pipeline; and the keys, which are kept apart from what they open.
_LEFT_OUT = frozenset({"warehouse", "dagster", "readings", "keys", "recovery"})
_LOGS = ("landing", "decisions")
# The store last: it must be at least as new as landing, or it would give numbers out twice.
_LAST = "public-server"
# Made anew from the releases: what was withdrawn since must not come back with a backup.
_PUBLISHED = f"{_LAST}/published/"
_TEMPORARY = (".part", ".new", "-wal", "-shm", "-journal")


def files_to_back_up(data: DataFolder, part: Part) -> Iterator[tuple[str, Path]]:
    """Each file's name in the backup and where its content is to be read, which holds until the next is asked for.

    A log is locked while its files are read. A database is copied by its own means, while others use it.
    """
    if part == "keys":
        yield from _plain(data.root, data.root / "keys")
        return
    yield from _logs(data)
    others = [one for one in sorted(data.root.iterdir()) if one.name not in (*_LEFT_OUT, *_LOGS)]
    for one in sorted(others, key=lambda path: path.name == _LAST):
        yield from _plain(data.root, one)


def _logs(data: DataFolder) -> Iterator[tuple[str, Path]]:
    for kind in _LOGS:
        folder = data.root / kind
        for one in sorted(folder.iterdir()) if folder.is_dir() else []:
            log = Landing(one, data.clock).log if kind == "landing" else Journal(one, data.clock).log
            with log.writing():
                yield from _plain(data.root, one)


def _plain(root: Path, start: Path) -> Iterator[tuple[str, Path]]:
    files = [start] if start.is_file() else sorted(start.rglob("*"))
    for file in files:
        name = PurePosixPath(file.relative_to(root)).as_posix()
        if file.is_symlink() or not file.is_file() or _is_derived(file) or name.startswith(_PUBLISHED):
            continue
        if file.suffix != ".sqlite":
            yield name, file
            continue
        with ExitStack() as stack:
            copy = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=root, prefix=".backup-"))) / file.name
            _copy_database(file, copy)
            yield name, copy


def _is_derived(file: Path) -> bool:
    hidden = any(part.startswith(".") for part in file.parts[-2:])
    index = file.name == "index.sqlite" and file.parent.parent.name == "landing"
    return hidden or index or file.name == "lock" or file.name.endswith(_TEMPORARY)


def _copy_database(file: Path, copy: Path) -> None:
    with (
        closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(copy)) as target,
    ):
        source.backup(target)
        # One file, without a log beside it.
        target.execute("PRAGMA journal_mode = DELETE")
    copy.chmod(file.stat().st_mode & 0o777)

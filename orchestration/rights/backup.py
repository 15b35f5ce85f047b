"""A sealed backup of a data folder, and putting one back: an archive in age, for whoever holds the backup key.

The archive goes through age as it is written, so nothing of it lies on the disk in clear. Its last member lists the
SHA-256 of every other one.
"""

import hashlib
import io
import json
import os
import tarfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import pyrage

from ingest.chain_file import sync_folder
from orchestration.rights.backup_contents import Part, files_to_back_up
from schemas.data_folder import DataFolder
from schemas.errors import YourSayError
from schemas.register import note

FORMAT = "yoursay-backup/1"
LIST = "backup.json"
RECIPIENTS = "backup-recipients.txt"


class BackupError(YourSayError):
    """A backup cannot be made or put back."""


@dataclass(frozen=True)
class Backup:
    """A backup that was made."""

    file: Path
    files: int
    bytes: int
    sha256: str


def recipients_for(data: DataFolder, given: Sequence[str]) -> list[str]:
    """The age recipients that a backup is sealed for: those given, else those noted in the data folder.

    Raises:
        BackupError: there are none.
    """
    file = data.root / RECIPIENTS
    noted = file.read_text("utf-8").split() if file.exists() else []
    found = list(given) or noted
    if not found:
        raise BackupError("Nobody could open the backup: make a key for it with 'yoursay keys backup', or name one.")
    return found


def make_backup(data: DataFolder, out: Path, recipients: Sequence[str], part: Part = "data") -> Backup:
    """Write a sealed backup of the data folder, or of its keys alone, into a new file.

    Raises:
        BackupError: a recipient is none, the file is there already, or it cannot be written; nothing is left of it.
    """
    try:
        keys = [pyrage.x25519.Recipient.from_str(one) for one in recipients]
    except pyrage.RecipientError:
        raise BackupError("A recipient of a backup is an age key such as age1...; this is none.") from None
    beside = out.with_name(f".{out.name}.part")
    if out.exists():
        raise BackupError(f"{out} is there already; a backup never replaces another. Name a new file.")
    try:
        with _private_file(beside) as target:
            names = through_a_pipe(
                lambda pipe: _archive(data, part, pipe), lambda pipe: pyrage.encrypt_io(pipe, target, keys)
            )
            target.flush()
            os.fsync(target.fileno())
        beside.replace(out)
        sync_folder(out.parent)
    except OSError as error:
        raise BackupError(f"{out}: cannot be written ({error.strerror}); nothing of it was kept.") from error
    finally:
        beside.unlink(missing_ok=True)
    with out.open("rb") as handle:
        digest = hashlib.file_digest(handle, "sha256").hexdigest()
    made = Backup(out, len(names), out.stat().st_size, digest)
    entry = {"what": "backup", "at": data.clock.now().isoformat(timespec="seconds"), "part": part}
    note(data.root / "backups.jsonl", entry | {"file": str(out.absolute()), "sha256": digest})
    return made


def _archive(data: DataFolder, part: Part, pipe: BinaryIO) -> dict[str, Any]:
    listed: dict[str, Any] = {}
    with tarfile.open(fileobj=pipe, mode="w|", format=tarfile.PAX_FORMAT) as archive:
        for name, file in files_to_back_up(data, part):
            try:
                handle = file.open("rb")
            except FileNotFoundError:
                # Taken away since it was listed: moved by a run that is busy, and not of what all else follows from.
                continue
            with handle:
                state = os.fstat(handle.fileno())
                member = tarfile.TarInfo(name)
                member.size, member.mtime, member.mode = state.st_size, int(state.st_mtime), state.st_mode & 0o777
                content = _Hashing(handle)
                archive.addfile(member, content)
            listed[name] = {"sha256": content.digest.hexdigest(), "bytes": state.st_size}
        said = {"format": FORMAT, "part": part, "made_at": data.clock.now().isoformat(), "files": listed}
        content_of_list = json.dumps(said, indent=1).encode()
        member = tarfile.TarInfo(LIST)
        member.size, member.mode = len(content_of_list), 0o600
        archive.addfile(member, io.BytesIO(content_of_list))
    return listed


class _Hashing:
    """A file that is hashed while it is read."""

    def __init__(self, handle: BinaryIO) -> None:
        self._handle = handle
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        content = self._handle.read(size)
        self.digest.update(content)
        return content


def _private_file(file: Path) -> BinaryIO:
    file.unlink(missing_ok=True)
    return os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def through_a_pipe(write: Callable[[BinaryIO], Any], read: Callable[[BinaryIO], Any]) -> Any:
    """What `write` returns, run in a thread of its own, while `read` takes what it writes.

    Raises:
        BaseException: what either of them raised, the writer's first.
    """
    source, sink = os.pipe()
    result: list[Any] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            with os.fdopen(sink, "wb") as pipe:
                result.append(write(pipe))
        except BaseException as error:  # noqa: BLE001 - raised again by the caller's thread
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        with os.fdopen(source, "rb") as pipe:
            read(pipe)
    except BaseException as error:
        thread.join()
        # A writer whose reader went away failed only for that.
        if failed and not isinstance(failed[0], BrokenPipeError):
            raise failed[0] from error
        raise
    thread.join()
    if failed:
        raise failed[0]
    return result[0] if result else None

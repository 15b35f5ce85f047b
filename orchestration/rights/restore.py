"""Putting a backup back: unpacked beside the data folder, checked there to the last byte, then moved into place."""

import hashlib
import json
import shutil
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import pyrage

from ingest.journal import Journal
from ingest.landing import Landing
from orchestration.rights.backup import FORMAT, LIST, BackupError, through_a_pipe
from schemas.data_folder import DataFolder
from schemas.sealing import read_secret

_DAMAGED = "{file}: damaged, cut off, or sealed for another key; nothing was put back."


@dataclass(frozen=True)
class Restored:
    """What was put back: from when, how many files, and the records of each log."""

    part: str
    made_at: str
    files: int
    logs: dict[str, int]


def restore_backup(file: Path, identity_file: Path, data: DataFolder) -> Restored:
    """Put a backup back where nothing is yet; keys may be put into a folder that has none.

    Raises:
        BackupError: it is damaged or for another key, something is there already, or a log in it does not verify;
            nothing was put back.
        SealingError: the file of the identity is missing or can be read by others.
    """
    identity = _identity(identity_file)
    root = data.root
    staging = root.with_name(f".{root.name}.restoring")
    shutil.rmtree(staging, ignore_errors=True)
    root.parent.mkdir(parents=True, exist_ok=True)
    staging.mkdir(mode=0o700)
    try:
        said = _unpack(file, identity, staging)
        _refuse_to_replace(root, said["part"])
        logs = _check_logs(DataFolder(staging))
        if said["part"] == "keys" and root.exists():
            (staging / "keys").rename(root / "keys")
        else:
            if root.exists():
                root.rmdir()
            staging.rename(root)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return Restored(said["part"], said["made_at"], len(said["files"]), logs)


def _identity(file: Path) -> pyrage.x25519.Identity:
    lines = read_secret(file).splitlines()
    secret = next((line.strip() for line in lines if line.startswith("AGE-SECRET-KEY-")), "")
    try:
        return pyrage.x25519.Identity.from_str(secret)
    except pyrage.IdentityError:
        raise BackupError(f"{file} holds no age identity; give the file that 'yoursay keys backup' made.") from None


def _unpack(file: Path, identity: pyrage.x25519.Identity, staging: Path) -> dict[str, Any]:
    """Decrypt and unpack into `staging`; returns the backup's own list, against which every file was held."""
    try:
        with file.open("rb") as sealed:
            through_a_pipe(
                lambda pipe: pyrage.decrypt_io(sealed, pipe, [identity]), lambda pipe: _extract(pipe, staging)
            )
        said = json.loads((staging / LIST).read_bytes())
        found = {one.relative_to(staging).as_posix(): one for one in staging.rglob("*") if one.is_file()}
        del found[LIST]
        whole = said["format"] == FORMAT and set(found) == set(said["files"])
        whole = whole and all(_sha256(found[name]) == one["sha256"] for name, one in said["files"].items())
    except FileNotFoundError as error:
        if not file.exists():
            raise BackupError(f"{file}: there is no such file.") from error
        whole = False
    except (pyrage.DecryptError, tarfile.TarError, OSError, ValueError, KeyError, TypeError, EOFError):
        whole = False
    if not whole:
        raise BackupError(_DAMAGED.format(file=file))
    (staging / LIST).unlink()
    return dict(said)


def _extract(pipe: BinaryIO, staging: Path) -> None:
    with tarfile.open(fileobj=pipe, mode="r|") as archive:
        archive.extractall(staging, filter="data")
    # What follows the archive is read too, so that a cut or a change there is found.
    while pipe.read(1024**2):
        pass


def _sha256(file: Path) -> str:
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _refuse_to_replace(root: Path, part: str) -> None:
    if part == "keys":
        if (root / "keys").exists():
            raise BackupError(f"{root / 'keys'} is there; keys are never replaced. Nothing was put back.")
    elif root.exists() and any(root.iterdir()):
        raise BackupError(f"{root} holds data; a backup never replaces any. Name an empty folder with --data.")


def _check_logs(data: DataFolder) -> dict[str, int]:
    records = {}
    for kind in ("landing", "decisions"):
        folder = data.root / kind
        for one in sorted(folder.iterdir()) if folder.is_dir() else []:
            log = Landing(one, data.clock) if kind == "landing" else Journal(one, data.clock)
            if log.verify():
                raise BackupError(f"The backup's {kind} of '{one.name}' does not verify; nothing was put back.")
            records[f"{kind}/{one.name}"] = log.log.last_seq()
    return records

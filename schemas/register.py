"""Append-only registers of what was done: a line of JSON each, chained by hashes, on the disk before it counts.

Who keeps or destroys, who releases, who took which data out: see `orchestration.rights`, `transforms.release.life` and
`transforms.release.audit`. A changed, removed or moved line shows; that the last lines are gone shows only to who has
noted `head` elsewhere.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from schemas.errors import YourSayError

_START = "0" * 64


class RegisterError(YourSayError):
    """A register is damaged."""


def note(file: Path, entry: dict[str, Any], check: Callable[[list[dict[str, Any]]], None] | None = None) -> None:
    """Append an entry; it is on the disk when this returns.

    Args:
        check: is given every entry so far while nobody else can add one; what it raises stops this one.

    Raises:
        RegisterError: the file is damaged.
    """
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+b") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        content = handle.read()
        whole = content[: content.rfind(b"\n") + 1]
        so_far = _checked(file, whole)
        if check:
            check(so_far)
        last = whole.rstrip(b"\n").rpartition(b"\n")[2]
        previous = hashlib.sha256(last).hexdigest() if last else _START
        # What a killed writer left of a line is written over.
        handle.truncate(len(whole))
        handle.seek(len(whole))
        handle.write(json.dumps(entry | {"previous": previous}, ensure_ascii=False).encode() + b"\n")
        handle.flush()
        os.fsync(handle.fileno())


def entries(file: Path) -> list[dict[str, Any]]:
    """Every entry in order.

    Raises:
        RegisterError: a line was changed, removed or put in another order.
    """
    if not file.exists():
        return []
    content = file.read_bytes()
    return _checked(file, content[: content.rfind(b"\n") + 1])


def head(file: Path) -> str:
    """The hash of the last entry: who notes it elsewhere can tell later whether the end was cut off.

    Raises:
        RegisterError: as `entries`.
    """
    entries(file)
    last = file.read_bytes().rpartition(b"\n")[0].rpartition(b"\n")[2] if file.exists() else b""
    return hashlib.sha256(last).hexdigest() if last else _START


def _checked(file: Path, content: bytes) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    previous = _START
    for line in content.splitlines():
        try:
            entry = json.loads(line)
            linked = entry.pop("previous") == previous
        except (ValueError, KeyError, AttributeError):
            linked = False
        if not linked:
            raise RegisterError(f"{file}: line {len(found) + 1} is not as it was written; restore it from a backup.")
        found.append(entry)
        previous = hashlib.sha256(line).hexdigest()
    return found

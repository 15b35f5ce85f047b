"""Mailboxes that are files: a folder of `*.eml`, and a Maildir, each message a file."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from ingest.mail.intake.mailbox import Settled, Waiting
from ingest.mail.intake.received import Filed

SOURCE = "mail"
DONE, TOO_LARGE = "done", "too-large"
# A Maildir's own folders begin with a dot; mail programs show them by this name.
_MAILDIR_DONE, _MAILDIR_TOO_LARGE = ".YourSay done", ".YourSay too large"
_DELIVERED = re.compile(r"(\d{9,11})\.")


class EmlFolder:
    """A folder of `*.eml` files; landed ones go to `done/` or `too-large/`."""

    source = SOURCE

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def waiting(self) -> Iterator[Waiting]:
        for file in sorted(self._folder.iterdir()):
            if file.suffix.lower() == ".eml" and file.is_file() and not file.is_symlink():
                found = _waiting(file, file.name)
                if found:
                    yield found

    def read(self, message: Waiting, limit: int) -> bytes | None:
        return read_start(self._folder / message.key, limit)

    def settle(self, messages: Sequence[Settled]) -> None:
        for one in messages:
            target = self._folder / (TOO_LARGE if one.too_large else DONE)
            move_into(self._folder / one.waiting.key, target, f"{one.artefact_id}.eml")

    def finish(self) -> None:
        """Nothing is left to do."""


def is_maildir(folder: Path) -> bool:
    """Whether a folder is laid out as a Maildir."""
    return all((folder / part).is_dir() for part in ("cur", "new", "tmp"))


class Maildir:
    """A Maildir; landed messages go to its folder `YourSay done`, where a mail program shows them too."""

    source = SOURCE

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def waiting(self) -> Iterator[Waiting]:
        for part in ("new", "cur"):
            for file in sorted((self._folder / part).iterdir()):
                if file.is_file() and not file.is_symlink() and not file.name.startswith("."):
                    found = _waiting(file, f"{part}/{file.name}")
                    if found:
                        yield found

    def read(self, message: Waiting, limit: int) -> bytes | None:
        return read_start(self._folder / message.key, limit)

    def settle(self, messages: Sequence[Settled]) -> None:
        for one in messages:
            folder = self._folder / (_MAILDIR_TOO_LARGE if one.too_large else _MAILDIR_DONE)
            for part in ("tmp", "new", "cur"):
                (folder / part).mkdir(parents=True, exist_ok=True, mode=0o700)
            (folder / "maildirfolder").touch(mode=0o600)
            file = self._folder / one.waiting.key
            unread = file.name if ":2," in file.name else f"{file.name}:2,"
            move_into(file, folder / "cur", f"{one.artefact_id}:2,", unread)

    def finish(self) -> None:
        """Nothing is left to do."""


def _waiting(file: Path, key: str) -> Waiting | None:
    """A file as a message that waits; None where it has just been taken away."""
    try:
        state = file.stat()
    except FileNotFoundError:
        return None
    # The name of a file in a Maildir begins with the second of its delivery.
    delivered = _DELIVERED.match(file.name) if "/" in key else None
    at = int(delivered[1]) if delivered else state.st_mtime
    return Waiting(key, state.st_size, Filed(datetime.fromtimestamp(at, UTC)))


def read_start(file: Path, limit: int) -> bytes | None:
    """The first `limit` bytes of a file; None where it is gone."""
    try:
        with file.open("rb") as handle:
            return handle.read(limit)
    except FileNotFoundError:
        return None


def move_into(file: Path, folder: Path, other_name: str, name: str | None = None) -> None:
    """Move a file within the mailbox; another of its name there is not replaced, `other_name` is taken then."""
    folder.mkdir(exist_ok=True, mode=0o700)
    target = folder / (name or file.name)
    if target.exists():
        target = folder / other_name
    # Another run may have moved it a moment ago.
    with suppress(FileNotFoundError):
        file.replace(target)

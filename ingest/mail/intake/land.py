"""A folder of messages into landing: single files, mailbox files and Maildirs."""

from collections.abc import Iterator
from pathlib import Path

from ingest.landing import Landed
from ingest.mail.intake.folders import EmlFolder, Maildir, is_maildir
from ingest.mail.intake.mailbox import TOO_LARGE_MEDIA_TYPE, Door, Mailbox, in_all, land_mailbox, one_run
from ingest.mail.intake.mbox import MboxFile

__all__ = ["TOO_LARGE_MEDIA_TYPE", "land_mail_folder"]


def land_mail_folder(folder: Path, door: Door) -> Landed:
    """Land every message of `folder`: its `*.eml` and `*.mbox` files and the Maildirs in it; it may itself be one.

    Afterwards each file lies in `done/`, a message above 25 MB in `too-large/`. Taken in again, a message is not landed
    again. A process killed at any moment loses and doubles nothing. Other files and links are left where they are.

    Raises:
        IngestError: landing is damaged; nothing of the batch was stored.
    """
    with one_run(door):
        parts = (landed for mailbox in _mailboxes(folder) for landed in land_mailbox(mailbox, door))
        return in_all(parts, door.landing)


def _mailboxes(folder: Path) -> Iterator[Mailbox]:
    if not folder.is_dir():
        return
    if is_maildir(folder):
        yield Maildir(folder)
        return
    yield EmlFolder(folder)
    for inside in sorted(folder.iterdir()):
        if inside.is_symlink():
            continue
        if inside.is_file() and inside.suffix.lower() == ".mbox":
            yield MboxFile(inside)
        elif is_maildir(inside):
            yield Maildir(inside)

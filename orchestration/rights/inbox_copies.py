"""Copies of what was landed that lie in the inbox, in plain text: messages, scans, rows of keying batches."""

import hashlib
from collections.abc import Iterator, Set
from contextlib import suppress
from pathlib import Path

from ingest.chain_file import sync_folder
from ingest.errors import IngestError
from ingest.files.tables import open_table
from ingest.files.versions import stem_of
from ingest.mail.intake.folders import DONE
from ingest.mail.intake.mailbox import START_BYTES, artefact_id
from ingest.mail.intake.mbox import MboxFile
from ingest.mail.intake.message_look import Looker, looking
from ingest.mail.limits import MAX_MESSAGE_BYTES
from ingest.post.sheets.columns import BATCH, SHEET
from ingest.post.sheets.keying import sheet_stem
from schemas.data_folder import DataFolder

_TABLES = (".csv", ".xlsx")
_OF_SEVERAL = (*_TABLES, ".mbox")
_MOST = MAX_MESSAGE_BYTES + 1


def remove_copies(data: DataFolder, consultation: str, artefacts: Set[str], mail_key: bytes) -> tuple[int, list[Path]]:
    """Remove the copies of these artefacts; returns how many files went, and those that a person has to see to.

    A mailbox file or a keying batch that was taken in goes as a whole: what else it holds is landed. One that still
    waits is left.
    """
    folder = data.root / "inbox" / consultation
    if not folder.is_dir() or not artefacts:
        return 0, []
    removed, left = 0, []
    with looking() as looker:
        for file in _files(folder):
            if artefacts.isdisjoint(_ids(file, artefacts, looker, mail_key)):
                continue
            if file.suffix.lower() in _OF_SEVERAL and file.parent.name != DONE:
                left.append(file)
                continue
            file.unlink()
            sync_folder(file.parent)
            removed += 1
    return removed, left


def all_copies(data: DataFolder, consultation: str) -> list[Path]:
    """Every file of a consultation's inbox."""
    folder = data.root / "inbox" / consultation
    return list(_files(folder)) if folder.is_dir() else []


def _files(folder: Path) -> Iterator[Path]:
    yield from (file for file in sorted(folder.rglob("*")) if file.is_file() and not file.is_symlink())


def _ids(file: Path, artefacts: Set[str], looker: Looker, mail_key: bytes) -> set[str]:
    """The artefact ids that what a file holds would be landed under."""
    kind = file.suffix.lower()
    if kind in _TABLES:
        sheets = _sheets(file)
        return {one for one in artefacts if one.startswith("post-") and stem_of(one) in sheets}
    if kind == ".mbox":
        mailbox = MboxFile(file)
        return {_message_id(mailbox.read(one, _MOST) or b"", looker, mail_key) for one in mailbox.waiting()}
    with file.open("rb") as handle:
        scan = f"scan-{hashlib.file_digest(handle, 'sha256').hexdigest()}"
        handle.seek(0)
        message = _message_id(handle.read(_MOST), looker, mail_key)
    return {message} | {one for one in artefacts if one == scan or one.startswith(f"{scan}-")}


def _message_id(raw: bytes, looker: Looker, mail_key: bytes) -> str:
    too_large = len(raw) > MAX_MESSAGE_BYTES
    raw = raw[:START_BYTES] if too_large else raw
    return artefact_id(raw, looker.look(raw, whole=not too_large).identity, mail_key)


def _sheets(file: Path) -> set[str]:
    """The sheets of a keying batch, as their ids begin; none where it cannot be read."""
    with suppress(IngestError):
        return {
            sheet_stem(str(row.get(BATCH, "")).strip(), str(row.get(SHEET, "")).strip())
            for _, row in open_table(file).rows()
        }
    return set()

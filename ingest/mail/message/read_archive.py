"""The files in an attached zip, within bounds: how many, how large together, how much larger than packed."""

import io
import zipfile
import zlib

from ingest.mail.limits import MAX_ARCHIVE_FILES, MAX_ARCHIVE_RATIO, MAX_UNPACKED_BYTES
from ingest.mail.message.unpacked import File, Unpacked

LOCKED = "an attached archive is locked with a password"
TOO_MUCH = "an attached archive holds more than is unpacked"
DAMAGED = "an attached archive is damaged"
_ENCRYPTED = 0x1
# Below this size no ratio is suspicious: a short text of one letter packs very well.
_SMALL = 1024 * 1024
_FAULTS = (
    zipfile.BadZipFile, zlib.error, NotImplementedError, OSError, ValueError, EOFError, RuntimeError, KeyError,
    IndexError, OverflowError, MemoryError,
)  # fmt: skip


def read_archive(content: bytes, budget: int = MAX_UNPACKED_BYTES) -> Unpacked:
    """The files of a zip in their order. Never raises on its content.

    Sizes are counted while unpacking: what an archive says of itself is not believed.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _read(archive, min(budget, max(_SMALL, len(content) * MAX_ARCHIVE_RATIO)))
    except _FAULTS:
        return Unpacked(faults=(DAMAGED,))


def _read(archive: zipfile.ZipFile, most: int) -> Unpacked:
    entries = [entry for entry in archive.infolist() if not entry.is_dir() and not _is_aside(entry.filename)]
    if len(entries) > MAX_ARCHIVE_FILES:
        return Unpacked(faults=(TOO_MUCH,))
    files: list[File] = []
    faults: dict[str, None] = {}
    for entry in entries:
        if entry.flag_bits & _ENCRYPTED:
            faults[LOCKED] = None
            continue
        try:
            with archive.open(entry) as handle:
                unpacked = handle.read(most + 1)
        except _FAULTS:
            faults[DAMAGED] = None
            continue
        most -= len(unpacked)
        if most < 0:
            # Nothing of a bomb is kept.
            return Unpacked(faults=(TOO_MUCH,))
        files.append(File(entry.filename.replace("\\", "/").rsplit("/", 1)[-1].strip().lower(), "", unpacked))
    return Unpacked(files=tuple(files), faults=tuple(faults))


def _is_aside(name: str) -> bool:
    """What programs add of themselves."""
    return name.startswith("__MACOSX/") or name.rsplit("/", 1)[-1].lower() in (".ds_store", "thumbs.db", "desktop.ini")

"""What Outlook packs into winmail.dat (TNEF): the text and the attached files."""

import logging
from typing import Any

from tnefparse import TNEF

from ingest.mail.message.unpacked import File, Unpacked

logging.getLogger("tnefparse").setLevel(logging.CRITICAL)

DAMAGED = "the attachments are packed in winmail.dat, which cannot be read"


def read_winmail(content: bytes) -> Unpacked:
    """The files in a winmail.dat, and its text where it has one. Never raises on its content."""
    try:
        return _unpacked(TNEF(content, do_checksum=False))
    except Exception:  # noqa: BLE001 - tnefparse raises whatever a broken file makes it stumble over
        return Unpacked(faults=(DAMAGED,))


def _unpacked(tnef: TNEF) -> Unpacked:
    files, messages, faults = [], [], []
    for attached in tnef.attachments:
        if hasattr(attached, "embed"):
            messages.append(_unpacked(attached.embed))
            continue
        try:
            files.append(File(_text(attached.long_filename()).lower(), "", bytes(attached.data)))
        except Exception:  # noqa: BLE001 - as above: one broken file does not hide the others
            faults.append(DAMAGED)
    return Unpacked(
        files=tuple(files),
        plain=_text(tnef.body) or None,
        html=_text(tnef.htmlbody) or None,
        messages=tuple(messages),
        faults=tuple(faults[:1]),
    )


def _text(value: Any) -> str:
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, bytes):
        value = value.decode("cp1252", "replace")
    return value.rstrip("\x00") if isinstance(value, str) else ""

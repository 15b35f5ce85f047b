"""An attached Outlook message (.msg): its text, its sender and its files, and the messages attached to it."""

from oxmsg import Message
from oxmsg.attachment import Attachment as OutlookAttachment
from oxmsg.domain.model import MSG_HDR_OFFSET
from oxmsg.properties import Properties
from oxmsg.storage import Storage

from ingest.mail.limits import MAX_DEPTH
from ingest.mail.message.unpacked import File, Unpacked

DAMAGED = "an attached Outlook message cannot be read"
_EMBEDDED = "__substg1.0_3701000D"
# An embedded message has eight bytes less of a head than one that is a file.
_EMBEDDED_OFFSET = MSG_HDR_OFFSET - 8


def read_outlook(content: bytes) -> Unpacked:
    """The contents of a .msg file. Never raises on its content."""
    try:
        return _unpacked(Message.load(content), 0)
    except Exception:  # noqa: BLE001 - the library raises whatever a broken file makes it stumble over
        return Unpacked(faults=(DAMAGED,))


def _unpacked(message: Message, depth: int) -> Unpacked:
    files, messages, faults = [], [], []
    for attached in message.attachments:
        try:
            embedded = _embedded_in(attached)
            if embedded is not None and depth < MAX_DEPTH:
                messages.append(_unpacked(_message_in(embedded), depth + 1))
                continue
            content = attached.file_bytes
            if content:
                files.append(File((attached.file_name or "").lower(), (attached.mime_type or "").lower(), content))
        except Exception:  # noqa: BLE001 - as above: one broken file does not hide the others
            faults.append(DAMAGED)
    return Unpacked(
        files=tuple(files),
        plain=_or_none(message, "body", faults),
        html=_or_none(message, "html_body", faults),
        sender=_or_none(message, "sender", []),
        messages=tuple(messages),
        faults=tuple(faults[:1]),
    )


def _embedded_in(attached: OutlookAttachment) -> Storage | None:
    """The place of a message that is attached to another; the library knows of files alone."""
    storage = attached._storage
    within = storage.storages if isinstance(storage, Storage) else ()
    return next((one for one in within if one.name == _EMBEDDED), None)


def _message_in(storage: Storage) -> Message:
    message = Message(storage)
    # The library works it out once, for a message that is a file; this is its place.
    message.__dict__["_properties"] = Properties(storage, properties_header_offset=_EMBEDDED_OFFSET)
    return message


def _or_none(message: Message, name: str, faults: list[str]) -> str | None:
    try:
        return getattr(message, name) or None
    except Exception:  # noqa: BLE001 - as above
        faults.append(DAMAGED)
        return None

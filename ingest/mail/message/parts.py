"""A message taken apart: its texts and files, whatever its sender's program made of the standards.

The standard library's modern reader (`policy.default`, `get_content()`) raises on ugly messages, so parts are walked
under the old, tolerant policy and decoded here. Zips, winmail.dat and Outlook messages are taken apart as well.
"""

import base64
import binascii
import email
import email.message
import email.policy
from dataclasses import dataclass, field, replace

from ingest.mail.documents.read_edition import EDITION_MARK
from ingest.mail.limits import (
    MAX_ARCHIVE_DEPTH,
    MAX_ATTACHMENTS,
    MAX_DEPTH,
    MAX_PARTS,
    MAX_TEXT_CHARACTERS,
    MAX_UNPACKED_BYTES,
)
from ingest.mail.message.decoding import decoded_text, text_of_bytes
from ingest.mail.message.headers import address_in, address_of, automatic_by, file_name_of, header_of
from ingest.mail.message.html_text import text_of_html
from ingest.mail.message.kinds import Kind, kind_of
from ingest.mail.message.read_archive import read_archive
from ingest.mail.message.read_outlook import read_outlook
from ingest.mail.message.read_winmail import read_winmail
from ingest.mail.message.unpacked import Unpacked
from ingest.mail.texts.own_text import unflow

TOO_MANY_PARTS = "the message has more parts, or messages in messages, than are read"
TOO_MANY_ATTACHMENTS = "the message has more attachments than are read"
TOO_DEEP = "an attached archive holds more archives in one another than are opened"
TOO_LONG = "the text of the message is longer than is read"
PACKED = "an attachment is packed in a way that is not opened"
ENCRYPTED = "the message is encrypted"
SIGNED = "the message is signed in a way that is not opened"
_SIGNATURES = frozenset({"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"})
_ASIDE = _SIGNATURES | {"text/calendar", "text/vcard", "text/x-vcard", "text/directory", "text/x-amp-html"}
_ENCRYPTED = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted"})
# A smaller picture that stands within a text is a logo.
_LEAST_PHOTO_BYTES = 40_000


@dataclass(frozen=True)
class Attachment:
    """One file: its sort, its content, and what readings call it (never its name, which may be a person's)."""

    kind: Kind
    part: str
    content: bytes = field(repr=False)


@dataclass
class Letter:
    """One message, the outer one or one inside it.

    `texts` has for each place in it the same text as plain and as HTML, as far as they are there. `automatic` is set
    where the message itself says that no person wrote it, `brings` where another message is attached to it.
    """

    sender: str | None = field(repr=False)
    subject: str = field(default="", repr=False)
    automatic: str | None = None
    part: str = "text"
    texts: list[list[str]] = field(default_factory=list, repr=False)
    attachments: list[Attachment] = field(default_factory=list, repr=False)
    files: int = 0
    brings: bool = False

    def plain(self) -> str:
        """The whole text, plain where there is a choice."""
        return "\n\n".join(one[0] for one in self.texts if one)

    def rich(self) -> str:
        """The whole text, from HTML where there is a choice."""
        return "\n\n".join(one[-1] for one in self.texts if one)


@dataclass
class TakenApart:
    """The letters of a message, the outer one first; `faults` are reasons in words for what could not be reached."""

    letters: list[Letter] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    parts: int = 0
    files: int = 0
    unpacked_bytes: int = 0

    def add_fault(self, reason: str) -> None:
        """Note, once, what could not be reached."""
        if reason not in self.faults:
            self.faults.append(reason)


@dataclass(frozen=True)
class _Place:
    """Where a part stands: in which letter, how deep in messages and in archives, what readings call it.

    `same` gathers the texts that say the same in different ways: (is it HTML, text).
    """

    letter: Letter
    depth: int
    part: str = ""
    archives: int = 0
    same: list[tuple[bool, str]] | None = None


def take_apart(raw: bytes) -> TakenApart:
    """The texts and files of a raw message.

    Raises:
        RecursionError: parts are nested thousands deep.
    """
    found = TakenApart()
    _open_message(_parsed(raw), found, None, 0)
    return found


def _parsed(raw: bytes) -> email.message.Message:
    return email.message_from_bytes(raw, policy=email.policy.compat32)


def _open_message(message: email.message.Message, found: TakenApart, above: Letter | None, depth: int) -> None:
    """A message as a letter of its own; one without a sender is its bearer's."""
    if depth > MAX_DEPTH:
        found.add_fault(TOO_MANY_PARTS)
        return
    if above is not None:
        above.brings = True
    letter = Letter(
        address_of(message) or (above.sender if above else None),
        header_of(message, "Subject"),
        automatic_by(message),
        "text" if above is None else f"attached message {len(found.letters)}",
    )
    found.letters.append(letter)
    _walk(message, found, _Place(letter, depth))


def _walk(part: email.message.Message, found: TakenApart, place: _Place) -> None:
    found.parts += 1
    if found.parts > MAX_PARTS:
        found.add_fault(TOO_MANY_PARTS)
        return
    media_type = part.get_content_type()
    if media_type == "multipart/encrypted" or media_type in _ENCRYPTED:
        signed = "signed" in str(part.get_param("smime-type", ""))
        found.add_fault(SIGNED if signed else ENCRYPTED)
    elif media_type in ("message/rfc822", "message/global") and part.is_multipart():
        inner = part.get_payload(0)
        assert isinstance(inner, email.message.Message)
        _open_message(_unwrapped(part, inner), found, place.letter, place.depth + 1)
    elif part.is_multipart():
        alternatives = media_type == "multipart/alternative" and place.same is None
        within = replace(place, same=[]) if alternatives else place
        for child in part.get_payload():
            if isinstance(child, email.message.Message):
                _walk(child, found, within)
        if alternatives and within.same:
            place.letter.texts.append([text for _, text in sorted(within.same, key=lambda one: one[0])])
    elif media_type not in _ASIDE:
        _take_leaf(part, found, place)


def _unwrapped(part: email.message.Message, inner: email.message.Message) -> email.message.Message:
    """The inner message, where a program has encoded it whole, which the standard forbids."""
    if "base64" not in header_of(part, "Content-Transfer-Encoding").lower() or inner.keys():
        return inner
    try:
        return _parsed(base64.b64decode(str(inner.get_payload())))
    except (binascii.Error, ValueError):
        return inner


def _take_leaf(part: email.message.Message, found: TakenApart, place: _Place) -> None:
    media_type, name, content = part.get_content_type(), file_name_of(part), _content(part)
    attached = header_of(part, "Content-Disposition").lower().lstrip().startswith("attachment")
    # A message of parts that has none is a text.
    textual = media_type in ("text/plain", "text/html", "text/enriched") or media_type.startswith("multipart/")
    is_file = attached or EDITION_MARK in content or bool(name and not name.endswith((".txt", ".htm", ".html")))
    if textual and not is_file:
        text = decoded_text(part, content)
        if str(part.get_param("format", "")).lower() == "flowed":
            text = unflow(text, delete_space=str(part.get_param("delsp", "")).lower() == "yes")
        _take_text(text, found, place, is_html=media_type == "text/html")
        return
    if not content.strip():
        return
    kind = kind_of(name, media_type, content)
    if kind == "picture" and not attached and len(content) < _LEAST_PHOTO_BYTES:
        return
    place.letter.files += 1
    prefix = "" if place.letter.part == "text" else f"{place.letter.part}, "
    _take_file(kind, content, found, replace(place, part=f"{prefix}attachment {place.letter.files}"))


def _take_text(text: str, found: TakenApart, place: _Place, *, is_html: bool) -> None:
    if len(text) > MAX_TEXT_CHARACTERS:
        found.add_fault(TOO_LONG)
        return
    if is_html:
        text = text_of_html(text)
    if place.same is not None:
        place.same.append((is_html, text))
    else:
        place.letter.texts.append([text])


def _take_file(kind: Kind, content: bytes, found: TakenApart, place: _Place) -> None:
    """A file, or what is in it where it is a container."""
    found.files += 1
    if found.files > MAX_ATTACHMENTS:
        found.add_fault(TOO_MANY_ATTACHMENTS)
    elif kind == "packed":
        found.add_fault(PACKED)
    elif kind == "message":
        _open_message(_parsed(content), found, place.letter, place.depth + 1)
    elif kind not in ("zip", "winmail", "outlook"):
        place.letter.attachments.append(Attachment(kind, place.part, content))
    elif place.archives >= MAX_ARCHIVE_DEPTH:
        found.add_fault(TOO_DEEP)
    elif kind == "zip":
        unpacked = read_archive(content, MAX_UNPACKED_BYTES - found.unpacked_bytes)
        found.unpacked_bytes += sum(len(one.content) for one in unpacked.files)
        _take_unpacked(unpacked, found, place)
    elif kind == "outlook":
        _open_outlook(read_outlook(content), found, place)
    else:
        unpacked = read_winmail(content)
        # The same message once more: its text stands in the parts beside it, where there are any.
        if not place.letter.texts:
            _take_texts(unpacked, found, place.letter)
        _take_unpacked(unpacked, found, place)


def _take_unpacked(unpacked: Unpacked, found: TakenApart, place: _Place) -> None:
    for fault in unpacked.faults:
        found.add_fault(fault)
    for number, one in enumerate(unpacked.files, 1):
        if one.content.strip():
            inner = replace(place, part=f"{place.part}, file {number}", archives=place.archives + 1)
            _take_file(kind_of(one.name, one.media_type, one.content), one.content, found, inner)
    for message in unpacked.messages:
        _open_outlook(message, found, place)


def _open_outlook(unpacked: Unpacked, found: TakenApart, place: _Place) -> None:
    """A message that Outlook saved, as a letter of its own."""
    if place.depth >= MAX_DEPTH:
        found.add_fault(TOO_MANY_PARTS)
        return
    sender = address_in(unpacked.sender or "") or place.letter.sender
    place.letter.brings = True
    letter = Letter(sender, part=f"attached message {len(found.letters)}")
    found.letters.append(letter)
    _take_texts(unpacked, found, letter)
    _take_unpacked(unpacked, found, _Place(letter, place.depth + 1, letter.part, place.archives))


def _take_texts(unpacked: Unpacked, found: TakenApart, letter: Letter) -> None:
    within = _Place(letter, 0, same=[])
    for text, is_html in ((unpacked.plain, False), (unpacked.html, True)):
        if text and text.strip():
            _take_text(text_of_bytes(text.encode("utf-8", "replace")), found, within, is_html=is_html)
    if within.same:
        letter.texts.append([text for _, text in within.same])


def _content(part: email.message.Message) -> bytes:
    try:
        content = part.get_payload(decode=True)
    except (ValueError, LookupError, TypeError, AssertionError):
        content = None
    return content if isinstance(content, bytes) else str(part.get_payload()).encode("utf-8", "surrogateescape")

"""A message taken apart: its texts and attachments, whatever its sender's program made of the standards.

The standard library's modern reader (`policy.default`, `get_content()`) raises on ugly messages, so parts are walked
under the old, tolerant policy and decoded here.
"""

import email
import email.errors
import email.header
import email.message
import email.policy
import email.utils
import re
from dataclasses import dataclass, field

from inscriptis import get_text

from ingest.mail.limits import MAX_ATTACHMENTS, MAX_DEPTH, MAX_HEADER_CHARACTERS, MAX_PARTS, MAX_TEXT_CHARACTERS
from ingest.parsed_response import storable_text

_ADDRESS = re.compile(r"[^\s@<>\"(),;:]{1,64}@[^\s@<>\"(),;:]{1,190}")
_SIGNATURES = frozenset({"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"})
_ASIDE = _SIGNATURES | {"text/calendar", "text/vcard", "text/x-vcard", "text/directory"}
_ENCRYPTED = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted"})


@dataclass(frozen=True)
class Attachment:
    """One attached file, decoded; `name` and `media_type` are what the sender says, in lower case."""

    name: str
    media_type: str
    content: bytes = field(repr=False)
    sender: str | None = field(repr=False)


@dataclass
class TakenApart:
    """What a message, with those inside it, holds.

    `texts` are (sender, text) in order, the outer message first, plain before HTML. `faults` are reasons in words for
    what could not be reached. `automatic` is set where the message itself says that no person wrote it.
    """

    sender: str | None = field(default=None, repr=False)
    subject: str = field(default="", repr=False)
    automatic: str | None = None
    texts: list[tuple[str | None, str]] = field(default_factory=list, repr=False)
    attachments: list[Attachment] = field(default_factory=list, repr=False)
    faults: list[str] = field(default_factory=list)
    parts: int = 0

    def add_fault(self, reason: str) -> None:
        """Note, once, what could not be reached."""
        if reason not in self.faults:
            self.faults.append(reason)


def take_apart(raw: bytes) -> TakenApart:
    """The texts and attachments of a raw message.

    Raises:
        RecursionError: parts are nested thousands deep.
    """
    message = email.message_from_bytes(raw, policy=email.policy.compat32)
    found = TakenApart(sender=address_of(message), subject=header_of(message, "Subject"))
    found.automatic = _automatic(message)
    _walk(message, found, found.sender, 0)
    return found


def header_of(message: email.message.Message, name: str) -> str:
    """A header as text: decoded where it can be, on one line, cut where it is endless; '' where there is none."""
    value = message.get(name)
    if value is None:
        return ""
    return storable_text(re.sub(r"\s+", " ", _decoded_words(str(value)))).strip()


def _decoded_words(value: str) -> str:
    """A header's value with its encoded words decoded; as it came where their encoding is unknown or broken."""
    value = value[:MAX_HEADER_CHARACTERS]
    try:
        return str(email.header.make_header(email.header.decode_header(value)))
    except (email.errors.MessageError, LookupError, ValueError):
        return value


def address_of(message: email.message.Message) -> str | None:
    """The address in `From`, in lower case; None where there is none that could be one."""
    found = _ADDRESS.search(email.utils.parseaddr(header_of(message, "From"))[1] or header_of(message, "From"))
    return found.group().lower() if found else None


def _automatic(message: email.message.Message) -> str | None:
    submitted = header_of(message, "Auto-Submitted").lower()
    if submitted.startswith("auto-replied") or message.get("X-Autoreply") or message.get("X-Autorespond"):
        return "an automatic reply"
    if message.get_content_type() == "multipart/report":
        kind = str(message.get_param("report-type", "")).lower()
        return "a reading confirmation" if "disposition" in kind else "a report about delivery"
    if header_of(message, "Precedence").lower() == "auto_reply":
        return "an automatic reply"
    return None


def _walk(part: email.message.Message, found: TakenApart, sender: str | None, depth: int) -> None:
    found.parts += 1
    if found.parts > MAX_PARTS or depth > MAX_DEPTH:
        found.add_fault("the message has more parts, or messages in messages, than are read")
        return
    media_type = part.get_content_type()
    if media_type == "multipart/encrypted" or media_type in _ENCRYPTED:
        found.add_fault("the message is encrypted")
        return
    if part.is_multipart():
        children = [child for child in part.get_payload() if isinstance(child, email.message.Message)]
        if media_type == "multipart/alternative":
            # The same text twice: plain first, whatever the order.
            children.sort(key=lambda child: child.get_content_type() != "text/plain")
        for child in children:
            inside = media_type == "message/rfc822"
            _walk(child, found, (address_of(child) or sender) if inside else sender, depth + inside)
        return
    if media_type in _ASIDE:
        return
    _take_leaf(part, media_type, found, sender, depth)


def _take_leaf(part: email.message.Message, media_type: str, found: TakenApart, sender: str | None, depth: int) -> None:
    name = _file_name(part)
    content = _content(part)
    if name.endswith(".eml") and media_type != "text/html":
        _walk(email.message_from_bytes(content, policy=email.policy.compat32), found, sender, depth + 1)
        return
    # A message of parts that has none is a text.
    textual = media_type in ("text/plain", "text/html") or media_type.startswith("multipart/")
    if textual and not (name and not name.endswith((".txt", ".htm", ".html"))):
        text = _decoded(part, content)
        if len(text) > MAX_TEXT_CHARACTERS:
            found.add_fault("the text of the message is longer than is read")
        else:
            found.texts.append((sender, text_of_html(text) if media_type == "text/html" else text))
        return
    if media_type.startswith("image/") and "attachment" not in header_of(part, "Content-Disposition").lower():
        return  # A logo in somebody's signature.
    if not content.strip():
        return
    if len(found.attachments) >= MAX_ATTACHMENTS:
        found.add_fault("the message has more attachments than are read")
        return
    found.attachments.append(Attachment(name, media_type, content, sender))


def _file_name(part: email.message.Message) -> str:
    try:
        name = part.get_filename() or ""
    except (LookupError, ValueError, TypeError):
        return ""
    return _decoded_words(name).strip().lower()


def _content(part: email.message.Message) -> bytes:
    try:
        content = part.get_payload(decode=True)
    except (ValueError, LookupError, TypeError, AssertionError):
        content = None
    return content if isinstance(content, bytes) else str(part.get_payload()).encode("utf-8", "surrogateescape")


def _decoded(part: email.message.Message, content: bytes) -> str:
    """The text in the character set that the part names, else in UTF-8, else in Windows' Latin set."""
    try:
        named = part.get_content_charset()
    except (LookupError, ValueError, TypeError):
        named = None
    for charset in (named or "utf-8", "utf-8"):
        try:
            return _tidy(content.decode(charset))
        except (LookupError, ValueError):
            continue
    return _tidy(content.decode("cp1252", "replace"))


def _tidy(text: str) -> str:
    return storable_text(text.replace("\r\n", "\n").replace("\r", "\n"))


def text_of_html(html: str) -> str:
    """What a person would read of an HTML text."""
    try:
        return str(get_text(html))
    except (ValueError, AssertionError, AttributeError, TypeError, RecursionError):
        return re.sub(r"<[^>]{0,2000}>", " ", html)

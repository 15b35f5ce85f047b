"""Which message this is, however often and by whatever way it comes.

A message is known by its `Message-ID`, who sent it and when by its own word, and what its parts hold once they are
decoded. What the servers on the way write over it (`Received`, `X-` headers, a changed subject, another transfer
encoding) does not make it another. The `Message-ID` alone is not believed: some programs write the same one into
every message.
"""

import email
import email.message
import email.policy
import email.utils
import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime

_ADDRESS = re.compile(r"[^\s@<>\"(),;:]{1,64}@[^\s@<>\"(),;:]{1,190}")
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,900}>")
# A mailbox file puts a `>` before a line that starts with `From `; what it was before cannot be told.
_ESCAPED_FROM = re.compile(r"^>+(?=From )", re.MULTILINE)
_SPACE_AT_END = re.compile(r"[ \t]+$", re.MULTILINE)
_MAX_HEADER = 4_000


def identity_of(message: email.message.Message) -> bytes | None:
    """SHA-256 over what makes this message itself; None where it has no `Message-ID`.

    Raises:
        RecursionError: parts are nested thousands deep.
    """
    message_id = message_id_of(message)
    if message_id is None:
        return None
    digest = hashlib.sha256()
    for word in (message_id, *_who_and_when(message)):
        _add(digest, word.encode("utf-8", "surrogateescape"))
    for piece in _pieces(message):
        _add(digest, piece)
    return digest.digest()


def identity_of_start(head: email.message.Message, body: bytes) -> bytes | None:
    """The same for a message of which only the headers and the start of the body are at hand."""
    message_id = message_id_of(head)
    if message_id is None:
        return None
    digest = hashlib.sha256()
    for word in ("start", message_id, *_who_and_when(head)):
        _add(digest, word.encode("utf-8", "surrogateescape"))
    _add(digest, body)
    return digest.digest()


def message_id_of(message: email.message.Message) -> str | None:
    """The `Message-ID` with its angle brackets, or whatever stands there instead; None where nothing does."""
    text = header_of(message, "Message-ID")
    found = _MESSAGE_ID.search(text)
    return found.group() if found else text or None


def header_of(message: email.message.Message, name: str) -> str:
    """The first header of that name on one line, as it stands; '' where there is none."""
    value = message.get(name)
    return "" if value is None else " ".join(str(value)[:_MAX_HEADER].split())


def address_of(message: email.message.Message, name: str) -> str:
    """The first address in a header, in lower case; the header itself where none is found."""
    text = header_of(message, name)
    # Angle brackets before all else: a name may look like an address.
    found = re.search(rf"<({_ADDRESS.pattern})>\s*$", text) or _ADDRESS.search(text)
    return (found.group(1) if found and found.lastindex else found.group() if found else text).lower()


def moment_of(text: str) -> datetime | None:
    """A header's date and time; None where it is none."""
    try:
        moment = email.utils.parsedate_to_datetime(text.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _who_and_when(message: email.message.Message) -> tuple[str, str, str]:
    """Sender, where an answer goes (a web form's mailer sends for many people), and the sender's date."""
    sent = header_of(message, "Date")
    moment = moment_of(sent)
    return address_of(message, "From"), address_of(message, "Reply-To"), moment.isoformat() if moment else sent


def _pieces(message: email.message.Message) -> Iterator[bytes]:
    """What the parts hold, in order: the kind of each and its content, decoded; of messages inside, who and when."""
    for part in message.walk():
        kind = part.get_content_type()
        if part is not message and kind == "message/rfc822":
            yield b"message"
        if part.is_multipart():
            for inner in part.get_payload() if kind == "message/rfc822" else ():
                if isinstance(inner, email.message.Message):
                    words = (header_of(inner, "Message-ID"), *_who_and_when(inner), header_of(inner, "Subject"))
                    yield "\n".join(words).encode("utf-8", "surrogateescape")
            continue
        yield kind.encode("utf-8", "surrogateescape")
        yield _content(part, kind)


def _content(part: email.message.Message, kind: str) -> bytes:
    # A message of parts that has none is a text.
    return _text_of(part) if kind.startswith(("text/", "multipart/")) else _bytes_of(part)


def _bytes_of(part: email.message.Message) -> bytes:
    """What a part holds, decoded; where its headers make the library stumble, what it holds without them."""
    for header in ("Content-Type", "Content-Transfer-Encoding"):
        try:
            return bytes(part.get_payload(decode=True))
        except (ValueError, LookupError, TypeError, AssertionError):
            del part[header]
    return bytes(part.get_payload(decode=True))


def _text_of(part: email.message.Message) -> bytes:
    """A text without what a change of transfer encoding or of the character set may change."""
    try:
        charset = part.get_content_charset() or "utf-8"
    except (LookupError, ValueError, TypeError):
        charset = "utf-8"
    content = _bytes_of(part)
    try:
        text = content.decode(charset)
    except (LookupError, ValueError, TypeError):
        text = content.decode("latin-1")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _SPACE_AT_END.sub("", _ESCAPED_FROM.sub("", text))
    return text.rstrip("\n").encode("utf-8", "surrogatepass")


def _add(digest: "hashlib._Hash", piece: bytes) -> None:
    """Each piece with its length, so that no two rows of pieces read alike."""
    digest.update(len(piece).to_bytes(8, "big") + piece)

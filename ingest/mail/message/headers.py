"""Headers of a message as text, whatever is wrong with them."""

import email.errors
import email.header
import email.message
import email.utils
import re

from ingest.mail.limits import MAX_HEADER_CHARACTERS
from ingest.parsed_response import storable_text

_ADDRESS = re.compile(r"[^\s@<>\"(),;:]{1,64}@[^\s@<>\"(),;:]{1,190}")


def header_of(message: email.message.Message, name: str) -> str:
    """A header as text: decoded where it can be, on one line, cut where it is endless; '' where there is none."""
    value = message.get(name)
    if value is None:
        return ""
    return storable_text(re.sub(r"\s+", " ", decoded_words(str(value)))).strip()


def decoded_words(value: str) -> str:
    """A header's value with its encoded words decoded; as it came where their encoding is unknown or broken."""
    value = value[:MAX_HEADER_CHARACTERS]
    try:
        return str(email.header.make_header(email.header.decode_header(value)))
    except (email.errors.MessageError, LookupError, ValueError):
        return value


def address_of(message: email.message.Message) -> str | None:
    """The address in `From`, in lower case; None where there is none that could be one."""
    return address_in(header_of(message, "From"))


def address_in(text: str) -> str | None:
    """The address in a text such as 'Ann <ann@example.org>', in lower case."""
    found = _ADDRESS.search(email.utils.parseaddr(text)[1] or text)
    return storable_text(found.group().lower()) if found else None


def automatic_by(message: email.message.Message) -> str | None:
    """Why no person wrote this message, as it says itself; None where it does not."""
    submitted = header_of(message, "Auto-Submitted").lower()
    if submitted.startswith("auto-replied") or message.get("X-Autoreply") or message.get("X-Autorespond"):
        return "an automatic reply"
    if message.get_content_type() == "multipart/report":
        kind = str(message.get_param("report-type", "")).lower()
        return "a reading confirmation" if "disposition" in kind else "a report about delivery"
    if header_of(message, "Precedence").lower() == "auto_reply":
        return "an automatic reply"
    return None


def file_name_of(part: email.message.Message) -> str:
    """The name of an attached file in lower case; '' where there is none that can be read."""
    try:
        name = part.get_filename() or ""
    except (LookupError, ValueError, TypeError):
        return ""
    return decoded_words(name).strip().lower()

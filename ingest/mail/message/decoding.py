"""From the bytes of a text to its letters: what the sender says of its character set is often wrong."""

import codecs
import email.message
import re

from ingest.parsed_response import storable_text

# Programs name the first of these and mean the second, as every browser knows.
_MEANT = {"iso8859-1": "cp1252", "ascii": "utf-8", "gb2312": "gb18030", "ks_c_5601-1987": "cp949"}
# Codecs that are no character sets, or that a hostile text can keep busy.
_NOT_CHARSETS = frozenset({"punycode", "idna", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"})
_MANY_BYTES = re.compile(rb"[\xc2-\xf4][\x80-\xbf]")


def decoded_text(part: email.message.Message, content: bytes) -> str:
    """The text of a part, by the character set that it names where that can be."""
    try:
        named = part.get_content_charset()
    except (LookupError, ValueError, TypeError):
        named = None
    return text_of_bytes(content, named)


def text_of_bytes(content: bytes, charset: str | None = None) -> str:
    """The text, with line ends as one character and without what no store can hold.

    In the character set named, else in UTF-8, else in Windows' Latin set. A text that says Latin but is whole UTF-8
    beyond ASCII is UTF-8.
    """
    for mark, by_mark in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return _tidy(content.decode(by_mark, "replace"))
    codec = _codec(charset)
    if codec in ("cp1252", None) and _MANY_BYTES.search(content):
        codec = "utf-8"
    for one in (codec or "utf-8", "utf-8", _codec(charset) or "utf-8"):
        try:
            return _tidy(content.decode(one))
        except (LookupError, ValueError):
            continue
    return _tidy(content.decode("cp1252", "replace"))


def _codec(charset: str | None) -> str | None:
    """The codec that is meant by a name; None where there is none."""
    if not charset:
        return None
    try:
        name = codecs.lookup(charset.strip().strip("'\"")).name
    except (LookupError, ValueError, TypeError):
        return None
    return None if name in _NOT_CHARSETS else _MEANT.get(name, name)


def _tidy(text: str) -> str:
    return storable_text(text.replace("\r\n", "\n").replace("\r", "\n"))

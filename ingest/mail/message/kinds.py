"""What sort of file an attachment is: by its first bytes, then by its name and by what the sender calls it."""

import io
import zipfile
from typing import Literal

Kind = Literal[
    "pdf", "docx", "odt", "picture", "zip", "packed", "winmail", "outlook", "message", "sealed", "html", "text",
    "old_word", "rich_text", "pages", "spreadsheet", "presentation", "other",
]  # fmt: skip

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OUTLOOK_STREAM = "__properties_version1.0".encode("utf-16-le")
# Some programs write something before a PDF; a sealed file may have lost its name on the way.
_WITHIN: tuple[tuple[bytes, Kind], ...] = ((b"%PDF-", "pdf"), (b'"yoursay-sealed-1"', "sealed"))
_STARTS: tuple[tuple[bytes, Kind], ...] = (
    (b"\x78\x9f\x3e\x22", "winmail"),
    (b"Rar!", "packed"),
    (b"7z\xbc\xaf\x27\x1c", "packed"),
    (b"\x1f\x8b", "packed"),
    (b"BZh", "packed"),
    (b"\xfd7zXZ\x00", "packed"),
    (b"{\\rtf", "rich_text"),
    (b"\xff\xd8\xff", "picture"),
    (b"\x89PNG\r\n\x1a\n", "picture"),
    (b"II*\x00", "picture"),
    (b"MM\x00*", "picture"),
    (b"GIF8", "picture"),
    (b"BM", "picture"),
)
_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1", b"avif")
_ENDINGS: dict[str, Kind] = {
    ".pdf": "pdf",
    ".docx": "docx",
    ".docm": "docx",
    ".odt": "odt",
    ".zip": "zip",
    ".rar": "packed",
    ".7z": "packed",
    ".gz": "packed",
    ".tgz": "packed",
    ".tar": "packed",
    ".bz2": "packed",
    ".xz": "packed",
    ".eml": "message",
    ".msg": "outlook",
    ".yoursay": "sealed",
    ".htm": "html",
    ".html": "html",
    ".xhtml": "html",
    ".txt": "text",
    ".text": "text",
    ".md": "text",
    ".doc": "old_word",
    ".rtf": "rich_text",
    ".pages": "pages",
    ".xls": "spreadsheet",
    ".xlsx": "spreadsheet",
    ".ods": "spreadsheet",
    ".numbers": "spreadsheet",
    ".csv": "spreadsheet",
    ".ppt": "presentation",
    ".pptx": "presentation",
    ".odp": "presentation",
    ".key": "presentation",
}
_MEDIA_TYPES: dict[str, Kind] = {
    "application/pdf": "pdf",
    "application/ms-tnef": "winmail",
    "application/vnd.ms-tnef": "winmail",
    "application/vnd.ms-outlook": "outlook",
    "application/zip": "zip",
    "application/x-zip-compressed": "zip",
    "application/rtf": "rich_text",
    "text/rtf": "rich_text",
    "application/msword": "old_word",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.oasis.opendocument.text": "odt",
    "text/html": "html",
    "text/plain": "text",
    "message/rfc822": "message",
}
# What a zip holds tells which document it is; the first of these that is there.
_IN_ZIP: tuple[tuple[str, Kind], ...] = (
    ("word/", "docx"),
    ("xl/", "spreadsheet"),
    ("ppt/", "presentation"),
    ("Index/Document.iwa", "pages"),
    ("index.xml", "pages"),
)
_ODF: tuple[tuple[bytes, Kind], ...] = (
    (b"application/vnd.oasis.opendocument.text", "odt"),
    (b"application/vnd.oasis.opendocument.spreadsheet", "spreadsheet"),
    (b"application/vnd.oasis.opendocument.presentation", "presentation"),
)
_MAX_NAMES = 5_000


def kind_of(name: str, media_type: str, content: bytes) -> Kind:
    """The sort of a file; its bytes are believed before its name, and the name before the sender's media type."""
    start = content[:1024]
    if start.startswith(b"PK\x03\x04"):
        return _kind_of_zip(name, content)
    if start.startswith(_OLE):
        outlook = name.endswith(".msg") or _OUTLOOK_STREAM in content
        return "outlook" if outlook else _by_name(name, media_type, "old_word")
    return _by_start(start) or _by_name(name, media_type, "picture" if media_type.startswith("image/") else "other")


def _by_start(start: bytes) -> Kind | None:
    within = next((kind for mark, kind in _WITHIN if mark in start), None)
    if within is not None:
        return within
    if (start[4:8] == b"ftyp" and start[8:12] in _HEIC_BRANDS) or (start[:4] == b"RIFF" and start[8:12] == b"WEBP"):
        return "picture"
    return next((kind for begin, kind in _STARTS if start.startswith(begin)), None)


def _by_name(name: str, media_type: str, otherwise: Kind) -> Kind:
    if name == "winmail.dat":
        return "winmail"
    ending = name[name.rfind(".") :] if "." in name else ""
    return _ENDINGS.get(ending) or _MEDIA_TYPES.get(media_type) or otherwise


def _kind_of_zip(name: str, content: bytes) -> Kind:
    """A document that is packed as a zip, or a zip of files; what cannot be listed goes by its name."""
    for said, kind in _ODF:
        if said in content[:200]:
            return kind
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()[:_MAX_NAMES]
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, RuntimeError, KeyError, IndexError):
        return _by_name(name, "", "zip")
    office = "[Content_Types].xml" in names
    for begin, kind in _IN_ZIP:
        if any(one.startswith(begin) for one in names) and (office or not begin.endswith("/")):
            return kind
    return "zip"

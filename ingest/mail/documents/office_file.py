"""Opening an office document (.docx, .odt) within bounds: a zip of XML files, which a hostile sender may have made.

Nothing is written to disk, no entity is expanded, and no more is unpacked than is read.
"""

import io
import zipfile
import zlib
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

_MAX_BYTES = 25 * 1024 * 1024
_MAX_MEMBERS = 2_000
_MAX_XML_BYTES = 16 * 1024 * 1024
_MAX_DEPTH = 200
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_NAME = "EncryptedPackage".encode("utf-16-le")


class OfficeFileError(Exception):
    """The document cannot be read; the message says why in words, never with an answer."""


class OfficeFile:
    """The XML members of an office document.

    Raises:
        OfficeFileError: it is no such document, is locked, or has more in it than is read.
    """

    def __init__(self, content: bytes) -> None:
        if len(content) > _MAX_BYTES:
            raise OfficeFileError("the document is larger than is read")
        if content.startswith(_OLE):
            if _ENCRYPTED_NAME in content:
                raise OfficeFileError("the document is locked with a password")
            raise OfficeFileError("the document is in Word's old format (.doc), which is not read")
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
            raise OfficeFileError("the document is damaged") from error
        if len(self._zip.infolist()) > _MAX_MEMBERS:
            raise OfficeFileError("the document has more parts than are read")

    def has(self, name: str) -> bool:
        """Whether there is such a member."""
        return name in self._zip.NameToInfo

    def xml(self, name: str) -> Element:
        """The root of an XML member, no deeper than can be walked.

        Raises:
            OfficeFileError: there is none, it is damaged, or larger or deeper than is read.
        """
        try:
            root: Element = fromstring(self._bytes(name), forbid_dtd=True)
        except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
            raise OfficeFileError("the document is damaged") from error
        _check_depth(root)
        return root

    def _bytes(self, name: str) -> bytes:
        try:
            member = self._zip.getinfo(name)
            if member.flag_bits & 1:
                raise OfficeFileError("the document is locked with a password")
            with self._zip.open(member) as opened:
                # What a member says of its size may be a lie.
                content = opened.read(_MAX_XML_BYTES + 1)
        except (
            KeyError,
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            NotImplementedError,
            RuntimeError,
        ) as error:
            raise OfficeFileError("the document is damaged") from error
        if len(content) > _MAX_XML_BYTES:
            raise OfficeFileError("the document unpacks to more than is read")
        return content


def _check_depth(root: Element) -> None:
    level = [root]
    for _ in range(_MAX_DEPTH):
        level = [child for one in level for child in one]
        if not level:
            return
    raise OfficeFileError("the document is nested more deeply than is read")

"""The paragraphs of an .odt, as its reader sees them. LibreOffice keeps no tags there, but boxes and their state."""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from ingest.mail.documents.office_file import OfficeFile, OfficeFileError
from ingest.mail.documents.office_text import OfficeText, TextParagraph, is_ticked
from ingest.parsed_response import storable_text

_CONTENT, _PROPERTIES = "content.xml", "meta.xml"
_LEFT_OUT = frozenset("tracked-changes note annotation annotation-end sequence-decls forms variable-decls".split())
_MAX_SPACES = 1_000
_LINE_ENDS = re.compile(r"[\r\n]+")


def odt_text(file: OfficeFile) -> OfficeText:
    """What an .odt says.

    Raises:
        OfficeFileError: it cannot be read.
    """
    if not file.has(_CONTENT):
        raise OfficeFileError("the document is not one of a word processor")
    reader = _Reader()
    content = file.xml(_CONTENT)
    reader.read_blocks(content, ())
    notes = (_plain(one) for one in content.iter() if _name(one) == "annotation")
    return OfficeText(
        tuple(reader.paragraphs), subject=_subject(file), notes=tuple(text for text in notes if text.strip())
    )


def _subject(file: OfficeFile) -> str:
    if not file.has(_PROPERTIES):
        return ""
    return next((one.text or "" for one in file.xml(_PROPERTIES).iter() if _name(one) == "subject"), "")


class _Reader:
    """Walks the document once, in order."""

    def __init__(self) -> None:
        self.paragraphs: list[TextParagraph] = []
        self._cells = 0
        self._boxes: list[bool] = []

    def read_blocks(self, element: Element, cells: tuple[int, ...]) -> None:
        for child in element:
            name = _name(child)
            if name in ("p", "h"):
                self._boxes = []
                text = storable_text("".join(self._pieces(child, cells)))
                ticked = self._boxes[0] if len(self._boxes) == 1 else None
                self.paragraphs.append(TextParagraph(text, cells, ticked=ticked))
            elif name == "table-cell":
                self._cells += 1
                self.read_blocks(child, (*cells, self._cells))
            elif name not in _LEFT_OUT:
                self.read_blocks(child, cells)

    def _pieces(self, element: Element, cells: tuple[int, ...]) -> Iterator[str]:
        yield _LINE_ENDS.sub(" ", element.text or "")
        for child in element:
            name = _name(child)
            if name == "line-break":
                yield "\n"
            elif name == "tab":
                yield "\t"
            elif name == "s":
                yield " " * _count(child)
            elif name == "content-control" and _attribute(child, "checkbox") == "true":
                text = "".join(self._pieces(child, cells))
                self._boxes.append(_attribute(child, "checked") == "true" or is_ticked(text))
                yield text
            elif name == "text-box":
                self.read_blocks(child, cells)
            elif name not in _LEFT_OUT:
                yield from self._pieces(child, cells)
            yield _LINE_ENDS.sub(" ", child.tail or "")


def _count(element: Element) -> int:
    count = _attribute(element, "c") or "1"
    return min(int(count), _MAX_SPACES) if count.isascii() and count.isdigit() and len(count) < 9 else 1


def _plain(element: Element) -> str:
    return storable_text("\n".join("".join(one.itertext()) for one in element if _name(one) in ("p", "h", "list")))


def _attribute(element: Element, name: str) -> str:
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")


def _name(element: Element) -> str:
    """The element's name without its namespace; '' for a comment or an instruction."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""

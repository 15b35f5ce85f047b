"""The paragraphs and content controls of a .docx, as its reader sees them: insertions accepted, deletions gone."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from ingest.mail.documents.office_file import OfficeFile, OfficeFileError
from ingest.mail.documents.office_text import Control, OfficeText, TextParagraph, is_ticked
from ingest.parsed_response import storable_text

_DOCUMENT, _COMMENTS, _PROPERTIES = "word/document.xml", "word/comments.xml", "docProps/core.xml"
_LEFT_OUT = frozenset(
    "pPr rPr sdtPr tblPr tcPr trPr sectPr del moveFrom Fallback instrText delText delInstrText".split()
)
_LETTERS = {"br": "\n", "cr": "\n", "tab": "\t", "noBreakHyphen": "\u2011", "softHyphen": "\u00ad"}
_TRUE = frozenset(("1", "true", "on"))


def docx_text(file: OfficeFile) -> OfficeText:
    """What a .docx says.

    Raises:
        OfficeFileError: it cannot be read.
    """
    if not file.has(_DOCUMENT):
        raise OfficeFileError("the document is not one of a word processor")
    reader = _Reader()
    reader.read_blocks(file.xml(_DOCUMENT), (), ())
    notes = _Reader()
    if file.has(_COMMENTS):
        notes.read_blocks(file.xml(_COMMENTS), (), ())
    return OfficeText(
        tuple(reader.paragraphs),
        tuple(reader.controls),
        _subject(file),
        tuple(one.text for one in notes.paragraphs if one.text.strip()),
    )


def _subject(file: OfficeFile) -> str:
    if not file.has(_PROPERTIES):
        return ""
    return next((one.text or "" for one in file.xml(_PROPERTIES).iter() if _name(one) == "subject"), "")


@dataclass
class _OpenControl:
    """A control whose end is not reached yet, with the paragraphs read in it."""

    tag: str
    is_box: bool
    checked: bool
    prompting: bool
    lines: list[str] = field(default_factory=list)

    def closed(self) -> Control:
        text = "\n".join(self.lines)
        return Control(self.tag, text, (self.checked or is_ticked(text)) if self.is_box else None, self.prompting)


class _Reader:
    """Walks the document once, in order."""

    def __init__(self) -> None:
        self.paragraphs: list[TextParagraph] = []
        self.controls: list[Control] = []
        self._cells = 0

    def read_blocks(self, element: Element, cells: tuple[int, ...], around: tuple[_OpenControl, ...]) -> None:
        for child in element:
            name = _name(child)
            if name == "p":
                self._read_paragraph(child, cells, around)
            elif name == "tc":
                self._cells += 1
                self.read_blocks(child, (*cells, self._cells), around)
            elif name == "sdt":
                control = _opened(child)
                self.read_blocks(child, cells, (*around, control))
                self.controls.append(control.closed())
            elif name not in _LEFT_OUT:
                self.read_blocks(child, cells, around)

    def _read_paragraph(self, element: Element, cells: tuple[int, ...], around: tuple[_OpenControl, ...]) -> None:
        first = len(self.controls)
        text = storable_text("".join(self._pieces(element, cells)))
        within = self.controls[first:]
        for control in around:
            control.lines.append(text)
        boxes = [one.ticked for one in within if one.ticked is not None]
        tags = tuple(filter(None, [*(one.tag for one in around), *(one.tag for one in within)]))
        ticked = boxes[0] if len(boxes) == 1 else None
        self.paragraphs.append(TextParagraph(text, cells, tags, ticked, _list_of(element)))

    def _pieces(self, element: Element, cells: tuple[int, ...]) -> Iterator[str]:
        for child in element:
            name = _name(child)
            if name == "t":
                yield child.text or ""
            elif name in _LETTERS:
                yield _LETTERS[name]
            elif name == "sym":
                yield _symbol(child)
            elif name == "sdt":
                control = _opened(child)
                control.lines.append("".join(self._pieces(child, cells)))
                self.controls.append(control.closed())
                yield control.lines[0]
            elif name == "txbxContent":
                self.read_blocks(child, cells, ())
            elif name not in _LEFT_OUT:
                yield from self._pieces(child, cells)


def _list_of(element: Element) -> str | None:
    """The list whose item of the outermost level a paragraph is: its number, or its style's name as `style:...`."""
    properties = {_name(one): one for part in element if _name(part) == "pPr" for one in part}
    if "numPr" in properties:
        values = {_name(one): _value(one) for one in properties["numPr"]}
        return storable_text(values.get("numId", "")) if values.get("ilvl", "0") == "0" else None
    return f"style:{storable_text(_value(properties['pStyle']))}" if "pStyle" in properties else None


def _opened(element: Element) -> _OpenControl:
    properties: dict[str, Element] = {_name(one): one for part in element if _name(part) == "sdtPr" for one in part}
    checkbox = properties.get("checkbox")
    states = [] if checkbox is None else [_value(one) for one in checkbox if _name(one) == "checked"]
    tag = _value(properties["tag"]) if "tag" in properties else ""
    return _OpenControl(
        storable_text(tag), checkbox is not None, bool(_TRUE.intersection(states)), "showingPlcHdr" in properties
    )


def _symbol(element: Element) -> str:
    code = next((value for key, value in element.attrib.items() if key.endswith("}char")), "")
    try:
        return chr(int(code, 16))
    except (ValueError, OverflowError):
        return "\ufffd"


def _value(element: Element) -> str:
    """The attribute `val`, in whatever namespace."""
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == "val"), "")


def _name(element: Element) -> str:
    """The element's name without its namespace; '' for a comment or an instruction."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""

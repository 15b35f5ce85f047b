"""The numbers that a word processor shows before the items of a list, which are nowhere in a .docx's text."""

from collections import Counter
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from ingest.mail.documents.docx_text import docx_text
from ingest.mail.documents.office_file import OfficeFile

_NUMBERING, _STYLES = "word/numbering.xml", "word/styles.xml"
_DECIMAL = ("decimal", "decimalZero")
_MOST = 10_000


def numbered_text(file: OfficeFile) -> str:
    """The text of a .docx, one paragraph a line, with '1. ' before items of a list numbered so.

    Raises:
        OfficeFileError: it cannot be read.
    """
    starts = _starts(file)
    lists = {f"style:{style}": number for style, number in _lists_of_styles(file)}
    counted: Counter[str] = Counter()
    lines = []
    for one in docx_text(file).paragraphs:
        number = lists.get(one.listed or "", one.listed or "")
        if number in starts and one.text.strip():
            lines.append(f"{starts[number] + counted[number]}. {one.text}")
            counted[number] += 1
        else:
            lines.append(one.text)
    return "\n".join(lines)


def _starts(file: OfficeFile) -> dict[str, int]:
    """The lists whose outermost level is numbered 1, 2, 3, and where each begins."""
    if not file.has(_NUMBERING):
        return {}
    root = file.xml(_NUMBERING)
    levels = {_attribute(one, "abstractNumId"): _first_level(one) for one in root if _name(one) == "abstractNum"}
    starts: dict[str, int] = {}
    for one in root:
        if _name(one) == "num":
            abstract = next((_attribute(child, "val") for child in one if _name(child) == "abstractNumId"), "")
            start = levels.get(abstract)
            if start is not None:
                starts[_attribute(one, "numId")] = start
    return starts


def _first_level(abstract: Element) -> int | None:
    """Where a list begins; None where it is not numbered 1, 2, 3."""
    for level in abstract:
        if _name(level) == "lvl" and _attribute(level, "ilvl") == "0":
            values = {_name(one): _attribute(one, "val") for one in level}
            start = values.get("start", "1")
            if values.get("numFmt", "decimal") in _DECIMAL:
                return min(int(start), _MOST) if start.isascii() and start.isdigit() and len(start) < 9 else 1
    return None


def _lists_of_styles(file: OfficeFile) -> Iterator[tuple[str, str]]:
    """(style, list) of each style of paragraphs that makes them items of a list."""
    if not file.has(_STYLES):
        return
    for style in file.xml(_STYLES):
        numbers = [one for one in style.iter() if _name(one) == "numId"] if _name(style) == "style" else []
        if numbers:
            yield _attribute(style, "styleId"), _attribute(numbers[0], "val")


def _attribute(element: Element, name: str) -> str:
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""

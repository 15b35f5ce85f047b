"""A document as .docx: real headings, tables with header rows, charts with words for who does not see them."""

import io
import zipfile
from typing import Any

import docx
from docx.document import Document as WordDocument
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from transforms.report.charts import chart_png, chart_svg, in_words
from transforms.report.document import (
    Block,
    Bullets,
    Chart,
    Document,
    Heading,
    Paragraph,
    Runs,
    Table,
    Written,
    text_of,
)

_INK = RGBColor(0x0B, 0x0C, 0x0C)
_MADE_AT = (1980, 1, 1, 0, 0, 0)
_LONGEST_PROPERTY = 255
_CHART_WIDTH = Mm(160)


def render_word(document: Document) -> bytes:
    """The document for word processors; equal documents give equal bytes."""
    word = docx.Document()
    _set_up(word, document)
    _paragraph(word, document.mark, bold=True)
    if document.notice:
        _paragraph(word, (document.notice,), bold=True)
    for block in document.blocks:
        _write(word, block, text_of(document.mark))
    saved = io.BytesIO()
    word.save(saved)
    return _without_times(saved)


def _write(word: WordDocument, block: Block, mark: str) -> None:
    match block:
        case Heading():
            word.add_paragraph(text_of(block.runs), style=f"Heading {block.level}")
        case Paragraph():
            _paragraph(word, block.runs, bold=block.strong)
        case Bullets():
            for item in block.items:
                word.add_paragraph(text_of(item), style="List Bullet")
        case Table():
            _table(word, block)
        case Chart():
            _paragraph(word, block.headline, bold=True)
            _chart(word, block, mark)
        case Written():
            if block.missing:
                _paragraph(word, (f"To be written: {block.missing}",), bold=True)
            for one in block.blocks:
                _write(word, one, mark)


def _paragraph(word: WordDocument, runs: Runs, *, bold: bool = False) -> None:
    word.add_paragraph().add_run(text_of(runs)).bold = bold or None


def _table(word: WordDocument, block: Table) -> None:
    caption = word.add_paragraph(style="Caption")
    caption.add_run(text_of(block.caption))
    table: Any = word.add_table(rows=0, cols=len(block.columns), style="Table Grid")
    for place, row in enumerate((block.columns, *block.rows)):
        cells = table.add_row().cells
        for cell, runs in zip(cells, row, strict=True):
            cell.paragraphs[0].add_run(text_of(runs)).bold = place == 0 or None
    header = table.rows[0]._tr.get_or_add_trPr()
    header.append(OxmlElement("w:tblHeader"))
    said = OxmlElement("w:tblCaption")
    said.set(qn("w:val"), text_of(block.caption))
    table._tbl.tblPr.append(said)
    for note in block.notes:
        _paragraph(word, note)


def _chart(word: WordDocument, block: Chart, mark: str) -> None:
    picture: Any = word.add_picture(io.BytesIO(chart_png(chart_svg(block, mark))), width=_CHART_WIDTH)
    picture._inline.docPr.set("descr", in_words(block, mark))
    picture._inline.docPr.set("title", block.title)


def _set_up(word: WordDocument, document: Document) -> None:
    """Page, styles, language and properties."""
    section = word.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(20)
    styles: Any = word.styles
    normal = styles["Normal"]
    normal.font.name, normal.font.size, normal.font.color.rgb = "Arial", Pt(11), _INK
    for level, size in ((1, 20), (2, 16), (3, 13), (4, 12)):
        styles[f"Heading {level}"].font.size = Pt(size)
        styles[f"Heading {level}"].font.color.rgb = _INK
    styles["Caption"].font.color.rgb, styles["Caption"].font.size = _INK, Pt(11)
    spoken = word.styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    language = spoken.find(qn("w:lang"))
    if language is None:
        language = OxmlElement("w:lang")
        spoken.append(language)
    for key in ("w:val", "w:eastAsia", "w:bidi"):
        language.set(qn(key), document.language)
    about = word.core_properties
    about.title, about.language = document.title[:_LONGEST_PROPERTY], document.language
    about.author, about.comments = "", ""
    word.sections[0].header.paragraphs[0].add_run(text_of(document.mark))


def _without_times(saved: io.BytesIO) -> bytes:
    """The package with one time for all its members, so that equal documents are equal bytes."""
    result = io.BytesIO()
    with zipfile.ZipFile(saved) as source, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            member = zipfile.ZipInfo(name, _MADE_AT)
            member.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(member, source.read(name))
    return result.getvalue()

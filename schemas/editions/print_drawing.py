"""Draws on the printed pages what differs from page to page and from form to form: marks, square code and serial."""

import io
from collections.abc import Iterable, Sequence
from functools import cache

import cv2
import numpy as np
import pikepdf
import zxingcpp
from fontTools import subset
from fontTools.ttLib import TTFont
from pikepdf import Array, Dictionary, Name, Pdf, Stream

from schemas.editions.page_code import PageCode, encode_page_code
from schemas.editions.print_content import FONTS
from schemas.editions.print_layout import PAGE_HEIGHT, Area, PrintedPage
from schemas.editions.serials import LETTERS

_POINTS = 72 / 25.4
# A mark is six by six modules: four bits a side, and a black border of one.
_MARK_MODULES = 6
_SERIAL_FONT = "noto-sans-latin-700-normal.woff2"
_SERIAL_NAME = Name("/YourSaySerial")
# Clear of the quiet zone of the code, which is four of its modules, and of what begins the page below.
_SERIAL_GAP = 2.4


def add_forms(
    pdf: Pdf, pages: Sequence[PrintedPage], code: PageCode, serials: Sequence[str | None], size: float
) -> None:
    """Make the document one form after another, each page with its marks, code and serial (in `size` points).

    `pdf` holds the pages once, `pages` says where things are on them; `code` is any page's.
    """
    templates = [page.obj for page in pdf.pages]
    font = _serial_font(pdf) if any(serials) else None
    # What the template draws is closed in a graphics state of its own; what is added is no part of the text.
    before = pdf.make_stream(b"q\n")
    marks = [_filled(_mark_squares(page)) for page in pages]
    made = []
    for serial in serials:
        for template, page, drawn in zip(templates, pages, marks, strict=True):
            one = PageCode(code.questionnaire_hash, code.language, code.variant, page.number, serial)
            content = drawn + _filled(_code_squares(encode_page_code(one), page.code_area))
            if serial and font is not None:
                content += _written(serial, page.code_area, size, font)
            made.append(_page(pdf, template, before, content, font))
    del pdf.pages[:]
    for drawn_page in made:
        pdf.pages.append(pikepdf.Page(pdf.make_indirect(drawn_page)))


def _page(
    pdf: Pdf, template: pikepdf.Object, before: pikepdf.Object, added: bytes, font: pikepdf.Object | None
) -> Dictionary:
    page = Dictionary(dict(template))
    after = pdf.make_stream(b"\nQ\n/Artifact BMC q\n" + added + b"Q EMC\n")
    page.Contents = Array([before, template.Contents, after])
    if font is not None:
        resources = Dictionary(dict(template.Resources))
        resources.Font = Dictionary(dict(template.Resources.get("/Font", Dictionary())))
        resources.Font[_SERIAL_NAME] = font
        page.Resources = resources
    return page


def _mark_squares(page: PrintedPage) -> list[Area]:
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_250)
    squares = []
    for mark in page.marks:
        image = cv2.aruco.generateImageMarker(dictionary, mark.id, _MARK_MODULES)
        squares += _black(mark.area, (image == 0).tolist())
    return squares


def _code_squares(text: str, area: Area) -> list[Area]:
    # Level Q: a quarter of the code may be spoilt.
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="Q")
    image = np.asarray(zxingcpp.write_barcode_to_image(code, scale=1, add_quiet_zones=False))
    return _black(area, (image == 0).tolist())


def _black(area: Area, rows: Sequence[Sequence[bool]]) -> list[Area]:
    """The dark modules of a square picture as rectangles, neighbours in a row as one."""
    module = area.width / len(rows)
    found = []
    for y, row in enumerate(rows):
        start = None
        for x, dark in enumerate([*row, False]):
            if dark and start is None:
                start = x
            elif not dark and start is not None:
                width = (x - start) * module
                found.append(Area(area.x + start * module, area.y + y * module, width, module))
                start = None
    return found


def _filled(areas: Iterable[Area]) -> bytes:
    """One path, so that no renderer leaves a seam between neighbours."""
    rectangles = (
        f"{one.x * _POINTS:.3f} {(PAGE_HEIGHT - one.y - one.height) * _POINTS:.3f} "
        f"{one.width * _POINTS:.3f} {one.height * _POINTS:.3f} re\n"
        for one in areas
    )
    return ("0 g\n" + "".join(rectangles) + "f\n").encode()


def _written(serial: str, area: Area, size: float, font: pikepdf.Object) -> bytes:
    """The serial in the middle under the code."""
    width = sum(float(font.Widths[ord(letter) - 32]) for letter in serial) / 1000 * size
    x = (area.x + area.width / 2) * _POINTS - width / 2
    y = (PAGE_HEIGHT - area.y - area.height - _SERIAL_GAP) * _POINTS - size * 0.72
    return f"BT {_SERIAL_NAME} {size} Tf {x:.3f} {y:.3f} Td ({serial}) Tj ET\n".encode()


def _serial_font(pdf: Pdf) -> pikepdf.Object:
    file = _serial_font_file()
    font = TTFont(io.BytesIO(file))
    scale = 1000 / font["head"].unitsPerEm
    glyphs, advances = font.getBestCmap(), font["hmtx"]
    widths = [round(advances[glyphs[code]][0] * scale) if code in glyphs else 0 for code in range(32, 127)]
    stream = Stream(pdf, file)
    stream.Length1 = len(file)
    head, across = font["head"], font["hhea"]
    box = (head.xMin, head.yMin, head.xMax, head.yMax)
    descriptor = Dictionary(
        Type=Name.FontDescriptor,
        FontName=_SERIAL_NAME,
        Flags=32,
        FontBBox=Array([round(edge * scale) for edge in box]),
        ItalicAngle=0,
        Ascent=round(across.ascent * scale),
        Descent=round(across.descent * scale),
        CapHeight=714,
        StemV=140,
        FontFile2=pdf.make_indirect(stream),
    )
    return pdf.make_indirect(
        Dictionary(
            Type=Name.Font,
            Subtype=Name.TrueType,
            BaseFont=_SERIAL_NAME,
            Encoding=Name.WinAnsiEncoding,
            FirstChar=32,
            LastChar=126,
            Widths=Array(widths),
            FontDescriptor=pdf.make_indirect(descriptor),
        )
    )


@cache
def _serial_font_file() -> bytes:
    """The letters of serials alone, as a TrueType file."""
    options = subset.Options(glyph_names=False, layout_features=[], recalc_timestamp=False)
    options.flavor = None
    font = subset.load_font(str(FONTS / _SERIAL_FONT), options)
    chooser = subset.Subsetter(options)
    chooser.populate(text=LETTERS + "-")
    chooser.subset(font)
    font.flavor = None
    written = io.BytesIO()
    font.save(written)
    return written.getvalue()

"""Flows the print edition's words over pages, and reads back where each box and each writing space came to lie."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from schemas.definition import Definition
from schemas.editions.errors import EditionError
from schemas.editions.print_content import FONTS, print_content, words_of_pages
from schemas.editions.print_layout import Area, TickBox, Variant, WritingSpace
from schemas.editions.templates import HERE

_MILLIMETRES = 25.4 / 96
_Rectangle = tuple[float, float, float, float]


@dataclass(frozen=True)
class FlowedPage:
    """What lies on one page, and the positions of the questions that it shows a part of."""

    boxes: tuple[TickBox, ...]
    spaces: tuple[WritingSpace, ...]
    questions: tuple[int, ...]


def flow(definition: Definition, language: str, variant: Variant) -> list[FlowedPage]:
    """The pages of the form; the last one is the continuation sheet.

    Raises:
        EditionError: the fonts are not built, there are no easy words, or the continuation sheet is not one page.
    """
    fonts, sheets = _style()
    drawn = HTML(string=print_content(definition, language, variant)).render(font_config=fonts, stylesheets=sheets)
    pages = [_read(page.anchors) for page in drawn.pages]
    # The sheet alone has spaces without a column, and all of them.
    if len(pages) < 2 or any(space.column == "" for page in pages[:-1] for space in page.spaces):
        raise EditionError("The continuation sheet must be one page; this is a fault of the edition itself.")
    return pages


def draw(definition: Definition, language: str, variant: Variant, pages: Sequence[FlowedPage]) -> bytes:
    """The same pages as a tagged PDF, each with its head and its foot.

    Raises:
        EditionError: the fonts are not built.
    """
    words = words_of_pages(definition, language, variant, [page.questions for page in pages[:-1]])
    fonts, sheets = _style()
    document = HTML(string=print_content(definition, language, variant, words))
    drawn = document.write_pdf(pdf_variant="pdf/ua-1", font_config=fonts, stylesheets=sheets)
    assert isinstance(drawn, bytes)
    return drawn


@cache
def _style() -> tuple[FontConfiguration, list[CSS]]:
    """The fonts, read once, and the style sheets."""
    if not (FONTS / "fonts.css").exists():
        raise EditionError(
            f"The printed editions' fonts are not in {FONTS}: run './run demo', or 'npm ci && npm run build'."
        )
    fonts = FontConfiguration()
    return fonts, [CSS(file, font_config=fonts) for file in (FONTS / "fonts.css", HERE / "print.css")]


def _read(anchors: Mapping[str, _Rectangle]) -> FlowedPage:
    boxes, spaces, questions = [], [], []
    for name, rectangle in anchors.items():
        kind, *rest = name.split("|")
        if kind == "box":
            boxes.append(TickBox(rest[0], rest[1], _area(rectangle)))
        elif kind == "space":
            spaces.append(WritingSpace(rest[0], _area(rectangle)))
        elif kind == "question":
            questions.append(int(rest[0]))
    return FlowedPage(tuple(boxes), tuple(spaces), tuple(questions))


def _area(rectangle: _Rectangle) -> Area:
    x1, y1, x2, y2 = (edge * _MILLIMETRES for edge in rectangle)
    return Area(*(round(length, 3) for length in (x1, y1, x2 - x1, y2 - y1)))

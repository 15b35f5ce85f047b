"""The print edition: a form to fill in by hand, and where everything is on it.

A form is its pages and, last, the continuation sheet. Each page has four marks and a square code, which say which page
of which edition it is; a printed form may have a serial, which keeps its sheets together.
"""

import io
from collections.abc import Iterator, Sequence

import pikepdf
from pikepdf import Dictionary, Name, Pdf

from schemas.definition import Definition, hash_of
from schemas.editions.errors import EditionError
from schemas.editions.page_code import PageCode
from schemas.editions.print_content import SIZES
from schemas.editions.print_drawing import add_forms
from schemas.editions.print_flow import FlowedPage, draw, flow
from schemas.editions.print_frame import CODE_AREA, MARKED_PAGES, marks_of
from schemas.editions.print_layout import VARIANTS, PrintedPage, PrintLayout, Variant

CONTINUATION = 0
_Key = tuple[str, str, str, Variant]
# Of this process: a definition's questions never change, so neither do its pages.
_FLOWED: dict[_Key, list[FlowedPage]] = {}
_DRAWN: dict[_Key, bytes] = {}
_LAYOUTS: dict[_Key, PrintLayout] = {}


def print_variants(definition: Definition) -> tuple[Variant, ...]:
    """The variants that the definition has: easy read only where it has easy words."""
    return tuple(one for one in VARIANTS if one != "easy_read" or definition.easy_read is not None)


def print_layout(definition: Definition, language: str, variant: Variant) -> PrintLayout:
    """Where everything is on the pages of one edition. The continuation sheet's first space is for a question's number.

    Raises:
        EditionError: the questionnaire is not in that language, has no easy words, or the fonts are not built.
    """
    _check(definition, language, variant)
    key = _key(definition, language, variant)
    if key not in _LAYOUTS:
        edition = (language, variant)
        first = next(index for index, *other in _editions(definition) if tuple(other) == edition)
        pages = [
            PrintedPage(number, marks_of(first + number - 1), CODE_AREA, page.boxes, page.spaces)
            for number, page in enumerate(_flowed(definition, language, variant), 1)
        ]
        last = pages.pop()
        sheet = PrintedPage(CONTINUATION, last.marks, last.code_area, last.boxes, last.spaces)
        _LAYOUTS[key] = PrintLayout(
            definition.id, definition.questionnaire_hash, language, variant, tuple(pages), sheet
        )
    return _LAYOUTS[key]


def page_of_mark(definition: Definition, mark_id: int) -> list[tuple[str, Variant, int, int]]:
    """(language, variant, page, corner) of each page that a mark may be on; most marks are on one page alone.

    Page 0 is the continuation sheet; corners count from the upper left with the hands of a clock.

    Raises:
        EditionError: the fonts are not built.
    """
    index, corner = divmod(mark_id, 4)
    found: list[tuple[str, Variant, int, int]] = []
    for first, language, variant in _editions(definition):
        pages = len(_flowed(definition, language, variant))
        for page in range(pages):
            if (first + page) % MARKED_PAGES == index:
                number = page + 1 if page + 1 < pages else CONTINUATION
                found.append((language, variant, number, corner))
    return found


def build_print_edition(
    definition: Definition,
    language: str,
    variant: Variant = "standard",
    serials: Sequence[str | None] = (None,),
    *,
    double_sided: bool = False,
) -> bytes:
    """The edition as a PDF: one form after another, one for each serial (None: a form without).

    `double_sided` adds a blank page to a form of an odd number, so that no sheet holds pages of two forms.

    Raises:
        EditionError: the questionnaire is not in that language, has no easy words, or the fonts are not built.
    """
    layout = print_layout(definition, language, variant)
    with Pdf.open(io.BytesIO(_drawn(definition, language, variant))) as pdf:
        if len(serials) > 1:
            # The tags name each page's text once; a run is for a printer, which reads none.
            for name in ("/StructTreeRoot", "/MarkInfo"):
                if name in pdf.Root:
                    del pdf.Root[name]
        code = PageCode(definition.questionnaire_hash, language, variant, CONTINUATION)
        pages = [*layout.pages, layout.continuation]
        add_forms(pdf, pages, code, serials, max(9, SIZES[variant].foot))
        if double_sided and len(pages) % 2:
            for form in range(len(serials), 0, -1):
                pdf.pages.insert(form * len(pages), _blank(pdf))
        built = io.BytesIO()
        pdf.save(built, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        return built.getvalue()


def _editions(definition: Definition) -> Iterator[tuple[int, str, Variant]]:
    """Every edition with the index of its first page. Easy words may be added later: those editions are the last."""
    index = 0
    for variant in print_variants(definition):
        for language in definition.questionnaire.languages:
            yield index, language, variant
            index += len(_flowed(definition, language, variant))


def _flowed(definition: Definition, language: str, variant: Variant) -> list[FlowedPage]:
    key = _key(definition, language, variant)
    if key not in _FLOWED:
        _FLOWED[key] = flow(definition, language, variant)
    return _FLOWED[key]


def _drawn(definition: Definition, language: str, variant: Variant) -> bytes:
    key = _key(definition, language, variant)
    if key not in _DRAWN:
        _DRAWN[key] = draw(definition, language, variant, _flowed(definition, language, variant))
    return _DRAWN[key]


def _key(definition: Definition, language: str, variant: Variant) -> _Key:
    easy = hash_of(definition.easy_read) if variant == "easy_read" and definition.easy_read else ""
    return definition.questionnaire_hash, easy, language, variant


def _check(definition: Definition, language: str, variant: Variant) -> None:
    form = definition.questionnaire
    if language not in form.languages:
        raise EditionError(f"'{form.id}' is not in '{language}'; its languages: {', '.join(form.languages)}.")
    if variant not in print_variants(definition):
        raise EditionError(f"'{form.id}' has no easy-read edition; add easy_read.toml to its definition.")


def _blank(pdf: Pdf) -> pikepdf.Page:
    size = pdf.pages[0].MediaBox
    return pikepdf.Page(pdf.make_indirect(Dictionary(Type=Name.Page, MediaBox=size, Resources=Dictionary())))

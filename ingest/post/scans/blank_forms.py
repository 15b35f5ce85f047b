"""The blank forms of a definition, drawn when they are first needed and kept for the process."""

from collections.abc import Iterator

import numpy as np
import pypdfium2

from ingest.post.scans.blanks import RESOLUTION, BlankPage, Grey, blank_page
from schemas.definition import Definition, hash_of
from schemas.editions.print_edition import build_print_edition, page_of_mark, print_layout, print_variants
from schemas.editions.print_layout import Variant

Edition = tuple[str, Variant]
_FORMS: dict[tuple[str, str, Edition], dict[int, BlankPage]] = {}


def has_edition(definition: Definition, edition: Edition) -> bool:
    """Whether the definition is printed in that language and variant."""
    return edition[0] in definition.questionnaire.languages and edition[1] in print_variants(definition)


def blank_of(definition: Definition, edition: Edition, number: int) -> BlankPage | None:
    """A page of the blank form by its number, 0 for the continuation sheet; None where there is no such page."""
    return blank_form(definition, edition).get(number)


def blank_form(definition: Definition, edition: Edition) -> dict[int, BlankPage]:
    """All pages of one edition's blank form, by their numbers."""
    easy = hash_of(definition.easy_read) if edition[1] == "easy_read" and definition.easy_read else ""
    key = (definition.questionnaire_hash, easy, edition)
    if key not in _FORMS:
        layout = print_layout(definition, *edition)
        pictures = _drawn(build_print_edition(definition, *edition))
        pages = [*layout.pages, layout.continuation]
        _FORMS[key] = {page.number: blank_page(page, picture) for page, picture in zip(pages, pictures, strict=True)}
    return _FORMS[key]


def drawn_editions(definition: Definition) -> list[Edition]:
    """The editions whose blank forms this process has drawn: most likely those that are being scanned."""
    return [edition for (digest, _, edition) in _FORMS if digest == definition.questionnaire_hash]


def pages_with_mark(definition: Definition, mark_id: int) -> Iterator[tuple[Edition, int]]:
    """The pages that a mark may be on: first those of the editions that are drawn, which are most likely scanned."""
    drawn = drawn_editions(definition)
    for edition in drawn:
        for number, blank in blank_form(definition, edition).items():
            if any(mark.id == mark_id for mark in blank.page.marks):
                yield edition, number
    for language, variant, page, _ in page_of_mark(definition, mark_id):
        if (language, variant) not in drawn:
            yield (language, variant), page


def _drawn(pdf: bytes) -> list[Grey]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        pages = [page.render(scale=RESOLUTION / 72, grayscale=True).to_numpy() for page in document]
        return [np.array(page, dtype=np.uint8).reshape(page.shape[:2]) for page in pages]
    finally:
        document.close()

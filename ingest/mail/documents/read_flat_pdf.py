"""A copy of the fillable edition that has lost its fields: flattened, or 'printed' to a PDF.

What such a copy shows of a long answer is cut, and other scripts are often garbled: a text is never more than a
suggestion. A tick is a tick where the ink leaves no doubt.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice

import pypdfium2

from ingest.mail.documents.form_response import Doubt, FormIdentity, form_response
from ingest.mail.documents.page_fit import Fit, fit_page
from ingest.mail.documents.pdf_page import PdfPage
from ingest.parsed_response import How, ParsedResponse
from schemas.definition import Definition
from schemas.editions.easy_words import questionnaire_of
from schemas.editions.fillable_layout import FieldPlace, FillableLayout, fillable_layout
from schemas.editions.pdf_fields import FormField, form_fields

CUT = "read from a copy without form fields, where a long answer may be truncated"
UNREADABLE = "something is written that cannot be read from this copy"
UNSURE = "a box of the question is neither clearly ticked nor clearly empty"
NO_PAGE = "the page of the question is missing"
_MOST_PAGES = 40
_MOST_EDITIONS = 4
_EMPTY, _TICKED = 0.015, 0.05
_RIM = 0.22


def read_flat_pdf(
    content: bytes, definition: Definition, identity: FormIdentity, sender: str | None, part: str
) -> ParsedResponse | None:
    """The response in such a copy; None where its pages are not those of the fillable edition.

    Raises:
        PdfiumError: the document cannot be opened.
    """
    document = pypdfium2.PdfDocument(content)
    try:
        copies = [PdfPage(page) for page in islice(document, _MOST_PAGES)]
        found = _found(copies, definition)
        if found is None:
            return None
        fields = {one.name: one for one in form_fields(definition.questionnaire, found.language)}
        reading = _Reading(fields)
        for places, page in zip(found.layout.pages, found.pages, strict=True):
            if page is None:
                reading.miss(places)
            else:
                reading.read(places, copies[page.number - 1], page)
        said = replace(identity, language=found.language)
        response = form_response(
            reading.values, said, definition, sender, how=reading.how, part=part, doubts=reading.doubts
        )
        readings = tuple(replace(one, part=reading.part_of(one.column, part)) for one in response.readings)
        return replace(response, readings=readings)
    finally:
        document.close()


@dataclass(frozen=True)
class _Page:
    """Where a page of the blank edition is in the copy: the page's number, and how the blank one lies on it."""

    number: int
    fit: Fit


@dataclass(frozen=True)
class _Found:
    """The edition that the copy is of, and its pages; None for one that is missing."""

    language: str
    layout: FillableLayout
    pages: tuple[_Page | None, ...]

    @property
    def share(self) -> float:
        """How much of the edition was found."""
        return sum(page is not None for page in self.pages) / len(self.pages)


def _found(copies: list[PdfPage], definition: Definition) -> _Found | None:
    """The edition most of whose pages are there."""
    best: _Found | None = None
    for language, easy_read in _editions(copies, definition):
        layout = fillable_layout(definition, language, easy_read=easy_read)
        one = _Found(language, layout, tuple(_pages(layout, copies)))
        if one.share and (best is None or one.share > best.share):
            best = one
        if best and best.share == 1:
            break
    return best


def _pages(layout: FillableLayout, copies: list[PdfPage]) -> Iterator[_Page | None]:
    document = pypdfium2.PdfDocument(layout.document)
    try:
        blanks = [PdfPage(page).words for page in document]
        # What stands on every page, at its foot, tells no page from another.
        everywhere = set.intersection(*map(set, blanks)) if len(blanks) > 1 else set()
        for blank in blanks:
            words = {word: middle for word, middle in blank.items() if word not in everywhere}
            fits = [_Page(number, fit) for number, copy in enumerate(copies, 1) if (fit := fit_page(words, copy.words))]
            yield max(fits, key=lambda one: one.fit.words, default=None)
    finally:
        document.close()


def _editions(copies: list[PdfPage], definition: Definition) -> list[tuple[str, bool]]:
    """(language, whether in easy words) of the editions, first that whose questions' words the pages hold most of."""
    there = {word for copy in copies for word in copy.words}

    def share(edition: tuple[str, bool]) -> float:
        form = questionnaire_of(definition, easy_read=edition[1])
        labels = (one.label.in_language(edition[0]) for one in form.fields())
        asked = {"".join(sorted(filter(str.isalnum, word))) for label in labels for word in label.split()}
        return len(asked & there) / max(1, len(asked))

    words = (False, True) if definition.easy_read else (False,)
    editions = [(language, easy_read) for language in definition.questionnaire.languages for easy_read in words]
    return sorted(editions, key=share, reverse=True)[:_MOST_EDITIONS]


@dataclass
class _Reading:
    """What is read field by field."""

    fields: Mapping[str, FormField]
    values: dict[str, str] = field(default_factory=dict)
    how: dict[str, How] = field(default_factory=dict)
    doubts: dict[str, Doubt] = field(default_factory=dict)
    pages: dict[str, int] = field(default_factory=dict)

    def read(self, places: tuple[FieldPlace, ...], copy: PdfPage, page: _Page) -> None:
        """Read the fields of a page that was found."""
        for place in places:
            one = self.fields[place.name]
            self.pages[one.column] = page.number
            where = page.fit.place(place)
            if one.code is None:
                self.how[one.column] = "clipped_text"
                text = copy.text_in(where)
                if text:
                    self.doubts[one.column] = Doubt(CUT, text, 0.5)
                elif copy.ink_in(where.inset(0.03)) > _EMPTY / 10:
                    self.doubts[one.column] = Doubt(UNREADABLE)
                continue
            self.how[one.column] = "tick"
            ink = copy.ink_in(where.inset(_RIM))
            self.values[place.name] = one.code if ink >= _TICKED else "Off"
            if _EMPTY < ink < _TICKED:
                self.doubts[one.column] = Doubt(UNSURE)

    def miss(self, places: tuple[FieldPlace, ...]) -> None:
        """Note the fields of a page that was not found."""
        for place in places:
            one = self.fields[place.name]
            self.how.setdefault(one.column, "clipped_text" if one.code is None else "tick")
            self.doubts[one.column] = Doubt(NO_PAGE)

    def part_of(self, column: str, part: str) -> str:
        """The part of the message and the page of the copy that a column's answer was read from."""
        return f"{part}, page {self.pages[column]}" if column in self.pages else part

"""Where an answer's pictures are: rectangles of a form's pages, and how one is cut out."""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from ingest.post.scans.blank_forms import blank_form
from ingest.post.scans.blanks import Grey, pixels
from ingest.post.scans.gather import CONTINUATION, Form, Gathered
from ingest.post.scans.page_images import ScanError
from ingest.post.scans.recognise import PageFacts, recognise
from ingest.post.scans.register import Sheet
from schemas.definition import Definition
from schemas.editions.page_code import PageCode
from schemas.editions.print_layout import PAGE_HEIGHT, PAGE_WIDTH, Area, PrintedPage

_AROUND_SPACE, _AROUND_BOXES, _PAGE_EDGE = 4.0, 5.0, 10.0
_WHOLE_SIDE = 1_600


@dataclass(frozen=True)
class Place:
    """A rectangle (millimetres) of the page that is at `at` in the file; without one, the whole page as it lies."""

    at: int
    rectangle: tuple[float, float, float, float] | None = None


def places_of(gathered: Gathered, ordinal: int, column: str, definition: Definition) -> list[Place]:
    """The places of one answer of the response with that ordinal; for the column '' the pages beside its form."""
    if not 1 <= ordinal <= len(gathered.forms):
        others = gathered.others[ordinal - 1 - len(gathered.forms) :][:1] if ordinal > len(gathered.forms) else []
        return [Place(page.at) for one in others for page in one.pages]
    form = gathered.forms[ordinal - 1]
    if column == "":
        beside = sorted((*form.letters, *form.continuations), key=lambda page: page.at)
        return [Place(page.at) for page in beside]
    return list(_places(form, column, definition))


def _places(form: Form, column: str, definition: Definition) -> Iterator[Place]:
    for number, blank in blank_form(definition, form.edition).items():
        page = form.pages.get(number)
        if page is None or number == CONTINUATION:
            continue
        for area in _areas(blank.page, column):
            yield _place(page, area)


def _areas(page: PrintedPage, column: str) -> Iterator[Area]:
    """The rectangle of a column's boxes with their labels, across the page; each of its writing spaces."""
    boxes = [box.area for box in page.boxes if box.column == column]
    if boxes:
        top = min(area.y for area in boxes) - _AROUND_BOXES
        bottom = max(area.y + area.height for area in boxes) + _AROUND_BOXES
        yield Area(_PAGE_EDGE, top, PAGE_WIDTH - 2 * _PAGE_EDGE, bottom - top)
    for space in page.spaces:
        if space.column == column:
            area = space.area
            yield Area(
                area.x - _AROUND_SPACE,
                area.y - _AROUND_SPACE,
                area.width + 2 * _AROUND_SPACE,
                area.height + 2 * _AROUND_SPACE,
            )


def _place(page: PageFacts, area: Area) -> Place:
    if page.kind != "form":
        return Place(page.at)
    left, top = max(0.0, area.x), max(0.0, area.y)
    right, bottom = min(PAGE_WIDTH, area.x + area.width), min(PAGE_HEIGHT, area.y + area.height)
    return Place(page.at, (left, top, right - left, bottom - top))


def crop(image: Grey, place: Place, definition: Definition) -> bytes:
    """The picture of a place, PNG, upright.

    Raises:
        ScanError: the page could not be laid on the blank form this time.
    """
    if place.rectangle is None:
        return _png(_whole(image, definition))
    found = recognise(image, definition)
    if found is None or isinstance(found, PageCode) or found.sheet is None:
        raise ScanError(f"page {place.at} could not be laid on the blank form")
    return _png(_cut(found.sheet, Area(*place.rectangle)))


def _cut(sheet: Sheet, area: Area) -> Grey:
    left, top, right, bottom = pixels(area)
    dx, dy = sheet.shift_at((left + right) / 2, (top + bottom) / 2)
    moved = np.array([[1, 0, left + dx], [0, 1, top + dy]], dtype=np.float64)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    size = (right - left, bottom - top)
    return np.asarray(cv2.warpAffine(sheet.grey, moved, size, flags=flags, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def _whole(image: Grey, definition: Definition) -> Grey:
    found = recognise(image, definition)
    if found is not None and not isinstance(found, PageCode) and found.sheet is not None:
        return found.sheet.grey
    factor = min(1.0, _WHOLE_SIDE / max(image.shape))
    size = (max(1, round(image.shape[1] * factor)), max(1, round(image.shape[0] * factor)))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _png(picture: Grey) -> bytes:
    return bytes(cv2.imencode(".png", picture)[1])

"""The print edition is drawn exactly as its layout says, and scans can be read by it."""

import itertools

import numpy as np
import pytest
import zxingcpp

from schemas.editions.page_code import PageCode, decode_page_code
from schemas.editions.pdf_fields import choices_of
from schemas.editions.print_edition import build_print_edition, page_of_mark
from schemas.editions.print_layout import Area
from schemas.fields import OTHER_SUFFIX
from schemas.questionnaire import Scale, WithChoices
from tests.integration.editions.conftest import DEFINITIONS
from tests.integration.editions.print_pages import (
    PIXELS,
    Edition,
    around,
    corners,
    drawn_pages,
    edges,
    editions_of,
    marks_on,
    outer_edges,
)

TOLERANCE = 0.3
EDITIONS = [edition for definition in DEFINITIONS.values() for edition in editions_of(definition)]
BOX_SIZES = {"standard": 5.0, "large": 8.0, "easy_read": 6.0}
each_edition = pytest.mark.parametrize("edition", EDITIONS, ids=str)


@each_edition
def test_marks_code_boxes_and_spaces_are_drawn_where_the_layout_says(edition: Edition) -> None:
    serial = "224-5K9"
    document = build_print_edition(edition.definition, edition.language, edition.variant, [serial])
    drawn = drawn_pages(document)

    assert len(drawn) == len(edition.pages)
    for image, page in zip(drawn, edition.pages, strict=True):
        found = marks_on(image)
        assert sorted(found) == sorted(mark.id for mark in page.marks)
        for mark in page.marks:
            assert np.allclose(found[mark.id], corners(mark.area), atol=TOLERANCE)
        codes = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode)
        assert [decode_page_code(code.text) for code in codes] == [
            PageCode(edition.definition.questionnaire_hash[:12], edition.language, edition.variant, page.number, serial)
        ]
        place = codes[0].position
        points = [place.top_left, place.top_right, place.bottom_right, place.bottom_left]
        in_millimetres = [(point.x / PIXELS, point.y / PIXELS) for point in points]
        assert np.allclose(in_millimetres, corners(page.code_area), atol=TOLERANCE)
        for box in page.boxes:
            assert np.allclose(outer_edges(image, box.area, 100, 1.0), edges(box.area), atol=TOLERANCE), box
            assert _white(image, box.area), f"ink beside the box {box}"
            inside = around(image, box.area, -0.6)
            assert inside.min() > 250, f"ink in the box {box}"
        for space in page.spaces:
            assert np.allclose(outer_edges(image, space.area, 235, 1.0), edges(space.area), atol=TOLERANCE), space
            # Its lines are too light for ink.
            assert around(image, space.area, -0.5).min() > 160


def _white(image: np.ndarray, area: Area) -> bool:
    """Whether 1.5 mm around an area are white."""
    with_margin = around(image, area, 1.5)
    edge = round(1.2 * PIXELS)
    rim = with_margin.copy()
    rim[edge:-edge, edge:-edge] = 255
    return int(rim.min()) > 250


@each_edition
def test_every_answer_has_its_boxes_or_its_spaces(edition: Edition) -> None:
    expected_boxes, expected_spaces = [], []
    for one in edition.definition.questionnaire.fields():
        if isinstance(one, WithChoices | Scale):
            expected_boxes += [(one.id, code) for code, _ in choices_of(one, edition.language)]
            if isinstance(one, WithChoices) and one.has_other:
                expected_spaces.append(one.id + OTHER_SUFFIX)
        else:
            expected_spaces.append(one.id)

    pages = edition.layout.pages
    assert [(box.column, box.code) for page in pages for box in page.boxes] == expected_boxes
    # A space that goes on on the next page is there again.
    spaces = [space.column for page in pages for space in page.spaces]
    assert [column for column, _ in itertools.groupby(spaces)] == expected_spaces
    assert [space.column for space in edition.layout.continuation.spaces] == ["", ""]
    assert edition.layout.continuation.boxes == ()


@each_edition
def test_boxes_are_large_and_stand_apart(edition: Edition) -> None:
    for page in edition.pages:
        for box in page.boxes:
            assert box.area.width == box.area.height >= BOX_SIZES[edition.variant]
        areas = [box.area for box in page.boxes] + [space.area for space in page.spaces]
        for first, second in itertools.combinations([box.area for box in page.boxes], 2):
            assert _distance(first, second) >= 3.0
        corner_areas = [*(mark.area for mark in page.marks), page.code_area]
        for first, second in itertools.product(areas, corner_areas):
            assert _distance(first, second) >= 4.0
        for area in areas:
            left, top, right, bottom = edges(area)
            assert 6 <= left < right <= 204
            assert 6 <= top < bottom <= 291


def _distance(first: Area, second: Area) -> float:
    across = max(second.x - first.x - first.width, first.x - second.x - second.width, 0)
    down = max(second.y - first.y - first.height, first.y - second.y - second.height, 0)
    return max(across, down)


@each_edition
def test_no_two_writing_spaces_overlap(edition: Edition) -> None:
    for page in edition.pages:
        for first, second in itertools.combinations([space.area for space in page.spaces], 2):
            assert _distance(first, second) > 1.0


@pytest.mark.parametrize("definition", DEFINITIONS.values(), ids=list(DEFINITIONS))
def test_a_mark_says_which_page_it_may_be_on(definition: object) -> None:
    editions = [edition for edition in EDITIONS if edition.definition is definition]
    pages = [(edition, page) for edition in editions for page in edition.pages]
    for position, (edition, page) in enumerate(pages):
        for corner, mark in enumerate(page.marks):
            candidates = page_of_mark(edition.definition, mark.id)
            assert (edition.language, edition.variant, page.number, corner) in candidates
            same = [number for number in range(len(pages)) if number % 62 == position % 62]
            assert len(candidates) == len(same)


def test_the_marks_alone_say_which_page_of_the_built_in_consultations_it_is() -> None:
    for name in ("third-sector-2007", "parks-and-libraries-2007"):
        for edition in editions_of(DEFINITIONS[name]):
            for page in edition.pages:
                assert page_of_mark(edition.definition, page.marks[0].id) == [
                    (edition.language, edition.variant, page.number, 0)
                ]


def test_a_mark_of_nobody_is_on_no_page() -> None:
    assert page_of_mark(DEFINITIONS["third-sector-2007"], 248) == []

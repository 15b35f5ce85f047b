"""The picture of an answer shows that answer, upright, and nothing of the rest."""

import cv2
import numpy as np
from numpy.typing import NDArray

from ingest.post.scans.crops import crops_of, crops_of_images
from ingest.post.scans.page_images import PageImage
from ingest.post.scans.read_scan import SCAN_MEDIA_TYPE, ScanDescription, pack_scan
from tests.integration.post.paper import (
    SCALE,
    Grey,
    as_pdf,
    definition_of,
    filled,
    letter,
    printed,
    turned,
    upside_down,
)

PARKS = "parks-and-libraries-2007"
TICKS = {"q1_use": ["parks"], "q4_satisfied": ["2"]}


def crops(pictures: list[Grey], ordinal: int, column: str) -> list[Grey]:
    description = ScanDescription(PARKS, "Tuesday", "2007-05-02", ())
    body = pack_scan(description, as_pdf(pictures))
    return [decoded(one) for one in crops_of(SCAN_MEDIA_TYPE, body, ordinal, column, definition_of(PARKS))]


def decoded(png: bytes) -> Grey:
    assert png.startswith(b"\x89PNG")
    return np.asarray(cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_GRAYSCALE), np.uint8)


def alike(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    return float(cv2.matchTemplate(one, other[8:-8, 8:-8], cv2.TM_CCOEFF_NORMED).max())


def test_a_space_is_cut_out_upright_with_a_margin() -> None:
    blank = printed(PARKS)
    pages = filled(blank, TICKS, words=["q5_proposal"])
    (crop,) = crops([upside_down(turned(pages[1], 2)), pages[0]], 1, "q5_proposal")
    (space,) = [one for one in blank.layout.pages[1].spaces if one.column == "q5_proposal"]
    area = space.area
    assert crop.shape == (round((area.height + 8) * SCALE), round((area.width + 8) * SCALE)) or (
        abs(crop.shape[0] - (area.height + 8) * SCALE) <= 1 and abs(crop.shape[1] - (area.width + 8) * SCALE) <= 1
    )
    left, top = round((area.x - 4) * SCALE), round((area.y - 4) * SCALE)
    assert alike(crop, pages[1][top : top + crop.shape[0], left : left + crop.shape[1]]) > 0.9


def test_a_choice_is_cut_out_with_all_its_boxes_and_labels() -> None:
    blank = printed(PARKS)
    pages = filled(blank, TICKS)
    (crop,) = crops([turned(pages[1], -1.5)], 1, "q4_satisfied")
    boxes = [one.area for one in blank.layout.pages[1].boxes if one.column == "q4_satisfied"]
    top = round((min(area.y for area in boxes) - 5) * SCALE)
    assert alike(crop, pages[1][top : top + crop.shape[0], round(10 * SCALE) : round(10 * SCALE) + crop.shape[1]]) > 0.9


def test_each_respondent_has_their_own_pictures() -> None:
    one, other = filled(printed(PARKS, "AA-2222"), {}), filled(printed(PARKS, "BB-3333"), {}, words=["q5_proposal"])
    pictures = [one[0], one[1], other[0], other[1]]
    (empty,), (written,) = crops(pictures, 1, "q5_proposal"), crops(pictures, 2, "q5_proposal")
    assert int((written < 120).sum()) > int((empty < 120).sum()) + 500


def test_pages_beside_the_form_are_shown_whole() -> None:
    shown = crops([filled(printed(PARKS), TICKS)[0], letter()], 1, "")
    assert [max(one.shape) for one in shown] == [1600]


def test_there_is_no_picture_of_a_page_that_is_missing_or_of_what_is_no_scan() -> None:
    assert crops([filled(printed(PARKS), TICKS)[0]], 1, "q5_proposal") == []
    assert crops_of("message/rfc822", b"", 1, "q5_proposal", definition_of(PARKS)) == []


def test_pictures_that_came_by_mail_are_cut_the_same_way() -> None:
    pages = filled(printed(PARKS), TICKS, words=["q5_proposal"])
    images = [PageImage(number, page) for number, page in enumerate(pages, 1)]
    (from_mail,) = crops_of_images(images, 1, "q5_proposal", definition_of(PARKS))
    (from_post,) = crops(pages, 1, "q5_proposal")
    assert alike(decoded(from_mail), from_post) > 0.99

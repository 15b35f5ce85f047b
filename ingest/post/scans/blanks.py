"""The blank form that scans are held against: each page drawn at one resolution, with the places that are easy to find.

Every scanned page is brought to the same upright form, 200 dots to the inch, called the *sheet* here: a box of the
layout is at the same pixels of every sheet.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from schemas.editions.print_layout import PAGE_HEIGHT, PAGE_WIDTH, Area, PrintedPage

Grey = NDArray[np.uint8]
RESOLUTION = 200
PIXELS_PER_MM = RESOLUTION / 25.4
SHEET_WIDTH, SHEET_HEIGHT = round(PAGE_WIDTH * PIXELS_PER_MM), round(PAGE_HEIGHT * PIXELS_PER_MM)
# Anchors are looked for at half the resolution.
HALF = 2
ANCHOR_WIDTH, ANCHOR_HEIGHT = 40, 24
_ANCHORS = 90
_ANCHOR_DISTANCE_MM = 11.0


@dataclass(frozen=True)
class BlankPage:
    """One page of the blank form. `ink` is how dark it is (0 white, 255 black); `anchors` are middles of texture."""

    page: PrintedPage
    ink: Grey
    half: Grey
    anchors: NDArray[np.int32]


def blank_page(page: PrintedPage, image: Grey) -> BlankPage:
    """The blank page as it is used to register scans, from its picture at 200 dots to the inch."""
    if image.shape != (SHEET_HEIGHT, SHEET_WIDTH):
        image = np.asarray(cv2.resize(image, (SHEET_WIDTH, SHEET_HEIGHT), interpolation=cv2.INTER_AREA), dtype=np.uint8)
    ink = np.asarray(255 - image, dtype=np.uint8)
    half = np.asarray(
        cv2.resize(ink, (SHEET_WIDTH // HALF, SHEET_HEIGHT // HALF), interpolation=cv2.INTER_AREA), dtype=np.uint8
    )
    return BlankPage(page, ink, half, _anchors(page, half))


def pixels(area: Area, around_mm: float = 0.0) -> tuple[int, int, int, int]:
    """An area of the layout on the sheet: left, top, right, bottom, kept within the sheet."""
    left, top = (area.x - around_mm) * PIXELS_PER_MM, (area.y - around_mm) * PIXELS_PER_MM
    right = (area.x + area.width + around_mm) * PIXELS_PER_MM
    bottom = (area.y + area.height + around_mm) * PIXELS_PER_MM
    return (
        max(0, round(left)),
        max(0, round(top)),
        min(SHEET_WIDTH, round(right)),
        min(SHEET_HEIGHT, round(bottom)),
    )


def _anchors(page: PrintedPage, half: Grey) -> NDArray[np.int32]:
    """Middles of patches with corners in them, well spread over the page; none where people write."""
    allowed = np.full(half.shape, 255, np.uint8)
    margin_x, margin_y = ANCHOR_WIDTH // 2 + 2, ANCHOR_HEIGHT // 2 + 2
    allowed[:margin_y], allowed[-margin_y:], allowed[:, :margin_x], allowed[:, -margin_x:] = 0, 0, 0, 0
    for area in [*(space.area for space in page.spaces), page.code_area]:
        left, top, right, bottom = (value // HALF for value in pixels(area))
        allowed[top:bottom, left:right] = 0
    distance = _ANCHOR_DISTANCE_MM * PIXELS_PER_MM / HALF
    soft = cv2.GaussianBlur(half, (0, 0), 1.0)
    found = cv2.goodFeaturesToTrack(soft, _ANCHORS, 0.02, distance, mask=allowed, blockSize=9)
    return np.empty((0, 2), np.int32) if found is None else np.round(found[:, 0]).astype(np.int32)

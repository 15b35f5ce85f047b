"""Bringing a page upright and onto the blank form: by its marks first, then by what is printed between them.

Paper bends, lenses bend, scanners stretch: after the marks' perspective the printed anchors of the blank are looked
for one by one, and what is left over is a smooth displacement, different at every place of the page.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ingest.post.scans.blanks import (
    ANCHOR_HEIGHT,
    ANCHOR_WIDTH,
    HALF,
    PIXELS_PER_MM,
    SHEET_HEIGHT,
    SHEET_WIDTH,
    BlankPage,
    Grey,
    pixels,
)
from schemas.editions.print_layout import Area

_NEAR, _FAR = 7, 26
_GOOD = 0.55
_REACH_MM = 28.0
_SNAP = 6


@dataclass(frozen=True)
class Sheet:
    """A page registered to the blank. `ink` is how dark it is against its paper (0 paper, 255 the printed black).

    `likeness` is the share of the blank's anchors that were found (0 to 1): a page of ours has most of them.
    """

    blank: BlankPage
    ink: Grey
    grey: Grey
    placed: NDArray[np.float64]
    likeness: float
    anchors: NDArray[np.float64]
    shifts: NDArray[np.float64]

    def shift_at(self, x: float, y: float) -> tuple[float, float]:
        """By how many pixels of the sheet what is printed at (x, y) lies beside its place."""
        if not len(self.anchors):
            return 0.0, 0.0
        distance = np.hypot(self.anchors[:, 0] - x, self.anchors[:, 1] - y)
        weight = np.exp(-((distance / (_REACH_MM * PIXELS_PER_MM)) ** 2)) + 1e-6
        moved = (self.shifts * weight[:, None]).sum(axis=0) / weight.sum()
        return float(moved[0]), float(moved[1])


def register(image: Grey, placed: NDArray[np.float64], blank: BlankPage, *, sure: bool) -> Sheet:
    """The page on the blank. `placed` says how it lies in the image (millimetres to pixels), roughly if not `sure`."""
    if not sure:
        for reach in (_FAR, _FAR // 2):
            grey = _upright(image, placed)
            found = _look(_half(_ink(grey, blank)), blank, reach)
            placed = _improved(placed, found)
    grey = _upright(image, placed)
    found = _look(_half(_ink(grey, blank)), blank, _NEAR)
    if _spread(found) > 1.0 * PIXELS_PER_MM:
        placed = _improved(placed, found)
        grey = _upright(image, placed)
        found = _look(_half(_ink(grey, blank)), blank, _NEAR)
    good = found[found[:, 4] >= _GOOD]
    good = _without_strays(good)
    likeness = len(good) / max(1, len(blank.anchors))
    return Sheet(blank, _ink(grey, blank), grey, placed, likeness, good[:, :2], good[:, 2:4])


def _upright(image: Grey, placed: NDArray[np.float64]) -> Grey:
    to_pixels = np.array([[1 / PIXELS_PER_MM, 0, 0], [0, 1 / PIXELS_PER_MM, 0], [0, 0, 1]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    # A pixel's middle, not its corner, is what both sides measure from.
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    back = np.array([[1, 0, -0.5], [0, 1, -0.5], [0, 0, 1]])
    matrix = back @ placed @ to_pixels @ half
    sheet = cv2.warpPerspective(
        image, matrix, (SHEET_WIDTH, SHEET_HEIGHT), flags=flags, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(sheet, dtype=np.uint8)


def _half(ink: Grey) -> Grey:
    size = (SHEET_WIDTH // HALF, SHEET_HEIGHT // HALF)
    return np.asarray(cv2.resize(ink, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _ink(grey: Grey, blank: BlankPage) -> Grey:
    """How dark the sheet is against its own paper, with the black of its marks as the darkest."""
    small = cv2.resize(grey, (SHEET_WIDTH // 8, SHEET_HEIGHT // 8), interpolation=cv2.INTER_AREA)
    paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((17, 17), np.uint8), borderType=cv2.BORDER_REPLICATE)
    paper = cv2.GaussianBlur(paper, (0, 0), 4)
    paper = cv2.resize(paper, (SHEET_WIDTH, SHEET_HEIGHT), interpolation=cv2.INTER_LINEAR)
    light = cv2.divide(grey, cv2.max(paper, 1), scale=255)
    black = min((_black_of(light, blank, mark.area) for mark in blank.page.marks), default=0.0)
    factor = 255 / max(60.0, 255 - black)
    return np.asarray(cv2.convertScaleAbs(cv2.subtract(255, light), alpha=factor), dtype=np.uint8)


def _black_of(light: Grey, blank: BlankPage, area: Area) -> float:
    left, top, right, bottom = pixels(area)
    printed = cv2.erode(blank.ink[top:bottom, left:right], np.ones((7, 7), np.uint8)) > 200
    if not printed.any():
        return 0.0
    return float(np.median(light[top:bottom, left:right][printed]))


def _look(half: Grey, blank: BlankPage, reach: int) -> NDArray[np.float64]:
    """Every anchor's place (pixels of the sheet), how far beside it was found, and how alike it was."""
    found = np.zeros((len(blank.anchors), 5))
    height, width = half.shape
    for row, (x, y) in enumerate(blank.anchors):
        left, top = x - ANCHOR_WIDTH // 2, y - ANCHOR_HEIGHT // 2
        template = blank.half[top : top + ANCHOR_HEIGHT, left : left + ANCHOR_WIDTH]
        x0, y0 = max(0, left - reach), max(0, top - reach)
        x1, y1 = min(width, left + ANCHOR_WIDTH + reach), min(height, top + ANCHOR_HEIGHT + reach)
        alike = cv2.matchTemplate(half[y0:y1, x0:x1], template, cv2.TM_CCOEFF_NORMED)
        _, best, _, at = cv2.minMaxLoc(alike)
        dx, dy = _between(alike, at)
        found[row] = (x * HALF, y * HALF, (x0 + dx - left) * HALF, (y0 + dy - top) * HALF, best)
    return found


def _between(alike: NDArray[np.float32], at: tuple[int, int]) -> tuple[float, float]:
    """The place of the best between pixels: the top of the parabola through it and its neighbours."""
    x, y = at
    place = [float(x), float(y)]
    if 0 < x < alike.shape[1] - 1:
        place[0] += _top(alike[y, x - 1], alike[y, x], alike[y, x + 1])
    if 0 < y < alike.shape[0] - 1:
        place[1] += _top(alike[y - 1, x], alike[y, x], alike[y + 1, x])
    return place[0], place[1]


def _top(before: float, here: float, after: float) -> float:
    bend = before - 2 * here + after
    return 0.0 if bend >= -1e-9 else float(np.clip(0.5 * (before - after) / bend, -0.5, 0.5))


def _improved(placed: NDArray[np.float64], found: NDArray[np.float64]) -> NDArray[np.float64]:
    """How the page lies, from where the anchors were found; as it was where too few agree."""
    good = found[found[:, 4] >= _GOOD]
    if len(good) < 8:
        return placed
    printed = good[:, :2] / PIXELS_PER_MM
    seen = (good[:, :2] + good[:, 2:4]) / PIXELS_PER_MM
    matrix, inliers = cv2.findHomography(printed, seen, cv2.RANSAC, 0.8)
    if matrix is None or inliers.sum() < max(8, 0.4 * len(good)):
        return placed
    return np.asarray(placed @ matrix, dtype=np.float64)


def _spread(found: NDArray[np.float64]) -> float:
    """How far the anchors lie beside their places: nine of ten are nearer."""
    good = found[found[:, 4] >= _GOOD]
    return float(np.percentile(np.hypot(good[:, 2], good[:, 3]), 90)) if len(good) >= 8 else 0.0


def _without_strays(good: NDArray[np.float64]) -> NDArray[np.float64]:
    """The anchors whose displacement is like that of those around them."""
    if len(good) < 5:
        return good
    apart = np.hypot(good[:, None, 0] - good[None, :, 0], good[:, None, 1] - good[None, :, 1])
    nearest = np.argsort(apart, axis=1)[:, 1:7]
    around = np.median(good[nearest][:, :, 2:4], axis=1)
    usual: NDArray[np.float64] = good[np.hypot(*(good[:, 2:4] - around).T) < 0.9 * PIXELS_PER_MM]
    return usual


def snapped(sheet: Sheet, left: float, top: float, right: float, bottom: float) -> tuple[float, float, float]:
    """Where what is printed in a rectangle of the sheet (pixels) really lies: shift along x and y, and how alike."""
    middle_x, middle_y = (left + right) / 2, (top + bottom) / 2
    near_x, near_y = sheet.shift_at(middle_x, middle_y)
    x0, y0, x1, y1 = (
        max(0, round(left)),
        max(0, round(top)),
        min(SHEET_WIDTH, round(right)),
        min(SHEET_HEIGHT, round(bottom)),
    )
    template = sheet.blank.ink[y0:y1, x0:x1]
    sx, sy = x0 + round(near_x) - _SNAP, y0 + round(near_y) - _SNAP
    window = sheet.ink[max(0, sy) : y1 + round(near_y) + _SNAP, max(0, sx) : x1 + round(near_x) + _SNAP]
    if window.shape[0] <= template.shape[0] or window.shape[1] <= template.shape[1]:
        return near_x, near_y, 0.0
    alike = cv2.matchTemplate(window, template, cv2.TM_CCOEFF_NORMED)
    _, best, _, at = cv2.minMaxLoc(alike)
    dx, dy = _between(alike, at)
    shift = max(0, sx) + dx - x0, max(0, sy) + dy - y0
    if best < 0.4:
        return near_x, near_y, float(best)
    return float(shift[0]), float(shift[1]), float(best)

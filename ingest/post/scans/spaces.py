"""Whether something is written in a space for words. Faint pencil is writing; the printed lines and specks are not."""

import cv2
import numpy as np

from ingest.post.scans.blanks import PIXELS_PER_MM, Grey, pixels
from ingest.post.scans.register import Sheet
from schemas.editions.print_layout import Area

# The least that counts as writing: one stroke this long, or as much in shorter ones (millimetres).
_STROKE_MM, _TOGETHER_MM = 2.2, 4.0
_SPECK_MM = 0.5
_FAINTEST = 20


def is_written(sheet: Sheet, area: Area) -> bool:
    """Whether a space has any writing; where that is not sure, it has."""
    extra = writing_in(sheet, area)
    noise = float(np.median(extra)) + 4 * 1.4826 * float(np.median(np.abs(extra.astype(np.int16) - np.median(extra))))
    dark = np.asarray(extra > max(_FAINTEST, noise), dtype=np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(dark, connectivity=8)
    lengths = np.hypot(stats[1:count, cv2.CC_STAT_WIDTH], stats[1:count, cv2.CC_STAT_HEIGHT]) / PIXELS_PER_MM
    strokes = lengths[lengths > _SPECK_MM]
    return bool(len(strokes)) and (float(strokes.max()) >= _STROKE_MM or float(strokes.sum()) >= _TOGETHER_MM)


def writing_in(sheet: Sheet, area: Area) -> Grey:
    """What is darker in a space than the blank has it, without what is printed there and without its border."""
    left, top, right, bottom = pixels(area, -0.4)
    soft = cv2.GaussianBlur(sheet.ink[top:bottom, left:right], (0, 0), 1.1)
    reach = round(1.0 * PIXELS_PER_MM)
    around = sheet.blank.ink[max(0, top - reach) : bottom + reach, max(0, left - reach) : right + reach]
    printed = cv2.dilate(around, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))
    printed = printed[min(reach, top) :, min(reach, left) :][: soft.shape[0], : soft.shape[1]]
    return np.asarray(np.where(printed > 12, 0, soft), dtype=np.uint8)

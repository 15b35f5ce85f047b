"""What is looked at to read a box: it and a little around it, always at the same size, with the blank's beside it."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ingest.post.scans.blanks import PIXELS_PER_MM, SHEET_HEIGHT, SHEET_WIDTH, Grey
from ingest.post.scans.register import Sheet, snapped
from schemas.editions.print_layout import TickBox

# A box is 24 pixels wide in a patch of 56: what is within two thirds of its width around it is seen as well.
BOX, PATCH = 24, 56
_LABEL_MM, _ABOVE_MM = 12.0, 1.5


@dataclass(frozen=True)
class BoxPatch:
    """A box as scanned and as printed: both how dark (0 to 255), and how well its place was found (0 to 1)."""

    seen: Grey
    printed: Grey
    found: float


def box_patch(sheet: Sheet, box: TickBox) -> BoxPatch:
    """The patch of a box, at the place where its border and label are found."""
    area = box.area
    left, top = area.x * PIXELS_PER_MM, area.y * PIXELS_PER_MM
    right, bottom = left + area.width * PIXELS_PER_MM, top + area.height * PIXELS_PER_MM
    label, above = _LABEL_MM * PIXELS_PER_MM, _ABOVE_MM * PIXELS_PER_MM
    dx, dy, found = snapped(sheet, left - label, top - above, right + label, bottom + above)
    return BoxPatch(
        seen=_cut(sheet.ink, left + dx, top + dy, right + dx, bottom + dy),
        printed=_cut(sheet.blank.ink, left, top, right, bottom),
        found=found,
    )


def _cut(ink: Grey, left: float, top: float, right: float, bottom: float) -> Grey:
    margin = (PATCH - BOX) / 2 / BOX
    width, height = right - left, bottom - top
    scale_x, scale_y = width / BOX, height / BOX
    matrix = np.array(
        [
            [scale_x, 0, left - margin * width + (scale_x - 1) / 2],
            [0, scale_y, top - margin * height + (scale_y - 1) / 2],
        ]
    )
    if scale_x > 1.2:
        # Softened first, so that no thin line falls between the pixels that are kept.
        x0, y0 = max(0, int(left - width)), max(0, int(top - height))
        x1, y1 = min(SHEET_WIDTH, int(right + width)), min(SHEET_HEIGHT, int(bottom + height))
        ink = np.asarray(cv2.GaussianBlur(ink[y0:y1, x0:x1], (0, 0), 0.42 * scale_x), dtype=np.uint8)
        matrix[:, 2] -= (x0, y0)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(ink, matrix, (PATCH, PATCH), flags=flags, borderValue=0), dtype=np.uint8)


def stacked(patches: list[BoxPatch]) -> NDArray[np.float32]:
    """Patches as the model takes them: (number, 2, PATCH, PATCH), 0 to 1."""
    both = np.array([[one.seen, one.printed] for one in patches], dtype=np.float32)
    return both / np.float32(255)

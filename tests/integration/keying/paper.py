"""A printed form, filled by pen and scanned: ticks in boxes, and strokes like handwriting in spaces."""

import io
from collections.abc import Mapping, Sequence

import cv2
import numpy as np
import pypdfium2
from numpy.typing import NDArray
from PIL import Image

from schemas.definition import Definition
from schemas.editions.print_edition import build_print_edition, print_layout
from schemas.editions.print_layout import Area

RESOLUTION = 200
_SCALE = RESOLUTION / 25.4
_INK = (40, 40, 110)
Page = NDArray[np.uint8]


def scanned_form(definition: Definition, ticks: Mapping[str, Sequence[str]], written: Sequence[str] = ()) -> bytes:
    """A TIFF of all pages of one form in English, with these boxes ticked and these spaces written in."""
    layout = print_layout(definition, "en", "standard")
    pages = []
    pdf = pypdfium2.PdfDocument(build_print_edition(definition, "en", "standard", [None]))
    for number, page in enumerate(layout.pages):
        image = np.array(pdf[number].render(scale=RESOLUTION / 72).to_pil().convert("RGB"))
        for box in page.boxes:
            if box.code in ticks.get(box.column, ()):
                _tick(image, box.area)
        for space in page.spaces:
            if space.column in written:
                _write(image, space.area)
        pages.append(Image.fromarray(image).convert("L"))
    file = io.BytesIO()
    pages[0].save(file, "TIFF", save_all=True, append_images=pages[1:], compression="tiff_lzw", dpi=(RESOLUTION,) * 2)
    return file.getvalue()


def _tick(image: Page, area: Area) -> None:
    corners = [(0.15, 0.55), (0.42, 0.85), (0.95, 0.05)]
    points = [((area.x + area.width * x) * _SCALE, (area.y + area.height * y) * _SCALE) for x, y in corners]
    cv2.polylines(image, [np.array(points, np.int32)], False, _INK, 4, cv2.LINE_AA)


def _write(image: Page, area: Area) -> None:
    along = np.linspace(0, 1, 400)
    x = area.x + 4 + along * min(60.0, area.width - 8)
    y = area.y + min(5.0, area.height / 2) + 1.8 * np.sin(along * 90) * (0.6 + 0.4 * np.sin(along * 23))
    points = np.stack([x, y], axis=1) * _SCALE
    cv2.polylines(image, [points.astype(np.int32)], False, _INK, 3, cv2.LINE_AA)

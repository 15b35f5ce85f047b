"""The printed pages as a scanner without faults would see them, and what the tests ask of them."""

from dataclasses import dataclass

import cv2
import numpy as np
import pypdfium2
from numpy.typing import NDArray

from schemas.definition import Definition
from schemas.editions.print_edition import print_layout, print_variants
from schemas.editions.print_layout import Area, PrintedPage, PrintLayout, Variant

DPI = 300
PIXELS = DPI / 25.4
Grey = NDArray[np.uint8]


@dataclass(frozen=True)
class Edition:
    """One edition of a definition."""

    definition: Definition
    language: str
    variant: Variant

    def __str__(self) -> str:
        return f"{self.definition.id}-{self.language}-{self.variant}"

    @property
    def layout(self) -> PrintLayout:
        return print_layout(self.definition, self.language, self.variant)

    @property
    def pages(self) -> list[PrintedPage]:
        """The pages of one form in their order, the continuation sheet last."""
        return [*self.layout.pages, self.layout.continuation]


def editions_of(definition: Definition) -> list[Edition]:
    return [
        Edition(definition, language, variant)
        for variant in print_variants(definition)
        for language in definition.questionnaire.languages
    ]


def drawn_pages(document: bytes) -> list[Grey]:
    """Each page in grey at 300 dpi, as PDFium draws it."""
    with pypdfium2.PdfDocument(document) as pdf:
        return [page.render(scale=DPI / 72, grayscale=True).to_numpy().squeeze() for page in pdf]


def texts_of(document: bytes) -> list[str]:
    """The text of each page, its white space made single."""
    with pypdfium2.PdfDocument(document) as pdf:
        return [" ".join(page.get_textpage().get_text_bounded().split()) for page in pdf]


def heads_of(document: bytes) -> list[str]:
    """The text in the head of each page, left of the square code."""
    with pypdfium2.PdfDocument(document) as pdf:
        return [
            " ".join(page.get_textpage().get_text_bounded(0, 267 * 72 / 25.4, 168 * 72 / 25.4, 842).split())
            for page in pdf
        ]


def around(page: Grey, area: Area, margin: float) -> Grey:
    """The part of a page around an area, with that many millimetres on each side."""
    left, top = (round((edge - margin) * PIXELS) for edge in (area.x, area.y))
    right, bottom = (round((edge + margin) * PIXELS) for edge in (area.x + area.width, area.y + area.height))
    return page[top:bottom, left:right]


def outer_edges(page: Grey, area: Area, darker_than: int, margin: float) -> tuple[float, float, float, float]:
    """Left, top, right and bottom edge (mm) of the frame that is drawn around an area, looked for so far outside it."""
    dark = around(page, area, margin) < darker_than
    # A frame's side is dark along most of its length; letters and lines inside are not looked at.
    columns = np.flatnonzero(dark.mean(axis=0) > 0.5 * area.height / (area.height + 2 * margin))
    rows = np.flatnonzero(dark.mean(axis=1) > 0.5 * area.width / (area.width + 2 * margin))
    assert columns.size, "no frame is drawn there"
    assert rows.size, "no frame is drawn there"
    x, y = round((area.x - margin) * PIXELS), round((area.y - margin) * PIXELS)
    return (
        (x + int(columns[0])) / PIXELS,
        (y + int(rows[0])) / PIXELS,
        (x + int(columns[-1]) + 1) / PIXELS,
        (y + int(rows[-1]) + 1) / PIXELS,
    )


def edges(area: Area) -> tuple[float, float, float, float]:
    return area.x, area.y, area.x + area.width, area.y + area.height


def corners(area: Area) -> list[tuple[float, float]]:
    """From the upper left with the hands of a clock."""
    left, top, right, bottom = edges(area)
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def marks_on(page: Grey) -> dict[int, list[tuple[float, float]]]:
    """The corners (mm) of each mark found, by its id. A letter may pass for a mark, but not for one of that size."""
    detector = cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_250))
    found, ids, _ = detector.detectMarkers(page)
    large = (cv2.contourArea(square) > (8 * PIXELS) ** 2 for square in found)
    return {
        int(one): [(float(x) / PIXELS, float(y) / PIXELS) for x, y in square[0]]
        for one, square, is_large in zip(np.ravel(ids) if ids is not None else [], found, large, strict=True)
        if is_large
    }

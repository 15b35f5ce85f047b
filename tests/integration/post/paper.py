"""Paper forms filled with a pen of the tests' own, and the ways in which they become files."""

import io
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
import pypdfium2
from numpy.typing import NDArray
from PIL import Image

from schemas.definition import BUILT_IN, Definition, load_definition
from schemas.editions.print_edition import build_print_edition, print_layout
from schemas.editions.print_layout import Area, PrintedPage, PrintLayout, Variant

Grey = NDArray[np.uint8]
RESOLUTION = 200
SCALE = RESOLUTION / 25.4


@dataclass(frozen=True)
class Blank:
    """A printed form: its layout and its pages' pictures, the continuation sheet last."""

    layout: PrintLayout
    pictures: tuple[Grey, ...]

    def page(self, number: int) -> Grey:
        return self.pictures[number - 1].copy()


@cache
def definition_of(consultation: str) -> Definition:
    return load_definition(BUILT_IN / consultation)


@cache
def printed(
    consultation: str = "parks-and-libraries-2007",
    serial: str | None = "AB-2345",
    language: str = "en",
    variant: Variant = "standard",
) -> Blank:
    """A form as it comes out of a printer."""
    definition = definition_of(consultation)
    document = pypdfium2.PdfDocument(build_print_edition(definition, language, variant, [serial]))
    pictures = [np.array(page.render(scale=RESOLUTION / 72, grayscale=True).to_numpy()) for page in document]
    return Blank(print_layout(definition, language, variant), tuple(one.reshape(one.shape[:2]) for one in pictures))


def cross(picture: Grey, area: Area) -> None:
    """A cross in a box."""
    left, top = area.x + 0.15 * area.width, area.y + 0.15 * area.height
    right, bottom = area.x + 0.85 * area.width, area.y + 0.85 * area.height
    line(picture, (left, top), (right, bottom))
    line(picture, (left, bottom), (right, top))


def line(picture: Grey, start: tuple[float, float], end: tuple[float, float], grey: int = 40) -> None:
    """A stroke of a ballpoint, between two places in millimetres."""
    ends = [tuple(round(value * SCALE * 8) for value in place) for place in (start, end)]
    cv2.line(picture, ends[0], ends[1], grey, 4, cv2.LINE_AA, 3)


def scrawl(picture: Grey, area: Area, grey: int = 40) -> None:
    """Something in a space that nobody can read."""
    places = [(area.x + 3 + 2 * step, area.y + (2.5 if step % 2 else 6.5)) for step in range(15)]
    for start, end in itertools.pairwise(places):
        line(picture, start, end, grey)


def filled(blank: Blank, ticks: Mapping[str, Sequence[str]], words: Sequence[str] = ()) -> list[Grey]:
    """The form's pages without the continuation sheet, with these codes ticked and these answers written."""
    pictures = []
    for page in blank.layout.pages:
        picture = blank.page(page.number)
        fill_page(picture, page, ticks, words)
        pictures.append(picture)
    return pictures


def fill_page(picture: Grey, page: PrintedPage, ticks: Mapping[str, Sequence[str]], words: Sequence[str] = ()) -> None:
    for box in page.boxes:
        if box.code in ticks.get(box.column, ()):
            cross(picture, box.area)
    for space in page.spaces:
        if space.column in words:
            scrawl(picture, space.area)


def turned(picture: Grey, degrees: float) -> Grey:
    """Fed a little askew."""
    height, width = picture.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    return np.asarray(cv2.warpAffine(picture, matrix, (width, height), borderValue=255), np.uint8)


def upside_down(picture: Grey) -> Grey:
    return np.asarray(cv2.rotate(picture, cv2.ROTATE_180), np.uint8)


def white() -> Grey:
    return np.full((round(297 * SCALE), round(210 * SCALE)), 255, np.uint8)


def letter() -> Grey:
    """A page of handwriting."""
    picture = white()
    for y in range(40, 120, 12):
        scrawl(picture, Area(25, y, 100, 10))
    return picture


def with_thumb(picture: Grey) -> Grey:
    """A thumb on the lower left corner."""
    covered = picture.copy()
    cv2.ellipse(covered, ((60, picture.shape[0] - 60), (260, 420), 40), 150, -1)
    return covered


def covered(picture: Grey, *areas: Area) -> Grey:
    """White stickers on parts of a page."""
    with_stickers = picture.copy()
    for area in areas:
        left, top, right, bottom = (
            round(value * SCALE)
            for value in (area.x - 1, area.y - 1, area.x + area.width + 1, area.y + area.height + 1)
        )
        with_stickers[top:bottom, left:right] = 255
    return with_stickers


def as_pdf(pictures: Sequence[Grey]) -> bytes:
    """A scanner's PDF: a JPEG for each page."""
    return _saved(pictures, "PDF", resolution=RESOLUTION)


def as_tiff(pictures: Sequence[Grey]) -> bytes:
    return _saved(pictures, "TIFF", compression="tiff_lzw", dpi=(RESOLUTION, RESOLUTION))


def as_fax(pictures: Sequence[Grey]) -> bytes:
    """Black and white alone, as a fax has it."""
    first, *rest = [Image.fromarray(one).convert("1", dither=Image.Dither.NONE) for one in pictures]
    content = io.BytesIO()
    first.save(content, "TIFF", save_all=True, append_images=rest, compression="group4", dpi=(200, 200))
    return content.getvalue()


def as_picture(picture: Grey, kind: str) -> bytes:
    """One page as PNG, JPEG or HEIF."""
    content = io.BytesIO()
    Image.fromarray(picture).save(content, kind)
    return content.getvalue()


def _saved(pictures: Sequence[Grey], kind: str, **options: object) -> bytes:
    first, *rest = [Image.fromarray(one) for one in pictures]
    content = io.BytesIO()
    first.save(content, kind, save_all=True, append_images=rest, **options)
    return content.getvalue()

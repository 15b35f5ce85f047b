"""From a scanned file to the pictures of its pages, one at a time, whatever its format.

Call it where a hostile file can do no harm (`ingest.post.scans.scan_child`).
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import pillow_heif
import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image, ImageFile, ImageOps

from ingest.errors import IngestError
from ingest.post.scans.blanks import Grey
from ingest.post.scans.scan_limits import LONGEST_SIDE, MAX_PAGE_PIXELS, MAX_SCAN_PAGES

Image.MAX_IMAGE_PIXELS = None  # sizes are looked at here, before anything is decoded
pillow_heif.register_heif_opener(thumbnails=False)

_FORMATS = ("JPEG", "PNG", "TIFF", "HEIF", "MPO")
_DRAWN_RESOLUTION, _MOST_RESOLUTION = 200, 300


class ScanError(IngestError):
    """A scanned file, or one page of it, cannot be read; the message is a reason in words, without the file's name."""


@dataclass(frozen=True)
class PageImage:
    """One page as it lies in a file: its number there, counting from 1, and its picture in grey."""

    number: int
    grey: Grey


@dataclass(frozen=True)
class ScanFile:
    """A scanned file that is open: how many pages it has, and the way to each (counting from 1)."""

    count: int
    page: Callable[[int], PageImage]


def open_scan(content: bytes) -> ScanFile:
    """Open a PDF, TIFF, PNG, JPEG or HEIC file.

    Raises:
        ScanError: it is none of these, is damaged, locked or larger than is read. So may each page, when it is asked.
    """
    opened = _open_pdf(content) if content[:1024].lstrip().startswith(b"%PDF-") else _open_picture(content)
    if opened.count > MAX_SCAN_PAGES:
        raise ScanError(f"it has more than {MAX_SCAN_PAGES} pages; split it")
    if opened.count == 0:
        raise ScanError("it has no page")
    return opened


def _open_pdf(content: bytes) -> ScanFile:
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        locked = "password" in str(error).casefold()
        raise ScanError("the PDF is locked with a password" if locked else "the PDF is damaged") from None

    def page(number: int) -> PageImage:
        try:
            return PageImage(number, _fitting(_pdf_page(document[number - 1])))
        except (pypdfium2.PdfiumError, ValueError, IndexError):
            raise ScanError(f"page {number} is damaged") from None

    return ScanFile(len(document), page)


def _pdf_page(page: Any) -> Grey:
    """The page's picture: the scanned image itself where it is all that the page has, else the page as drawn."""
    width, height = page.get_size()
    images = list(page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_IMAGE,), max_depth=2))
    others = next(
        iter(page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_TEXT, pdfium.FPDF_PAGEOBJ_PATH), max_depth=2)), None
    )
    resolution: float = _DRAWN_RESOLUTION
    if len(images) == 1:
        pixel_width, pixel_height = images[0].get_px_size()
        if pixel_width * pixel_height > MAX_PAGE_PIXELS:
            raise ScanError("a page has more pixels than are read")
        matrix = images[0].get_matrix()
        fills = abs(matrix.a) > 0.9 * width and abs(matrix.d) > 0.9 * height and min(matrix.a, matrix.d) > 0
        if fills and others is None and page.get_rotation() == 0:
            return _grey_of_bitmap(images[0].get_bitmap(render=False))
        seen = np.hypot(matrix.a, matrix.b) or width
        resolution = float(np.clip(pixel_width / seen * 72, _DRAWN_RESOLUTION, _MOST_RESOLUTION))
    scale = min(resolution / 72, (MAX_PAGE_PIXELS / max(1.0, width * height)) ** 0.5)
    return _grey_of_bitmap(page.render(scale=scale, grayscale=True))


def _grey_of_bitmap(bitmap: Any) -> Grey:
    array = np.asarray(bitmap.to_numpy(), dtype=np.uint8)
    if array.ndim == 2:
        return array.copy()
    if array.shape[2] == 1:
        return array[:, :, 0].copy()
    code = cv2.COLOR_BGR2GRAY if array.shape[2] == 3 else cv2.COLOR_BGRA2GRAY
    return np.asarray(cv2.cvtColor(np.ascontiguousarray(array), code), dtype=np.uint8)


def _open_picture(content: bytes) -> ScanFile:
    try:
        picture = Image.open(io.BytesIO(content), formats=_FORMATS)
        count = int(getattr(picture, "n_frames", 1)) if picture.format == "TIFF" else 1
    except Exception:  # noqa: BLE001 - Pillow raises whatever a broken file makes it stumble over
        raise ScanError("it is no PDF, TIFF, PNG, JPEG or HEIC file, or it is damaged") from None

    def page(number: int) -> PageImage:
        # WeasyPrint, which draws the blank form, has Pillow make up what is cut off.
        ImageFile.LOAD_TRUNCATED_IMAGES = False
        try:
            if count > 1:
                picture.seek(number - 1)
            return PageImage(number, _fitting(_grey_of(picture)))
        except ScanError:
            raise
        except Exception:  # noqa: BLE001 - as above
            raise ScanError(f"page {number} is damaged") from None

    return ScanFile(count, page)


def _grey_of(picture: Image.Image) -> Grey:
    if picture.width * picture.height > MAX_PAGE_PIXELS:
        raise ScanError("a page has more pixels than are read")
    resolution = picture.info.get("dpi", (1, 1))
    upright = ImageOps.exif_transpose(picture)
    if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
        behind = Image.new("RGBA", upright.size, "white")
        upright = Image.alpha_composite(behind, upright.convert("RGBA"))
    if upright.mode.startswith("I"):
        deep = np.asarray(upright, dtype=np.float64)
        grey = np.asarray(deep / max(1.0, float(deep.max())) * 255, dtype=np.uint8)
    else:
        grey = np.asarray(upright.convert("L"), dtype=np.uint8)
    return _with_square_pixels(grey, float(resolution[0]), float(resolution[1]))


def _with_square_pixels(grey: Grey, across: float, down: float) -> Grey:
    """A fax in its coarser mode has half as many lines as columns to the inch."""
    if across <= 0 or down <= 0 or not 1.2 < max(across / down, down / across) < 5:
        return grey
    height, width = grey.shape
    size = (width, round(height * across / down)) if across > down else (round(width * down / across), height)
    if size[0] * size[1] > MAX_PAGE_PIXELS:
        raise ScanError("a page has more pixels than are read")
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_LINEAR), dtype=np.uint8)


def _fitting(grey: Grey) -> Grey:
    longer = max(grey.shape)
    if longer <= LONGEST_SIDE:
        return grey
    size = (max(1, grey.shape[1] * LONGEST_SIDE // longer), max(1, grey.shape[0] * LONGEST_SIDE // longer))
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)

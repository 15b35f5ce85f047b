"""Scanned files are opened whatever their format; what is no scan, or too much of one, is refused in words."""

import io
import zlib
from collections.abc import Callable
from struct import pack

import numpy as np
import pillow_heif
import pytest
from numpy.typing import NDArray
from PIL import Image

from ingest.post.scans.page_images import ScanError, open_scan

Grey = NDArray[np.uint8]


def half_black() -> Grey:
    """Upright, the upper half is black."""
    picture = np.full((300, 200), 255, np.uint8)
    picture[:150] = 0
    return picture


def saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    content = io.BytesIO()
    picture.save(content, kind, **options)
    return content.getvalue()


def upper_and_lower(grey: Grey) -> tuple[int, int]:
    """How light the upper and the lower half are."""
    middle = grey.shape[0] // 2
    return round(float(grey[: middle - 20].mean())), round(float(grey[middle + 20 :].mean()))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "HEIF", "PDF"])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_a_picture_is_a_page_whatever_the_format(kind: str, mode: str) -> None:
    pillow_heif.register_heif_opener(thumbnails=False)
    scan = open_scan(saved(Image.fromarray(half_black()).convert(mode), kind))
    upper, lower = upper_and_lower(scan.page(1).grey)
    assert (scan.count, upper < 8, lower > 247) == (1, True, True)


@pytest.mark.parametrize(("mode", "options"), [("1", {"compression": "group4"}), ("CMYK", {}), ("I;16", {})])
def test_unusual_pictures_are_read_too(mode: str, options: dict[str, object]) -> None:
    picture = Image.fromarray(half_black().astype(np.uint16) * 256) if mode == "I;16" else Image.fromarray(half_black())
    content = saved(picture if mode == "I;16" else picture.convert(mode), "TIFF", **options)
    upper, lower = upper_and_lower(open_scan(content).page(1).grey)
    assert (upper < 8, lower > 247) == (True, True)


def test_what_can_be_seen_through_is_white() -> None:
    picture = Image.fromarray(half_black()).convert("RGBA")
    picture.putalpha(Image.fromarray(255 - half_black()))
    assert upper_and_lower(open_scan(saved(picture, "PNG")).page(1).grey) == (0, 255)


def test_a_photo_is_turned_as_the_camera_says() -> None:
    lying = Image.fromarray(np.rot90(half_black()).copy())
    exif = Image.Exif()
    exif[0x0112] = 6
    content = saved(lying, "JPEG", exif=exif)
    upright = open_scan(content).page(1).grey
    upper, lower = upper_and_lower(upright)
    assert (upright.shape, upper < 8, lower > 247) == ((300, 200), True, True)


def test_every_page_of_a_tiff_and_of_a_pdf_is_there_in_order() -> None:
    pages = [Image.fromarray(np.full((300, 200), grey, np.uint8)) for grey in (10, 120, 240)]
    for kind in ("TIFF", "PDF"):
        scan = open_scan(saved(pages[0], kind, save_all=True, append_images=pages[1:]))
        lightness = [round(float(scan.page(number).grey.mean()), -1) for number in range(1, scan.count + 1)]
        assert lightness == [10, 120, 240]


def test_a_fax_with_half_as_many_lines_is_given_square_pixels() -> None:
    half = Image.fromarray(half_black()[::2].copy())
    assert open_scan(saved(half, "TIFF", dpi=(200, 100))).page(1).grey.shape == (300, 200)


def test_a_page_of_an_embedded_scan_keeps_the_scans_own_pixels() -> None:
    picture = Image.fromarray(half_black())
    assert open_scan(saved(picture, "PDF", resolution=72)).page(1).grey.shape == (300, 200)


def png_that_says_it_is(width: int, height: int) -> bytes:
    """A PNG of a few bytes that would unpack to a picture of that size."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return pack(">I", len(content)) + name + content + pack(">I", zlib.crc32(name + content))

    head = pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )


def opened_page(content: bytes) -> Callable[[], object]:
    return lambda: open_scan(content).page(1)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is no PDF, TIFF, PNG, JPEG or HEIC file, or it is damaged"),
        (b"GIF89a and so on", "it is no PDF, TIFF, PNG, JPEG or HEIC file, or it is damaged"),
        (b"%PDF-1.7\nnothing follows", "the PDF is damaged"),
        (png_that_says_it_is(60_000, 60_000), "a page has more pixels than are read"),
        (saved(Image.effect_noise((300, 200), 90), "JPEG")[:5000], "page 1 is damaged"),
    ],
    ids=["empty", "another format", "broken PDF", "pixel bomb", "cut off"],
)
def test_what_is_no_scan_is_refused_in_words(content: bytes, reason: str) -> None:
    with pytest.raises(ScanError) as refused:
        opened_page(content)()
    assert str(refused.value) == reason

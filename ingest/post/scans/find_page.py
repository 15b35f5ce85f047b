"""Finding a page of ours in an image: its four marks and its code, however it lies and whatever hides a part of it."""

from collections.abc import Iterator

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from ingest.post.scans.blanks import Grey
from schemas.editions.print_layout import Area, PrintedPage

Corners = NDArray[np.float64]
# The longer side of the image, in pixels, at which marks are looked for; the next is tried where fewer than four
# are found.
_SIDES = (1400, 2100, 1000)
_CODE_PIXELS_PER_MM = 12


def find_marks(image: Grey) -> dict[int, Corners]:
    """The marks in an image: id -> its four corners (upper left, upper right, lower right, lower left, as printed)."""
    found: dict[int, Corners] = {}
    for shrunk, factor in _scales(image):
        for mark_id, corners in _detect(shrunk):
            found.setdefault(mark_id, corners / factor)
        if _fullest_page(found) == 4:
            break
    return found


def _fullest_page(found: dict[int, Corners]) -> int:
    """How many marks of one page there are, at most."""
    pages = [mark_id // 4 for mark_id in found]
    return max((pages.count(page) for page in pages), default=0)


def _scales(image: Grey) -> Iterator[tuple[Grey, float]]:
    longer = max(image.shape)
    for side in _SIDES:
        factor = min(1.0, side / longer)
        shrunk = image
        if factor < 1:
            size = (round(image.shape[1] * factor), round(image.shape[0] * factor))
            shrunk = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        yield shrunk, shrunk.shape[1] / image.shape[1]
    shrunk = np.asarray(cv2.GaussianBlur(shrunk, (0, 0), 1.2), dtype=np.uint8)
    yield np.asarray(cv2.createCLAHE(4.0, (8, 8)).apply(shrunk), dtype=np.uint8), shrunk.shape[1] / image.shape[1]


def _detector() -> cv2.aruco.ArucoDetector:
    parameters = cv2.aruco.DetectorParameters()
    parameters.adaptiveThreshWinSizeMin = 9
    parameters.adaptiveThreshWinSizeMax = 41
    parameters.adaptiveThreshWinSizeStep = 16
    parameters.minMarkerPerimeterRate = 0.05
    parameters.maxMarkerPerimeterRate = 0.5
    parameters.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    parameters.cornerRefinementWinSize = 4
    return cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_250), parameters)


def _detect(image: Grey) -> Iterator[tuple[int, Corners]]:
    corners, ids, _ = _detector().detectMarkers(image)
    for one, mark_id in zip(corners, [] if ids is None else ids.ravel(), strict=True):
        yield int(mark_id), np.asarray(one, dtype=np.float64).reshape(4, 2)


def printed_corners(area: Area) -> Corners:
    """The corners of a mark as printed, in millimetres, in the order in which they are detected."""
    x, y, right, bottom = area.x, area.y, area.x + area.width, area.y + area.height
    return np.array([(x, y), (right, y), (right, bottom), (x, bottom)], dtype=np.float64)


def place_by_marks(page: PrintedPage, marks: dict[int, Corners]) -> tuple[NDArray[np.float64], int] | None:
    """How the page lies in the image (millimetres to pixels) and how many of its marks agree on it.

    None where none is found. With four or three marks the page may be seen at a slant; with two or one it is taken as
    flat, which `ingest.post.scans.register` puts right by what is printed between them.
    """
    seen = [(printed_corners(mark.area), marks[mark.id]) for mark in page.marks if mark.id in marks]
    if not seen:
        return None
    printed = np.vstack([one for one, _ in seen])
    image = np.vstack([one for _, one in seen])
    size = float(np.median([np.linalg.norm(one[0] - one[1]) for _, one in seen]))
    if len(seen) >= 3:
        matrix, inliers = cv2.findHomography(printed, image, cv2.RANSAC, 0.2 * size)
    else:
        flat, inliers = cv2.estimateAffinePartial2D(printed, image, method=cv2.RANSAC, ransacReprojThreshold=0.3 * size)
        matrix = None if flat is None else np.vstack([flat, [0, 0, 1]])
    if matrix is None or inliers is None:
        return None
    agreeing = int((inliers.reshape(-1, 4).sum(axis=1) >= 3).sum())
    return np.asarray(matrix, dtype=np.float64), agreeing


def read_code_at(image: Grey, placed: NDArray[np.float64], area: Area) -> str | None:
    """The text of the code that is printed in `area` of a page that lies so in the image."""
    around = 4.0
    scale = np.array(
        [
            [1 / _CODE_PIXELS_PER_MM, 0, area.x - around],
            [0, 1 / _CODE_PIXELS_PER_MM, area.y - around],
            [0, 0, 1],
        ]
    )
    size = (
        round((area.width + 2 * around) * _CODE_PIXELS_PER_MM),
        round((area.height + 2 * around) * _CODE_PIXELS_PER_MM),
    )
    patch = cv2.warpPerspective(
        image, placed @ scale, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderValue=255
    )
    return next(iter(_codes(np.asarray(patch, dtype=np.uint8))), None)


def place_by_code(image: Grey, blank: Grey, pixels_per_mm: float) -> NDArray[np.float64] | None:
    """How a page lies in the image by its code alone, held against the same code on the blank: rough, far from it."""
    seen, printed = (_code_corners(one) for one in (image, blank))
    if seen is None or printed is None:
        return None
    flat, _ = cv2.estimateAffinePartial2D(printed / pixels_per_mm, seen)
    return None if flat is None else np.asarray(np.vstack([flat, [0, 0, 1]]), dtype=np.float64)


def _code_corners(image: Grey) -> Corners | None:
    found = zxingcpp.read_barcodes(
        np.ascontiguousarray(image), zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
    )
    if not found:
        return None
    place = found[0].position
    corners = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
    return np.array([(corner.x, corner.y) for corner in corners], dtype=np.float64)


def read_codes(image: Grey) -> list[str]:
    """The text of every code in the image."""
    longer = max(image.shape)
    if longer > 2600:
        size = (round(image.shape[1] * 2600 / longer), round(image.shape[0] * 2600 / longer))
        image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    return _codes(image)


def _codes(image: Grey) -> list[str]:
    return [
        one.text
        for one in zxingcpp.read_barcodes(
            np.ascontiguousarray(image), zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
        )
    ]

"""What one scanned page is: which page of which form, how its boxes and spaces are filled; or what else it is."""

import base64
import zlib
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from ingest.post.scans.blank_forms import Edition, blank_of, has_edition, pages_with_mark
from ingest.post.scans.blanks import PIXELS_PER_MM, BlankPage, Grey
from ingest.post.scans.boxes import BoxReading, read_boxes
from ingest.post.scans.find_page import Corners, find_marks, place_by_code, place_by_marks, read_code_at, read_codes
from ingest.post.scans.printed_words import printed_words
from ingest.post.scans.register import Sheet, register
from ingest.post.scans.spaces import is_written
from schemas.definition import Definition
from schemas.editions.page_code import HASH_LENGTH, PageCode, decode_page_code
from schemas.editions.print_frame import CODE_AREA, MARKED_PAGES, marks_of
from schemas.editions.print_layout import PrintedPage

# A page of the form; one that says it is but cannot be laid on the blank; a page of another questionnaire; a page with
# something else on it; an empty one; one that cannot be decoded.
Kind = Literal["form", "unregistered", "other_version", "foreign", "blank", "unreadable"]
_LIKE_WITH_CODE, _LIKE_WITHOUT = 0.25, 0.4
_LOOK = 12


@dataclass(frozen=True)
class PageFacts:
    """All that is known of a page once its picture is put aside. `at` is its number in the file, from 1.

    `boxes`, `written` and `typed` go with the layout's boxes and spaces. `look` is what was added to the blank, small,
    to tell a sheet that was fed twice. `turned` counts quarters of a turn, 2 is upside down.
    """

    at: int
    kind: Kind
    language: str = ""
    variant: str = ""
    page: int = 0
    serial: str | None = None
    questionnaire_hash: str | None = None
    marks: int = 0
    code: bool = False
    turned: int = 0
    boxes: tuple[BoxReading, ...] = ()
    written: tuple[bool, ...] = ()
    typed: tuple[str, ...] = ()
    look: str = ""


@dataclass(frozen=True)
class Recognised:
    """A page of ours laid on its blank, and what its code says, if that was read."""

    edition: Edition
    page: int
    code: PageCode | None
    sheet: Sheet | None
    marks: int


def page_facts(image: Grey, at: int, definition: Definition) -> PageFacts:
    """What a page is and holds."""
    found = recognise(image, definition)
    if isinstance(found, PageCode):
        return PageFacts(
            at, "other_version", found.language, found.variant, found.page, found.serial, found.questionnaire_hash,
            code=True,
        )  # fmt: skip
    if found is None:
        return PageFacts(at, "foreign" if has_ink(image) else "blank")
    sheet, code = found.sheet, found.code
    spaces = sheet.blank.page.spaces if sheet else ()
    written = tuple(is_written(sheet, space.area) for space in spaces) if sheet else ()
    return PageFacts(
        at=at,
        kind="form" if sheet else "unregistered",
        language=found.edition[0],
        variant=found.edition[1],
        page=found.page,
        serial=code.serial if code else None,
        questionnaire_hash=definition.questionnaire_hash[:HASH_LENGTH],
        marks=found.marks,
        code=code is not None,
        turned=_quarters(sheet) if sheet else 0,
        boxes=tuple(read_boxes(sheet)) if sheet else (),
        written=written,
        typed=tuple(
            printed_words(sheet, space.area, found.edition[0]) if sheet and has_words else ""
            for space, has_words in zip(spaces, written, strict=True)
        ),
        look=_look(sheet) if sheet else "",
    )


def recognise(image: Grey, definition: Definition) -> Recognised | PageCode | None:
    """The page of ours in an image; the code of another questionnaire's page; None where there is neither.

    Two marks say which page it is, or marks and code together, or the code alone. Whatever says so, what is printed
    on the blank must be found again on the page.
    """
    marks = find_marks(image)
    code = _code_of(image, marks)
    if code is not None:
        if code.questionnaire_hash != definition.questionnaire_hash[:HASH_LENGTH]:
            return code
        edition = (code.language, code.variant)
        blank = blank_of(definition, edition, code.page) if has_edition(definition, edition) else None
        if blank is None:
            return code
        seen = sum(mark.id in marks for mark in blank.page.marks)
        sheet = _laid(image, marks, blank)
        if sheet is None or sheet.likeness < _LIKE_WITH_CODE:
            sheet = None
        return Recognised(edition, code.page, code, sheet, seen)
    return _by_marks_alone(image, marks, definition)


def _by_marks_alone(image: Grey, marks: dict[int, Corners], definition: Definition) -> Recognised | None:
    best: Recognised | None = None
    for index in {mark_id // 4 for mark_id in marks}:
        seen = sum(mark_id // 4 == index for mark_id in marks)
        if seen < 2:
            continue
        for edition, number in pages_with_mark(definition, 4 * index):
            blank = blank_of(definition, edition, number)
            sheet = _laid(image, marks, blank) if blank else None
            if sheet is None or sheet.likeness < _LIKE_WITHOUT:
                continue
            if best is None or best.sheet is None or sheet.likeness > best.sheet.likeness:
                best = Recognised(edition, number, None, sheet, seen)
            if sheet.likeness > 0.7:
                return best
    return best


def _laid(image: Grey, marks: dict[int, Corners], blank: BlankPage) -> Sheet | None:
    placed = place_by_marks(blank.page, marks)
    if placed is not None and placed[1] >= 2:
        return register(image, placed[0], blank, sure=placed[1] == 4)
    by_code = place_by_code(image, np.asarray(255 - blank.ink, dtype=np.uint8), PIXELS_PER_MM)
    return None if by_code is None else register(image, by_code, blank, sure=False)


def _code_of(image: Grey, marks: dict[int, Corners]) -> PageCode | None:
    """What the page's code says: read where the marks say it is, else looked for in the whole image."""
    indexes = [mark_id // 4 for mark_id in marks]
    for index in sorted(set(indexes), key=indexes.count, reverse=True)[:1]:
        if index >= MARKED_PAGES:
            continue
        page = PrintedPage(0, marks_of(index), CODE_AREA, (), ())
        placed = place_by_marks(page, marks)
        if placed is not None and placed[1] >= 3:
            text = read_code_at(image, placed[0], CODE_AREA)
            code = decode_page_code(text) if text else None
            if code is not None:
                return code
            if placed[1] == 4:
                return None
    return next((code for code in map(decode_page_code, read_codes(image)) if code is not None), None)


def has_ink(image: Grey) -> bool:
    """Whether anything is on a page but its edges, holes, specks and what shines through from its other side."""
    factor = 1100 / max(image.shape)
    size = (max(32, round(image.shape[1] * factor)), max(32, round(image.shape[0] * factor)))
    small = cv2.medianBlur(np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8), 3)
    paper = cv2.GaussianBlur(cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((41, 41), np.uint8)), (0, 0), 8)
    share = cv2.divide(small, cv2.max(paper, 1), scale=255)
    edge = round(0.07 * min(size))
    dark = share[edge:-edge, edge:-edge] < 255 * 0.83
    mm = 1100 / 297
    return int(dark.sum()) > 6.0 * mm * mm


def _quarters(sheet: Sheet) -> int:
    across = sheet.placed @ np.array([1.0, 0.0, 0.0])
    return round(float(np.degrees(np.arctan2(across[1], across[0]))) / 90) % 4


def _look(sheet: Sheet) -> str:
    printed = cv2.dilate(sheet.blank.ink, np.ones((9, 9), np.uint8))
    extra = cv2.subtract(sheet.ink, printed)
    size = (extra.shape[1] // _LOOK, extra.shape[0] // _LOOK)
    small = np.asarray(cv2.resize(extra, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    small[small < 12] = 0
    return base64.b64encode(zlib.compress(small.tobytes(), 1)).decode()


def same_look(first: str, second: str) -> bool:
    """Whether two scans of one page show the same additions: one sheet that was fed twice."""
    a, b = (_look_of(one) for one in (first, second))
    if a.size != b.size:
        return False
    much = [float((one > 0).mean()) for one in (a, b)]
    if max(much) < 2e-4:
        return True
    if min(much) < 2e-4:
        return False
    return float(np.corrcoef(a, b)[0, 1]) > 0.85


def _look_of(look: str) -> NDArray[np.float64]:
    return np.frombuffer(zlib.decompress(base64.b64decode(look)), np.uint8).astype(np.float64)

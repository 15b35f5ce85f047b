"""Typed or printed words in a space: Tesseract's guess, for a person to check. Handwriting is never guessed at."""

from functools import cache

import cv2
import numpy as np
import pytesseract
from numpy.typing import NDArray

from ingest.post.scans.blanks import PIXELS_PER_MM, pixels
from ingest.post.scans.register import Sheet
from ingest.post.scans.spaces import writing_in
from schemas.editions.print_layout import Area

_LANGUAGES = {"en": "eng", "cy": "cym", "ar": "ara", "pl": "pol", "ur": "urd", "pa": "pan", "fr": "fra", "de": "deu"}
_LEAST_LETTERS, _ON_THE_LINE, _LEAST_SURE = 8, 0.55, 60.0
_SECONDS = 20


def printed_words(sheet: Sheet, area: Area, language: str) -> str:
    """The printed words in a space as Tesseract reads them; '' for handwriting, and where it is not installed."""
    if not is_printed(sheet, area) or _tesseract_language(language) not in _installed():
        return ""
    left, top, right, bottom = pixels(area, -0.6)
    picture = cv2.resize(sheet.grey[top:bottom, left:right], None, fx=1.5, fy=1.5, interpolation=cv2.INTER_CUBIC)
    try:
        found = pytesseract.image_to_data(
            picture,
            lang=_tesseract_language(language),
            config="--psm 6",
            output_type=pytesseract.Output.DICT,
            timeout=_SECONDS,
        )
    except (RuntimeError, pytesseract.TesseractError):
        return ""
    words = [
        (line, word.strip(), float(sure))
        for *line, word, sure in zip(
            found["block_num"], found["par_num"], found["line_num"], found["text"], found["conf"], strict=True
        )
        if word.strip() and float(sure) >= 0
    ]
    if not words or float(np.mean([sure for _, _, sure in words])) < _LEAST_SURE:
        return ""
    lines: dict[tuple[int, ...], list[str]] = {}
    for line, word, _ in words:
        lines.setdefault(tuple(line), []).append(word)
    return "\n".join(" ".join(line) for line in lines.values())


def is_printed(sheet: Sheet, area: Area) -> bool:
    """Whether what is in a space stands on straight lines in letters apart from each other, as a machine sets them."""
    dark = np.asarray(writing_in(sheet, area) > 90, dtype=np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(dark, connectivity=8)
    letters: NDArray[np.int32] = stats[1:count]
    heights = letters[:, cv2.CC_STAT_HEIGHT] / PIXELS_PER_MM
    widths = letters[:, cv2.CC_STAT_WIDTH] / PIXELS_PER_MM
    letters = letters[(heights > 1.0) & (heights < 6.5) & (widths < 6.5)]
    if len(letters) < _LEAST_LETTERS:
        return False
    feet = (letters[:, cv2.CC_STAT_TOP] + letters[:, cv2.CC_STAT_HEIGHT]) / PIXELS_PER_MM
    # The share of letters whose foot is level with that of most others near them.
    apart = np.abs(feet[:, None] - feet[None, :])
    near = (apart < 2.0).sum(axis=1) - 1
    level = (apart < 0.25).sum(axis=1) - 1
    return float(np.median(level / np.maximum(near, 1))) >= _ON_THE_LINE


def _tesseract_language(language: str) -> str:
    return _LANGUAGES.get(language.split("-", maxsplit=1)[0], language)


@cache
def _installed() -> frozenset[str]:
    """The languages that Tesseract reads here."""
    try:
        return frozenset(pytesseract.get_languages())
    except (pytesseract.TesseractNotFoundError, pytesseract.TesseractError):
        return frozenset()

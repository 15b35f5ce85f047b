"""A page of a PDF as it looks: its words and where they stand, the text in a rectangle, how much ink is in one."""

import ctypes
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium

_MOST_LETTERS = 60_000
_MOST_PIXELS = 4_000_000
_SCALE = 150 / 72
_DARK = 160


@dataclass(frozen=True)
class Rectangle:
    """In points from the lower left corner."""

    left: float
    bottom: float
    right: float
    top: float

    def inset(self, share: float) -> "Rectangle":
        """The rectangle without a rim of that share of its sides."""
        across, up = (self.right - self.left) * share, (self.top - self.bottom) * share
        return Rectangle(self.left + across, self.bottom + up, self.right - across, self.top - up)


class PdfPage:
    """A page of a document that is open."""

    def __init__(self, page: pypdfium2.PdfPage) -> None:
        self._page = page
        # As its content is drawn, however a viewer was told to turn it.
        page.set_rotation(0)
        self._text = page.get_textpage()

    @cached_property
    def words(self) -> dict[str, tuple[float, float]]:
        """Each word, and each two in a row, that stand once on the page -> the middle of the (first) word.

        A word is known by its letters, whatever their order: programs that write a page anew may turn right-to-left
        words around.
        """
        single = list(self._words())
        found = single + [(f"{word} {after}", middle) for (word, middle), (after, _) in pairwise(single)]
        counted = Counter(word for word, _ in found)
        return {word: middle for word, middle in found if counted[word] == 1}

    def text_in(self, where: Rectangle) -> str:
        """The text in a rectangle."""
        text: str = self._text.get_text_bounded(where.left, where.bottom, where.right, where.top)
        return text.replace("\r\n", "\n").replace("\r", "\n").strip()

    def ink_in(self, where: Rectangle) -> float:
        """The share of a rectangle that is dark."""
        height, width = self._pixels.shape
        page_width, page_height = self._page.get_size()
        across, down = width / page_width, height / page_height
        from_left, from_bottom = self._page.get_cropbox()[:2]
        top, bottom = (max(0, round((page_height + from_bottom - edge) * down)) for edge in (where.top, where.bottom))
        left, right = (max(0, round((edge - from_left) * across)) for edge in (where.left, where.right))
        part = self._pixels[top:bottom, left:right]
        return float((part < _DARK).mean()) if part.size else 0.0

    @cached_property
    def _pixels(self) -> Any:
        width, height = self._page.get_size()
        scale = min(_SCALE, (_MOST_PIXELS / max(1.0, width * height)) ** 0.5)
        return np.asarray(self._page.render(scale=scale, grayscale=True).to_numpy()).squeeze()

    def _words(self) -> Iterator[tuple[str, tuple[float, float]]]:
        letters: list[str] = []
        boxes: list[tuple[float, float, float, float]] = []
        for place in range(min(self._text.count_chars(), _MOST_LETTERS)):
            letter = chr(pdfium.FPDFText_GetUnicode(self._text, place) % 0x110000)
            if letter.isalnum():
                letters.append(letter)
                boxes.append(self._box(place))
                continue
            if letters and (letter.isspace() or not letter.isprintable()):
                yield _word(letters, boxes)
                letters, boxes = [], []
        if letters:
            yield _word(letters, boxes)

    def _box(self, place: int) -> tuple[float, float, float, float]:
        left, right, bottom, top = (ctypes.c_double() for _ in range(4))
        pdfium.FPDFText_GetCharBox(self._text, place, left, right, bottom, top)
        return left.value, bottom.value, right.value, top.value


def _word(letters: list[str], boxes: list[tuple[float, float, float, float]]) -> tuple[str, tuple[float, float]]:
    lefts, bottoms, rights, tops = zip(*boxes, strict=True)
    return "".join(sorted(letters)), ((min(lefts) + max(rights)) / 2, (min(bottoms) + max(tops)) / 2)

"""Where everything is on the print edition's pages: what the edition is drawn from and what scans are read by.

All lengths are millimetres from the upper left corner of the page, as it lies before a reader.
"""

from dataclasses import dataclass
from typing import Literal

Variant = Literal["standard", "large", "easy_read"]
VARIANTS: tuple[Variant, ...] = ("standard", "large", "easy_read")
PAGE_WIDTH, PAGE_HEIGHT = 210.0, 297.0


@dataclass(frozen=True)
class Area:
    """A rectangle on a page."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class TickBox:
    """One box to tick: the answer's column and the code that a tick stands for."""

    column: str
    code: str
    area: Area


@dataclass(frozen=True)
class WritingSpace:
    """Lined space for an answer in words. A long answer's space may go on over several pages: several spaces."""

    column: str
    area: Area


@dataclass(frozen=True)
class Mark:
    """One of a page's four marks (ArUco, DICT_4X4_250): its id and its square, without the quiet zone."""

    id: int
    area: Area


@dataclass(frozen=True)
class PrintedPage:
    """One page. The marks are in the order upper left, upper right, lower right, lower left; `number` counts from 1."""

    number: int
    marks: tuple[Mark, ...]
    code_area: Area
    boxes: tuple[TickBox, ...]
    spaces: tuple[WritingSpace, ...]


@dataclass(frozen=True)
class PrintLayout:
    """All pages of the print edition in one language and variant. `continuation` is the sheet for what had no room."""

    consultation: str
    questionnaire_hash: str
    language: str
    variant: Variant
    pages: tuple[PrintedPage, ...]
    continuation: PrintedPage

"""Laying a blank page on a copy of it that was moved or scaled: by the words that stand on both."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ingest.mail.documents.pdf_page import Rectangle
from schemas.editions.fillable_layout import FieldPlace

_LEAST_WORDS = 8
# Of the words on the blank page, and of those that stand on both, so many must lie where they belong.
_LEAST_OF_BLANK, _LEAST_OF_SHARED = 0.5, 0.75
# Points that a word may lie off: first roughly, in the end no more than a box's rim.
_OFF = (8.0, 3.0, 1.5, 1.5)
_MOST_SQUEEZED = 0.03
_Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Fit:
    """How a blank page lies on a copy: scale and shift, across and up, and how many words lie so."""

    across: float
    right: float
    upwards: float
    up: float
    words: int

    def place(self, one: FieldPlace) -> Rectangle:
        """A field's rectangle on the copy."""
        return Rectangle(
            one.left * self.across + self.right,
            one.bottom * self.upwards + self.up,
            one.right * self.across + self.right,
            one.top * self.upwards + self.up,
        )


def fit_page(blank: Mapping[str, tuple[float, float]], copy: Mapping[str, tuple[float, float]]) -> Fit | None:
    """How the blank page's words lie on the copy's; None where it is no copy of that page."""
    shared = sorted(blank.keys() & copy.keys())
    least = max(_LEAST_WORDS, _LEAST_OF_BLANK * len(blank), _LEAST_OF_SHARED * len(shared))
    if len(shared) < least:
        return None
    before, after = (np.array([words[one] for one in shared]) for words in (blank, copy))
    (across, right), (upwards, up) = (_rough_line(before[:, side], after[:, side]) for side in (0, 1))
    kept = np.ones(len(shared), dtype=bool)
    for most in _OFF:
        off = np.hypot(before[:, 0] * across + right - after[:, 0], before[:, 1] * upwards + up - after[:, 1])
        kept = off <= most
        if kept.sum() < least:
            return None
        (across, right), (upwards, up) = (_line(before[kept, side], after[kept, side]) for side in (0, 1))
    if across <= 0 or abs(across - upwards) > _MOST_SQUEEZED * across:
        return None
    return Fit(across, right, upwards, up, int(kept.sum()))


def _rough_line(before: _Numbers, after: _Numbers) -> tuple[float, float]:
    """(slope, shift) by medians, which words in other places cannot pull away."""
    order = np.argsort(before)
    half = len(order) // 2
    low, high = order[:half], order[-half:]
    apart = before[high] - before[low]
    slopes = (after[high] - after[low])[apart > 0] / apart[apart > 0]
    slope = float(np.median(slopes)) if slopes.size else 1.0
    return slope, float(np.median(after - slope * before))


def _line(before: _Numbers, after: _Numbers) -> tuple[float, float]:
    """(slope, shift) of the straight line through the points."""
    spread = float(((before - before.mean()) ** 2).sum())
    slope = float(((before - before.mean()) * (after - after.mean())).sum()) / spread if spread else 1.0
    return slope, float(after.mean() - slope * before.mean())

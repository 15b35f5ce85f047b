"""Where each bar of a chart stands: the screen, the plain pages and the files draw from the same places."""

from dataclasses import dataclass
from typing import Literal

from dashboards.results.figures import Bars
from schemas.policy import Side

Kind = Literal["plain", "for", "against", "apart"]


@dataclass(frozen=True)
class PlacedBar:
    """One bar from `start` to `end`, in responses from the middle line, with its number at one of its ends."""

    label: str
    text: str
    kind: Kind
    start: float
    end: float

    @property
    def number_at(self) -> float:
        return self.start if self.kind == "against" else self.end


def place_bars(bars: Bars) -> tuple[PlacedBar, ...]:
    """Bars from the left of a plain list; of two sides to the right and left of a line, others across it."""
    sides: tuple[Side | None, ...] = bars.sides or (None,) * len(bars.labels)
    return tuple(
        _placed(label, text, value or 0, ("plain" if not bars.sides else side or "apart"))
        for label, value, text, side in zip(bars.labels, bars.values, bars.texts, sides, strict=True)
    )


def _placed(label: str, text: str, value: int, kind: Kind) -> PlacedBar:
    start = {"plain": 0.0, "for": 0.0, "against": -float(value), "apart": -value / 2}[kind]
    return PlacedBar(label, text, kind, start, start + value)

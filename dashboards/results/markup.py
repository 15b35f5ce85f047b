"""Charts for the plain pages and files: bars in per cent of a line's width, beside labels that wrap like text."""

from collections.abc import Callable
from dataclasses import dataclass

from dashboards.results import wording
from dashboards.results.drawing import CLOSING, COLOURS, TOLD, describe
from dashboards.results.figures import Bars, Figure, Line, Page
from dashboards.results.placing import PlacedBar, place_bars

# What the longest bar takes of its side; the rest is for the number behind it.
_PLAIN_SHARE = 80.0
_SIDED_SHARE = 34.0


@dataclass(frozen=True)
class BarMark:
    """One bar: where it begins and how wide it is, where its number stands, all in per cent of the width."""

    label: str
    text: str
    colour: str
    left: float
    width: float
    number_at: float
    is_left: bool
    is_apart: bool


@dataclass(frozen=True)
class BarChart:
    """Bars in their order; `apart` are those on neither side of the middle line, where `is_sided`."""

    marks: tuple[BarMark, ...]
    apart: tuple[BarMark, ...]
    is_sided: bool


@dataclass(frozen=True)
class DayMark:
    """One day of a running total, or a day that is marked: left edge and width, and height, in per cent."""

    left: float
    width: float
    height: float


@dataclass(frozen=True)
class DayChart:
    """A running total by day, with the days of the outreach log and the closing day as lines across it."""

    days: tuple[DayMark, ...]
    told: tuple[float, ...]
    closing: tuple[float, ...]
    first: str
    last: str
    most: str
    legend: str
    ink: str = COLOURS["plain"]
    closing_ink: str = CLOSING
    told_ink: str = TOLD


@dataclass(frozen=True)
class DrawnFigure:
    """A figure with its chart, the chart in words, and the address of its file, where there is one."""

    figure: Figure
    description: str
    bars: BarChart | None
    days: DayChart | None
    csv: str | None


@dataclass(frozen=True)
class DrawnPage:
    """A page with its figures drawn."""

    page: Page
    figures: tuple[DrawnFigure, ...]


def drawn_page(page: Page, watermark: str, csv: Callable[[str], str] | None = None) -> DrawnPage:
    """Draw every figure of a page; `csv` gives the address of a figure's file by its key."""
    return DrawnPage(
        page,
        tuple(
            DrawnFigure(
                figure=one,
                description=describe(one, watermark),
                bars=bar_chart(one),
                days=day_chart(one),
                csv=csv(one.key) if csv else None,
            )
            for one in page.figures
        ),
    )


def bar_chart(figure: Figure) -> BarChart | None:
    """The bars of a figure; None where it has no such chart."""
    if not isinstance(figure.chart, Bars):
        return None
    placed = place_bars(figure.chart)
    longest = max(max(abs(one.start), abs(one.end)) for one in placed) or 1
    is_sided = bool(figure.chart.sides)
    middle, share = (50.0, _SIDED_SHARE) if is_sided else (0.0, _PLAIN_SHARE)
    marks = [_mark(one, middle, share / longest) for one in placed]
    return BarChart(
        marks=tuple(mark for mark in marks if not mark.is_apart),
        apart=tuple(mark for mark in marks if mark.is_apart),
        is_sided=is_sided,
    )


def _mark(one: PlacedBar, middle: float, each: float) -> BarMark:
    return BarMark(
        label=one.label,
        text=one.text,
        colour=COLOURS[one.kind],
        left=round(middle + one.start * each, 2),
        width=round((one.end - one.start) * each, 2),
        number_at=round(middle + one.number_at * each, 2),
        is_left=one.kind == "against",
        is_apart=one.kind == "apart",
    )


def day_chart(figure: Figure) -> DayChart | None:
    """The running total of a figure, from its first day to the last or to the closing day; None where it has none."""
    line = figure.chart
    if not isinstance(line, Line) or not line.days:
        return None
    first = line.days[0]
    last = max(line.days[-1], *(day for day, _ in line.marks))
    width = 100 / ((last - first).days + 1)
    most = max(line.values) or 1
    return DayChart(
        days=tuple(
            DayMark(round((day - first).days * width, 3), round(width, 3), round(90 * value / most, 2))
            for day, value in zip(line.days, line.values, strict=True)
        ),
        told=tuple(round(((day - first).days + 0.5) * width, 3) for day, _ in line.told),
        closing=tuple(round(((day - first).days + 1) * width, 3) for day, _ in line.marks),
        first=f"{first.day} {first:%B}",
        last=f"{last.day} {last:%B}",
        most=wording.number(max(line.values)),
        legend=" ".join(
            [
                *(f"The dashed line: {words}." for _, words in line.marks),
                *(["Dotted lines: somebody was told; the notes below say who."] if line.told else []),
            ]
        ),
    )

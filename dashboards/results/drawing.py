"""Charts as Vega-Lite: dark hues, direct labels, text of at least 4.5:1, and words that say what a chart shows.

The charts are plain mappings: Altair would check them at every run of a page, and a test does so once.
"""

from datetime import date
from functools import lru_cache
from typing import Any

from dashboards.results import wording
from dashboards.results.figures import Bars, Figure, Line
from dashboards.results.placing import PlacedBar, place_bars

INK = "#0b0c0c"
COLOURS = {"plain": "#12507b", "for": "#12507b", "against": "#8a4b00", "apart": "#505a5f"}
CLOSING = "#8a2f00"
TOLD = "#505a5f"
_LINE_STEP = 16
_LINE_HEIGHT = 300
_LABEL_WIDTH = 26
_TITLE_WIDTH = 36
# The font that Streamlit brings with it.
_FONT = "Source Sans, Arial, sans-serif"
_KEPT = 256
Spec = dict[str, Any]


@lru_cache(maxsize=_KEPT)
def draw(figure: Figure, watermark: str) -> Spec | None:
    """The figure's chart with its titles and the watermark inside, so that they stay with a copied picture."""
    if figure.chart is None:
        return None
    drawn = _bars(figure.chart) if isinstance(figure.chart, Bars) else _line(figure.chart)
    title = {
        "text": wrapped(figure.title, _TITLE_WIDTH),
        "subtitle": [*([figure.base] if figure.base else []), watermark],
        "anchor": "start",
        "color": INK,
        "subtitleColor": INK,
        "fontSize": 15,
        "subtitleFontSize": 13,
        "offset": 12,
    }
    axis = dict.fromkeys(("labelColor", "titleColor", "domainColor", "tickColor"), INK)
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "title": title,
        "width": "container",
        "background": "white",
        "padding": {"left": 8, "top": 8, "right": 8, "bottom": 8},
        "config": {
            "font": _FONT,
            "view": {"stroke": None},
            "axis": axis | {"labelFontSize": 13, "titleFontSize": 13},
        },
        **drawn,
    }


def describe(figure: Figure, watermark: str) -> str:
    """The chart in words: headline, what it shows, every value, and as at when."""
    chart = figure.chart
    if isinstance(chart, Bars):
        values = "; ".join(f"{label}: {text}" for label, text in zip(chart.labels, chart.texts, strict=True))
        return f"{figure.headline}. Bar chart{_sides(chart)}. {figure.title}. {values}. {watermark}."
    if isinstance(chart, Line) and chart.days:
        span = f"from {wording.day(chart.days[0])} ({chart.values[0]}) to {wording.day(chart.days[-1])}"
        marks = "".join(f" {label} is marked." for _, label in chart.marks)
        told = f" {wording.counted(len(chart.told), 'day')} of the outreach log marked." if chart.told else ""
        return f"{figure.headline}. Line chart. {figure.title}, {span} ({chart.values[-1]}).{marks}{told} {watermark}."
    return f"{figure.headline}. {figure.title}. {watermark}."


def wrapped(text: str, width: int) -> list[str]:
    """`text` in lines of at most `width` characters, a longer word excepted."""
    lines = [""]
    for word in text.split():
        fits = len(lines[-1]) + 1 + len(word) <= width
        if lines[-1] and not fits:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _sides(bars: Bars) -> str:
    if not bars.sides:
        return ""
    said = {"for": "for to the right", "against": "against to the left", None: "on neither side apart"}
    return f" with {wording.listed([words for side, words in said.items() if side in bars.sides])}"


def _bars(bars: Bars) -> Spec:
    """Each bar from its start to its end, its number at the end. A hidden count has no width, and words for a number.

    Labels are broken here and split by Vega, so that a phone shows them whole.
    """
    placed = place_bars(bars)
    labels = ["\n".join(wrapped(one.label, _LABEL_WIDTH)) for one in placed]
    rows = [
        {
            "label": label,
            "start": one.start,
            "end": one.end,
            "at": one.number_at,
            "align": "right" if one.kind == "against" else "left",
            "text": one.text,
            "colour": COLOURS[one.kind],
        }
        for label, one in zip(labels, placed, strict=True)
    ]
    axis = {"title": None, "labelExpr": "split(datum.label, '\\n')", "labelLimit": 220, "ticks": False, "domain": False}
    y = {
        "field": "label",
        "type": "nominal",
        "sort": labels,
        "axis": axis,
        "scale": {"paddingInner": 0.35},
    }
    x = {"type": "quantitative", "axis": None, "scale": {"domain": _extent(placed), "padding": 44, "nice": False}}
    # Inside each layer the values stay JSON; above them Streamlit would make an Arrow table of them.
    data = {"values": rows}
    marks = [
        {
            "data": data,
            "mark": {"type": "bar", "stroke": INK, "strokeWidth": 1},
            "encoding": {
                "y": y,
                "x": {"field": "start", **x},
                "x2": {"field": "end"},
                "color": {"field": "colour", "type": "nominal", "scale": None},
            },
        },
        *(
            {
                "data": data,
                "transform": [{"filter": f"datum.align == '{align}'"}],
                "mark": {"type": "text", "align": align, "dx": dx, "color": INK, "fontSize": 13},
                "encoding": {"y": y, "x": {"field": "at", **x}, "text": {"field": "text", "type": "nominal"}},
            }
            for align, dx in (("left", 5), ("right", -5))
        ),
    ]
    step = _LINE_STEP * (1.5 + max(label.count("\n") + 1 for label in labels))
    return {
        "layer": [*marks, *(_middle(x) if bars.sides else [])],
        "height": {"step": step},
    }


def _middle(x: Spec) -> list[Spec]:
    """The line between the two sides, and what stands to its left and right."""
    here = {"data": {"values": [{"zero": 0}]}, "encoding": {"x": {"field": "zero", **x}}}
    rule = {**here, "mark": {"type": "rule", "color": INK, "strokeWidth": 2}}
    sides = [
        {
            **here,
            "mark": {
                "type": "text",
                "text": text,
                "align": align,
                "dx": dx,
                "y": -8,
                "color": INK,
                "fontSize": 13,
                "fontWeight": "bold",
            },
        }
        for text, align, dx in (("Against", "right", -6), ("For", "left", 6))
    ]
    return [rule, *sides]


def _extent(placed: tuple[PlacedBar, ...]) -> list[float]:
    """Both sides are as wide as the longest bar, so that left and right compare."""
    furthest = max((max(abs(one.start), abs(one.end)) for one in placed), default=0) or 1
    return [-furthest if any(one.start < 0 or one.end < 0 for one in placed) else 0, furthest]


def _line(line: Line) -> Spec:
    rows = [{"day": _noon(day), "value": value} for day, value in zip(line.days, line.values, strict=True)]
    x = {
        "field": "day",
        "type": "temporal",
        "title": None,
        "axis": {"format": "%-d %b", "labelOverlap": True, "grid": False},
    }
    y = {
        "field": "value",
        "type": "quantitative",
        "title": line.unit.capitalize(),
        "scale": {"domainMin": 0},
        "axis": {"tickMinStep": 1},
    }
    curve = {
        "data": {"values": rows},
        "mark": {"type": "line", "color": COLOURS["plain"], "strokeWidth": 3, "interpolate": "step-after"},
        "encoding": {"x": x, "y": y},
    }
    closing = _marked(line.marks, x, CLOSING, {"align": "right", "dy": -6})
    told = _marked(line.told, x, TOLD, {"align": "center", "dy": -6}) if line.told else []
    return {"layer": [curve, *told, *closing], "height": _LINE_HEIGHT}


def _marked(marks: tuple[tuple[date, str], ...], x: Spec, colour: str, label: Spec) -> list[Spec]:
    data = {"values": [{"day": _noon(day), "label": words} for day, words in marks]}
    return [
        {
            "data": data,
            "mark": {"type": "rule", "color": colour, "strokeWidth": 2, "strokeDash": [6, 4]},
            "encoding": {"x": x},
        },
        {
            "data": data,
            "mark": {
                "type": "text",
                "baseline": "bottom",
                "color": colour,
                "fontSize": 13,
                "fontWeight": "bold",
                "y": 0,
                **label,
            },
            "encoding": {"x": x, "text": {"field": "label", "type": "nominal"}},
        },
    ]


def _noon(day: date) -> str:
    """Noon, so that no reader's time zone moves the day."""
    return f"{day.isoformat()}T12:00:00"

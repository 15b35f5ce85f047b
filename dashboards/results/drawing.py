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
# Pixels: a line of a label, a bar, what is between two bars, a whole running total.
_ROW, _BAR, _GAP = 18, 22, 12
_LINE_HEIGHT = 300
# Characters that a phone shows in a line.
_LABEL_WIDTH = 40
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
        # The height is the chart's own: titles come on top of it.
        "autosize": {"type": "fit-x", "contains": "padding"},
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
    """Labels above bars, so that a phone has room for both; each number at the end of its bar.

    A hidden count has a bar of no width, and words for a number.
    """
    placed, is_sided = place_bars(bars), bool(bars.sides)
    rows, words = [], []
    top = _ROW if is_sided else 0
    for place, one in enumerate(placed):
        if is_sided and one.kind == "apart" and (place == 0 or placed[place - 1].kind != "apart"):
            words.append({"words": "On neither side", "at": top + _GAP, "weight": "bold"})
            top += _GAP + _ROW
        for line in wrapped(one.label, _LABEL_WIDTH):
            words.append({"words": line, "at": top, "weight": "normal"})
            top += _ROW
        rows.append(
            {
                "label": one.label,
                "start": one.start,
                "end": one.end,
                "at": one.number_at,
                "align": "right" if one.kind == "against" else "left",
                "text": one.text,
                "colour": COLOURS[one.kind],
                "top": top,
                "bottom": top + _BAR,
            }
        )
        top += _BAR + _GAP
    x = {"type": "quantitative", "axis": None, "scale": {"domain": _extent(placed), "padding": 44, "nice": False}}
    y = {"type": "quantitative", "axis": None, "scale": {"domain": [0, top], "reverse": True, "nice": False}}
    layers = [_bar_layer(rows, x, y), *_number_layers(rows, x, y), *_label_layers(words, y)]
    return {
        "layer": [*layers, *(_middle(rows, x, y) if is_sided else [])],
        "height": top,
    }


# Inside each layer the values stay JSON; above them Streamlit would make an Arrow table of them.
def _bar_layer(rows: list[Spec], x: Spec, y: Spec) -> Spec:
    return {
        "data": {"values": rows},
        "mark": {"type": "bar", "stroke": INK, "strokeWidth": 1},
        "encoding": {
            "x": {"field": "start", **x},
            "x2": {"field": "end"},
            "y": {"field": "top", **y},
            "y2": {"field": "bottom"},
            "color": {"field": "colour", "type": "nominal", "scale": None},
        },
    }


def _number_layers(rows: list[Spec], x: Spec, y: Spec) -> list[Spec]:
    return [
        {
            "data": {"values": [row for row in rows if row["align"] == align]},
            "mark": {"type": "text", "align": align, "dx": dx, "dy": _BAR / 2, "color": INK, "fontSize": 13},
            "encoding": {
                "x": {"field": "at", **x},
                "y": {"field": "top", **y},
                "text": {"field": "text", "type": "nominal"},
            },
        }
        for align, dx in (("left", 5), ("right", -5))
    ]


def _label_layers(words: list[Spec], y: Spec) -> list[Spec]:
    return [
        {
            "data": {"values": [one for one in words if one["weight"] == weight]},
            "mark": {
                "type": "text",
                "x": 0,
                "align": "left",
                "baseline": "top",
                "color": INK,
                "fontSize": 13,
                "fontWeight": weight,
            },
            "encoding": {"y": {"field": "at", **y}, "text": {"field": "words", "type": "nominal"}},
        }
        for weight in ("normal", "bold")
        if any(one["weight"] == weight for one in words)
    ]


def _middle(rows: list[Spec], x: Spec, y: Spec) -> list[Spec]:
    """The line between the two sides, at each bar that stands on one, and what is to its left and right."""
    apart = COLOURS["apart"]
    at_bars = [
        {"zero": 0, "top": row["top"] - 2, "bottom": row["bottom"] + 2} for row in rows if row["colour"] != apart
    ]
    rule = {
        "data": {"values": at_bars},
        "mark": {"type": "rule", "color": INK, "strokeWidth": 2},
        "encoding": {"x": {"field": "zero", **x}, "y": {"field": "top", **y}, "y2": {"field": "bottom"}},
    }
    data = {"values": [{"zero": 0, "head": 0}]}
    sides = [
        {
            "data": data,
            "mark": {
                "type": "text",
                "text": text,
                "align": align,
                "baseline": "top",
                "dx": dx,
                "color": INK,
                "fontSize": 13,
                "fontWeight": "bold",
            },
            "encoding": {"x": {"field": "zero", **x}, "y": {"field": "head", **y}},
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

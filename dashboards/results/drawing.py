"""Charts: one dark hue, direct labels, text of at least 4.5:1, and words that say what the chart shows."""

from datetime import date

import altair as alt

from dashboards.results import wording
from dashboards.results.figures import Bars, Figure, Line

_INK = "#0b0c0c"
_BAR = "#12507b"
_MARK = "#8a2f00"
_LINE_STEP = 16
_LINE_HEIGHT = 300
_LABEL_WIDTH = 26
_TITLE_WIDTH = 36
# The font that Streamlit brings with it.
_FONT = "Source Sans, Arial, sans-serif"


def draw(figure: Figure, watermark: str) -> alt.LayerChart | None:
    """The figure's chart with its titles and the watermark inside, so that they stay with a copied picture."""
    if figure.chart is None:
        return None
    layers = _bars(figure.chart) if isinstance(figure.chart, Bars) else _line(figure.chart)
    title = alt.TitleParams(
        text=_wrapped(figure.title, _TITLE_WIDTH),
        subtitle=[*([figure.base] if figure.base else []), watermark],
        anchor="start",
        color=_INK,
        subtitleColor=_INK,
        fontSize=15,
        subtitleFontSize=13,
    )
    chart: alt.LayerChart = (
        layers.properties(
            title=title,
            width="container",
            background="white",
            padding={"left": 8, "top": 8, "right": 8, "bottom": 8},
        )
        .configure(font=_FONT)
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=_INK, titleColor=_INK, domainColor=_INK, tickColor=_INK, labelFontSize=13, titleFontSize=13
        )
    )
    return chart


def describe(figure: Figure, watermark: str) -> str:
    """The chart in words: headline, what it shows, every value, and as at when."""
    chart = figure.chart
    if isinstance(chart, Bars):
        values = "; ".join(f"{label}: {text}" for label, text in zip(chart.labels, chart.texts, strict=True))
        return f"{figure.headline}. Bar chart. {figure.title}. {values}. {watermark}."
    if isinstance(chart, Line) and chart.days:
        span = f"from {wording.day(chart.days[0])} ({chart.values[0]}) to {wording.day(chart.days[-1])}"
        marks = "".join(f" {label} is marked." for _, label in chart.marks)
        return f"{figure.headline}. Line chart. {figure.title}, {span} ({chart.values[-1]}).{marks} {watermark}."
    return f"{figure.headline}. {figure.title}. {watermark}."


def _bars(bars: Bars) -> alt.LayerChart:
    # A hidden count has a bar of no width, and words where the number would stand.
    # Labels are broken here and split by Vega, so that a phone shows them whole.
    wrapped = ["\n".join(_wrapped(label, _LABEL_WIDTH)) for label in bars.labels]
    rows = [
        {"label": label, "value": value or 0, "text": text}
        for label, value, text in zip(wrapped, bars.values, bars.texts, strict=True)
    ]
    axis = alt.Axis(title=None, labelExpr="split(datum.label, '\\n')", labelLimit=220, ticks=False, domain=False)
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        y=alt.Y("label:N", sort=wrapped, axis=axis, scale=alt.Scale(paddingInner=0.35)),
        x=alt.X("value:Q", axis=None, scale=alt.Scale(domainMin=0, padding=40)),
    )
    marks = base.mark_bar(color=_BAR)
    labels = base.mark_text(align="left", dx=5, color=_INK, fontSize=13).encode(text="text:N")
    step = _LINE_STEP * (1.5 + max(label.count("\n") + 1 for label in wrapped))
    return alt.LayerChart(layer=[marks, labels]).properties(height=alt.Step(step))


def _line(line: Line) -> alt.LayerChart:
    rows = [{"day": _noon(day), "value": value} for day, value in zip(line.days, line.values, strict=True)]
    x = alt.X("day:T", title=None, axis=alt.Axis(format="%-d %b", labelOverlap=True, grid=False))
    y = alt.Y("value:Q", title=line.unit.capitalize(), scale=alt.Scale(domainMin=0), axis=alt.Axis(tickMinStep=1))
    curve = alt.Chart(alt.InlineData(values=rows)).mark_line(color=_BAR, strokeWidth=3, interpolate="step-after")
    marked = alt.InlineData(values=[{"day": _noon(day), "label": label} for day, label in line.marks])
    rules = alt.Chart(marked).mark_rule(color=_MARK, strokeWidth=2, strokeDash=[6, 4]).encode(x=x)
    labels = (
        alt.Chart(marked)
        .mark_text(align="right", baseline="bottom", dy=-6, color=_MARK, fontSize=13, fontWeight="bold")
        .encode(x=x, y=alt.value(0), text="label:N")
    )
    return alt.LayerChart(layer=[curve.encode(x=x, y=y), rules, labels]).properties(height=_LINE_HEIGHT)


def _noon(day: date) -> str:
    """Noon, so that no reader's time zone moves the day."""
    return f"{day.isoformat()}T12:00:00"


def _wrapped(text: str, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        fits = len(lines[-1]) + 1 + len(word) <= width
        if lines[-1] and not fits:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return lines

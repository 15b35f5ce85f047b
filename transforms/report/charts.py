"""Charts of a report as small SVG pictures: bars with their labels and figures beside them, and the same as PNG."""

import io
from collections.abc import Iterator
from html import escape

import pypdfium2
from weasyprint import HTML

from transforms.report.document import Chart, text_of

_INK = "#0b0c0c"
_COLOURS = {"for": "#12507b", "against": "#8a4b00", "apart": "#505a5f"}
_SIDES = {"for": "For", "against": "Against", "apart": "On neither side"}
_WIDTH, _LABELS, _FIGURES = 640, 250, 90
_LINE, _GAP, _BAR = 18, 14, 22
_LETTERS = 34
_SCALE = 2


def chart_svg(chart: Chart, mark: str) -> str:
    """The chart as one picture, with its statistical title, its base and the mark inside, so that they stay with it."""
    most = max((bar.figure.value or 0 for bar in chart.bars), default=0) or 1
    room = _WIDTH - _LABELS - _FIGURES
    parts, top = [], 0.0
    # Where nothing stands on a side, all of it is of the one dark hue.
    colours = _COLOURS if _has_sides(chart) else dict.fromkeys(_COLOURS, _COLOURS["for"])
    for line in _wrapped(chart.title, 78):
        top += _LINE
        parts.append(_text(0, top, line, bold=True, size=15))
    for line in _wrapped(f"{text_of(chart.base)} {mark}", 86):
        top += _LINE
        parts.append(_text(0, top, line))
    top += _GAP
    for bar in chart.bars:
        lines = _wrapped(bar.label, _LETTERS)
        height = max(_BAR, _LINE * len(lines))
        middle = top + height / 2
        start = middle - _LINE * len(lines) / 2 + 13
        parts += [_text(0, start + _LINE * place, line) for place, line in enumerate(lines)]
        width = round(room * (bar.figure.value or 0) / most, 1)
        if width:
            fill = colours[bar.side]
            parts.append(
                f'<rect x="{_LABELS}" y="{middle - _BAR / 2}" width="{width}" height="{_BAR}" fill="{fill}"'
                f' stroke="{_INK}" stroke-width="1"/>'
            )
        parts.append(_text(_LABELS + width + 8, middle + 5, bar.figure.text, bold=True))
        top += height + _GAP
    if _has_sides(chart):
        parts += list(_legend(top))
        top += _LINE
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {top}" width="{_WIDTH}" height="{top}">'
        f'<rect width="{_WIDTH}" height="{top}" fill="#ffffff"/>{"".join(parts)}</svg>'
    )


def in_words(chart: Chart, mark: str) -> str:
    """The chart for who does not see it: headline, what it shows, every value."""
    values = "; ".join(f"{bar.label}: {bar.figure.text}" for bar in chart.bars)
    return f"{text_of(chart.headline)}. Bar chart. {chart.title}. {values}. {text_of(chart.base)} {mark}."


def chart_png(svg: str) -> bytes:
    """The picture as PNG, for word processors that draw no SVG; the same picture gives the same bytes."""
    size = svg.split('viewBox="0 0 ', 1)[1].split('"', 1)[0].split()
    style = f"@page {{ size: {size[0]}px {size[1]}px; margin: 0 }} body {{ margin: 0 }} svg {{ display: block }}"
    page = f"<style>{style}</style>{svg}"
    document = pypdfium2.PdfDocument(HTML(string=page).write_pdf())
    try:
        picture = document[0].render(scale=_SCALE).to_pil()
    finally:
        document.close()
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def _has_sides(chart: Chart) -> bool:
    return any(bar.side != "apart" for bar in chart.bars)


def _legend(top: float) -> Iterator[str]:
    for place, (side, words) in enumerate(_SIDES.items()):
        left = place * 130
        yield f'<rect x="{left}" y="{top - 11}" width="14" height="14" fill="{_COLOURS[side]}" stroke="{_INK}"/>'
        yield _text(left + 20, top, words)


def _text(x: float, y: float, words: str, *, bold: bool = False, size: int = 14) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return (
        f'<text x="{round(x, 1)}" y="{round(y, 1)}" font-family="Arial, Liberation Sans, DejaVu Sans, sans-serif"'
        f' font-size="{size}" fill="{_INK}"{weight}>{escape(words)}</text>'
    )


def _wrapped(text: str, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return lines

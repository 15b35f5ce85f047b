"""Charts say the same as their tables, in colours that can be read; text is never taken for Markdown."""

from dataclasses import replace
from datetime import date

import altair as alt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from dashboards.results import drawing
from dashboards.results.content import pages_for
from dashboards.results.drawing import describe, draw
from dashboards.results.figures import Bars, Figure, Line, Table
from dashboards.results.rendering import markdown_text
from dashboards.results.settings import ResultsSettings
from dashboards.results.views import view_of

BARS = Figure(
    key="positions-whole",
    headline="31 of 54 coded answers: Support",
    title="Coded answers by position",
    table=Table("c", ("Position", "Coded answers"), (("Support", "31"), ("Oppose", "not shown"))),
    chart=Bars(("Support", "Oppose"), (31, None), ("31", "not shown")),
    base="Base: 54 coded answers.",
)
LINE = Figure(
    key="over-time",
    headline="70 responses received",
    title="Responses received so far, by day",
    table=Table("c", ("Day", "Received"), (("1 March 2007", "0"), ("2 March 2007", "70"))),
    chart=Line((date(2007, 3, 1), date(2007, 3, 2)), (0, 70), ((date(2007, 5, 31), "Closes 31 May 2007"),)),
)
WATERMARK = "Interim, as at 16 April 2007, 17:00"


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("colour", [drawing.INK, drawing.CLOSING, drawing.TOLD, *drawing.COLOURS.values()])
def test_every_colour_of_a_chart_stands_out_from_its_white_ground(colour: str) -> None:
    assert 1.05 / (luminance(colour) + 0.05) >= 4.5


def drawn_values(spec: dict) -> list[list[dict]]:
    """The rows of every layer."""
    return [part["data"]["values"] for part in spec["layer"]]


def test_bars_have_the_tables_figures_as_labels_and_the_watermark_inside() -> None:
    spec = draw(BARS, WATERMARK)
    assert spec is not None
    rows, numbers, on_the_left, labels = drawn_values(spec)
    assert (numbers, on_the_left) == (rows, [])
    assert [(one["words"], one["at"]) for one in labels] == [("Support", 0), ("Oppose", 52)]
    assert [(one["top"], one["bottom"]) for one in rows] == [(18, 40), (70, 92)]
    assert [(one["label"], one["start"], one["end"], one["text"], one["align"]) for one in rows] == [
        ("Support", 0, 31, "31", "left"),
        ("Oppose", 0, 0, "not shown", "left"),
    ]
    assert spec["title"]["subtitle"] == ["Base: 54 coded answers.", WATERMARK]
    assert spec["background"] == "white"


def test_what_is_for_goes_right_what_is_against_left_and_what_is_neither_stands_across_the_line() -> None:
    chart = Bars(
        ("Support", "With reservations", "Oppose", "Unclear"),
        (31, 9, 12, 2),
        ("31", "9", "12", "2"),
        ("for", "for", "against", None),
    )
    spec = draw(replace(BARS, chart=chart), WATERMARK)
    assert spec is not None
    rows, to_the_right, to_the_left, labels, heads, *middle = drawn_values(spec)
    assert [[one["text"] for one in side] for side in (to_the_right, to_the_left)] == [["31", "9", "2"], ["12"]]
    assert [one["words"] for one in (*labels, *heads)] == [*chart.labels, "On neither side"]
    assert [(one["label"], one["start"], one["end"], one["at"], one["align"], one["colour"]) for one in rows] == [
        ("Support", 0, 31, 31, "left", drawing.COLOURS["for"]),
        ("With reservations", 0, 9, 9, "left", drawing.COLOURS["for"]),
        ("Oppose", -12, 0, -12, "right", drawing.COLOURS["against"]),
        ("Unclear", -1, 1, 1, "left", drawing.COLOURS["apart"]),
    ]
    # The line stands beside the bars that are on a side.
    assert middle[0] == [{"zero": 0, "top": one["top"] - 2, "bottom": one["bottom"] + 2} for one in rows[:3]]
    assert middle[1:] == [[{"zero": 0, "head": 0}]] * 2
    assert rows[3]["top"] > rows[2]["bottom"] + 40
    assert [part["mark"]["text"] for part in spec["layer"][-2:]] == ["Against", "For"]
    bars = spec["layer"][0]
    assert bars["encoding"]["x"]["scale"]["domain"] == [-31, 31]
    assert (bars["mark"]["stroke"], bars["mark"]["strokeWidth"]) == (drawing.INK, 1)
    assert describe(replace(BARS, chart=chart), WATERMARK) == (
        "31 of 54 coded answers: Support. Bar chart with for to the right, against to the left and on neither side "
        "apart. Coded answers by position. Support: 31; With reservations: 9; Oppose: 12; Unclear: 2. "
        "Interim, as at 16 April 2007, 17:00."
    )


def test_the_two_sides_are_never_told_by_red_and_green() -> None:
    """Blue and brown: the blue channel tells them apart, which no common colour blindness takes away."""
    sides = [drawing.COLOURS[side] for side in ("for", "against")]
    blue = [int(colour[5:7], 16) for colour in sides]
    assert blue[0] - blue[1] > 100


def test_the_line_marks_the_closing_day_and_when_who_was_told() -> None:
    spec = draw(replace(LINE, chart=replace(LINE.chart, told=((date(2007, 3, 2), "1"),))), WATERMARK)
    assert spec is not None
    curve, told_rule, told_words, closing_rule, closing_words = drawn_values(spec)
    assert curve == [{"day": "2007-03-01T12:00:00", "value": 0}, {"day": "2007-03-02T12:00:00", "value": 70}]
    assert told_rule == told_words == [{"day": "2007-03-02T12:00:00", "label": "1"}]
    assert closing_rule == closing_words == [{"day": "2007-05-31T12:00:00", "label": "Closes 31 May 2007"}]


def test_the_words_for_a_chart_hold_all_that_it_shows() -> None:
    assert describe(BARS, WATERMARK) == (
        "31 of 54 coded answers: Support. Bar chart. Coded answers by position. Support: 31; Oppose: not shown. "
        "Interim, as at 16 April 2007, 17:00."
    )
    assert describe(LINE, WATERMARK) == (
        "70 responses received. Line chart. Responses received so far, by day, from 1 March 2007 (0) to "
        "2 March 2007 (70). Closes 31 May 2007 is marked. Interim, as at 16 April 2007, 17:00."
    )


@pytest.mark.parametrize("consultation", ["third-sector-2007", "parks-and-libraries-2007"])
def test_every_chart_of_every_page_is_valid(results: ResultsSettings, consultation: str) -> None:
    view = view_of(results, consultation)
    charts = [draw(figure, view.watermark) for page in pages_for(view, "member") for figure in page.figures]
    valid = [alt.LayerChart.from_dict(chart, validate=True) for chart in charts if chart is not None]
    assert len(valid) >= 8


@given(st.text(alphabet="ab1 .:-+*_#>~`[]()!|$<\\\n", max_size=40))
def test_text_comes_out_of_markdown_as_it_went_in(text: str) -> None:
    line = " ".join(text.split())
    tokens = MarkdownIt("commonmark").parse(markdown_text(line))
    inside = [child for token in tokens for child in (token.children or [])]
    assert {token.type for token in tokens} <= {"paragraph_open", "inline", "paragraph_close"}
    assert {child.type for child in inside} <= {"text", "text_special"}
    assert "".join(child.content for child in inside).replace("\u2060", "") == line


@pytest.mark.parametrize("text", [":red[x]", ":material/home:", ":smile:", "$a$", "~~a~~"])
def test_streamlits_own_markup_is_taken_apart(text: str) -> None:
    assert markdown_text(text) != text
    assert markdown_text(text).replace("\\", "") == text

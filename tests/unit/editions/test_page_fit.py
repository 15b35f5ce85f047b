"""Laying a blank page on a copy by the words on both."""

from hypothesis import given
from hypothesis import strategies as st

from ingest.mail.documents.page_fit import Fit, fit_page
from ingest.mail.documents.pdf_page import Rectangle
from schemas.editions.fillable_layout import FieldPlace

BLANK = {f"word{n}": (60.0 + 37 * (n % 13), 800.0 - 21 * n) for n in range(30)}


def moved(scale: float, right: float, up: float) -> dict[str, tuple[float, float]]:
    return {word: (x * scale + right, y * scale + up) for word, (x, y) in BLANK.items()}


@given(st.floats(0.4, 1.6), st.floats(-200, 200), st.floats(-200, 200))
def test_a_copy_that_was_scaled_and_moved_is_found_where_it_is(scale: float, right: float, up: float) -> None:
    fit = fit_page(BLANK, moved(scale, right, up))
    assert fit is not None
    found = fit.place(FieldPlace("q", 100, 200, 300, 250))
    expected = Rectangle(100 * scale + right, 200 * scale + up, 300 * scale + right, 250 * scale + up)
    for side in ("left", "bottom", "right", "top"):
        assert abs(getattr(found, side) - getattr(expected, side)) < 1e-6


def test_some_words_elsewhere_do_not_matter() -> None:
    copy = moved(0.9, 20, 30) | {"word3": (0.0, 0.0), "word7": (500.0, 10.0), "other": (1.0, 1.0)}
    fit = fit_page(BLANK, copy)
    assert fit is not None
    assert (round(fit.across, 6), round(fit.right, 6), round(fit.up, 6), fit.words) == (0.9, 20, 30, 28)


def test_the_same_words_in_other_places_are_another_page() -> None:
    shuffled = dict(zip(BLANK, reversed(list(BLANK.values())), strict=True))
    turned = {word: (x, -y) for word, (x, y) in BLANK.items()}
    squeezed = {word: (x * 0.9, y) for word, (x, y) in BLANK.items()}
    assert [fit_page(BLANK, copy) for copy in (shuffled, turned, squeezed)] == [None, None, None]


def test_too_few_words_are_no_page() -> None:
    few = dict(list(BLANK.items())[:7])
    assert (fit_page(few, few), fit_page(BLANK, few)) == (None, None)
    half = dict(list(BLANK.items())[:15])
    assert fit_page(BLANK, half) == Fit(1.0, 0.0, 1.0, 0.0, 15)

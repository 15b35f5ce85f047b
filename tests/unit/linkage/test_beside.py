"""Two texts side by side: which stretches differ."""

import pytest

from transforms.linkage.beside import MOST_WORDS, Piece, pieces_of


def same(text: str) -> Piece:
    return Piece(text, differs=False)


def other(text: str) -> Piece:
    return Piece(text, differs=True)


def test_words_that_one_of_two_texts_has_are_marked_and_the_texts_stay_whole() -> None:
    first, second = "Open it on Sundays, please.", "Open  it on Saturdays, and soon, please."
    one, two = pieces_of(first, second)
    assert one == (same("Open it on "), other("Sundays, "), same("please."))
    assert two == (same("Open  it on "), other("Saturdays, and soon, "), same("please."))
    assert ("".join(piece.text for piece in one), "".join(piece.text for piece in two)) == (first, second)


@pytest.mark.parametrize("text", ["", " ", "Yes.", " Yes.\n\nNo. "])
def test_equal_texts_have_no_difference_and_lose_nothing(text: str) -> None:
    one, two = pieces_of(text, text)
    assert (one, "".join(piece.text for piece in one)) == (two, text)
    assert not any(piece.differs for piece in one)


def test_capitals_and_space_are_no_difference_and_words_added_at_an_end_are_one() -> None:
    assert pieces_of("YES to\nall", "yes  to all") == ((same("YES to\nall"),), (same("yes  to all"),))
    assert pieces_of("Yes.", "Yes. No.") == ((same("Yes."),), (same("Yes. "), other("No.")))


def test_a_text_of_very_many_words_is_marked_as_a_whole() -> None:
    long = "word " * (MOST_WORDS + 1)
    assert pieces_of(long, long) == ((same(long),), (same(long),))
    assert pieces_of(long, "word") == ((other(long),), (other("word"),))

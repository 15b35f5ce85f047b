"""Which words of an answer are meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.coding.quotes import NO_SENTENCE, NOT_THERE, NOTHING, QuoteError, quote_of, sentences_of

TEXT = 'We agree. It costs £3.50 at www.example.org, though!\n\n"Who pays?" we ask\n  We agree.  '


def test_sentences_are_in_order_and_a_line_ends_one() -> None:
    assert sentences_of(TEXT) == (
        "We agree.",
        "It costs £3.50 at www.example.org, though!",
        '"Who pays?"',
        "we ask",
        "We agree.",
    )
    assert sentences_of(" \n ") == ()


@given(st.text(alphabet=st.sampled_from('ab .!?\n"3') | st.characters(), max_size=80))
def test_sentences_hold_every_letter_of_the_text(text: str) -> None:
    assert "".join("".join(sentences_of(text)).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("1", "We agree."),
        (" 5 ", "We agree."),
        ("2-3", 'It costs £3.50 at www.example.org, though!\n\n"Who pays?"'),
        ("4 to 5", "we ask\n  We agree."),
        ('who PAYS?" we', 'Who pays?" we'),
        ('though! "who', 'though!\n\n"Who'),
        ("£3.50", "£3.50"),
        # No sentence of that number, but a number in the answer.
        ("50", "50"),
    ],
)
def test_a_number_or_the_words_name_the_quote(given: str, meant: str) -> None:
    assert quote_of(TEXT, given) == meant


@pytest.mark.parametrize(
    ("text", "given", "why"),
    [
        (TEXT, "needle", NOT_THERE),
        (TEXT, "", NOTHING),
        (TEXT, "6", NO_SENTENCE),
        (TEXT, "3-2", NO_SENTENCE),
        (TEXT, "0", "0"),
        ("", "", NOTHING),
    ],
)
def test_what_is_not_in_the_answer_is_refused_without_its_words(text: str, given: str, why: str) -> None:
    if why == "0":
        assert quote_of(text, given) == "0"
        return
    with pytest.raises(QuoteError) as caught:
        quote_of(text, given)
    assert str(caught.value) == why


def test_an_answer_of_one_sentence_is_its_own_quote() -> None:
    assert quote_of("  We agree.\n", "") == "We agree."


@given(st.lists(st.sampled_from(["We agree.", "No!", "Why?", "trees"]), min_size=1, max_size=6), st.data())
def test_each_sentence_is_quoted_by_its_number(parts: list[str], data: st.DataObject) -> None:
    text = "\n".join(parts)
    number = data.draw(st.integers(1, len(parts)))
    assert quote_of(text, str(number)) == parts[number - 1]

"""What of a text is compared, and what makes no difference."""

import pyarrow as pa
import pytest

from transforms.campaigns.normalise import normalise

PLAIN = "keep the cafe open because we dont want to lose it"


def compared(text: str | None) -> str:
    made = normalise(pa.array([text], pa.string()))
    return bytes(made.letters_of_all[: made.lengths[0]]).decode("latin-1")


@pytest.mark.parametrize(
    "text",
    [
        "Keep the CAFÉ open, because we don't want to lose it!",
        "  keep the cafe\n\nopen - because\twe don’t want to lose it …",
        "“Keep the cafe\u0301 open” (because we dont want to lose it)",
        "> Keep the café\n> open because\n> we don`t want to lose it",
        "ｋｅｅｐ the café open because we do\u00adn't want to lose it \N{GRINNING FACE}",
    ],
)
def test_capitals_accents_punctuation_and_spaces_make_no_difference(text: str) -> None:
    assert compared(text) == PLAIN


@pytest.mark.parametrize(
    "signature",
    [
        "Yours sincerely,\nJane Doe",
        "Kind regards\nJ. Doe\n3 New Street\nDerby",
        "With many thanks and best wishes, Jo",
        "Regards, Jo",
    ],
)
def test_the_signature_is_left_out(signature: str) -> None:
    assert compared(f"{PLAIN}.\n\n{signature}") == PLAIN


@pytest.mark.parametrize(
    "text",
    [
        "i sincerely hope that you will think again about all this and keep the cafe open for everybody here",
        "it is wrong as regards the money that was promised to us by the last council and the one before",
    ],
)
def test_words_of_a_signature_inside_a_text_stay(text: str) -> None:
    assert compared(text) == text


def test_a_formula_far_from_the_end_is_no_signature() -> None:
    text = "yours sincerely is how the letter ended " + "but then came all of this which is of the text as well " * 4
    assert compared(text) == text.strip()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Оставьте библиотеку открытой по субботам", "оставьте библиотеку открытой по субботам!"),
        ("ابقوا المكتبة مفتوحة يوم السبت", "ابقوا المكتبة مفتوحة يومَ السَّبت،"),
        ("請讓圖書館在星期六開放", "請讓圖書館在星期六開放。"),
    ],
)
def test_other_scripts_are_compared_like_any(one: str, other: str) -> None:
    assert compared(one) == compared(other)
    assert len(compared(one)) == len(one)


def test_different_texts_of_other_scripts_stay_different() -> None:
    assert compared("закройте библиотеку") != compared("откройте библиотеку")


@pytest.mark.parametrize("text", [None, "", " \n ", "...", "Yours sincerely, Jane"])
def test_a_text_without_words_is_empty(text: str | None) -> None:
    assert compared(text) == ""


def test_a_slice_of_texts_is_read_where_it_begins() -> None:
    texts = pa.array(["Eins", "Zwei Drei", None, "Vier"])[1:]
    made = normalise(texts)
    compared_parts = zip(made.starts[:-1], made.lengths, strict=True)
    assert [bytes(made.letters_of_all[at : at + n]) for at, n in compared_parts] == [b"zwei drei", b"", b"vier"]
    assert made.letters.tolist() == [8, 0, 4]

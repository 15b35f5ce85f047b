"""The text of the square code on a printed page."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.editions.page_code import PageCode, decode_page_code, encode_page_code
from schemas.editions.print_layout import VARIANTS

LANGUAGES = ("en", "ar", "cy", "gd", "kmr", "zh-Hant", "pt-BR", "zh-Hant-HK")
# What a QR code packs tightest, and nothing else.
PACKED = set(string.digits + string.ascii_uppercase + " $%*+-./:")
codes = st.builds(
    PageCode,
    questionnaire_hash=st.text("0123456789abcdef", min_size=12, max_size=12),
    language=st.sampled_from(LANGUAGES),
    variant=st.sampled_from(VARIANTS),
    page=st.integers(0, 9999),
    serial=st.none() | st.from_regex(r"[2-9A-Z]{3}-[2-9A-Z]{4}", fullmatch=True),
)


@given(codes)
def test_a_code_says_what_was_encoded(code: PageCode) -> None:
    assert decode_page_code(encode_page_code(code)) == code


@given(codes)
def test_a_code_is_written_in_the_letters_that_pack_tightest(code: PageCode) -> None:
    text = encode_page_code(code)

    assert set(text) <= PACKED
    assert len(text) <= 52


@given(codes, st.data())
def test_one_changed_letter_makes_it_no_code_of_ours(code: PageCode, data: st.DataObject) -> None:
    text = encode_page_code(code)
    place = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.sampled_from(sorted(PACKED - {text[place]})))

    assert decode_page_code(text[:place] + letter + text[place + 1 :]) is None


@given(st.text())
def test_other_texts_are_no_code_of_ours(text: str) -> None:
    assert decode_page_code(text) is None


@pytest.mark.parametrize("text", ["", ":", "https://example.org/", "YS1:::::::", "WIFI:T:WPA;S:net;P:secret;;"])
def test_codes_of_others_are_no_code_of_ours(text: str) -> None:
    assert decode_page_code(text) is None


def test_only_the_first_digits_of_a_hash_are_in_the_code() -> None:
    code = PageCode("0123456789ab" + "c" * 52, "en", "large", 3, "223-223T")

    assert decode_page_code(encode_page_code(code)) == PageCode("0123456789ab", "en", "large", 3, "223-223T")

"""The pattern pack: what is found by form, checksum or cue word, and what is left alone."""

import pytest

from transforms.masking.checksums import is_card_number, is_iban, is_nhs_number
from transforms.masking.lexicon import Lexicon
from transforms.masking.patterns import find_patterns
from transforms.masking.response import mask_found
from transforms.masking.spans import without_overlaps

NOTHING_KNOWN = Lexicon({}, frozenset())


def masked(text: str) -> str:
    return mask_found({"text": text}, {"text": without_overlaps(find_patterns(text))}, NOTHING_KNOWN)["text"].text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Write to Ann.O'Neil+x@mail.example.co.uk today", "Write to [email] today"),
        ("ann @ example . org", "[email]"),
        ("jo (at) example (dot) org, or jo [at] example.net", "[email], or [email]"),
        ("mine is jo_71 at hotmail dot co dot uk", "mine is [email]"),
        ("jo@gmail,com", "[email]"),
        ("bertrand.côté@example.org", "[email]"),
        ("Ring 01332 255555 or 07700 900123", "Ring [phone] or [phone]"),
        ("Ring +44 (0)1332 255 555 ext 12.", "Ring [phone]."),
        ("(01332) 255555", "[phone]"),
        ("O1332 255555, o7700 9oo123", "[phone], [phone]"),
        ("0 1 3 3 2 2 5 5 5 5 5", "[phone]"),
        ("0044 1632 960983", "[phone]"),
        ("tel: 255555", "tel: [phone]"),
        ("I live at DE1 2FS", "I live at [postcode area DE1]"),
        ("i live at de222ab, near", "i live at [postcode area DE22], near"),
        ("at DEI 2FS or SW1A 1AA", "at [postcode area DE1] or [postcode area SW1A]"),
        ("DE23 floods; my postcode is m14", "[postcode area DE23] floods; my postcode is [postcode area M14]"),
        ("D E 1 2 F S", "[postcode area DE1]"),
        ("My NI is QQ123456C", "My NI is [NI number]"),
        ("I am AB 12 34 56 C", "I am [NI number]"),
        ("NHS number: 943 476 5919", "NHS number: [NHS number]"),
        ("My hospital knows me as 9434765919", "My hospital knows me as [NHS number]"),
        ("born on 3 May 1961 in Derby", "born on [date of birth] in Derby"),
        ("DOB 03/05/1961, d.o.b. 3.5.61", "DOB [date of birth], d.o.b. [date of birth]"),
        ("I was born in 1938.", "I was born in [date of birth]."),
        ("I am 82 and my 9 year old son", "I am [age] and my [age] year old son"),
        ("Vehicle YK09 VBN is dumped", "Vehicle [number plate] is dumped"),
        ("my car, reg p123 abc", "my car, reg [number plate]"),
        ("sort code 40-11-62 account no 22334455", "sort code [bank details] account no [bank details]"),
        ("GB82 WEST 1234 5698 7654 32", "[bank details]"),
        ("4539 1488 0343 6467", "[card number]"),
        ("council tax ref: 60021183345", "council tax ref: [number]"),
        ("Blue Badge no. 049183", "Blue Badge no. [number]"),
        ("See https://example.org/a?b=1.", "See [web address]."),
        ("See www.example.org for it", "See [web address] for it"),
        ("ask @derbyvoices, please", "ask [handle], please"),
        ("we live at 14 kedleston road, flat 2", "we live at [address], flat 2"),
        ("PO Box 112", "[address]"),
    ],
)  # fmt: skip
def test_a_find_is_replaced_by_a_label_that_says_what_stood_there(text: str, expected: str) -> None:
    assert masked(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "We met on 3 May 2007 in room 183.",
        "The A96 and form B9119 are not places, nor are the M1, S106 and CO2.",
        "Grants of 10,000 to 25,000 pounds over 3 years",
        "Agree 100%.",
        "9434765919 things",
        "between 2004 and 2007",
        "The hall was built in 1938, for people aged 65 and over and those aged 18 to 25.",
        "3 new houses on the main road, 12 people in the street",
        "Option 1 2 3 or 4",
        "The Compact was signed at noon.",
        "the b 52 bus at 7.30",
    ],
)
def test_numbers_that_identify_nobody_are_left(text: str) -> None:
    assert masked(text) == text


def test_checksums_tell_numbers_of_a_kind_from_other_digits() -> None:
    assert [is_nhs_number(one) for one in ("943 476 5919", "943 476 5918", "94347659")] == [True, False, False]
    assert [is_card_number(one) for one in ("4539148803436467", "4539148803436468", "0" * 16)] == [True, False, False]
    assert [is_iban(one) for one in ("GB82 WEST 1234 5698 7654 32", "GB83 WEST 1234 5698 7654 32")] == [True, False]


def test_an_nhs_number_with_a_wrong_digit_is_masked_after_its_name_and_not_without() -> None:
    assert masked("NHS number 943 476 5918") == "NHS number [NHS number]"
    assert masked("We counted 943 476 5918 leaflets") == "We counted 943 476 5918 leaflets"

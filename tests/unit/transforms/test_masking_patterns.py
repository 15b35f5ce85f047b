"""Masking by pattern: what is found, what is left alone, and that the cheap test before it hides nothing."""

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from transforms.masking.patterns import mask_text, masked_cells, may_hold_a_find


@pytest.fixture(scope="module")
def database() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def _mask(database: duckdb.DuckDBPyConnection, text: str) -> str:
    row = database.execute(f"SELECT {mask_text('$text')}", {"text": text}).fetchone()
    assert row
    return str(row[0])


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Write to Ann.O'Neil+x@mail.example.co.uk today", "Write to [email] today"),
        ("ann @ example . org", "[email]"),
        ("Ring 01332 255555 or 07700 900123", "Ring [phone] or [phone]"),
        ("Ring +44 (0)1332 255 555 ext 12.", "Ring [phone] ext 12."),
        ("(01332) 255555", "[phone]"),
        ("I live at DE1 2FS", "I live at [postcode area DE1]"),
        ("i live at de222ab, near", "i live at [postcode area de22], near"),
        ("My NI is QQ123456C", "My NI is QQ123456C"),
        ("My NI is AB 12 34 56 C", "My NI is [NI number]"),
        ("NHS number: 943 476 5919", "NHS number: [NHS number]"),
        ("born on 3 May 1961 in Derby", "born on [date of birth] in Derby"),
        ("DOB 03/05/1961", "DOB [date of birth]"),
        ("See https://example.org/a?b=1.", "See [web address]."),
        ("See www.example.org for it", "See [web address] for it"),
        ("ask @derbyvoices, please", "ask [handle], please"),
    ],
)
def test_a_find_is_replaced_by_a_label_that_says_what_stood_there(
    database: duckdb.DuckDBPyConnection, text: str, masked: str
) -> None:
    assert _mask(database, text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "We met on 3 May 2007 in room 183.",
        "The A96 and form B9119 are not places.",
        "Grants of 10,000 to 25,000 pounds over 3 years",
        "Agree 100%.",
        "9434765919 things",
        "between 2004 and 2007",
    ],
)
def test_numbers_that_identify_nobody_are_left(database: duckdb.DuckDBPyConnection, text: str) -> None:
    assert _mask(database, text) == text


PIECES = st.sampled_from(
    ["ann@example.org", " 01332 255555", " DE1 2FS", " http://a.org", " WWW.a.org", " @abc", " May ", "Voluntary", " 7"]
)


@settings(deadline=None, max_examples=60)
@given(st.lists(PIECES | st.text(max_size=8), max_size=6).map("".join))
@example("Www.example.org")
def test_the_cheap_test_lets_every_text_through_that_masking_changes(text: str) -> None:
    with duckdb.connect() as database:
        row = database.execute(f"SELECT {may_hold_a_find('$text')}, {mask_text('$text')}", {"text": text}).fetchone()
    assert row
    assert row[0] or row[1] == text


def test_only_changed_cells_are_kept(database: duckdb.DuckDBPyConnection) -> None:
    database.execute("CREATE OR REPLACE TABLE answered AS SELECT 1 AS rid, 'In 2007' AS one, 'DE1 2FS' AS two")
    assert database.execute(masked_cells("answered", ["one", "two"])).fetchall() == [
        (1, "two", "[postcode area DE1]"),
    ]

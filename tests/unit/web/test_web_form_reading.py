"""Reading a posted form, its ticket and the page texts, as rules."""

import string
from datetime import UTC, date, datetime
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.web.chrome import LOCALES, catalogue, chrome_in, language_name
from ingest.web.errors import RefusedError
from ingest.web.form.posted import as_day, read_posted, slips
from ingest.web.form.ticket import fingerprint, new_ticket
from schemas.definition import BUILT_IN, load_definition
from schemas.questionnaire import MultipleChoice

PARKS = load_definition(BUILT_IN / "parks-and-libraries-2007").questionnaire
NOW = datetime(2007, 5, 1, 12, 30, 15, 999, tzinfo=UTC)
TEXTS = [
    name for name, one in PARKS.answer_columns().items() if one.kind in ("open_text", "short_text", "number", "date")
]
typed = st.text(st.characters(exclude_categories=["Cs"]), max_size=40).filter(lambda text: "\r" not in text)
KEY = b"k" * 32


@given(st.dictionaries(st.sampled_from(TEXTS), typed))
def test_what_is_typed_arrives_unchanged_and_what_is_blank_is_no_answer(answers: dict[str, str]) -> None:
    as_a_browser_sends = {name: text.replace("\n", "\r\n") for name, text in answers.items()}
    posted = read_posted(urlencode(as_a_browser_sends).encode(), PARKS)
    assert posted.answers == {name: text for name, text in answers.items() if text.strip()}


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_in_a_sentence(body: bytes) -> None:
    try:
        read_posted(body, PARKS)
    except RefusedError as error:
        assert (error.status, str(error)[-1]) == (400, ".")


@given(st.lists(st.sampled_from([choice.code for choice in PARKS.field("r1_capacity").choices])))
def test_ticks_are_kept_in_order_each_once(ticks: list[str]) -> None:
    assert isinstance(PARKS.field("r1_capacity"), MultipleChoice)
    posted = read_posted(urlencode({"r1_capacity": ticks}, doseq=True).encode(), PARKS)
    assert posted.answers == ({"r1_capacity": list(dict.fromkeys(ticks))} if ticks else {})


@given(st.dates(date(1000, 1, 1)))
def test_both_ways_to_write_a_day_are_read(day: date) -> None:
    assert as_day(day.isoformat()) == as_day(f" {day.day}/{day.month}/{day.year} ") == day


@pytest.mark.parametrize("text", ["", "2007", "2007-13-01", "30/02/2007", "1.2.2007", "2007-01-01T00:00", "٢٧/٤/٢٠٠٧x"])
def test_what_is_no_day_is_none(text: str) -> None:
    assert as_day(text) is None


@given(typed)
def test_no_sentence_about_a_slip_repeats_what_was_typed(text: str) -> None:
    needle = f"needle{text}"
    found = slips(PARKS, dict.fromkeys(["q2_visits", "q3_last_visit", "r5_district"], needle), chrome_in("en"))
    assert list(found) == ["q2_visits", "q3_last_visit", "r5_district"]
    assert "needle" not in " ".join(found.values())


def test_a_ticket_is_whole_seconds_and_does_not_show_its_secret() -> None:
    ticket = new_ticket("one", NOW)
    assert ticket.opened_at == NOW.replace(microsecond=0)
    assert ticket.secret not in repr(ticket)
    assert len({new_ticket("one", NOW).form_id for _ in range(10)}) == 10


def test_the_fingerprint_needs_the_pages_secret_the_servers_key_and_the_answers() -> None:
    ticket, other = new_ticket("one", NOW), new_ticket("one", NOW)
    prints = {
        fingerprint(ticket, b"answers", KEY),
        fingerprint(other, b"answers", KEY),
        fingerprint(ticket, b"answers", b"x" * 32),
        fingerprint(ticket, b"other", KEY),
    }
    assert len(prints) == 4
    assert fingerprint(ticket, b"answers", KEY) in prints


@pytest.mark.parametrize("language", sorted(file.stem for file in LOCALES.glob("*.toml")))
def test_every_language_has_every_text_with_the_same_names_to_fill_in(language: str) -> None:
    def names(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}

    english = catalogue("en")
    assert {key: names(text) for key, text in catalogue(language).items()} == {
        key: names(text) for key, text in english.items()
    }


def test_the_languages_of_the_built_in_consultations_have_their_own_texts() -> None:
    used = {language for folder in BUILT_IN.iterdir() for language in load_definition(folder).questionnaire.languages}
    assert sorted(language for language in used if not (LOCALES / f"{language}.toml").exists()) == []


def test_a_language_without_texts_falls_back_to_english_with_its_own_dates_and_direction() -> None:
    urdu = chrome_in("ur")
    assert (urdu.text("send"), urdu.direction) == ("Send my answers", "rtl")
    assert chrome_in("pl").day(date(2007, 5, 31)) == "31 maja 2007"
    assert [language_name(language) for language in ("en", "ar", "pl", "zz")] == ["English", "العربية", "polski", "zz"]

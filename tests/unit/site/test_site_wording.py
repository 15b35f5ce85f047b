"""The words of the pages of results: the same in every language, and written as its readers write."""

import re
import tomllib
from datetime import UTC, date, datetime

import pytest

from transforms.site.media import media_type_of, use_of
from transforms.site.wording import LOCALES, has_wording, wording_in

PLACES = re.compile(r"{(\w+)}")


def texts(language: str) -> dict[str, str]:
    return tomllib.loads((LOCALES / f"{language}.toml").read_text("utf-8"))


@pytest.mark.parametrize("language", [one.stem for one in LOCALES.glob("*.toml") if one.stem != "en"])
def test_every_language_has_every_text_with_the_same_places(language: str) -> None:
    english, other = texts("en"), texts(language)
    assert list(other) == list(english)
    assert {key: sorted(set(PLACES.findall(text))) for key, text in other.items()} == {
        key: sorted(set(PLACES.findall(text))) for key, text in english.items()
    }


def test_a_language_without_texts_is_known_as_such() -> None:
    assert [has_wording(one) for one in ("en", "ar", "cy", "../en")] == [True, True, False, False]


@pytest.mark.parametrize(
    ("size", "said"),
    [(0, "0 bytes"), (999, "999 bytes"), (1_000, "1 kB"), (59_567, "60 kB"), (1_250_000, "1.2 MB")],
)
def test_sizes_are_said_as_people_say_them(size: int, said: str) -> None:
    assert wording_in("en").size(size) == said


def test_days_and_numbers_are_written_as_the_council_writes_them() -> None:
    english = wording_in("en")
    assert english.day(date(2007, 4, 4)) == "4 April 2007"
    assert english.moment(datetime(2007, 4, 4, 17, tzinfo=UTC)) == "4 April 2007, 17:00"
    assert [english.count(one) for one in (1234, 0, None)] == ["1,234", "0", "not shown"]
    assert english.all_of(["a", "b", "c"]) == "a, b and c"


@pytest.mark.parametrize(
    ("name", "media_type", "use"),
    [
        ("tables/ledger.csv", "text/csv; charset=utf-8; header=present", "data"),
        ("report.html", "text/html; charset=utf-8", "document"),
        ("report.PDF", "application/pdf", "document"),
        ("LICENCE.txt", "text/plain; charset=utf-8", "document"),
        ("SHA256SUMS", "text/plain; charset=utf-8", "data"),
        ("picture.svg", "application/octet-stream", "data"),
        ("script.js", "application/octet-stream", "data"),
    ],
)
def test_nothing_but_what_is_read_is_shown_in_the_browser(name: str, media_type: str, use: str) -> None:
    assert (media_type_of(name), use_of(name)) == (media_type, use)

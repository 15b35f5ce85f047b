"""The easy-read edition on the web: its first page, its words in both forms, and that it is noted inside the seal."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from ingest.web.form.layout import pages_of
from schemas.data_folder import DataFolder
from schemas.definition import EASY_READ, Definition
from tests.integration.web.respondent import Respondent, Shown, arrived

THIRD, PARKS = "third-sector-2007", "parks-and-libraries-2007"


@pytest.mark.parametrize(
    ("query", "language", "words"), [("", "en", "Easy read"), ("?lang=ar", "ar", "نسخة سهلة القراءة")]
)
def test_from_the_consultations_page_to_the_receipt_in_easy_words(
    parks_url: str, data: DataFolder, parks: Definition, query: str, language: str, words: str
) -> None:
    easy_read = parks.easy_read
    assert easy_read is not None
    person = Respondent(parks_url, PARKS, query).open("")
    (link,) = [href for href, said in person.page.links.items() if said == words]
    person.follow(link)
    assert person.path == "/easy-read"
    assert person.page.headings == [parks.questionnaire.title.in_language(language)]
    for line in easy_read.introduction.in_language(language).strip().splitlines():
        assert line in person.page.text
    (start,) = [href for href in person.page.links if "/respond" in href]
    assert start == f"/{PARKS}/respond?lang={language}&edition=easy_read"
    person.follow(start)
    answers: dict[str, Any] = {"q1_use": "other", "q1_use_other": "x", "q2_visits": "3", "r1_capacity": ["group"]}
    for page in pages_of(parks.questionnaire):
        assert person.path == f"/respond/{page.id}"
        for one in page.question.fields:
            easy = easy_read.of(one.id)
            assert easy is not None
            assert easy.label.in_language(language) in person.page.text
            if easy.hint:
                assert easy.hint.in_language(language) in person.page.text
        preamble = page.question.preamble
        assert preamble is None or preamble.in_language(language) not in person.page.text
        person.give({name: answer for name, answer in answers.items() if name in page.columns})
    asked = [question for question, _ in person.page.rows]
    assert asked == [one.label.in_language(language) for one in easy_read.fields]
    person.give().receipt()
    (event,) = arrived(parks_url, data, parks)
    assert event.document is not None
    assert (event.document.edition, event.document.language) == ("easy_read", language)
    assert (event.document.answers, event.document.questionnaire_hash) == (answers, parks.questionnaire_hash)


def test_who_goes_back_to_the_usual_form_keeps_the_answers_and_answers_in_its_edition(
    parks_url: str, data: DataFolder, parks: Definition
) -> None:
    person = Respondent(parks_url, PARKS, "?edition=easy_read").open().give({"q1_use": "neither"})
    person.query = ""
    person.open()
    assert person.page.form.filled == {"q1_use": ["neither"]}
    assert "Which do you use most?" in person.page.text
    person.fill({"q1_use": "neither"}).give().receipt()
    (event,) = arrived(parks_url, data, parks)
    assert event.document is not None
    assert (event.document.edition, event.document.answers) == (None, {"q1_use": "neither"})


def test_a_second_version_begun_in_easy_words_is_in_easy_words(
    parks_url: str, data: DataFolder, parks: Definition
) -> None:
    person = Respondent(parks_url, PARKS, "?edition=easy_read")
    person.respond({"q1_use": "neither"})
    person.give()
    assert "Which do you go to most?" in person.page.text
    person.fill({"q1_use": "parks"}).give().receipt()
    told = [(event.event, event.document.edition) for event in arrived(parks_url, data, parks) if event.document]
    assert told == [("submission", "easy_read"), ("supersede", "easy_read")]


def test_the_offline_form_has_the_easy_words_too(parks_url: str, parks: Definition) -> None:
    easy_read = parks.easy_read
    assert easy_read is not None
    usual = requests.get(f"{parks_url}/{PARKS}/form", timeout=10).text
    easy = requests.get(f"{parks_url}/{PARKS}/form?edition=easy_read", timeout=10).text
    assert ('"edition": "easy_read"' in easy, '"edition": null' in usual) == (True, True)
    for one in easy_read.fields:
        assert one.label.in_language("en") in Shown(easy).text
    assert "The council proposes to open two libraries on Sundays" in Shown(usual).text
    assert "The council proposes to open two libraries on Sundays" not in Shown(easy).text


@pytest.mark.parametrize("edition", ["other", "", "EASY_READ"])
def test_an_edition_that_there_is_not_is_the_usual_form(parks_url: str, edition: str) -> None:
    person = Respondent(parks_url, PARKS, f"?edition={edition}").open()
    assert "Which do you use most?" in person.page.text
    assert "edition" not in person.answer.url.removesuffix(f"edition={edition}")


def test_without_such_an_edition_nothing_offers_it(
    publish: Callable[[str], Definition], serve: Callable[[], Any], data: DataFolder
) -> None:
    publish(THIRD)
    (data.definitions / THIRD / EASY_READ).unlink()
    with serve() as url:
        start = Respondent(url, THIRD).open("")
        assert "Easy read" not in start.page.text
        missing = start.open("/easy-read")
        assert missing.answer.status_code == 404
        assert "This consultation has no easy-read edition; see the other formats on its page." in missing.page.text
        person = Respondent(url, THIRD, "?edition=easy_read").open()
        assert "What do you think of the term 'Third Sector'?" in person.page.text

"""The form page by page without a script: which pages come, what they ask back, what arrives."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from ingest.web.chrome import chrome_in
from ingest.web.form.layout import pages_of
from schemas.clock import SteppedClock
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from schemas.envelope import MAX_SEALED_BYTES
from tests.integration.web.respondent import Fields, Respondent, arrived

THIRD, PARKS = "third-sector-2007", "parks-and-libraries-2007"
A_DAY = "Write a day such as 31/07/2007, from 1 January 1997 to 31 July 2007"
THIRD_ANSWERS: Fields = {
    "q1a_term": 'Fine.\r\n\r\nTwo paragraphs & <b>"marks"</b>',
    "q1b_preference": "Yes",
    "q2_place": "Agreed",
    "q3_accountable": "ਹਾਂ",
    "q4_grants_contracts": "Broadly",
    "q5_full_cost": "Pay £100",
    "q6_monitoring": "Too much",
    "q7_review": "  kept as typed ",
    "r1_type": ["voluntary_community_rep", "derby_resident", "other"],
    "r1_type_other": "a trustee",
    "r2_organisation": "Example Trust",
    "r3_role": "Chair",
}
PARKS_ANSWERS: Fields = {
    "q1_use": "other",
    "q1_use_other": "المتحف",
    "q2_visits": "12",
    "q3_last_visit": "27/04/2007",
    "q4_satisfied": "5",
    "q5_proposal": "نعم",
    "r1_capacity": ["resident", "group"],
    "r2_organisation": "جمعية",
    "r3_role": "أمينة",
    "r4_age": "from_45_to_64",
    "r5_district": "de1",
    "c1_given_name": "Example",
    "c2_family_name": "Person",
    "c3_email": "person@example.org",
    "c4_phone": "01632 960000",
    "p1_publish": "no",
}


def as_stored(answers: Fields) -> Fields:
    """Line ends as they were typed; browsers send others."""
    return {name: value.replace("\r\n", "\n") if isinstance(value, str) else value for name, value in answers.items()}


@pytest.mark.parametrize(
    ("consultation", "query", "language", "direction", "answers"),
    [(THIRD, "", "en", "ltr", THIRD_ANSWERS), (PARKS, "?lang=ar", "ar", "rtl", PARKS_ANSWERS)],
)
def test_every_question_is_asked_on_its_page_in_order_and_its_answer_arrives_as_it_was_given(
    publish: Callable[[str], Definition],
    serve: Callable[[], Any],
    data: DataFolder,
    clock: SteppedClock,
    consultation: str,
    query: str,
    language: str,
    direction: str,
    answers: Fields,
) -> None:
    definition = publish(consultation)
    pages, title = pages_of(definition.questionnaire), definition.questionnaire.title.in_language(language)
    with serve() as url:
        person = Respondent(url, consultation, query).open()
        for page in pages:
            shown = person.page
            assert person.path == f"/respond/{page.id}"
            assert tuple(shown.form.controls) == page.columns
            assert len(shown.headings) == 1
            assert shown.title == f"{shown.headings[0]} – {title} – {chrome_in(language).text('service')}"
            assert (shown.attributes["lang"], shown.attributes["dir"]) == (language, direction)
            person.give({name: answers[name] for name in page.columns})
        assert person.path == "/respond/check"
        person.give().receipt()
        (event,) = arrived(url, data, definition)
    assert event.document is not None
    assert (event.event, event.channel, event.relates_to) == ("submission", "web", None)
    assert event.document.answers == as_stored(answers)
    assert set(event.document.answers) == set(definition.questionnaire.answer_columns())
    assert (event.document.consultation, event.document.questionnaire_hash, event.document.language) == (
        consultation,
        definition.questionnaire_hash,
        language,
    )
    assert event.document.started_at == clock.now().isoformat()
    assert (event.document.edition, event.document.assistance) == (None, None)


def test_pages_on_which_nothing_is_asked_are_left_out(parks_url: str) -> None:
    person = Respondent(parks_url, PARKS).open().give({"q1_use": "neither"})
    assert person.path == "/respond/question-4"
    assert person.page.links[f"/{PARKS}/respond/question-1?lang=en"] == "Back"
    person.open("/respond/question-1").give({"q1_use": "parks"})
    assert person.path == "/respond/question-2"


def test_answers_to_what_is_no_longer_asked_are_not_sent_but_come_back_with_the_question(
    parks_url: str, data: DataFolder, parks: Definition
) -> None:
    answers: Fields = {"q1_use": "parks", "q2_visits": "12", "r1_capacity": ["group"], "r2_organisation": "Friends"}
    person = Respondent(parks_url, PARKS).open().fill(answers)
    person.open("/respond/question-1").give({"q1_use": "neither"})
    person.open("/respond/r1_capacity").give({"r1_capacity": ["resident"]})
    check = person.open("/respond/check").page.text
    assert ("About how many times" in check, "name of the group" in check) == (False, False)
    person.open("/respond/question-1").give({"q1_use": "libraries"})
    assert person.page.form.filled == {"q2_visits": ["12"]}
    person.open("/respond/question-1").give({"q1_use": "neither"})
    person.open("/respond/check").give().receipt()
    (event,) = arrived(parks_url, data, parks)
    assert event.document is not None
    assert event.document.answers == {"q1_use": "neither", "r1_capacity": ["resident"]}


def test_the_back_link_leads_page_by_page_to_the_consultations_page(third_sector_url: str) -> None:
    person = Respondent(third_sector_url, THIRD).open().fill({"r1_type": ["derby_resident"]})
    back = []
    while person.path:
        (href,) = [href for href, words in person.page.links.items() if words == "Back"]
        back.append(person.follow(href).path)
    assert back == ["/respond/r1_type", *(f"/respond/question-{n}" for n in (7, 6, 5, 4, 3, 2, 1)), ""]


def test_the_check_page_lists_every_answer_and_a_change_leads_back_to_it(parks_url: str, parks: Definition) -> None:
    person = Respondent(parks_url, PARKS).open().fill(PARKS_ANSWERS)
    assert person.page.rows == [
        ("Which do you use most?", ["Something else (please say)", "المتحف"]),
        ("About how many times did you visit one in the last twelve months?", ["12"]),
        ("When was your last visit?", ["27/04/2007"]),
        ("How satisfied are you with parks and libraries?", ["Very satisfied"]),
        ("What do you think of this proposal?", ["نعم"]),
        ("Who are you answering as? (tick all that apply)", ["A resident", "A group or organisation"]),
        ("What is the name of the group or organisation?", ["جمعية"]),
        ("What is your role in it?", ["أمينة"]),
        ("How old are you?", ["45 to 64"]),
        ("What is the first half of your postcode?", ["de1"]),
        ("First name", ["Example"]),
        ("Last name", ["Person"]),
        ("E-mail address", ["person@example.org"]),
        ("Telephone number", ["01632 960000"]),
        ("May we publish what you have written, without your name?", ["No, do not publish it"]),
    ]
    changes = [href for href, words in person.page.links.items() if words.startswith("Change ")]
    assert changes == [f"/{PARKS}/respond/{page.id}?lang=en&return=check" for page in pages_of(parks.questionnaire)]
    person.follow(f"/{PARKS}/respond/question-4?lang=en&return=check")
    assert person.page.form.filled == {"q4_satisfied": ["5"]}
    assert person.page.links[f"/{PARKS}/respond/check?lang=en"] == "Back"
    person.give({"q4_satisfied": "1"})
    assert person.path == "/respond/check"
    assert person.page.rows[3] == ("How satisfied are you with parks and libraries?", ["Very dissatisfied"])


def test_another_language_keeps_every_answer(parks_url: str, data: DataFolder, parks: Definition) -> None:
    person = Respondent(parks_url, PARKS).open().give({"q1_use": "other", "q1_use_other": "Museum"})
    person.open("/respond/question-1").follow("?lang=ar")
    shown = person.page
    assert (shown.attributes["lang"], shown.attributes["dir"]) == ("ar", "rtl")
    assert shown.form.filled == {"q1_use": ["other"], "q1_use_other": ["Museum"]}
    assert shown.form.action == f"/{PARKS}/respond/question-1?lang=ar"
    person.fill({"q1_use": "other", "q1_use_other": "Museum", "q2_visits": "3"}).give().receipt()
    (event,) = arrived(parks_url, data, parks)
    assert event.document is not None
    assert (event.document.language, event.document.answers) == (
        "ar",
        {"q1_use": "other", "q1_use_other": "Museum", "q2_visits": "3"},
    )


@pytest.mark.parametrize(
    ("page", "field", "answer", "sentence"),
    [
        ("question-2", "q2_visits", "many", "Write a whole number from 0 to 1000"),
        ("question-2", "q2_visits", "1001", "Write a whole number from 0 to 1000"),
        ("question-2", "q2_visits", "nan", "Write a whole number from 0 to 1000"),
        ("question-3", "q3_last_visit", "31/02/2007", A_DAY),
        ("question-3", "q3_last_visit", "01/08/2007", A_DAY),
        ("r5_district", "r5_district", "DE1 2FS", "Write only the first half of the postcode, such as DE1"),
        ("question-5", "q5_proposal", "x" * 20_001, "Write at most 20000 characters"),
    ],
)  # fmt: skip
def test_a_slip_is_shown_once_with_what_was_typed_and_then_taken_as_it_is(
    parks_url: str, data: DataFolder, parks: Definition, page: str, field: str, answer: str, sentence: str
) -> None:
    person = Respondent(parks_url, PARKS).open().give({"q1_use": "parks"}).open(f"/respond/{page}")
    asked = person.give({field: answer})
    assert (asked.answer.status_code, asked.path) == (422, f"/respond/{page}")
    assert asked.page.title.startswith("Error: ")
    assert (asked.page.errors, asked.page.links[f"#{field}"]) == ([sentence], sentence)
    assert asked.page.form.filled == {field: [answer]}
    assert arrived(parks_url, data, parks) == []
    person.give({field: answer})
    assert (person.answer.status_code, person.path == f"/respond/{page}") == (200, False)
    person.open("/respond/check").give().receipt()
    (event,) = arrived(parks_url, data, parks)
    assert event.document is not None
    assert event.document.answers == {"q1_use": "parks", field: answer}


def test_an_answer_of_fifty_thousand_characters_arrives_whole(
    third_sector_url: str, data: DataFolder, third_sector: Definition
) -> None:
    long = "ਹਾਂ, and more. " * 3_334
    assert len(long) > 50_000
    person = Respondent(third_sector_url, THIRD).open().give({"q1a_term": long})
    person.open("/respond/check").give().receipt()
    (event,) = arrived(third_sector_url, data, third_sector)
    assert event.document is not None
    assert event.document.answers == {"q1a_term": long}


def test_a_blank_form_says_so_and_can_be_sent(
    third_sector_url: str, data: DataFolder, third_sector: Definition
) -> None:
    person = Respondent(third_sector_url, THIRD).open().fill({"q2_place": "  \r\n ", "r1_type_other": ""})
    assert "You have not answered anything. You can send an empty form if you wish." in person.page.text
    assert arrived(third_sector_url, data, third_sector) == []
    person.give().receipt()
    (event,) = arrived(third_sector_url, data, third_sector)
    assert event.document is not None
    assert event.document.answers == {}


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        ("unknown_field=1", None, 400),
        ("r1_type=no_such_choice", None, 400),
        ("q2_place=one&q2_place=two", None, 400),
        ("q2_place=%ff", None, 400),
        ("q2_place=ÿ".encode("latin-1"), None, 400),
        ("&".join(["r1_type=other"] * 2_001), None, 400),
        ("{}", "application/json", 415),
        ("--x\r\n", "multipart/form-data; boundary=x", 415),
        (b"q2_place=" + b"a" * MAX_SEALED_BYTES, None, 413),
    ],
)
@pytest.mark.parametrize("page", ["question-2", "check"])
def test_what_no_page_of_ours_sends_is_refused_in_a_sentence(
    quiet: Any, page: str, body: str | bytes, content_type: str | None, status: int
) -> None:
    headers = {"content-type": content_type or "application/x-www-form-urlencoded"}
    answer = requests.post(f"{quiet.url}/{THIRD}/respond/{page}", data=body, headers=headers, timeout=20)
    assert answer.status_code == status
    assert '<h1 class="govuk-heading-l">This did not work</h1>' in answer.text
    assert quiet.stored() == 0


def test_answers_that_are_too_long_together_are_refused_and_the_ones_before_are_kept(third_sector_url: str) -> None:
    half = "a" * (MAX_SEALED_BYTES * 6 // 10)
    person = Respondent(third_sector_url, THIRD).open().give({"q1a_term": half}, **{"form-slips-shown": "yes"})
    refused = person.open("/respond/question-2").give({"q2_place": half}, **{"form-slips-shown": "yes"})
    assert refused.answer.status_code == 413
    assert "These answers are too long to be sent together; please shorten them." in refused.page.text
    assert person.open("/respond/question-1").page.form.filled == {"q1a_term": [half]}

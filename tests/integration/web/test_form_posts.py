"""The form without a script: every kind of question, what is asked back, and what is never accepted."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import requests

from schemas.clock import SteppedClock
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from schemas.envelope import MAX_SEALED_BYTES
from schemas.response import ResponseDocument, decode_response
from schemas.sealing import open_sealed, read_identity

THIRD_SECTOR = {
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
PARKS = {
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


@dataclass
class Respondent:
    """Somebody with a browser that has no scripts: opens the form, sends it."""

    url: str
    consultation: str
    session: requests.Session
    read: Callable[[str], object]
    query: str = ""

    def open(self) -> dict[str, str]:
        page = self.session.get(f"{self.url}/{self.consultation}/respond{self.query}", timeout=10)
        assert page.status_code == 200
        return self.read(page.text).hidden

    def send(self, fields: dict[str, object], follow: bool = True) -> requests.Response:
        body = urlencode(fields, doseq=True)
        headers = {"content-type": "application/x-www-form-urlencoded"}
        address = f"{self.url}/{self.consultation}/send{self.query}"
        return self.session.post(address, data=body, headers=headers, timeout=20, allow_redirects=follow)


@pytest.fixture
def respondent(form_page: Callable[[str], object]) -> Callable[..., Respondent]:
    return lambda url, consultation, query="": Respondent(url, consultation, requests.Session(), form_page, query)


@pytest.fixture
def stored(data: DataFolder, feed_headers: Callable[[], dict[str, str]]) -> Callable[..., list[ResponseDocument]]:
    """What was stored, opened as the pipeline would."""

    def read(url: str, consultation: str) -> list[ResponseDocument]:
        feed = requests.get(f"{url}/api/consultations/{consultation}/feed", headers=feed_headers(), timeout=10)
        identity = read_identity(data.keys(consultation))
        opened = []
        for line in map(json.loads, feed.text.splitlines()):
            document = decode_response(open_sealed(base64.b64decode(line["sealed"]), identity))
            assert document.id == line["id"]
            opened.append(document)
        return opened

    return read


@pytest.mark.parametrize(
    ("consultation", "query", "language", "answers"),
    [("third-sector-2007", "", "en", THIRD_SECTOR), ("parks-and-libraries-2007", "?lang=ar", "ar", PARKS)],
)
def test_every_kind_of_question_is_asked_and_its_answer_arrives_as_it_was_given(
    publish: Callable[[str], Definition],
    serve: Callable[[], object],
    respondent: Callable[..., Respondent],
    stored: Callable[..., list[ResponseDocument]],
    clock: SteppedClock,
    consultation: str,
    query: str,
    language: str,
    answers: dict[str, object],
) -> None:
    definition = publish(consultation)
    with serve() as url:
        person = respondent(url, consultation, query)
        page = person.read(person.session.get(f"{url}/{consultation}/respond{query}", timeout=10).text)
        assert set(page.controls) == set(definition.questionnaire.answer_columns()) == set(answers)
        assert (page.lang, page.dir) == (language, definition.questionnaire.direction(language))
        done = person.send(page.hidden | answers)
        (document,) = stored(url, consultation)
    assert done.status_code == 200
    assert f"/{consultation}/received/" in done.url
    assert document.answers == {
        name: value.replace("\r\n", "\n") if isinstance(value, str) else value for name, value in answers.items()
    }
    assert (document.consultation, document.questionnaire_hash, document.language, document.started_at) == (
        consultation,
        definition.questionnaire_hash,
        language,
        clock.now().isoformat(),
    )


def test_the_receipt_page_shows_the_reference_and_the_local_time_and_the_look_up_finds_it(
    third_sector_url: str, respondent: Callable[..., Respondent]
) -> None:
    person = respondent(third_sector_url, "third-sector-2007")
    done = person.send(person.open() | {"q2_place": "needle-in-the-answer"})
    reference = done.url.rsplit("/", 1)[1]
    assert done.history[0].status_code == 303
    assert reference in done.text
    assert "14 May 2007, 10:30" in done.text
    assert "needle-in-the-answer" not in done.text
    for asked in (reference, reference.lower().replace("-", " ")):
        found = requests.get(f"{third_sector_url}/receipt", params={"reference": asked}, timeout=10).text
        assert "14 May 2007, 10:30" in found
        assert reference in found
        assert "needle-in-the-answer" not in found
    none = requests.get(f"{third_sector_url}/receipt", params={"reference": "AAAA-AAAA"}, timeout=10)
    assert (none.status_code, "Nothing was received" in none.text) == (200, True)


def test_the_same_form_sent_again_gives_the_same_receipt(
    third_sector_url: str, respondent: Callable[..., Respondent], stored: Callable[..., list[ResponseDocument]]
) -> None:
    person = respondent(third_sector_url, "third-sector-2007")
    form = person.open() | {"q2_place": "yes", "r1_type": ["derby_resident", "other"]}
    assert person.send(form).url == person.send(form).url
    assert len(stored(third_sector_url, "third-sector-2007")) == 1


def test_a_form_sent_again_with_other_answers_is_explained_and_both_are_kept(
    third_sector_url: str, respondent: Callable[..., Respondent], stored: Callable[..., list[ResponseDocument]]
) -> None:
    person = respondent(third_sector_url, "third-sector-2007")
    form = person.open()
    first = person.send(form | {"q2_place": "yes"}).url.rsplit("/", 1)[1]
    answers = [person.send(form | {"q2_place": "no"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [409, 409]
    assert answers[0].text == answers[1].text
    assert "We have two different sets of answers from this form" in answers[0].text
    assert first in answers[0].text
    kept = stored(third_sector_url, "third-sector-2007")
    assert [document.answers for document in kept] == [{"q2_place": "yes"}, {"q2_place": "no"}]
    assert kept[1].id.startswith(f"{kept[0].id}.conflict-")


def test_an_empty_form_is_asked_about_once_and_then_taken(
    third_sector_url: str,
    respondent: Callable[..., Respondent],
    stored: Callable[..., list[ResponseDocument]],
    form_page: Callable[[str], object],
) -> None:
    person = respondent(third_sector_url, "third-sector-2007")
    asked = person.send(person.open() | {"q2_place": "  \r\n ", "r1_type_other": ""})
    assert (asked.status_code, "You have not answered anything" in asked.text) == (200, True)
    assert stored(third_sector_url, "third-sector-2007") == []
    done = person.send(form_page(asked.text).hidden | {"form-send-anyway": "yes"})
    assert "/received/" in done.url
    assert [document.answers for document in stored(third_sector_url, "third-sector-2007")] == [{}]


@pytest.mark.parametrize(
    ("field", "answer", "sentence"),
    [
        ("q2_visits", "many", "Write a whole number from 0 to 1000"),
        ("q2_visits", "1001", "Write a whole number from 0 to 1000"),
        ("q2_visits", "nan", "Write a whole number from 0 to 1000"),
        ("q3_last_visit", "31/02/2007", "Write a day such as 31/07/2007, from 1 January 1997 to 31 July 2007"),
        ("q3_last_visit", "01/08/2007", "Write a day such as 31/07/2007, from 1 January 1997 to 31 July 2007"),
        ("r5_district", "DE1 2FS", "Write only the first half of the postcode, such as DE1"),
        ("q5_proposal", "x" * 20_001, "Write at most 20000 characters"),
    ],
)
def test_a_slip_is_shown_with_all_answers_kept_and_can_be_sent_as_it_is(
    parks_url: str,
    respondent: Callable[..., Respondent],
    stored: Callable[..., list[ResponseDocument]],
    form_page: Callable[[str], object],
    field: str,
    answer: str,
    sentence: str,
) -> None:
    person = respondent(parks_url, "parks-and-libraries-2007")
    given = {"q1_use": "parks", "q4_satisfied": "2", "r1_capacity": ["worker", "group"], "c1_given_name": 'A "B" <C>'}
    given |= {field: answer}
    asked = person.send(person.open() | given)
    page = form_page(asked.text)
    assert (asked.status_code, asked.headers["cache-control"]) == (422, "no-store")
    assert f'<a href="#{field}">{sentence}</a>' in asked.text
    assert "<title>Error: " in asked.text
    assert page.filled == {name: value if isinstance(value, list) else [value] for name, value in given.items()}
    assert stored(parks_url, "parks-and-libraries-2007") == []
    done = person.send(page.hidden | given | {"form-send-anyway": "yes"})
    assert "/received/" in done.url
    assert [document.answers for document in stored(parks_url, "parks-and-libraries-2007")] == [given]


@pytest.mark.parametrize("spoil", ["form-csrf", "form-ticket", "cookie"])
def test_a_form_that_cannot_be_checked_comes_back_with_its_answers_and_can_then_be_sent(
    third_sector_url: str,
    respondent: Callable[..., Respondent],
    stored: Callable[..., list[ResponseDocument]],
    form_page: Callable[[str], object],
    spoil: str,
) -> None:
    person = respondent(third_sector_url, "third-sector-2007")
    own = person.open()
    if spoil == "cookie":
        person.session.cookies.clear()
    else:
        own[spoil] = own[spoil][:-1] + ("0" if own[spoil][-1] != "0" else "1")
    asked = person.send(own | {"q2_place": "kept", "r1_type": ["other"], "r1_type_other": "this too"})
    page = form_page(asked.text)
    assert (asked.status_code, "Please send the form again" in asked.text) == (403, True)
    assert page.filled == {"q2_place": ["kept"], "r1_type": ["other"], "r1_type_other": ["this too"]}
    assert stored(third_sector_url, "third-sector-2007") == []
    assert "/received/" in person.send(page.hidden | page.filled).url


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
def test_what_no_page_of_ours_sends_is_refused_in_a_sentence(
    quiet: Any,
    body: str | bytes,
    content_type: str | None,
    status: int,
) -> None:
    headers = {"content-type": content_type or "application/x-www-form-urlencoded"}
    answer = requests.post(f"{quiet.url}/third-sector-2007/send", data=body, headers=headers, timeout=20)
    assert answer.status_code == status
    assert '<h1 class="govuk-heading-l">This did not work</h1>' in answer.text
    assert quiet.stored() == 0


def test_a_form_opened_in_time_is_taken_after_the_closing_date_and_one_without_ticket_is_not(
    third_sector_url: str,
    third_sector: Definition,
    respondent: Callable[..., Respondent],
    stored: Callable[..., list[ResponseDocument]],
    clock: SteppedClock,
) -> None:
    person = respondent(third_sector_url, "third-sector-2007")
    clock.moment = third_sector.closes_at() - timedelta(minutes=5)
    own = person.open()
    clock.moment = third_sector.closes_at() + timedelta(minutes=5)
    late = person.send(own | {"q2_place": "late"})
    refused = person.send({"q2_place": "no ticket"})
    assert "They arrived after the closing date." in late.text
    assert (refused.status_code, "takes no answers on the web now" in refused.text) == (403, True)
    (document,) = stored(third_sector_url, "third-sector-2007")
    assert (document.answers, document.started_at) == ({"q2_place": "late"}, "2007-05-31T22:55:00+00:00")


def test_a_ticket_of_one_consultation_is_none_for_another(
    publish: Callable[[str], Definition],
    serve: Callable[[], object],
    respondent: Callable[..., Respondent],
) -> None:
    publish("third-sector-2007")
    publish("parks-and-libraries-2007")
    with serve() as url:
        person = respondent(url, "third-sector-2007")
        own = person.open()
        person.consultation = "parks-and-libraries-2007"
        assert person.send(own | {"q5_proposal": "x"}).status_code == 403

"""Sending the form without a script: the receipt, sending twice, going back, and the closing date."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import requests

from schemas.clock import SteppedClock
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from schemas.receipts import reference_of
from tests.integration.web.respondent import CHANGE_CODE, Respondent, arrived

THIRD = "third-sector-2007"
NEEDLE = "needle-in-the-answer"


def test_the_received_page_shows_reference_and_change_code_and_no_address_holds_them(
    third_sector_url: str, data: DataFolder, third_sector: Definition
) -> None:
    person = Respondent(third_sector_url, THIRD)
    reference, code = person.respond({"q2_place": NEEDLE})
    (event,) = arrived(third_sector_url, data, third_sector)
    shown = person.page
    assert reference == reference_of(THIRD, event.id)
    assert shown.headings == ["We have received your answers"]
    assert "Received: 14 May 2007, 10:30" in shown.text
    assert third_sector.questionnaire.thanks.in_language("en") in shown.text
    assert person.answer.headers["cache-control"] == "no-store"
    assert [answer.status_code for answer in person.answer.history] == [303]
    for secret in (NEEDLE, reference, code):
        assert [address for address in [*person.visited, *shown.links] if secret in address] == []
    assert NEEDLE not in person.answer.text


def test_a_reference_is_looked_up_as_a_person_writes_it_and_no_answer_is_shown(third_sector_url: str) -> None:
    reference, _ = Respondent(third_sector_url, THIRD).respond({"q2_place": NEEDLE})
    for asked in (reference, reference.lower().replace("-", " "), reference.replace("-", "")):
        found = requests.get(f"{third_sector_url}/receipt", params={"reference": asked}, timeout=10).text
        assert ("14 May 2007, 10:30" in found, reference in found, NEEDLE in found) == (True, True, False)
        assert CHANGE_CODE.search(found) is None
    none = requests.get(f"{third_sector_url}/receipt", params={"reference": "AAAA-AAAA"}, timeout=10)
    assert (none.status_code, "Nothing was received under this reference." in none.text) == (200, True)


def test_the_same_form_sent_many_times_at_once_is_one_response(
    third_sector_url: str, data: DataFolder, third_sector: Definition
) -> None:
    person = Respondent(third_sector_url, THIRD).open().fill({"q2_place": "once", "r1_type": ["derby_resident"]})
    form, cookies = person.page.form, person.session.cookies.get_dict()

    def send(_: int) -> tuple[int, str]:
        answer = requests.post(third_sector_url + form.action, data=form.hidden, cookies=cookies, timeout=20)
        return answer.status_code, answer.url

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(8)))
    assert set(answers) == {(200, f"{third_sector_url}/{THIRD}/respond/received")}
    assert len(arrived(third_sector_url, data, third_sector)) == 1


def test_going_back_and_sending_again_shows_the_same_receipt(
    third_sector_url: str, data: DataFolder, third_sector: Definition
) -> None:
    person = Respondent(third_sector_url, THIRD).open().fill({"q2_place": "once"})
    check = person.page.form
    receipt = person.give().receipt()
    assert person.give(form=check).receipt() == receipt
    assert person.open("/respond/check").receipt() == receipt
    assert len(arrived(third_sector_url, data, third_sector)) == 1


def test_a_page_posted_after_sending_changes_nothing_and_says_that_the_answers_are_sent(
    third_sector_url: str, data: DataFolder, third_sector: Definition
) -> None:
    person = Respondent(third_sector_url, THIRD).open("/respond").open("/respond/question-2")
    page = person.page.form
    receipt = person.give({"q2_place": "first"}).open("/respond/check").give().receipt()
    assert person.give({"q2_place": "other"}, form=page).receipt() == receipt
    assert "These answers are sent. What you change on an earlier page now is not sent" in person.page.text
    assert person.open("/respond/question-2").receipt() == receipt
    (event,) = arrived(third_sector_url, data, third_sector)
    assert event.document is not None
    assert event.document.answers == {"q2_place": "first"}


def test_the_next_person_at_the_same_browser_begins_an_empty_form_of_their_own(
    third_sector_url: str, data: DataFolder, third_sector: Definition
) -> None:
    person = Respondent(third_sector_url, THIRD)
    first, _ = person.respond({"q2_place": "first"})
    key = person.session.cookies.get_dict()
    assert person.open().open("/respond/question-2").page.form.filled == {}
    assert person.session.cookies.get_dict() != key
    second, _ = person.respond({"q2_place": "second"})
    events = arrived(third_sector_url, data, third_sector)
    assert [reference_of(THIRD, event.id) for event in events] == [first, second]
    assert [event.event for event in events] == ["submission", "submission"]


def test_a_form_begun_in_time_is_taken_after_the_closing_date_and_none_can_be_begun(
    third_sector_url: str, third_sector: Definition, data: DataFolder, clock: SteppedClock
) -> None:
    clock.moment = third_sector.closes_at() - timedelta(minutes=5)
    person = Respondent(third_sector_url, THIRD).open().fill({"q2_place": "late"})
    clock.moment = third_sector.closes_at() + timedelta(minutes=5)
    person.give().receipt()
    assert "They arrived after the closing date." in person.page.text
    late = Respondent(third_sector_url, THIRD).open()
    assert (late.path, "This consultation closed on 31 May 2007." in late.page.text) == ("", True)
    (event,) = arrived(third_sector_url, data, third_sector)
    assert event.document is not None
    assert (event.document.answers, event.document.started_at) == ({"q2_place": "late"}, "2007-05-31T22:55:00+00:00")


@pytest.mark.parametrize("page", ["received", "check", "question-2", "again", "save"])
def test_without_a_form_each_page_of_it_leads_to_the_first_or_says_what_it_is(quiet: Any, page: str) -> None:
    person = Respondent(quiet.url, THIRD)
    if page == "again":
        person.open("/respond/save").post(f"/{THIRD}/respond/again", {"form-csrf": "0" * 64})
    else:
        person.open(f"/respond/{page}")
    assert person.answer.status_code == 200
    assert person.path == ("/respond/save" if page == "save" else "/respond/question-1")


def test_a_page_that_the_form_does_not_have_is_told(quiet: Any) -> None:
    person = Respondent(quiet.url, THIRD).open().open("/respond/question-9")
    assert (person.answer.status_code, "The form has no such page" in person.page.text) == (404, True)


def test_two_consultations_are_filled_in_at_one_browser_side_by_side(
    publish: Callable[[str], Definition], serve: Callable[[], Any], data: DataFolder
) -> None:
    third, parks = publish(THIRD), publish("parks-and-libraries-2007")
    with serve() as url:
        one = Respondent(url, third.id).open()
        other = Respondent(url, parks.id)
        other.session = one.session
        other.open().fill({"q5_proposal": "of parks"})
        one.fill({"q2_place": "of the third sector"}).give().receipt()
        other.give().receipt()
        answers = [
            event.document.answers
            for definition in (third, parks)
            for event in arrived(url, data, definition)
            if event.document
        ]
    assert answers == [{"q2_place": "of the third sector"}, {"q5_proposal": "of parks"}]

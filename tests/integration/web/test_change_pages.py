"""A second version and a withdrawal without a script: by the browser that sent, or by reference and change code."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import requests

from schemas.clock import SteppedClock
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from schemas.receipts import reference_of
from tests.integration.web.respondent import Respondent, Shown, arrived

THIRD, PARKS = "third-sector-2007", "parks-and-libraries-2007"
NEEDLE = "needle-in-the-answer"
REPLACED = "A second version took their place afterwards."
WITHDRAWN = "These answers were withdrawn afterwards."


def receipt_page(url: str, reference: str) -> Shown:
    return Shown(requests.get(f"{url}/receipt", params={"reference": reference}, timeout=10).text)


def ask(person: Respondent, reference: str, code: str, action: str) -> Respondent:
    """Fill in the page for changes and press one of its buttons."""
    return person.open("/change").give({"reference": reference, "change-code": code, "action": action})


def test_the_browser_that_sent_begins_a_second_version_which_takes_the_place_of_the_first(
    third_sector_url: str, data: DataFolder, third_sector: Definition
) -> None:
    person = Respondent(third_sector_url, THIRD)
    first, first_code = person.respond({"q2_place": NEEDLE})
    person.give()
    assert (person.path, person.page.form.filled) == ("/respond/question-1", {})
    assert "This is a second version. When you send it, it takes the place of what you sent" in person.page.text
    second, second_code = person.fill({"q2_place": "second"}).give().receipt()
    assert (second != first, second_code != first_code) == (True, True)
    one, two = arrived(third_sector_url, data, third_sector)
    assert (one.event, one.relates_to) == ("submission", None)
    assert (two.event, two.relates_to, two.channel) == ("supersede", one.id, "web")
    assert two.document is not None
    assert two.document.answers == {"q2_place": "second"}
    old, new = receipt_page(third_sector_url, first), receipt_page(third_sector_url, second)
    assert (REPLACED in old.text, REPLACED in new.text) == (True, False)
    assert (NEEDLE in old.html, "second" in new.html.replace("second version", "")) == (False, False)
    assert f"/{THIRD}/change?reference={first}" not in old.links
    assert new.links[f"/{THIRD}/change?reference={second}"] == "Change or withdraw your answers"


@pytest.mark.parametrize("written", [str, str.lower, lambda text: text.replace("-", " "), lambda text: f" {text}\t"])
def test_a_second_version_by_reference_and_change_code_as_a_person_writes_them(
    third_sector_url: str, data: DataFolder, third_sector: Definition, written: Callable[[str], str]
) -> None:
    reference, code = Respondent(third_sector_url, THIRD).respond({"q2_place": "first"})
    person = ask(Respondent(third_sector_url, THIRD), written(reference), written(code), "second")
    assert person.path == "/respond/question-1"
    person.fill({"q2_place": "second"}).give().receipt()
    one, two = arrived(third_sector_url, data, third_sector)
    assert (two.event, two.relates_to) == ("supersede", one.id)
    assert [address for address in person.visited if reference in address or code in address] == []


def test_a_second_version_can_be_changed_again_by_the_code_of_either(
    third_sector_url: str, data: DataFolder, third_sector: Definition
) -> None:
    person = Respondent(third_sector_url, THIRD)
    first = person.respond({"q2_place": "1"})
    ask(person, *first, "second").fill({"q2_place": "2"}).give()
    ask(person, *first, "second").fill({"q2_place": "3"}).give()
    events = arrived(third_sector_url, data, third_sector)
    assert [event.event for event in events] == ["submission", "supersede", "supersede"]
    assert [event.relates_to for event in events] == [None, events[0].id, events[1].id]


def test_a_withdrawal_is_asked_about_then_noted_once_and_nothing_is_removed(
    third_sector_url: str, data: DataFolder, third_sector: Definition
) -> None:
    person = Respondent(third_sector_url, THIRD)
    reference, code = person.respond({"q2_place": NEEDLE})
    ask(person, reference, code, "withdraw")
    assert person.page.headings == ["Do you want to withdraw your answers?"]
    assert [event.event for event in arrived(third_sector_url, data, third_sector)] == ["submission"]
    sure = person.page.form
    for _ in range(2):
        person.give({"action": "withdraw-for-good"}, form=sure)
        assert person.page.headings == ["Your answers are withdrawn"]
        assert reference in person.page.text
    one, two = arrived(third_sector_url, data, third_sector)
    assert (two.id, two.event, two.relates_to, two.document) == (f"{one.id}.withdrawn", "withdraw", one.id, None)
    assert one.document is not None
    assert one.document.answers == {"q2_place": NEEDLE}
    shown = receipt_page(third_sector_url, reference)
    assert (WITHDRAWN in shown.text, NEEDLE in shown.html) == (True, False)
    withdrawal = receipt_page(third_sector_url, reference_of(THIRD, two.id))
    assert "This is the receipt of a withdrawal." in withdrawal.text
    assert [href for href in withdrawal.links if "/change" in href] == []


def test_who_withdrew_can_answer_anew_by_the_same_code(
    third_sector_url: str, data: DataFolder, third_sector: Definition
) -> None:
    person = Respondent(third_sector_url, THIRD)
    receipt = person.respond({"q2_place": "first"})
    ask(person, *receipt, "withdraw").give({"action": "withdraw-for-good"})
    ask(person, *receipt, "second").fill({"q2_place": "second"}).give().receipt()
    events = arrived(third_sector_url, data, third_sector)
    assert [event.event for event in events] == ["submission", "withdraw", "supersede"]


@pytest.mark.parametrize("action", ["second", "withdraw", "withdraw-for-good"])
@pytest.mark.parametrize("spoil", ["code", "reference", "empty", "of another response", "of another consultation"])
def test_a_code_that_does_not_belong_to_the_reference_changes_nothing(
    publish: Callable[[str], Definition], serve: Callable[[], Any], data: DataFolder, action: str, spoil: str
) -> None:
    third, parks = publish(THIRD), publish(PARKS)
    with serve() as url:
        reference, code = Respondent(url, THIRD).respond({"q2_place": "first"})
        _, other_code = Respondent(url, THIRD).respond({"q2_place": "other"})
        person = Respondent(url, PARKS if spoil == "of another consultation" else THIRD)
        given = {
            "code": (reference, f"{'B' if code[0] == 'A' else 'A'}{code[1:]}"),
            "reference": (f"{'B' if reference[0] == 'A' else 'A'}{reference[1:]}", code),
            "empty": ("", ""),
            "of another response": (reference, other_code),
            "of another consultation": (reference, code),
        }[spoil]
        refused = ask(person, *given, action)
        assert refused.answer.status_code == 403
        assert refused.page.title.startswith("Error: ")
        assert refused.page.errors == ["Check the reference and the change code"]
        assert [event.event for event in arrived(url, data, third)] == ["submission", "submission"]
        assert arrived(url, data, parks) == []


@pytest.mark.parametrize("token", ["", "0" * 64])
def test_nothing_is_withdrawn_without_the_pages_token(
    third_sector_url: str, data: DataFolder, third_sector: Definition, token: str
) -> None:
    reference, code = Respondent(third_sector_url, THIRD).respond({"q2_place": "first"})
    fields = {"reference": reference, "change-code": code, "action": "withdraw-for-good", "form-csrf": token}
    refused = Respondent(third_sector_url, THIRD).open("/change").post(f"/{THIRD}/change", dict(fields))
    assert (refused.answer.status_code, refused.page.form.filled["reference"]) == (403, [reference])
    assert "Please send this page again" in refused.page.text
    assert [event.event for event in arrived(third_sector_url, data, third_sector)] == ["submission"]


def test_after_the_closing_date_answers_can_be_withdrawn_but_not_replaced(
    third_sector_url: str, data: DataFolder, third_sector: Definition, clock: SteppedClock
) -> None:
    person = Respondent(third_sector_url, THIRD)
    receipt = person.respond({"q2_place": "first"})
    clock.moment = third_sector.closes_at() + timedelta(days=1)
    assert ask(person, *receipt, "second").path == ""
    ask(person, *receipt, "withdraw").give({"action": "withdraw-for-good"})
    assert [event.event for event in arrived(third_sector_url, data, third_sector)] == ["submission", "withdraw"]


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        ("{}", "application/json", 415),
        ("reference=%ff", "application/x-www-form-urlencoded", 400),
        ("reference=" + "a" * 4_000, "application/x-www-form-urlencoded", 413),
        ("&".join(["reference=a"] * 11), "application/x-www-form-urlencoded", 400),
    ],
)
def test_what_the_page_for_changes_does_not_send_is_refused_in_a_sentence(
    quiet: Any, body: str, content_type: str, status: int
) -> None:
    answer = requests.post(f"{quiet.url}/{THIRD}/change", data=body, headers={"content-type": content_type}, timeout=10)
    assert (answer.status_code, Shown(answer.text).headings) == (status, ["This did not work"])

"""The assisted route: staff with a token take down what somebody says; how they did is noted inside the seal."""

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest

from ingest.web.senders import new_token
from ingest.web.settings import prepare_public_server
from ingest.web.store.records import TokenKind
from ingest.web.store.sqlite import SqliteStore
from schemas.clock import SteppedClock
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from schemas.response import Assistance
from tests.integration.web.respondent import Respondent, arrived

THIRD, PARKS = "third-sector-2007", "parks-and-libraries-2007"
Give = Callable[..., str]


@pytest.fixture
def store(data: DataFolder, third_sector: Definition) -> Iterator[SqliteStore]:
    """The server's store, opened beside it as the command line does."""
    with closing(SqliteStore(prepare_public_server(data).store)) as opened:
        yield opened


@pytest.fixture
def give_token(store: SqliteStore, clock: SteppedClock) -> Give:
    """Make a token and give its text."""

    def give(name: str = "helpline", kind: TokenKind = "assisted", consultation: str = THIRD) -> str:
        text, token = new_token(consultation, kind, name, clock.now())
        store.add_token(token)
        return text

    return give


def begin(person: Respondent, token: str, means: str = "telephone", helper: str = "") -> Respondent:
    return person.open("/assisted").give({"token": token, "means": means, "helper": helper})


@pytest.mark.parametrize("means", ["telephone", "in_person", "bsl_interpreter", "other"])
def test_what_is_taken_down_counts_as_assisted_and_says_how_inside_the_seal(
    third_sector_url: str, data: DataFolder, third_sector: Definition, give_token: Give, means: str
) -> None:
    person = begin(Respondent(third_sector_url, THIRD), give_token(), means, "  a daughter ")
    assert person.path == "/respond/question-1"
    person.fill({"q2_place": "said by telephone"})
    assert "Taken down by staff: " in person.page.text
    person.give().receipt()
    (event,) = arrived(third_sector_url, data, third_sector)
    assert (event.event, event.channel) == ("submission", "assisted")
    assert event.document is not None
    assert event.document.answers == {"q2_place": "said by telephone"}
    assert event.document.assistance == Assistance.model_validate({"means": means, "helper": "a daughter"})
    kept = b"".join(file.read_bytes() for file in data.public_server.glob("store.sqlite*"))
    assert (b"telephone" in kept, b"daughter" in kept) == (False, False)


def test_the_next_person_is_taken_down_without_showing_the_token_again(
    third_sector_url: str, data: DataFolder, third_sector: Definition, give_token: Give
) -> None:
    person = begin(Respondent(third_sector_url, THIRD), give_token()).fill({"q2_place": "one"}).give()
    (following,) = [href for href, words in person.page.links.items() if words == "Take down the next answers"]
    person.follow(following)
    assert (person.path, list(person.page.form.controls)) == ("/assisted", ["means", "helper"])
    person.give({"means": "in_person", "helper": ""})
    assert person.page.form.filled == {}
    person.fill({"q2_place": "two"}).give().receipt()
    events = arrived(third_sector_url, data, third_sector)
    told = [(event.channel, event.document.assistance, event.document.answers) for event in events if event.document]
    assert told == [
        ("assisted", Assistance(means="telephone"), {"q2_place": "one"}),
        ("assisted", Assistance(means="in_person"), {"q2_place": "two"}),
    ]


def test_a_second_version_of_what_was_taken_down_is_assisted_too(
    third_sector_url: str, data: DataFolder, third_sector: Definition, give_token: Give
) -> None:
    person = begin(Respondent(third_sector_url, THIRD), give_token()).fill({"q2_place": "one"}).give()
    person.give().fill({"q2_place": "corrected"}).give().receipt()
    one, two = arrived(third_sector_url, data, third_sector)
    assert (two.event, two.relates_to, two.channel) == ("supersede", one.id, "assisted")
    assert two.document is not None
    assert two.document.assistance == Assistance(means="telephone")


def test_a_form_that_somebody_fills_in_alone_is_not_assisted(
    third_sector_url: str, data: DataFolder, third_sector: Definition, give_token: Give
) -> None:
    person = begin(Respondent(third_sector_url, THIRD), give_token()).fill({}).give()
    person.respond({"q2_place": "alone"})
    events = arrived(third_sector_url, data, third_sector)
    assert [(event.channel, event.document.assistance) for event in events if event.document] == [
        ("assisted", Assistance(means="telephone")),
        ("web", None),
    ]


@pytest.mark.parametrize("spoil", ["unknown", "empty", "revoked", "another kind", "another consultation"])
def test_a_token_that_may_not_take_down_is_refused_and_not_shown_again(
    third_sector_url: str,
    data: DataFolder,
    third_sector: Definition,
    store: SqliteStore,
    clock: SteppedClock,
    give_token: Give,
    spoil: str,
) -> None:
    good = give_token()
    token = {"unknown": f"{good}x", "empty": "", "revoked": good}.get(spoil) or ""
    if spoil == "revoked":
        assert store.revoke_token(THIRD, "helpline", clock.now().isoformat())
    if spoil == "another kind":
        token = give_token("kiosk", "submission")
    if spoil == "another consultation":
        token = give_token("theirs", "assisted", PARKS)
    refused = begin(Respondent(third_sector_url, THIRD), token, helper="a daughter")
    assert refused.answer.status_code == 403
    assert refused.page.title.startswith("Error: ")
    assert refused.page.errors == ["This access code is not known, or was withdrawn"]
    assert refused.page.form.filled == {"means": ["telephone"], "helper": ["a daughter"]}
    assert token == "" or token not in refused.answer.text
    assert refused.open("/respond/received").path == "/respond/question-1"
    assert arrived(third_sector_url, data, third_sector) == []


def test_a_token_that_is_revoked_while_a_form_is_open_sends_nothing_and_keeps_the_answers(
    serve: Callable[[], Any],
    data: DataFolder,
    third_sector: Definition,
    store: SqliteStore,
    clock: SteppedClock,
    give_token: Give,
) -> None:
    with serve() as url:
        person = begin(Respondent(url, THIRD), give_token()).fill({"q2_place": "said"})
    store.revoke_token(THIRD, "helpline", clock.now().isoformat())
    # A server trusts for a moment what it knows of a token; another one knows nothing yet.
    with serve() as url:
        after = Respondent(url, THIRD)
        after.session = person.session
        refused = after.open("/respond/check").give()
        assert (refused.answer.status_code, "was revoked" in refused.page.text) == (401, True)
        assert arrived(url, data, third_sector) == []
        assert after.open("/respond/question-2").page.form.filled == {"q2_place": ["said"]}


def test_how_the_answers_are_given_must_be_said(third_sector_url: str, give_token: Give) -> None:
    for means in ("", "by pigeon"):
        asked = begin(Respondent(third_sector_url, THIRD), give_token(f"helpline {means}"), means)
        assert asked.answer.status_code == 422
        assert asked.page.errors == ["Choose how the answers are given"]


def test_nothing_begins_without_the_pages_token(third_sector_url: str, give_token: Give) -> None:
    person = Respondent(third_sector_url, THIRD).open("/assisted")
    refused = person.give({"token": give_token(), "means": "telephone"}, **{"form-csrf": "0" * 64})
    assert (refused.answer.status_code, refused.path) == (403, "/assisted")
    assert "Please send this page again" in refused.page.text


def test_there_is_no_such_page_where_the_policy_does_not_name_the_channel(
    third_sector_url: str, third_sector: Definition, data: DataFolder, give_token: Give
) -> None:
    policy = data.definitions / THIRD / "policy.toml"
    policy.write_text(policy.read_text("utf-8").replace('"web", "assisted",', '"web",'), "utf-8")
    person = Respondent(third_sector_url, THIRD).open("/assisted")
    assert (person.answer.status_code, "takes no answers this way now" in person.page.text) == (403, True)
    csrf = person.open("/respond/question-1").page.form.hidden["form-csrf"]
    person.post(f"/{THIRD}/assisted", {"form-csrf": csrf, "token": give_token(), "means": "telephone"})
    assert (person.answer.status_code, "takes no answers this way now" in person.page.text) == (403, True)


def test_there_is_no_such_page_after_the_closing_date(
    third_sector_url: str, third_sector: Definition, clock: SteppedClock
) -> None:
    assert Respondent(third_sector_url, THIRD).open("/assisted").answer.status_code == 200
    clock.moment = third_sector.closes_at()
    assert Respondent(third_sector_url, THIRD).open("/assisted").answer.status_code == 403


def test_staff_take_down_answers_where_the_web_form_itself_is_not_open(
    third_sector_url: str, third_sector: Definition, data: DataFolder, give_token: Give
) -> None:
    policy = data.definitions / THIRD / "policy.toml"
    policy.write_text(policy.read_text("utf-8").replace('"web", "assisted",', '"assisted",'), "utf-8")
    assert Respondent(third_sector_url, THIRD).open().path == ""
    person = begin(Respondent(third_sector_url, THIRD), give_token()).fill({"q2_place": "one"}).give()
    person.give().fill({"q2_place": "two"}).give().receipt()
    events = arrived(third_sector_url, data, third_sector)
    assert [(event.event, event.channel) for event in events] == [("submission", "assisted"), ("supersede", "assisted")]

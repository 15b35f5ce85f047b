"""The pages of campaigns: what was found, what an officer says of it, and what becomes of that."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from orchestration.builds import warehouse_of
from schemas.data_folder import DataFolder
from schemas.decisions import CampaignChange
from schemas.definition import Definition
from tests.integration.desk.reviewing import Reviewer, decisions, forms, heading
from tests.integration.desk.running import FIELD, plain
from tests.integration.keying.running import build
from transforms.warehouse.read import open_private

Officers = Callable[..., list[Reviewer]]
Rows = list[tuple[Any, ...]]
LETTER = (
    "We ask the council to keep the libraries open on Sundays, and to <i>plant</i> no trees. Write to a@example.org."
)
EDITED = f"{LETTER} My daughter Angharad goes there every week."
OTHER = "The car park must stay where it is, for there is no bus that goes to the market on a Saturday morning."
AGAINST = "Nobody asked us whether the museum should close, and we say that it should be kept for our children."


@pytest.fixture
def sent(arrive: Callable[[list[dict[str, Any]]], list[str]]) -> list[str]:
    """The ids of seven responses: four of one letter, of which one has changes, and three of another."""
    return arrive([{FIELD: text} for text in (LETTER, LETTER, EDITED, LETTER, OTHER, OTHER, OTHER)])


@pytest.fixture
def found(data: DataFolder, parks: Definition) -> Callable[[], Rows]:
    """Build what is new, and read the campaigns: id, description, members."""

    def read() -> Rows:
        build(data, parks)
        with open_private(warehouse_of(data, parks)) as connection:
            return connection.execute("SELECT campaign, description, members FROM campaigns ORDER BY ALL").fetchall()

    return read


def test_campaigns_are_listed_and_shown_with_their_letter_masked(sent: list[str], officers: Officers) -> None:
    olga, peter = officers("olga", "peter")
    listed = olga.get("/campaigns")
    assert re.findall(
        r'<a href="(/campaigns/one[^"]*)">(.*?)</a></th><td>(\d)</td><td>(\d)</td><td>(\d)</td>', listed.text
    ) == [
        (f"/campaigns/one?campaign={sent[0]}", f"Not described yet: {sent[0]}", "4", "3", "1"),
        (f"/campaigns/one?campaign={sent[4]}", f"Not described yet: {sent[4]}", "3", "3", "0"),
    ]
    page = olga.get(f"/campaigns/one?campaign={sent[2]}")
    assert heading(page) == "A campaign that is not described yet"
    said = plain(page)
    assert f"{sent[0]}. 4 sent the letter: 3 as it is, 1 with changes." in said
    assert "and to <i>plant</i> no trees. Write to [email]." in said
    assert "added: My daughter [name] goes there every week." in said
    assert [word in page.text for word in ("a@example.org", "Angharad", "<i>")] == [False] * 3
    assert re.findall(r'type="checkbox" name="response" id="response-\d" value="([^"]*)"', page.text) == sent[:4]
    # Somebody who comes meanwhile may look, and is told who is at it.

    theirs = peter.get(f"/campaigns/one?campaign={sent[0]}")
    assert ("olga is at this campaign now." in plain(theirs), "form_token" in theirs.text) == (True, False)
    assert "olga" in plain(peter.get("/campaigns"))
    missing = peter.get("/campaigns/one?campaign=<b>none")
    assert (missing.status_code, "There is no campaign '<b>none'" in plain(missing)) == (409, True)


def test_a_campaign_is_called_in_words_that_quote_nobody(
    sent: list[str], officers: Officers, data: DataFolder, found: Callable[[], Rows]
) -> None:
    (olga,) = officers("olga")
    page = olga.get(f"/campaigns/one?campaign={sent[0]}")
    quoting = olga.post(page, "/campaigns/one", do="name", description="keep the libraries open on Sundays", reason="x")
    assert (quoting.status_code, "six words" in plain(quoting).replace("6 words", "six words")) == (400, True)
    assert (
        'href="#description-name"' in quoting.text,
        'value="keep the libraries open on Sundays"' in quoting.text,
    ) == (
        True,
        True,
    )
    assert olga.post(page, "/campaigns/one", do="name", description="Sundays", reason=" ").status_code == 400
    assert olga.post(page, "/campaigns/one", do="name", description="x" * 301, reason="Read").status_code == 400
    assert decisions(data) == []
    assert (
        olga.post(page, "/campaigns/one", do="name", description=" Sunday  opening", reason="Read").status_code == 303
    )
    named = CampaignChange(campaign=sent[0], change="named", description="Sunday opening", reason="Read")
    assert decisions(data) == [("olga", named)]
    assert "olga: Called “Sunday opening”" in plain(olga.get(f"/campaigns/one?campaign={sent[0]}"))
    assert found() == [(sent[0], "Sunday opening", 4), (sent[4], None, 3)]


def test_campaigns_are_joined_split_rejected_and_each_is_taken_back_alone(
    sent: list[str], officers: Officers, data: DataFolder, found: Callable[[], Rows]
) -> None:
    (olga,) = officers("olga")

    def say(campaign: str, do: str, **fields: Any) -> None:
        page = olga.get(f"/campaigns/one?campaign={campaign}")
        done = olga.post(page, "/campaigns/one", do=do, reason=f"To {do}", **fields)
        assert done.status_code == 303, plain(done)

    say(sent[0], "join", other=sent[4])
    assert found() == [(sent[0], None, 7)]
    say(sent[0], "exclude", response=[sent[5]])
    assert found() == [(sent[0], None, 6)]
    said = olga.get("/campaigns/said")
    assert re.findall(r'<th scope="row">(.*?)</th>', said.text) == [
        "1 response is of no campaign",
        f"{sent[4]} belongs to {sent[0]}",
    ]
    # The first is taken back, and the later one stands.
    empty = olga.post(said, "/campaigns/said", place=1, reason=" ")
    assert (empty.status_code, "give a reason" in plain(empty)) == (400, True)
    assert olga.post(said, "/campaigns/said", place=1, reason="Two groups").status_code == 303
    assert decisions(data)[-1] == ("olga", CampaignChange(change="undone", undoes=1, reason="Two groups"))
    assert found() == [(sent[0], None, 4)]
    twice = olga.post(said, "/campaigns/said", place=1, reason="Two groups")
    assert (twice.status_code, "taken back already" in plain(twice)) == (400, True)
    say(sent[0], "reject")
    assert found() == []
    for _ in range(2):
        assert olga.post(olga.get("/campaigns/said"), "/campaigns/said", reason="Wrong").status_code == 303
    assert found() == [(sent[0], None, 4), (sent[4], None, 3)]
    say(sent[0], "split", response=sent[1:4])
    assert found() == [(sent[1], None, 3), (sent[4], None, 3)]


def test_a_letter_is_registered_for_however_few_send_it(
    arrive: Callable[[list[dict[str, Any]]], list[str]],
    officers: Officers,
    data: DataFolder,
    found: Callable[[], Rows],
) -> None:
    arrive([{FIELD: AGAINST}])
    (olga,) = officers("olga")
    page = olga.get("/campaigns/register")
    letter = {"campaign": "museum", "description": "The museum", "reason": "A group sent it"}
    short = olga.post(page, "/campaigns/register", letter="Too short.", **letter)
    assert (short.status_code, "fewer than 45 letters" in plain(short)) == (400, True)
    assert forms(short, "/campaigns/register")[0]["letter"] == "Too short."
    assert olga.post(page, "/campaigns/register", letter="x " * 60_000, **letter).status_code == 400
    assert olga.post(page, "/campaigns/register", letter=AGAINST, **letter).status_code == 303
    said = CampaignChange(
        campaign="museum", change="registered", text=AGAINST, description="The museum", reason="A group sent it"
    )
    assert decisions(data) == [("olga", said)]
    assert found() == [("museum", "The museum", 1)]
    again = olga.post(page, "/campaigns/register", letter=AGAINST, **letter)
    assert (again.status_code, "There is a campaign of this id already" in plain(again)) == (400, True)


def test_what_cannot_be_said_is_refused(sent: list[str], officers: Officers, data: DataFolder) -> None:
    (olga,) = officers("olga")
    page = olga.get(f"/campaigns/one?campaign={sent[0]}")
    for fields, why in (
        ({"do": "oops"}, "This form is not one of this page's"),
        ({"do": "join", "other": sent[1]}, "are of one campaign already"),
        ({"do": "join", "other": "eve"}, "There is no campaign 'eve'"),
        ({"do": "split"}, "Choose the members that are another campaign."),
        ({"do": "split", "response": sent[:4]}, "there is nothing to split"),
        ({"do": "split", "response": [sent[4]]}, "not of campaign"),
        ({"do": "exclude", "response": ["eve.1"]}, "eve.1: of no campaign"),
        ({"do": "reject", "form_token": "0" * 64}, "This form was open for too long."),
    ):
        refused = olga.post(page, "/campaigns/one", **({"reason": "x"} | fields))
        assert (refused.status_code, why in plain(refused)) == (400, True), fields
    gone = olga.post(page, "/campaigns/one", do="reject", reason="x", campaign="eve")
    assert (gone.status_code, "There is no campaign 'eve'" in plain(gone)) == (409, True)
    for number in ("", "0", "x", "9" * 30):
        sent_number = {"number": number, "reason": "x", "form_token": "0"}
        assert olga.client.post("/campaigns/said", data=sent_number).status_code == 400
    assert decisions(data) == []

"""Campaigns in the warehouse: found among who is included, decided on by officers, coded once, counted beside."""

import random
from collections.abc import Callable
from typing import Any

import pytest

from schemas.decisions import CampaignChange, Coding, CodingUndo, Invalidation, Link
from schemas.definition import Definition
from tests.integration.warehouse.conftest import Builder, History

LETTER = "We ask the council to keep the libraries open on Sundays, and to plant no more trees before it has asked us."
OTHER = "The tennis courts in the park should be free for everybody under eighteen; half of them stand empty all week."
EDITED = LETTER + " I go there with my daughter every week."
CAMPAIGNS = "SELECT campaign, template, members, unedited, description FROM campaigns ORDER BY ALL"
MEMBERS = "SELECT r.response_id, campaign, variant FROM campaign_members JOIN received AS r USING (rid) ORDER BY ALL"


def letters(history: History, *texts: str, start: int = 0, **answers: Any) -> None:
    for number, text in enumerate(texts, start):
        history.arrive(f"a{number}", {"q5_proposal": text} | answers)


def test_a_letter_of_three_is_a_campaign_with_who_edited_it(
    new_builder: Callable[..., Builder], history: History
) -> None:
    letters(history, "No.", LETTER, EDITED, LETTER.upper(), OTHER, OTHER)
    builder = new_builder()
    builder.build(history)
    assert builder.query(CAMPAIGNS) == [("a1.1", "a1.1", 3, 2, None)]
    assert builder.query(MEMBERS) == [
        ("a1.1", "a1.1", "standard"),
        ("a2.1", "a1.1", "edited"),
        ("a3.1", "a1.1", "standard"),
    ]
    assert builder.query("SELECT kind, responses FROM mart_of_which ORDER BY kind") == [
        ("campaign_edited", 1),
        ("campaign_unedited", 2),
        ("individual", 3),
    ]
    assert builder.query("SELECT line, sum(responses) FROM mart_ledger GROUP BY ALL") == [("included", 6)]


def test_who_does_not_count_is_of_no_campaign(new_builder: Callable[..., Builder], history: History) -> None:
    letters(history, LETTER, LETTER, LETTER)
    builder = new_builder()
    builder.build(history)
    assert len(builder.query(MEMBERS)) == 3
    history.decide(Invalidation(response="a1.1", reason="a test"))
    builder.build(history)
    assert builder.query(MEMBERS) == []
    assert builder.query("FROM mart_of_which") == [("web", "individual", 2)]


def test_officers_name_join_split_reject_exclude_and_register(
    new_builder: Callable[..., Builder], history: History
) -> None:
    letters(history, LETTER, LETTER, LETTER, OTHER, OTHER, OTHER)
    builder = new_builder()
    for change, result in [
        ({"campaign": "a2.1", "change": "named", "description": "Sundays"},
            {"a0.1": (3, "Sundays"), "a3.1": (3, None)}),
        ({"change": "excluded", "responses": ("a1.1",)}, {"a3.1": (3, None)}),
        ({"campaign": "a0.1", "change": "joined", "joined": "a3.1"}, {"a0.1": (5, "Sundays")}),
        ({"campaign": "a3.1", "change": "split", "responses": ("a3.1", "a4.1", "a5.1")},
            {"a3.1": (3, None)}),
        # The letter takes what was split off as its own; then it is joined and split as before.
        ({"campaign": "courts", "change": "registered", "text": OTHER, "description": "Courts"},
            {"a3.1": (3, None)}),
        ({"campaign": "a4.1", "change": "rejected"}, {}),
    ]:  # fmt: skip
        history.decide(CampaignChange(reason="looked at", **change))
        builder.build(history)
        found = {campaign: (members, words) for campaign, _, members, _, words in builder.query(CAMPAIGNS)}
        assert found == result, change


def test_a_registered_letter_needs_no_number(new_builder: Callable[..., Builder], history: History) -> None:
    letters(history, OTHER, "No.")
    history.decide(
        CampaignChange(campaign="courts", change="registered", text=OTHER, description="Courts", reason="sent to us")
    )
    builder = new_builder()
    builder.build(history)
    assert builder.query(CAMPAIGNS) == [("courts", "a0.1", 1, 1, "Courts")]


def test_the_coding_of_a_letter_holds_for_who_sent_it_unedited(
    new_builder: Callable[..., Builder], history: History
) -> None:
    letters(history, LETTER, LETTER, EDITED, LETTER)
    builder = new_builder()
    builder.build(history)
    for limb in ("trees", "sunday_opening"):
        coded = {"field": "q5_proposal", "limb": limb}
        history.decide(Coding(response="a0.1", code="support", campaign="a0.1", **coded))
        history.decide(Coding(response="a3.1", code="oppose", **coded))
    builder.build(history)
    positions = "SELECT respondent, code FROM coded_positions WHERE limb = 'trees' ORDER BY ALL"
    assert builder.query(positions) == [("a0.1", "support"), ("a1.1", "support"), ("a3.1", "oppose")]
    letters(history, LETTER, start=4)
    builder.build(history)
    assert ("a4.1", "support") in builder.query(positions)
    history.decide(CodingUndo(response="a0.1", field="q5_proposal"))
    builder.build(history)
    assert builder.query(positions) == [("a3.1", "oppose")]


def test_the_coding_of_one_letter_is_not_put_into_the_mouth_of_another_that_was_joined_to_it(
    new_builder: Callable[..., Builder], history: History
) -> None:
    letters(history, LETTER, LETTER, LETTER, OTHER, OTHER, OTHER)
    history.decide(CampaignChange(campaign="a0.1", change="joined", joined="a3.1", reason="one group's"))
    for limb in ("trees", "sunday_opening"):
        history.decide(Coding(response="a0.1", field="q5_proposal", limb=limb, code="support", campaign="a0.1"))
    builder = new_builder()
    builder.build(history)
    assert builder.query("SELECT campaign, members FROM campaigns") == [("a0.1", 6)]
    assert builder.query("SELECT DISTINCT respondent FROM coded_positions ORDER BY ALL") == [
        ("a0.1",),
        ("a1.1",),
        ("a2.1",),
    ]


def test_a_letter_that_stands_in_another_answer_is_not_coded_with_it(
    new_builder: Callable[..., Builder], definitions: dict[str, Definition]
) -> None:
    """Three put the letter under one question and one under another: the words are the same, the answer is not."""
    definition = definitions["third-sector-2007"]
    history = History(definition.questionnaire_hash)
    for number, field in enumerate(["q4_grants_contracts"] * 3 + ["q5_full_cost"]):
        history.arrive(f"a{number}", {field: LETTER})
    history.decide(Coding(response="a0.1", field="q4_grants_contracts", code="support", campaign="a0.1"))
    builder = new_builder("letters", definition)
    builder.build(history)
    assert builder.query("SELECT campaign, members, unedited FROM campaigns") == [("a0.1", 4, 4)]
    assert builder.query("SELECT respondent, field FROM coded_positions ORDER BY ALL") == [
        (f"a{number}.1", "q4_grants_contracts") for number in range(3)
    ]


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_increments_count_campaigns_as_a_full_rebuild(
    new_builder: Callable[..., Builder], history: History, seed: int
) -> None:
    chance = random.Random(seed)
    by_steps, at_once = new_builder("steps"), new_builder("once")
    for number in range(30):
        text = chance.choice(
            [LETTER, EDITED, OTHER, f"Idea {number} of my own, which nobody else has had so far.", "No."]
        )
        person = {"c1_given_name": chance.choice(["Ann", "Tom"]), "c2_family_name": "Lee", "c3_email": "a@example.org"}
        history.arrive(f"a{number}", {"q5_proposal": text} | (person if chance.random() < 0.3 else {}))
        one, two = (f"a{chance.randrange(number + 1)}.1" for _ in range(2))
        if chance.random() < 0.7:
            decision = chance.choice([
                Invalidation(response=one, reason="a test"),
                Link(first=one, second=two, verdict=chance.choice(["same", "different", "undo"]), reason="looked at"),
                CampaignChange(campaign=one, change="rejected", reason="no campaign"),
                CampaignChange(change="excluded", responses=(one,), reason="own words"),
                CampaignChange(campaign=one, change="named", description="Sundays", reason="so they say"),
                CodingUndo(response=one, field="q5_proposal"),
                *(
                    Coding(response=one, field="q5_proposal", limb=limb, code=code, campaign=campaign)
                    for limb in ("trees", "sunday_opening")
                    for code in ("support", "oppose") for campaign in (one, None)
                ),
            ])  # fmt: skip
            history.decide(decision, chance.choice(["one", "two"]))
        if chance.random() < 0.3:
            by_steps.build(history)
    by_steps.build(history)
    at_once.build(history)
    assert by_steps.rows() == at_once.rows()

"""What officers decide about campaigns that were found."""

from collections.abc import Sequence

import pytest

from transforms.campaigns.decisions import (
    CampaignDecision,
    ExcludeResponse,
    JoinCampaigns,
    NameCampaign,
    RegisterLetter,
    RejectCampaign,
    SplitCampaign,
    apply_decisions,
    letters_of_decisions,
)

FOUND = {"r1": "r1", "r4": "r1", "r7": "r1", "r2": "r2", "r3": "r2"}
JOINED = JoinCampaigns("r1", "r2")
SPLIT = SplitCampaign("r1", frozenset({"r4", "r7", "r9"}))


@pytest.mark.parametrize(
    ("decisions", "campaigns"),
    [
        ([], FOUND),
        ([JOINED], dict.fromkeys(FOUND, "r1")),
        ([JoinCampaigns("r2", "r1")], dict.fromkeys(FOUND, "r2")),
        ([SPLIT], FOUND | {"r4": "r4", "r7": "r4"}),
        ([SplitCampaign("r1", frozenset({"r1", "r7"}))], FOUND | {"r1": "r7", "r7": "r7"}),
        ([RejectCampaign("r1")], {"r2": "r2", "r3": "r2"}),
        ([ExcludeResponse("r4")], {r: c for r, c in FOUND.items() if r != "r4"}),
        ([JOINED, RejectCampaign("r2")], {}),
        ([SPLIT, RejectCampaign("r4")], {"r1": "r1", "r2": "r2", "r3": "r2"}),
    ],
)
def test_decisions_apply_in_their_order(decisions: Sequence[CampaignDecision], campaigns: dict[str, str]) -> None:
    assert apply_decisions(FOUND, decisions).campaigns == campaigns


@pytest.mark.parametrize(
    "decision",
    [
        RejectCampaign("gone"),
        JoinCampaigns("r1", "gone"),
        JoinCampaigns("r1", "r7"),
        SplitCampaign("gone", frozenset({"r1"})),
        SplitCampaign("r2", frozenset({"r2", "r3"})),
        ExcludeResponse("r9"),
        NameCampaign("gone", "Words"),
    ],
)
def test_a_decision_about_what_is_not_there_changes_nothing(decision: CampaignDecision) -> None:
    decided = apply_decisions(FOUND, [decision])
    assert (decided.campaigns, decided.descriptions) == (FOUND, {})


def test_what_was_found_is_not_changed() -> None:
    found = dict(FOUND)
    apply_decisions(found, [JOINED, ExcludeResponse("r3")])
    assert found == FOUND


def test_a_decision_holds_when_an_earlier_response_gives_the_campaign_another_id() -> None:
    later = {"r0": "r0"} | {response: "r0" if campaign == "r1" else campaign for response, campaign in FOUND.items()}
    decided = apply_decisions(later, [NameCampaign("r1", "Libraries"), RejectCampaign("r2")])
    assert decided.campaigns == {"r0": "r0", "r1": "r0", "r4": "r0", "r7": "r0"}
    assert decided.descriptions == {"r0": "Libraries"}


def test_a_decision_that_is_left_out_leaves_the_others_as_they_were() -> None:
    assert apply_decisions(FOUND, [SPLIT, ExcludeResponse("r2")]).campaigns == {
        "r1": "r1", "r4": "r4", "r7": "r4", "r3": "r2",
    }  # fmt: skip
    assert apply_decisions(FOUND, [ExcludeResponse("r2")]).campaigns == {"r1": "r1", "r4": "r1", "r7": "r1", "r3": "r2"}


def test_the_last_description_of_a_campaign_that_is_there_counts() -> None:
    decisions = [
        NameCampaign("r1", "Libraries"), NameCampaign("r2", "Buses"), NameCampaign("r1", "Keep the libraries"),
        RejectCampaign("r2"),
    ]  # fmt: skip
    assert apply_decisions(FOUND, decisions).descriptions == {"r1": "Keep the libraries"}


def test_known_letters_go_to_the_search_and_their_descriptions_to_their_campaigns() -> None:
    decisions = [
        RegisterLetter("libraries", "First wording", "Keep the libraries"), RegisterLetter("libraries", "Last wording"),
    ]  # fmt: skip
    assert letters_of_decisions(decisions) == {"libraries": "Last wording"}
    assert apply_decisions({"r5": "libraries"}, decisions).descriptions == {"libraries": "Keep the libraries"}

"""What officers decided about campaigns, applied to those that were found. Nothing that was found is changed.

A campaign is named by its id or by the id of any of its members, so that a decision holds although an earlier response
comes in and gives the campaign another id. Decisions apply in their order, and a later one sees what the earlier ones
made; one about a campaign that is not there changes nothing. To take a decision back, leave it out: the others stand.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class NameCampaign:
    """A campaign is described in an officer's words, which are all that members of the public are shown of it."""

    campaign: str
    description: str


@dataclass(frozen=True)
class JoinCampaigns:
    """Two campaigns are one: the second's members belong to the first."""

    campaign: str
    joined: str


@dataclass(frozen=True)
class SplitCampaign:
    """These members of a campaign are of another one, whose id is the least of theirs."""

    campaign: str
    responses: frozenset[str]


@dataclass(frozen=True)
class RejectCampaign:
    """What was found is no campaign: its members count as texts of their own."""

    campaign: str


@dataclass(frozen=True)
class ExcludeResponse:
    """One response is of no campaign, whatever its text is like."""

    response: str


@dataclass(frozen=True)
class RegisterLetter:
    """A known letter: texts near it are of this campaign. The search takes it; here it only gives the description."""

    campaign: str
    text: str
    description: str = ""


CampaignDecision = NameCampaign | JoinCampaigns | SplitCampaign | RejectCampaign | ExcludeResponse | RegisterLetter


@dataclass(frozen=True)
class Decided:
    """Each member with its campaign, and the campaigns that are described."""

    campaigns: Mapping[str, str]
    descriptions: Mapping[str, str]


def letters_of_decisions(decisions: Iterable[CampaignDecision]) -> dict[str, str]:
    """The known letters for the search: campaign to text, the last word for each."""
    return {one.campaign: one.text for one in decisions if isinstance(one, RegisterLetter)}


def apply_decisions(campaigns: Mapping[str, str], decisions: Iterable[CampaignDecision]) -> Decided:
    """`campaigns` is each member's campaign as it was found; responses without one are not in it."""
    of = dict(campaigns)
    members: dict[str, set[str]] = {}
    for response, found in of.items():
        members.setdefault(found, set()).add(response)
    descriptions: dict[str, str] = {}

    def meant(name: str) -> str | None:
        return name if name in members else of.get(name)

    def move(responses: set[str], campaign: str | None) -> None:
        for response in responses:
            left = of.pop(response)
            members[left].discard(response)
            if not members[left]:
                del members[left]
            if campaign is not None:
                of[response] = campaign
                members.setdefault(campaign, set()).add(response)

    for decision in decisions:
        match decision:
            case ExcludeResponse(response):
                move({response} & of.keys(), None)
            case RejectCampaign(name) if campaign := meant(name):
                move(set(members[campaign]), None)
            case JoinCampaigns(name, other) if (campaign := meant(name)) and (joined := meant(other)):
                move(set(members[joined]) if joined != campaign else set(), campaign)
            case SplitCampaign(name, responses) if campaign := meant(name):
                leaving = members[campaign] & responses
                new = min(leaving - {campaign}, default=None)
                if new is not None and new not in members and leaving != members[campaign]:
                    move(leaving, new)
            case NameCampaign(name, description) | RegisterLetter(name, _, description) if description:
                if campaign := meant(name):
                    descriptions[campaign] = description
            case _:
                pass
    return Decided(of, {one: words for one, words in descriptions.items() if one in members})

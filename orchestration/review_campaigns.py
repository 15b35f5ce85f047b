"""What officers say of campaigns: the rules of each change, for the desk and the commands."""

from collections.abc import Mapping, Sequence

from ingest.journal import Journal
from orchestration.builds import warehouse_of
from orchestration.releases import check_text
from orchestration.review_decisions import Officer, ReviewError, decisions_of, reason_of
from schemas.data_folder import DataFolder
from schemas.decisions import CampaignChange, Decided
from schemas.definition import Definition
from schemas.sealing import Identity
from transforms.campaigns.texts import FEWEST_LETTERS
from transforms.warehouse.read import open_private

_MEMBERS = "SELECT r.response_id, m.campaign FROM campaign_members AS m JOIN received AS r USING (rid)"
_MOST_LETTERS = 100_000
_MOST_OF_AN_ID = 80
_MOST_OF_A_DESCRIPTION = 300


def campaign_meant(data: DataFolder, definition: Definition, named: str) -> str:
    """The campaign of the current version that is meant, by its id or by a member's.

    Raises:
        ReviewError: there is none.
        TransformError: there is no version of the warehouse yet.
    """
    of = _campaign_of(data, definition)
    if named not in of and named not in of.values():
        raise ReviewError(f"There is no campaign '{named[:200]}'; see 'yoursay campaign list'.")
    return named if named in of.values() else of[named]


def name_campaign(officer: Officer, campaign: str, description: str, reason: str) -> CampaignChange:
    """Describe a campaign; the words pass the gate of all that is published.

    Raises:
        ReviewError: there is no such campaign, or no reason is given.
        PromiseError: the words say a name or quote an answer.
    """
    known = campaign_meant(officer.data, officer.definition, campaign)
    if not description.strip():
        raise ReviewError("Say how the campaign is called.")
    change = CampaignChange(
        campaign=known, change="named", description=_description(officer, description), reason=reason
    )
    return _decide(officer, change)


def join_campaigns(officer: Officer, campaign: str, other: str, reason: str) -> CampaignChange:
    """Say that two campaigns are one.

    Raises:
        ReviewError: one of the two is not there, they are one already, or no reason is given.
    """
    first, second = (campaign_meant(officer.data, officer.definition, one) for one in (campaign, other))
    if first == second:
        raise ReviewError(f"{campaign} and {other} are of one campaign already.")
    change = CampaignChange(campaign=first, change="joined", joined=second, reason=reason)
    return _decide(officer, change)


def split_campaign(officer: Officer, campaign: str, responses: Sequence[str], reason: str) -> CampaignChange:
    """Say that some members of a campaign are another one.

    Raises:
        ReviewError: there is no such campaign, these are not some of its members, or no reason is given.
    """
    known, of = (
        campaign_meant(officer.data, officer.definition, campaign),
        _campaign_of(officer.data, officer.definition),
    )
    if not responses:
        raise ReviewError("Choose the members that are another campaign.")
    strangers = [one for one in responses if of.get(one) != known]
    if strangers:
        raise ReviewError(f"{_listed(strangers)}: not of campaign {known}; see 'yoursay campaign show'.")
    if len(set(responses)) == sum(one == known for one in of.values()):
        raise ReviewError("These are all its members; there is nothing to split.")
    change = CampaignChange(campaign=known, change="split", responses=tuple(responses), reason=reason)
    return _decide(officer, change)


def reject_campaign(officer: Officer, campaign: str, reason: str) -> CampaignChange:
    """Say that what was found is no campaign.

    Raises:
        ReviewError: there is no such campaign, or no reason is given.
    """
    known = campaign_meant(officer.data, officer.definition, campaign)
    return _decide(officer, CampaignChange(campaign=known, change="rejected", reason=reason))


def exclude_responses(officer: Officer, responses: Sequence[str], reason: str) -> CampaignChange:
    """Say that responses are of no campaign.

    Raises:
        ReviewError: one of them is of none as it is, or no reason is given.
    """
    of = _campaign_of(officer.data, officer.definition)
    if not responses:
        raise ReviewError("Choose the responses that are of no campaign.")
    strangers = [one for one in responses if one not in of]
    if strangers:
        raise ReviewError(f"{_listed(strangers)}: of no campaign; see 'yoursay campaign list'.")
    change = CampaignChange(change="excluded", responses=tuple(responses), reason=reason)
    return _decide(officer, change)


def register_letter(officer: Officer, campaign: str, text: str, description: str, reason: str) -> CampaignChange:
    """Register a letter that is known in advance under a new id.

    Raises:
        ReviewError: the id is missing, the letter is too short or too long, or no reason is given.
        PromiseError: the description says a name or quotes an answer.
    """
    if not campaign.strip():
        raise ReviewError("Give the campaign an id, such as 'sunday-opening'.")
    if len(campaign.strip()) > _MOST_OF_AN_ID:
        raise ReviewError(f"Give the campaign an id of at most {_MOST_OF_AN_ID} characters.")
    if sum(character.isalnum() for character in text) < FEWEST_LETTERS:
        raise ReviewError(f"The letter has fewer than {FEWEST_LETTERS} letters; register all of the letter.")
    if len(text) > _MOST_LETTERS:
        raise ReviewError(f"The letter has more than {_MOST_LETTERS:,} characters; register the letter alone.")
    described = _description(officer, description) if description.strip() else ""
    change = CampaignChange(
        campaign=campaign.strip(), change="registered", text=text, description=described, reason=reason
    )
    return _decide(officer, change)


def undo_change(officer: Officer, identity: Identity, undoes: int, reason: str) -> CampaignChange:
    """Take one change back, as if it had never been said; the others stand.

    Raises:
        ReviewError: there is no such change, it was taken back already, or no reason is given.
    """
    if undoes not in {one.seq for one, _ in changes_that_stand(officer.data, officer.definition, identity)}:
        raise ReviewError("There is no such change to take back; it may have been taken back already.")
    return _decide(officer, CampaignChange(change="undone", undoes=undoes, reason=reason))


def changes_that_stand(
    data: DataFolder, definition: Definition, identity: Identity
) -> list[tuple[Decided, CampaignChange]]:
    """Every change of campaigns that nobody took back, oldest first."""
    journal = Journal(data.journal(definition.id), data.clock)
    found = decisions_of(journal, identity, ["campaign_change"])
    said = [(one, one.decision) for one in found if isinstance(one.decision, CampaignChange)]
    undone = {change.undoes for _, change in said}
    return [(one, change) for one, change in said if change.change != "undone" and one.seq not in undone]


def _description(officer: Officer, description: str) -> str:
    words = " ".join(description.split())
    if len(words) > _MOST_OF_A_DESCRIPTION:
        raise ReviewError(f"Describe the campaign in at most {_MOST_OF_A_DESCRIPTION} characters.")
    check_text(officer.data, officer.definition, {"the description": words})
    return words


def _campaign_of(data: DataFolder, definition: Definition) -> Mapping[str, str]:
    with open_private(warehouse_of(data, definition)) as connection:
        return dict(connection.execute(_MEMBERS).fetchall())


def _listed(names: Sequence[str]) -> str:
    return ", ".join(one[:200] for one in names[:10])


def _decide(officer: Officer, change: CampaignChange) -> CampaignChange:
    decided = change.model_copy(update={"reason": reason_of(change.reason)})
    officer.decides([decided])
    return decided

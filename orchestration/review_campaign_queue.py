"""The campaigns of one consultation at the desk: one officer at each at a time, whose words are decisions.

It holds the consultation's private key in memory.
"""

from collections.abc import Sequence

from dashboards.desk.review import Campaign, CampaignJob, SaidOfCampaign
from ingest.post.keyed.claims import Place, claim_first, give_back, held
from ingest.post.keyed.rules import person
from orchestration.builds import warehouse_of
from orchestration.review_campaigns import (
    campaign_meant,
    changes_that_stand,
    exclude_responses,
    join_campaigns,
    name_campaign,
    register_letter,
    reject_campaign,
    split_campaign,
    undo_change,
)
from orchestration.review_decisions import Officer, ReviewError, known_until
from schemas.data_folder import DataFolder
from schemas.decisions import CampaignChange
from schemas.definition import Definition
from schemas.sealing import read_identity
from transforms.campaigns.told import letter_of, members_of
from transforms.layout import Layout
from transforms.warehouse.read import open_private

MEMBERS_ON_A_PAGE = 50
_LISTED = """
SELECT campaign, coalesce(description, ''), members, unedited, registered FROM campaigns ORDER BY members DESC, campaign
"""


class CampaignQueue:
    """The campaigns of the current version; safe to share between threads."""

    def __init__(self, data: DataFolder, definition: Definition) -> None:
        """Read the keys.

        Raises:
            SealingError: a key is missing or open to others.
        """
        self._data, self._definition = data, definition
        self._identity = read_identity(data.keys(definition.id))
        self._claims = data.root / "review" / f"{definition.id}-campaigns.sqlite"
        self._warehouse = warehouse_of(data, definition)

    def listed(self) -> list[Campaign]:
        """Every campaign of the current version, the largest first.

        Raises:
            TransformError: there is no version of the warehouse yet.
        """
        with open_private(self._warehouse) as connection:
            found = connection.execute(_LISTED).fetchall()
        at = self.held()
        return [
            Campaign(name, description, members, unedited, registered, at.get(_place(name), ""))
            for name, description, members, unedited, registered in found
        ]

    def undescribed(self) -> list[Campaign]:
        """The campaigns that nobody has described, decided about or rejected by the decisions until now."""
        since = known_until(self._warehouse)
        said = {
            change.campaign
            for one, change in changes_that_stand(self._data, self._definition, self._identity)
            if one.seq > since
        }
        return [one for one in self.listed() if not one.description and one.id not in said]

    def take(self, campaign: str, officer: str, after: int = 0) -> CampaignJob:
        """One campaign with its letter and the members after the first so many, masked.

        It is claimed for a quarter of an hour where nobody else is at it; else it can be looked at.

        Raises:
            ReviewError: there is no such campaign.
            TransformError: there is no version of the warehouse yet.
        """
        known = campaign_meant(self._data, self._definition, campaign)
        is_ours = claim_first(self._claims, [_place(known)], officer, self._data.clock.now()) is not None
        every = self.listed()
        layout = Layout(self._definition)
        with open_private(self._warehouse) as connection:
            letter = letter_of(connection, layout, known, "masked")
            members = members_of(connection, layout, known, "masked", MEMBERS_ON_A_PAGE, after)
        return CampaignJob(
            campaign=next(one for one in every if one.id == known),
            after=after,
            others=[one for one in every if one.id != known],
            is_ours=is_ours,
            letter=letter,
            members=members,
        )

    def said(self, campaign: str | None = None) -> list[SaidOfCampaign]:
        """What officers said (of one campaign) and nobody took back, the latest first."""
        since = known_until(self._warehouse)
        found = changes_that_stand(self._data, self._definition, self._identity)
        return [
            SaidOfCampaign(one.seq, one.known_at, one.officer, _in_words(change), change.reason, one.seq <= since)
            for one, change in reversed(found)
            if campaign is None or campaign in (change.campaign, change.joined)
        ]

    def name(self, campaign: str, officer: str, description: str, reason: str) -> None:
        """Describe a campaign.

        Raises:
            ReviewError: another person is at it, or it cannot be said (see `name_campaign`).
            PromiseError: the words say a name or quote an answer.
        """
        name_campaign(self._at(campaign, officer), campaign, description, reason)
        self._done(campaign, officer)

    def join(self, campaign: str, officer: str, other: str, reason: str) -> None:
        """Say that another campaign belongs to it.

        Raises:
            ReviewError: another person is at it, or it cannot be said (see `join_campaigns`).
        """
        join_campaigns(self._at(campaign, officer), campaign, other, reason)
        self._done(campaign, officer)

    def split(self, campaign: str, officer: str, responses: Sequence[str], reason: str) -> None:
        """Say that some members are another campaign.

        Raises:
            ReviewError: another person is at it, or it cannot be said (see `split_campaign`).
        """
        split_campaign(self._at(campaign, officer), campaign, responses, reason)
        self._done(campaign, officer)

    def exclude(self, campaign: str, officer: str, responses: Sequence[str], reason: str) -> None:
        """Say that some members are of no campaign.

        Raises:
            ReviewError: another person is at it, or it cannot be said (see `exclude_responses`).
        """
        exclude_responses(self._at(campaign, officer), responses, reason)
        self._done(campaign, officer)

    def reject(self, campaign: str, officer: str, reason: str) -> None:
        """Say that it is no campaign.

        Raises:
            ReviewError: another person is at it, or it cannot be said (see `reject_campaign`).
        """
        reject_campaign(self._at(campaign, officer), campaign, reason)
        self._done(campaign, officer)

    def register(self, campaign: str, officer: str, text: str, description: str, reason: str) -> None:
        """Register a letter that is known in advance under a new id.

        Raises:
            ReviewError: there is such a campaign already, or it cannot be said (see `register_letter`).
            PromiseError: the description says a name or quotes an answer.
        """
        if campaign.strip() in {one.id for one in self.listed()}:
            raise ReviewError("There is a campaign of this id already; choose another.")
        register_letter(self._officer(officer), campaign, text, description, reason)

    def undo(self, number: int, officer: str, reason: str) -> None:
        """Take back what was said under this number.

        Raises:
            ReviewError: there is nothing of the kind to take back, or no reason is given.
        """
        undo_change(self._officer(officer), self._identity, number, reason)

    def held(self) -> dict[Place, str]:
        """Who is at which campaign now."""
        return held(self._claims, self._data.clock.now())

    def _officer(self, name: str) -> Officer:
        return Officer(name, self._data, self._definition)

    def _at(self, campaign: str, officer: str) -> Officer:
        if self.held().get(_place(campaign)) not in (None, person(officer)):
            raise ReviewError("Another person is at this campaign now; try again later.")
        return self._officer(officer)

    def _done(self, campaign: str, officer: str) -> None:
        give_back(self._claims, _place(campaign), officer)


def _place(campaign: str) -> Place:
    return campaign, ""


def _in_words(change: CampaignChange) -> str:
    many = f"{len(change.responses)} responses are" if len(change.responses) > 1 else "1 response is"
    return {
        "named": f"Called “{change.description}”: {change.campaign}",
        "joined": f"{change.joined} belongs to {change.campaign}",
        "split": f"{many} another campaign than {change.campaign}",
        "rejected": f"{change.campaign} is no campaign",
        "excluded": f"{many} of no campaign",
        "registered": f"A letter is registered: {change.campaign}",
    }[change.change]

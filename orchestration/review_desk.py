"""The queues of review for the desk, and what each of them has to do."""

from collections.abc import Sequence

from dashboards.desk.review import Review
from dashboards.desk.work_list import WorkQueue
from orchestration.builds import warehouse_of
from orchestration.review_campaign_queue import CampaignQueue
from orchestration.review_links import LinkQueue
from orchestration.review_quarantine_queue import QuarantineQueue
from orchestration.review_redaction_queue import RedactionQueue
from orchestration.review_work import CampaignWork, LateWork, LinkWork, QuarantineWork, RedactionWork
from schemas.data_folder import DataFolder
from schemas.definition import Definition


def review_of(data: DataFolder, definition: Definition) -> tuple[Review, Sequence[WorkQueue]]:
    """Links, campaigns, redactions and quarantine of one consultation, and their rows of the work list.

    Raises:
        SealingError: a key is missing or open to others.
    """
    warehouse = warehouse_of(data, definition)
    links, campaigns = LinkQueue(data, definition), CampaignQueue(data, definition)
    redactions, quarantine = RedactionQueue(data, definition), QuarantineQueue(data, definition)
    work = (
        QuarantineWork(quarantine),
        LateWork(quarantine),
        LinkWork(links, warehouse),
        CampaignWork(campaigns),
        RedactionWork(redactions, warehouse),
    )
    return Review(links, campaigns, redactions, quarantine), work

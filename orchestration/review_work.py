"""What waits for review, for the desk's work list: pairs, campaigns, redactions, quarantine."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from dashboards.desk.review import CAMPAIGNS_PATH, LINKS_PATH
from dashboards.desk.work_list import Waiting
from orchestration.review_campaign_queue import CampaignQueue
from orchestration.review_links import LinkQueue
from transforms.warehouse.read import open_private
from transforms.warehouse.versions import Warehouse

# A pair waits since the later of the two is there.
_LATER = """
SELECT min(greatest(a.received_at, b.received_at)) FROM (SELECT unnest($pairs, recursive := true)) AS p
JOIN responses AS a ON a.response_id = p.one JOIN responses AS b ON b.response_id = p.other
"""


@dataclass(frozen=True)
class LinkWork:
    """Pairs of responses that may be of one respondent."""

    queue: LinkQueue
    warehouse: Warehouse

    def waiting(self) -> Sequence[Waiting]:
        pairs = self.queue.waiting()
        held = counted(name for pair, name in self.queue.held().items() if pair in set(pairs))
        title = "Links: pairs that may be of one respondent"
        return [Waiting(title, len(pairs), self._oldest(pairs), held, LINKS_PATH)]

    def _oldest(self, pairs: Sequence[tuple[str, str]]) -> datetime | None:
        if not pairs:
            return None
        asked = [{"one": one, "other": other} for one, other in pairs]
        with open_private(self.warehouse) as connection:
            row = connection.execute(_LATER, {"pairs": asked}).fetchone()
        return row[0] if row else None


@dataclass(frozen=True)
class CampaignWork:
    """Campaigns that nobody has described."""

    queue: CampaignQueue

    def waiting(self) -> Sequence[Waiting]:
        found = self.queue.undescribed()
        held = counted(one.held_by for one in found if one.held_by)
        return [Waiting("Campaigns: to be described", len(found), None, held, CAMPAIGNS_PATH)]


def counted(names: Iterable[str]) -> list[tuple[str, int]]:
    """Who is at how many, by name."""
    return sorted(Counter(names).items())

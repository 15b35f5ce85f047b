"""What waits for review, for the desk's work list: pairs, campaigns, redactions, quarantine."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from dashboards.desk.review import CAMPAIGNS_PATH, LINKS_PATH, QUARANTINE_PATH, REDACTIONS_PATH
from dashboards.desk.work_list import Waiting
from orchestration.review_campaign_queue import CampaignQueue
from orchestration.review_links import LinkQueue
from orchestration.review_quarantine_queue import QuarantineQueue
from orchestration.review_redaction_queue import RedactionQueue
from transforms.warehouse.read import open_private
from transforms.warehouse.versions import Warehouse

_OLDEST = "SELECT min(received_at) FROM responses WHERE response_id IN (SELECT unnest($responses))"
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


@dataclass(frozen=True)
class QuarantineWork:
    """Responses that cannot go on by themselves."""

    queue: QuarantineQueue

    def waiting(self) -> Sequence[Waiting]:
        found = self.queue.waiting()
        waits = {(one.response, "") for one in found}
        held = counted(name for place, name in self.queue.held().items() if place in waits)
        oldest = min((datetime.fromisoformat(one.received_at) for one in found), default=None)
        return [Waiting("Quarantine and review: responses", len(found), oldest, held, QUARANTINE_PATH)]


@dataclass(frozen=True)
class LateWork:
    """Responses that came too late, which an officer may accept."""

    queue: QuarantineQueue

    def waiting(self) -> Sequence[Waiting]:
        found = self.queue.late()
        oldest = min((one.received_at for one in found), default=None)
        return [Waiting("Late: responses that may be accepted", len(found), oldest, address=f"{QUARANTINE_PATH}/late")]


@dataclass(frozen=True)
class RedactionWork:
    """Answers in which masking is not sure of something."""

    queue: RedactionQueue
    warehouse: Warehouse

    def waiting(self) -> Sequence[Waiting]:
        places = self.queue.waiting()
        held = counted(name for place, name in self.queue.held().items() if place in set(places))
        oldest = oldest_of(self.warehouse, {response for response, _ in places})
        return [Waiting("Redactions: answers to be looked at", len(places), oldest, held, REDACTIONS_PATH)]


def oldest_of(warehouse: Warehouse, responses: set[str]) -> datetime | None:
    """When the first of these responses arrived."""
    if not responses:
        return None
    with open_private(warehouse) as connection:
        row = connection.execute(_OLDEST, {"responses": sorted(responses)}).fetchone()
    return row[0] if row else None


def counted(names: Iterable[str]) -> list[tuple[str, int]]:
    """Who is at how many, by name."""
    return sorted(Counter(names).items())

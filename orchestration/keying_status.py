"""How the keying stands, in figures and job names: never an answer."""

from collections import Counter
from typing import Any, get_args

from ingest.post.keyed.audit import Rate
from ingest.post.keyed.queue import ROLES, job_id
from ingest.post.keyed.rules import Due
from orchestration.keying_batches import batches_by_artefact
from orchestration.keying_queue import KeyingQueue
from orchestration.scanned_batches import ScannedBatch, scanned_batches
from schemas.data_folder import DataFolder

OUTCOMES = ("answer", "blank", "illegible")
# These wait for somebody in particular, so they are named.
_NAMED: tuple[Due, ...] = ("third", "continued")


def keying_status(queue: KeyingQueue) -> dict[str, Any]:
    """What waits by kind, what is settled by outcome, and what double keying and the audit measure.

    Raises:
        TransformError: there is no version of the warehouse yet.
    """
    standings = queue.standings()
    waiting = Counter(one.verdict.due for one in standings.values() if one.verdict.due)
    settled = Counter(str(one.verdict.keyed.outcome) for one in standings.values() if one.verdict.keyed)
    named = {
        due: [job_id(*place, ROLES[due]) for place, one in standings.items() if one.verdict.due == due]
        for due in _NAMED
    }
    audit = queue.audit()
    return {
        "waiting": {due: waiting[due] for due in get_args(Due)},
        "settled": {outcome: settled[outcome] for outcome in OUTCOMES},
        "letters": queue.letters(),
        "jobs": named,
        "double_keying": _rate(queue.agreement()),
        "audit": {"boxes": _rate(audit.boxes), "questions": _rate(audit.questions), "unclear": audit.unclear},
    }


def keying_by_batch(data: DataFolder, queue: KeyingQueue) -> list[dict[str, Any]]:
    """Each batch of scanned paper: its forms, its sheets as they were counted, and how its keying stands.

    Every page is read for it again, to be held against the sheets.
    """
    batch_of = batches_by_artefact(data, queue.definition)
    waiting: Counter[str] = Counter()
    settled: Counter[str] = Counter()
    for (response, _), one in queue.standings().items():
        batch = batch_of.get(response.rpartition(".")[0])
        if batch is not None:
            waiting[batch] += one.verdict.due is not None
            settled[batch] += one.verdict.keyed is not None
    return [
        {
            "batch": one.name,
            "forms": one.counts.forms,
            "sheets": one.sheets,
            "agrees": _agree(one),
            "waiting": waiting[one.name],
            "settled": settled[one.name],
        }
        for one in scanned_batches(data, queue.definition)
    ]


def _agree(batch: ScannedBatch) -> bool | None:
    """Whether the pages can be the sheets that were counted; nothing where they were not."""
    if batch.sheets is None:
        return None
    least, most = batch.counts.sheets
    return least <= batch.sheets <= most


def _rate(rate: Rate) -> dict[str, Any]:
    """A count with its base, its share and the 95% interval of that; no share without a base."""
    return {"count": rate.count, "base": rate.base, "share": rate.share, "interval": rate.interval}

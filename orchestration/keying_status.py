"""How the keying stands, in figures and job names: never an answer."""

from collections import Counter
from typing import Any, get_args

from ingest.post.audit import Rate
from ingest.post.queue import ROLES, job_id
from ingest.post.rules import Due
from orchestration.keying_queue import KeyingQueue

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


def _rate(rate: Rate) -> dict[str, Any]:
    """A count with its base, its share and the 95% interval of that; no share without a base."""
    return {"count": rate.count, "base": rate.base, "share": rate.share, "interval": rate.interval}

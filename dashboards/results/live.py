"""The live total: what is received now, of which some arrived since the figures of the page were made."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from dashboards.results import wording
from dashboards.results.figures import View
from dashboards.results.settings import ResultsSettings
from schemas.live_totals import read_live_totals

LIVE_SECONDS = 3
# Counted every two seconds; what is older was written by something that has stopped.
_FRESH = timedelta(seconds=30)


@dataclass(frozen=True)
class LiveReceived:
    """`received` in all, `since` of them after the version that is shown; `unread` messages and scanned batches."""

    received: int
    since: int
    unread: int
    at: datetime

    @property
    def sentence(self) -> str:
        """`Received now: 431, of which 3 since the figures below were made.`"""
        since = f", of which {wording.number(self.since)} since the figures below were made" if self.since else ""
        unread = (
            f" Still to be read: {wording.counted(self.unread, 'message')} or batches of scans." if self.unread else ""
        )
        return f"Received now: {wording.number(self.received)}{since}.{unread}"


def live_received(settings: ResultsSettings, view: View) -> LiveReceived | None:
    """The live total beside the latest view; None where nobody counts, or once the results are final."""
    about = view.version.about
    file = settings.live.get(about.consultation)
    if file is None or not view.is_interim:
        return None
    totals = read_live_totals(file, about.version, settings.clock.now() - _FRESH)
    if totals is None:
        return None
    since = sum(totals.responses.values())
    at = totals.at.astimezone(about.zone)
    return LiveReceived(view.of_ledger() + since, since, sum(totals.unread.values()), at)

"""Live totals: what arrived since the published figures were made, counted every few seconds from headers alone.

A count is version + tail of landing + tail of the public server, each made anew, so that nothing drifts. Nothing is
opened or landed here, and no key is needed.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import requests

from ingest.landing import Landing
from ingest.web.clients.arrived import arrived
from ingest.web.clients.pull import SOURCE, feed_session
from orchestration.intake import landing_of, public_source
from schemas.clock import Clock
from schemas.data_folder import DataFolder
from schemas.definition import Definition, published_definitions
from schemas.errors import YourSayError
from schemas.live_totals import LiveTotals, write_live_totals
from transforms.warehouse.versions import manifest_in

SECONDS = 2.0
_COLUMNS = ("event", "channel", "source", "source_sequence")
_ARRIVALS = ("submission", "supersede")
# One artefact of these sources is one response; of others it may hold several, or none.
_ROW_BY_ROW = (SOURCE, "import-")


@dataclass(frozen=True)
class LandingTail:
    """What landing holds after a version: responses and artefacts to be read by channel, up to record `last`."""

    last: int
    responses: dict[str, int]
    unread: dict[str, int]
    web_sequence: int


@dataclass
class Counting:
    """Counts one consultation again and again; landing is read anew only where it has grown."""

    landing: Landing
    definition: Definition
    private: Path
    public: Path
    file: Path
    clock: Clock
    _known: dict[tuple[str, int], LandingTail] = field(default_factory=dict)

    def count(self, session: requests.Session, base_url: str) -> LiveTotals | None:
        """Count and write; None before the first version.

        Raises:
            YourSayError: the public server or the version cannot be read.
        """
        try:
            version = (self.public / "CURRENT").read_text("utf-8").strip()
        except FileNotFoundError:
            return None
        tail = self._tail(version)
        waiting = Counter(tail.responses) + Counter(arrived(session, base_url, self.definition.id, tail.web_sequence))
        totals = LiveTotals(version=version, at=self.clock.now(), responses=dict(waiting), unread=tail.unread)
        write_live_totals(self.file, totals)
        return totals

    def _tail(self, version: str) -> LandingTail:
        key = (version, self.landing.log.last_seq())
        if key not in self._known:
            built_on = manifest_in(self.private / version).landing_seq
            self._known = {key: landing_tail(self.landing, built_on)}
        return self._known[key]


def landing_tail(landing: Landing, after: int) -> LandingTail:
    """Count what landing holds after a record, from one reading of its headers."""
    web = landing.last_source_sequence(SOURCE)
    rows = landing.log.read(after=after, columns=["seq", *_COLUMNS])
    responses: Counter[str] = Counter()
    unread: Counter[str] = Counter()
    for event, channel, source, sequence in zip(*(rows[name].to_pylist() for name in _COLUMNS), strict=True):
        if event in _ARRIVALS:
            (responses if source.startswith(_ROW_BY_ROW) else unread)[channel] += 1
        # What was landed between the two readings is counted here and must not be asked of the server again.
        web = max(web, sequence or 0) if source == SOURCE else web
    last = rows["seq"][-1].as_py() if rows.num_rows else after
    return LandingTail(last, dict(responses), dict(unread), web)


def count_for_ever(data: DataFolder, pause: Callable[[float], None], say: Callable[[str], None]) -> None:
    """Count every published consultation every two seconds, until stopped.

    Args:
        pause: waits so many seconds.
        say: is told what cannot be counted, once for each different sentence.
    """
    source, said = public_source(data), ""
    counting: dict[str, Counting] = {}
    with feed_session(source.token(), tries=1) as session:
        while True:
            for name, definition in published_definitions(data.definitions).items():
                one = counting.setdefault(name, counting_of(data, definition))
                try:
                    one.count(session, source.url)
                except YourSayError as error:
                    if said != str(error):
                        said = str(error)
                        say(said)
            pause(SECONDS)


def counting_of(data: DataFolder, definition: Definition) -> Counting:
    """What counts one consultation of a data folder."""
    name = definition.id
    return Counting(
        landing=landing_of(data, definition),
        definition=definition,
        private=data.warehouse_private(name),
        public=data.warehouse_public(name),
        file=data.live_totals(name),
        clock=data.clock,
    )

"""What the pages show, before anything is drawn: figures with their tables. Streamlit and plain HTML draw the same."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from dashboards.results import wording
from dashboards.results.tables import PublicVersion
from schemas.policy import Side


@dataclass(frozen=True)
class Table:
    """Cells as they are printed; the first cell of a row is its heading."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Bars:
    """Counts to draw, in the order of the table; None where a count is hidden, with the words that stand for it.

    With `sides`, one for each count, what is for goes to the right of a line and what is against to its left; None
    stands apart from both. Without it the counts are a plain list.
    """

    labels: tuple[str, ...]
    values: tuple[int | None, ...]
    texts: tuple[str, ...]
    sides: tuple[Side | None, ...] = ()


@dataclass(frozen=True)
class Line:
    """A running total to draw, with the days that are marked on it; `told` are those of the outreach log, by number."""

    days: tuple[date, ...]
    values: tuple[int, ...]
    marks: tuple[tuple[date, str], ...]
    told: tuple[tuple[date, str], ...] = ()
    unit: str = "responses received"


@dataclass(frozen=True)
class Figure:
    """One finding: a headline that says what is seen, a statistical title, the base, the figures, and notes.

    `key` is its address within its page.
    """

    key: str
    headline: str
    title: str
    table: Table
    chart: Bars | Line | None = None
    base: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Page:
    """One page of results. `key` is its address, `menu` its name in the list of pages.

    `news` says what has changed since the reader's last visit, where that is known.
    """

    key: str
    title: str
    menu: str
    summary: tuple[str, ...]
    figures: tuple[Figure, ...]
    key_figures: tuple[tuple[str, str], ...] = ()
    quotes: tuple[str, ...] = ()
    news: tuple[str, ...] = ()


@dataclass(frozen=True)
class View:
    """A version as somebody looks at it. `now` is the present for the latest view, and `as_at` for an earlier one.

    `sides` are the policy's: field -> code -> the side on which it stands.
    """

    version: PublicVersion
    now: datetime
    sides: Mapping[str, Mapping[str, Side]] = field(default_factory=dict)

    @property
    def status(self) -> str:
        """The version's status; one that was built while open is closed once the last day has passed.

        Results are final when two people have signed them off, which leaves a hash, and not before.
        """
        about = self.version.about
        today = self.now.astimezone(about.zone).date()
        if about.status == "open" and today > about.closes:
            return "closed"
        return "closed" if about.status == "final" and not about.final_hash else about.status

    @property
    def is_interim(self) -> bool:
        return self.status != "final"

    @property
    def watermark(self) -> str:
        """`Interim, as at ...`, or `Final, as at ...`; of a correction, with its number."""
        about = self.version.about
        as_at = wording.moment(about.as_at)
        if self.is_interim:
            return f"Interim, as at {as_at}"
        return f"Final{f', correction {about.correction}' if about.correction else ''}, as at {as_at}"

    def sign_off(self) -> str | None:
        """When the results were signed off and under which hash; None while they are interim."""
        about = self.version.about
        if self.is_interim:
            return None
        when = f" on {wording.moment(about.signed_off_at)}" if about.signed_off_at else ""
        return f"Signed off by two people{when}. Hash of the results: {about.final_hash}."

    def period(self) -> str:
        """Where the consultation stands between its first and its last day."""
        about = self.version.about
        length = (about.closes - about.opens).days + 1
        today = self._today()
        if today < about.opens:
            return f"Opens on {wording.day(about.opens)} for {length} days."
        if today > about.closes:
            return f"Closed on {wording.day(about.closes)} after {length} days."
        left = (about.closes - today).days
        remaining = f"{wording.counted(left, 'day')} left" if left else "the last day"
        return f"Day {(today - about.opens).days + 1} of {length}, {remaining}; closes on {wording.day(about.closes)}."

    def days_left(self) -> str:
        """`45 days left`, `The last day`, `Closed` or `Not open yet`."""
        about, today = self.version.about, self._today()
        if today < about.opens:
            return "Not open yet"
        if today > about.closes:
            return "Closed"
        left = (about.closes - today).days
        return f"{wording.counted(left, 'day')} left" if left else "The last day"

    def of_ledger(self, line: str | None = None, channel: str | None = None) -> int:
        """Responses in the ledger, of one line or channel where given."""
        return sum(
            row.responses for row in self.version.ledger if line in (None, row.line) and channel in (None, row.channel)
        )

    @property
    def channels(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(row.channel for row in self.version.ledger))

    def _today(self) -> date:
        return self.now.astimezone(self.version.about.zone).date()

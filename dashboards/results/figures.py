"""What the pages show, before anything is drawn: figures with their tables. Streamlit and plain HTML draw the same."""

from dataclasses import dataclass
from datetime import date, datetime

from dashboards.results import wording
from dashboards.results.tables import PublicVersion


@dataclass(frozen=True)
class Table:
    """Cells as they are printed; the first cell of a row is its heading."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Bars:
    """Counts to draw, in the order of the table; None where a count is hidden, with the words that stand for it."""

    labels: tuple[str, ...]
    values: tuple[int | None, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Line:
    """A running total to draw, with the days that are marked on it."""

    days: tuple[date, ...]
    values: tuple[int, ...]
    marks: tuple[tuple[date, str], ...]
    unit: str = "responses received"


@dataclass(frozen=True)
class Figure:
    """One finding: a headline that says what is seen, a statistical title, the base, the figures, and notes."""

    headline: str
    title: str
    table: Table
    chart: Bars | Line | None = None
    base: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Page:
    """One page of results. `key` is its address, `menu` its name in the list of pages."""

    key: str
    title: str
    menu: str
    summary: tuple[str, ...]
    figures: tuple[Figure, ...]
    key_figures: tuple[tuple[str, str], ...] = ()
    quotes: tuple[str, ...] = ()


@dataclass(frozen=True)
class View:
    """A version as somebody looks at it. `now` is the present for the latest view, and `as_at` for an earlier one."""

    version: PublicVersion
    now: datetime

    @property
    def status(self) -> str:
        """The version's status; one that was built while open is closed once the last day has passed."""
        about = self.version.about
        today = self.now.astimezone(about.zone).date()
        return "closed" if about.status == "open" and today > about.closes else about.status

    @property
    def is_interim(self) -> bool:
        return self.status != "final"

    @property
    def watermark(self) -> str:
        """`Interim, as at ...`, or `Final, as at ...`."""
        return f"{'Interim' if self.is_interim else 'Final'}, as at {wording.moment(self.version.about.as_at)}"

    def period(self) -> str:
        """Where the consultation stands between its first and its last day."""
        about = self.version.about
        today = self.now.astimezone(about.zone).date()
        length = (about.closes - about.opens).days + 1
        if today < about.opens:
            return f"Opens on {wording.day(about.opens)} for {length} days."
        if today > about.closes:
            return f"Closed on {wording.day(about.closes)} after {length} days."
        left = (about.closes - today).days
        remaining = f"{wording.counted(left, 'day')} left" if left else "the last day"
        return f"Day {(today - about.opens).days + 1} of {length}, {remaining}; closes on {wording.day(about.closes)}."

    def of_ledger(self, line: str | None = None, channel: str | None = None) -> int:
        """Responses in the ledger, of one line or channel where given."""
        return sum(
            row.responses for row in self.version.ledger if line in (None, row.line) and channel in (None, row.channel)
        )

    @property
    def channels(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(row.channel for row in self.version.ledger))

"""Tables and bars of protected counts: hidden cells in words, percentages only from the policy's base on."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from dashboards.results import wording
from dashboards.results.figures import Bars, Table
from dashboards.results.tables import About, PositionRow
from schemas.policy import Side

# With more bars than this a chart says less than its table.
_MOST_BARS = 25


class Count(Protocol):
    """A row of a protected table."""

    @property
    def label(self) -> str: ...
    @property
    def responses(self) -> int | None: ...
    @property
    def base(self) -> int | None: ...


def counts_table(
    rows: Sequence[Count], *, caption: str, heading: str, unit: str, base: int | None, about: About
) -> Table:
    """One row a category; with the share of the base where the base is large enough for percentages."""
    of = base if base is not None and base >= about.percentages_from else None
    cells = [(row.label, wording.count(row.responses), *([_share(row.responses, of)] if of else [])) for row in rows]
    return Table(caption, (heading, unit, *(["Share of the base"] if of else [])), tuple(cells))


def bars_of(rows: Sequence[Count]) -> Bars | None:
    """Bars in the order of the table; none where there are too many to read or nothing to draw."""
    if not 1 <= len(rows) <= _MOST_BARS or all(row.responses is None for row in rows):
        return None
    return Bars(
        labels=tuple(row.label for row in rows),
        values=tuple(row.responses for row in rows),
        texts=tuple(wording.count(row.responses) for row in rows),
    )


def sided_bars(rows: Sequence[PositionRow], sides: Mapping[str, Side]) -> Bars | None:
    """Bars of positions on two sides, those that stand on neither last; a plain list where the policy names none."""
    ordered = sorted(rows, key=lambda row: row.code not in sides) if sides else rows
    bars = bars_of(ordered)
    return replace(bars, sides=tuple(sides.get(row.code) for row in ordered)) if bars and sides else bars


def hidden_note(rows: Sequence[Count], about: About) -> tuple[str, ...]:
    """Why a count is hidden, where one is."""
    if all(row.responses is not None for row in rows):
        return ()
    return (
        f"Not shown: fewer than {about.hidden_below}, or a count from which a number that small could be worked out.",
    )


def waiting_note(base: int | None, all_of_them: int) -> tuple[str, ...]:
    """That some wait for the next step, where the base leaves them out."""
    if base is None or base >= all_of_them:
        return ()
    return (wording.SOME_WAIT,)


def most_frequent(rows: Sequence[Count], base: int | None, unit: str) -> str | None:
    """`31 of 54 coded answers: Support`, naming all that come first; None where nothing can be said."""
    shown = [row for row in rows if row.responses]
    if not shown or not base:
        return None
    most = max(row.responses or 0 for row in shown)
    first = [row.label for row in shown if row.responses == most]
    each = " each" if len(first) > 1 else ""
    return f"{wording.number(most)} of {wording.counted(base, unit)}{each}: {wording.listed(first)}"


def base_of(rows: Sequence[Count]) -> int | None:
    return next((row.base for row in rows if row.base is not None), None)


def base_line(base: int | None, unit: str) -> str | None:
    """`Base: 54 coded answers.`; None where the base is hidden."""
    return f"Base: {wording.counted(base, unit)}." if base is not None else None


def _share(responses: int | None, base: int) -> str:
    """A whole percentage; 0% and 100% only where they are exact."""
    if responses is None:
        return "not shown"
    share = 100 * responses / base
    if 0 < share < 1:
        return "under 1%"
    return f"{min(round(share), 99) if responses < base else 100}%"

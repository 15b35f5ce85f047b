"""The responses page: when responses came, how, and from whom."""

from dashboards.results import wording
from dashboards.results.content.counts import (
    bars_of,
    base_line,
    base_of,
    counts_table,
    hidden_note,
    most_frequent,
    waiting_note,
)
from dashboards.results.content.outreach import NOT_ASKED, outreach_marks
from dashboards.results.figures import Bars, Figure, Line, Page, Table, View


def responses_page(view: View) -> Page:
    """Received over time with the closing day marked, by channel, and included by respondent type."""
    figures = [_over_time(view), by_channel(view)]
    if view.version.respondent_types:
        figures.append(_by_type(view))
    return Page(
        key="responses",
        title="Responses",
        menu="Responses",
        summary=(view.period(),),
        figures=tuple(figures),
    )


def by_channel(view: View) -> Figure:
    """Received and included, by channel."""
    received = {channel: view.of_ledger(channel=channel) for channel in view.channels}
    included = {channel: view.of_ledger("included", channel) for channel in view.channels}
    rows = [
        (wording.channel(channel), wording.number(received[channel]), wording.number(included[channel]))
        for channel in view.channels
    ]
    included_in_all = wording.number(view.of_ledger("included"))
    rows.append(("All channels", wording.number(view.of_ledger()), included_in_all))
    total = wording.counted(view.of_ledger(), "response")
    return Figure(
        key="by-channel",
        headline=f"{total} received, {included_in_all} included{' so far' if view.is_interim else ''}",
        title="Responses received, by channel",
        table=Table("Responses received and included, by channel", ("Channel", "Received", "Included"), tuple(rows)),
        chart=Bars(
            labels=tuple(wording.channel(channel) for channel in view.channels),
            values=tuple(received.values()),
            texts=tuple(wording.number(value) for value in received.values()),
        ),
        base=f"Base: {total} received.",
        notes=("The ledger shows what became of the others.",),
    )


def _over_time(view: View) -> Figure:
    about, rows = view.version.about, view.version.received_over_time
    received = view.of_ledger()
    told, meanings = outreach_marks(view, rows[-1].day if rows else about.closes)
    return Figure(
        key="over-time",
        headline=f"{wording.counted(received, 'response')} received since {wording.day(about.opens)}",
        title="Responses received so far, by day",
        table=Table(
            "Responses received so far, by day, rounded down",
            ("Day", "Received so far"),
            tuple((wording.day(row.day), wording.number(row.received_so_far)) for row in rows),
        ),
        chart=Line(
            days=tuple(row.day for row in rows),
            values=tuple(row.received_so_far for row in rows),
            marks=((about.closes, f"Closes {wording.day(about.closes)}"),),
            told=told,
        ),
        base=f"Base: {wording.counted(received, 'response')} received.",
        notes=(
            "Each day's figure is rounded down, so that no single response can be told from it.",
            *((f"Numbers on the line stand for who was told. {NOT_ASKED}", *meanings) if told else ()),
        ),
    )


def _by_type(view: View) -> Figure:
    rows = view.version.respondent_types
    about = view.version.about
    base, title = base_of(rows), "Responses included, by type of respondent"
    return Figure(
        key="by-type",
        headline=most_frequent(rows, base, "response") or "Too few responses to show",
        title=title,
        table=counts_table(rows, caption=title, heading="Type of respondent", unit="Responses", base=base, about=about),
        chart=bars_of(rows),
        base=base_line(base, "response"),
        notes=(
            wording.SUM_OVER_TYPES,
            *waiting_note(base, view.of_ledger("included")),
            *hidden_note(rows, about),
        ),
    )

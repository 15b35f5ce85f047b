"""The ledger page: every response that came in is in exactly one line."""

from dashboards.results import wording
from dashboards.results.figures import Figure, Page, Table, View


def ledger_page(view: View) -> Page:
    """Each channel by each line, with sums, and the way from received to included in a sentence."""
    sentences = [received_to_included(view)]
    sentences += [received_to_included(view, channel) for channel in view.channels if view.of_ledger(channel=channel)]
    lines = tuple(dict.fromkeys(row.line for row in view.version.ledger))
    table = Table(
        caption="Responses by channel and line of the ledger",
        columns=("Line", *(wording.channel(channel) for channel in view.channels), "All channels"),
        rows=(
            *(_row(view, wording.line(line), line) for line in lines),
            _row(view, "Received (sum of the lines)", None),
        ),
    )
    figure = Figure(
        headline=f"{wording.number(view.of_ledger('included'))} of {wording.number(view.of_ledger())} are included",
        title="Responses received, by channel and by what became of them",
        table=table,
        base=f"Base: {wording.counted(view.of_ledger(), 'response')} received.",
        notes=tuple(f"{wording.line(line)}: {wording.LINE_EXPLANATIONS[line]}." for line in lines),
    )
    return Page(key="ledger", title="Ledger", menu="Ledger", summary=tuple(sentences), figures=(figure,))


def received_to_included(view: View, channel: str | None = None) -> str:
    """`612 responses were received. Less 4 blank and 3 duplicate, 605 are included.`"""
    start = f"{wording.channel(channel)}: " if channel else ""
    received, included = view.of_ledger(channel=channel), view.of_ledger("included", channel)
    lines = dict.fromkeys(row.line for row in view.version.ledger if row.line != "included")
    less = [
        f"{wording.number(responses)} {wording.line(line).lower()}"
        for line in lines
        if (responses := view.of_ledger(line, channel))
    ]
    verb = "was" if received == 1 else "were"
    taken_off = f"Less {wording.listed(less)}, " if less else "Nothing is taken off: "
    return (
        f"{start}{wording.counted(received, 'response')} {verb} received. "
        f"{taken_off}{wording.number(included)} {'is' if included == 1 else 'are'} included."
    )


def _row(view: View, label: str, line: str | None) -> tuple[str, ...]:
    by_channel = (wording.number(view.of_ledger(line, channel)) for channel in view.channels)
    return (label, *by_channel, wording.number(view.of_ledger(line)))

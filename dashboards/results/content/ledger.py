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
        key="ledger",
        headline=f"{wording.number(view.of_ledger('included'))} of {wording.number(view.of_ledger())} are included",
        title="Responses received, by channel and by what became of them",
        table=table,
        base=f"Base: {wording.counted(view.of_ledger(), 'response')} received.",
        notes=tuple(f"{wording.line(line)}: {wording.LINE_EXPLANATIONS[line]}." for line in lines),
    )
    figures = [figure]
    if view.version.of_which:
        figures.append(_of_which(view))
    if view.version.campaigns:
        figures.append(_campaigns(view))
    return Page(key="ledger", title="Ledger", menu="Ledger", summary=tuple(sentences), figures=tuple(figures))


def received_to_included(view: View, channel: str | None = None) -> str:
    """The way from received to included, and of which, in words."""
    lines = {(row.channel, row.line): row.responses for row in view.version.ledger}
    of_which = {(row.channel, row.kind): row.responses for row in view.version.of_which}
    return wording.ledger_paragraph(lines, of_which, channel)


def _of_which(view: View) -> Figure:
    """The included respondents by whether a campaign's letter, an organisation or an individual speaks."""
    counts = {(row.channel, row.kind): row.responses for row in view.version.of_which}
    kinds = tuple(dict.fromkeys(row.kind for row in view.version.of_which))
    channels = tuple(dict.fromkeys(row.channel for row in view.version.of_which))

    def row(label: str, of: tuple[str, ...]) -> tuple[str, ...]:
        by_channel = [sum(counts.get((channel, kind), 0) for kind in of) for channel in channels]
        return (label, *map(wording.number, by_channel), wording.number(sum(by_channel)))

    included = view.of_ledger("included")
    campaigns = sum(responses for (_, kind), responses in counts.items() if kind.startswith("campaign"))
    return Figure(
        key="of-which",
        headline=f"{wording.number(campaigns)} of {wording.number(included)} included responses are campaign letters",
        title="Included responses by who speaks",
        table=Table(
            caption="Included responses by channel and by who speaks",
            columns=("Of which", *(wording.channel(channel) for channel in channels), "All channels"),
            rows=(*(row(wording.kind(kind), (kind,)) for kind in kinds), row("Included", kinds)),
        ),
        base=f"Base: {wording.counted(included, 'included response')}.",
        notes=("Each is counted once, for the first that applies.",),
    )


def _campaigns(view: View) -> Figure:
    """The campaigns that enough respondents took part in, in the officers' words."""
    rows = tuple(
        (one.description or "Not described yet", wording.number(one.members), wording.count(one.unedited))
        for one in view.version.campaigns
    )
    return Figure(
        key="campaigns",
        headline=f"{wording.counted(len(rows), 'campaign')} that enough respondents took part in",
        title="Campaigns",
        table=Table(
            caption="Campaigns by how many respondents sent their letter",
            columns=("Campaign", "Responses", "Of these, as it is"),
            rows=rows,
        ),
        base="Responses in steps; the letter itself is not shown.",
        notes=(),
    )


def _row(view: View, label: str, line: str | None) -> tuple[str, ...]:
    by_channel = (wording.number(view.of_ledger(line, channel)) for channel in view.channels)
    return (label, *by_channel, wording.number(view.of_ledger(line)))

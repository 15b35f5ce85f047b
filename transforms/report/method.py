"""How the work was done, in the report: protection, the ledger in a sentence and a table, and measures of quality."""

from collections.abc import Iterator

from transforms.ledger_words import CHANNELS, LINES
from transforms.report.document import Block, Quoted, Run, Runs, Table
from transforms.report.sources import Sources
from transforms.report.words import heading

_HIDDEN = "'Not shown' stands for a count that is small, or from which a small one could be worked out."
_KINDS = (
    ("organisation", "name an organisation"),
    ("individual", "are individuals'"),
    ("campaign_unedited", "sent a campaign's letter as it is"),
    ("campaign_edited", "sent such a letter with changes"),
)


def quality_blocks(sources: Sources) -> Iterator[Block]:
    """Each measure that is shown: most of a small consultation's are not, and would fill pages with nothing."""
    rows = [row for row in sources.rows("quality") if row["value"] is not None]
    if not rows:
        return
    yield heading(2, "Appendix: how the work was done, in figures")
    cells: list[tuple[Runs, ...]] = [
        ((Quoted(row["label"]),), (sources.cell("quality", row, "value"),), (Quoted(row["unit"]),),
         (Quoted(row["note"]),))
        for row in rows
    ]  # fmt: skip
    columns: tuple[Runs, ...] = (("Measure",), ("Value",), ("Unit",), ("Note",))
    left_out: Runs = ("Measures that are small or cannot be given yet are left out.",)
    yield Table(("Linkage, masking, coding and reading",), columns, tuple(cells), notes=(left_out,))


def protection(sources: Sources) -> Runs:
    """How counts are protected, in a paragraph."""
    rule = sources.manifest["protection"]
    runs: list[Run] = ["So that nobody's answer can be worked out, counts under ",
                       sources.of_manifest("protection", "threshold"), " are not shown"]  # fmt: skip
    if rule["rounding"] > 1:
        runs += [" and others are rounded to the nearest ", sources.of_manifest("protection", "rounding")]
    if rule["step"] > 1:
        runs += [". Positions move in steps of ", sources.of_manifest("protection", "step"), " respondents"]
    return (*runs, ". The ledger is exact. ", _HIDDEN)


def ledger_sentence(sources: Sources) -> Runs:
    """The ledger in a paragraph."""
    less = [(line, sources.total("ledger", "responses", line=line)) for line in LINES if line != "included"]
    taken: list[Run] = []
    for line, figure in less:
        if figure.value:
            taken += [", " if taken else "", figure, f" {LINES[line].lower()}"]
    runs: list[Run] = [sources.total("ledger", "responses"), " responses were received. "]
    runs += ["Less ", *taken, ", "] if taken else ["Nothing is taken off: "]
    runs += [sources.total("ledger", "responses", line="included"), " are included."]
    kinds = [(words, sources.total("of_which", "responses", kind=kind)) for kind, words in _KINDS]
    for place, (words, figure) in enumerate((words, figure) for words, figure in kinds if figure.value):
        runs += [" Of these, " if not place else ", ", figure, f" {words}"]
    return (*runs, "." if any(figure.value for _, figure in kinds) else "")


def ledger_table(sources: Sources) -> Table:
    """The ledger by line and channel."""
    rows = sources.rows("ledger")
    channels = list(dict.fromkeys(row["channel"] for row in rows))
    lines = [line for line in LINES if sources.total("ledger", "responses", line=line).value]

    def cells(line: str) -> tuple[Runs, ...]:
        of_line = {row["channel"]: row for row in rows if row["line"] == line}
        by_channel: list[Runs] = [(sources.cell("ledger", of_line[one], "responses"),) for one in channels]
        return ((LINES[line],), *by_channel, (sources.total("ledger", "responses", line=line),))

    by_channel: list[Runs] = [(sources.total("ledger", "responses", channel=one),) for one in channels]
    received: tuple[Runs, ...] = (("Received",), *by_channel, (sources.total("ledger", "responses"),))
    columns: tuple[Runs, ...] = (("Line",), *((CHANNELS.get(one, one),) for one in channels), ("All",))
    return Table(("Ledger: responses by line and channel",), columns, (*(cells(line) for line in lines), received))

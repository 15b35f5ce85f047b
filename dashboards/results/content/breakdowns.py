"""Breakdowns of a question: by type of respondent, by channel, and with and without campaign letters."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from dashboards.results import wording
from dashboards.results.content.counts import base_of, hidden_note
from dashboards.results.content.positions import NO_ANSWER
from dashboards.results.figures import Figure, Table, View
from dashboards.results.tables import ClosedByTypeRow, ClosedRow, PositionByTypeRow, PositionRow

# Groups that are no types of respondents begin with this; what follows says what they are told apart by.
_PSEUDO = "~"
_CHANNEL = "~channel_"


@dataclass(frozen=True)
class _Grouping:
    """What respondents are told apart by: its address, its words, its groups, and what the reader has to know."""

    key: str
    words: str
    holds: Callable[[str], bool]
    note: str


_GROUPINGS = (
    _Grouping("type", "by type of respondent", lambda code: not code.startswith(_PSEUDO), wording.SUM_OVER_TYPES),
    _Grouping("channel", "by channel", lambda code: code.startswith(_CHANNEL), "Each is counted for one channel."),
    _Grouping(
        "campaign",
        "with and without campaign letters",
        lambda code: code.startswith(_PSEUDO) and not code.startswith(_CHANNEL),
        "Who sent a campaign's letter and who answered in their own words are all, together.",
    ),
)


@dataclass(frozen=True)
class Subject:
    """What is broken down: one part of a question, its counts of all, and those of every group."""

    key: str
    part: str
    title: str
    heading: str
    whole: Sequence[PositionRow | ClosedRow]
    groups: Sequence[PositionByTypeRow | ClosedByTypeRow]


def breakdown_figures(view: View, subject: Subject) -> Iterator[Figure]:
    """A figure for each way in which the groups are told apart, beside the counts of all."""
    for grouping in _GROUPINGS:
        rows = [row for row in subject.groups if grouping.holds(row.type_code)]
        if rows:
            yield _figure(view, subject, grouping, rows)


def _figure(
    view: View, subject: Subject, grouping: _Grouping, rows: Sequence[PositionByTypeRow | ClosedByTypeRow]
) -> Figure:
    """A table with a column for each group, in counts only: the bases are small. No answer stands last, outside."""
    bases = {row.type_code: f"{row.type_label} (base {wording.count(row.base)})" for row in rows}
    cells = {(row.code, row.type_code): wording.count(row.responses) for row in rows}
    of_all = {row.code: wording.count(row.responses) for row in subject.whole}
    labels = {row.code: row.label for row in rows if row.code != NO_ANSWER}
    if any(row.code == NO_ANSWER for row in rows):
        labels[NO_ANSWER] = "No answer to this part, outside the positions"
    headline = grouping.words.capitalize()
    title = f"{subject.title}, {grouping.words}"
    return Figure(
        key=f"{subject.key}-by-{grouping.key}",
        headline=f"{subject.part}. {headline}" if subject.part else headline,
        title=title,
        table=Table(
            title,
            (subject.heading, f"All (base {wording.count(base_of(subject.whole))})", *bases.values()),
            tuple(
                (label, of_all.get(code, "not shown"), *(cells.get((code, one), "not shown") for one in bases))
                for code, label in labels.items()
            ),
        ),
        notes=(grouping.note, *hidden_note((*rows, *subject.whole), view.version.about)),
    )

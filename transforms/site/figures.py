"""From a release's tables to what its pages show: a question with its charts and breakdowns. No figure is worked out
here but the lengths of bars and the sums of the ledger, which is exact."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from transforms.disclosure.contract import LINES
from transforms.ledger_words import CHANNELS, KINDS
from transforms.ledger_words import LINES as LINE_WORDS
from transforms.site.read import Held

Rows = Sequence[Mapping[str, Any]]
# It is told beside the positions: who gave no answer neither agrees nor disagrees.
_NO_ANSWER = "no_answer"
# How the groups of a breakdown that are no respondent types are told apart.
_CHANNEL, _OTHER_SIDES = "~channel", "~"


@dataclass(frozen=True)
class Bar:
    """A count in words and figures; `responses` is None where it is hidden, `length` is in percent of the base."""

    label: str
    responses: int | None
    length: float


@dataclass(frozen=True)
class Chart:
    """Counts of one part of a question.

    Attributes:
        id: unique on its page.
        part: the part in words, empty where the question has none.
        outside: what stands beside the counts: no answer.
        largest: the labels of the largest count shown; empty where every count is hidden.
    """

    id: str
    part: str
    base: int | None
    bars: tuple[Bar, ...]
    outside: tuple[Bar, ...] = ()
    largest: tuple[str, ...] = ()
    largest_count: int = 0
    collapsed: bool = False

    @property
    def has_hidden(self) -> bool:
        return any(bar.responses is None for bar in (*self.bars, *self.outside))


@dataclass(frozen=True)
class Breakdown:
    """Counts of one part of a question by groups: `kind` is type, campaign or channel."""

    kind: str
    part: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, int | None, tuple[int | None, ...]], ...]

    @property
    def is_hidden(self) -> bool:
        """Whether it shows no count at all."""
        return all(count is None for _, _, counts in self.rows for count in counts)


@dataclass(frozen=True)
class Question:
    """A field of the questionnaire that is reported; the counts are those of the table `questions`.

    Attributes:
        coded: how many; None of a question that is not coded, and where so few are that it is not shown.
        is_coded: whether officers read its answers and gave them positions.
        moves_in_steps: whether `answered` is as of the last step, so that as many answered or more.
        all_wait: it has figures, but no answer is in them yet: noughts would be taken for what was said.
    """

    id: str
    number: str
    label: str
    kind: str
    included: int
    answered: int | None
    coded: int | None
    coded_shown: int | None
    is_coded: bool
    moves_in_steps: bool
    all_wait: bool
    charts: tuple[Chart, ...]
    breakdowns: tuple[Breakdown, ...]
    themes: Chart | None
    summary: Mapping[str, Any] | None
    quotes: tuple[str, ...]

    @property
    def leaves_some_out(self) -> bool:
        """Whether the last few answers wait for the next step, so that the figures are of fewer than answered."""
        bases = [chart.base for chart in self.charts] + ([self.summary["base"]] if self.summary else [])
        return not self.is_coded and any(
            base is not None and self.answered is not None and base < self.answered for base in bases
        )


@dataclass(frozen=True)
class Grid:
    """Exact counts by channel, with the sum over all of them last."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[int, ...]], ...] = field(default=())


def questions_of(held: Held) -> list[Question]:
    """Every question that the release reports, in its order."""
    return [_question(held, row) for row in held.rows("questions")]


def respondent_types(held: Held) -> Chart | None:
    """Who answered, by what they ticked; None where the release does not say."""
    rows = held.rows("respondent_types")
    return _chart("respondent-types", "", rows) if rows else None


def ledger(held: Held) -> Grid:
    """What became of every response that was received, by channel."""
    return _grid(held.rows("ledger"), "line", {line: LINE_WORDS[line] for line in LINES})


def speakers(held: Held) -> Grid:
    """Who the included respondents are: a campaign's letter, an organisation, an individual."""
    return _grid(held.rows("of_which"), "kind", KINDS)


def _question(held: Held, row: Mapping[str, Any]) -> Question:
    name = row["field"]
    positions, closed = _of_field(held, "positions", name), _of_field(held, "closed_answers", name)
    by_limb = _grouped(positions, "limb")
    charts = [_chart(limb, rows[0]["limb_label"] if len(by_limb) > 1 else "", rows) for limb, rows in by_limb.items()]
    if closed:
        charts.append(_chart("answers", "", closed))
    # As long as figures move in steps, a nought may stand for the first few.
    moves = held.manifest["protection"]["step"] > 1
    nobody = row["coded"] == 0 if positions else row["answered"] == 0 and not moves
    all_wait = bool(charts) and all(chart.base == 0 for chart in charts) and row["included"] > 0 and not nobody
    parts = {chart.id: chart.part for chart in charts}
    breakdowns = [
        *_breakdowns(_of_field(held, "positions_by_type", name), parts),
        *_breakdowns(_of_field(held, "closed_by_type", name), parts),
    ]
    themes, summaries = _of_field(held, "themes", name), _of_field(held, "number_summary", name)
    return Question(
        id=name,
        number=row["number"] or "",
        label=row["label"],
        kind=row["kind"],
        included=row["included"],
        answered=row["answered"],
        coded=row["coded"],
        coded_shown=row["coded_shown"],
        is_coded=bool(positions),
        moves_in_steps=moves,
        all_wait=all_wait,
        charts=() if all_wait else tuple(charts),
        breakdowns=tuple(breakdowns),
        themes=_chart("themes", "", themes) if themes and not all_wait else None,
        summary=summaries[0] if summaries else None,
        quotes=tuple(quote["text"] for quote in _of_field(held, "quotes", name)),
    )


def _chart(chart_id: str, part: str, rows: Rows) -> Chart:
    base = rows[0]["base"]
    bars = [(row.get("code", ""), Bar(row["label"], row["responses"], _length(row["responses"], base))) for row in rows]
    inside = tuple(bar for code, bar in bars if code != _NO_ANSWER)
    shown = [bar.responses for bar in inside if bar.responses is not None]
    largest = max(shown, default=0)
    return Chart(
        id=chart_id,
        part=part,
        base=base,
        bars=inside,
        outside=tuple(bar for code, bar in bars if code == _NO_ANSWER),
        largest=tuple(bar.label for bar in inside if largest and bar.responses == largest),
        largest_count=largest,
        collapsed=bool(rows[0].get("collapsed")),
    )


def _length(responses: int | None, base: int | None) -> float:
    # Rounded counts may come to a little more than their base.
    return min(100.0, round(100 * responses / base, 2)) if responses and base else 0.0


def _breakdowns(rows: Rows, parts: Mapping[str, str]) -> Iterable[Breakdown]:
    """A table for each part and kind of groups: a row is a group, a column a code."""
    for limb, of_limb in _grouped(rows, "limb").items():
        columns = {row["code"]: row["label"] for row in of_limb}
        kinds: dict[str, list[tuple[str, int | None, tuple[int | None, ...]]]] = {}
        for code, group in _grouped(of_limb, "type_code").items():
            counts = {row["code"]: row["responses"] for row in group}
            line = (group[0]["type_label"], group[0]["base"], tuple(counts[column] for column in columns))
            kinds.setdefault(_kind_of(code), []).append(line)
        for kind, lines in kinds.items():
            yield Breakdown(kind, parts.get(limb, ""), tuple(columns.values()), tuple(lines))


def _kind_of(type_code: str) -> str:
    if type_code.startswith(_CHANNEL):
        return "channel"
    return "campaign" if type_code.startswith(_OTHER_SIDES) else "type"


def _grid(rows: Rows, column: str, words: Mapping[str, str]) -> Grid:
    channels = list(dict.fromkeys(row["channel"] for row in rows))
    counts = {(row[column], row["channel"]): row["responses"] for row in rows}
    lines = []
    for code in dict.fromkeys(row[column] for row in rows):
        found = [counts.get((code, channel), 0) for channel in channels]
        lines.append((words.get(code, code), (*found, sum(found))))
    return Grid(tuple(CHANNELS.get(channel, channel) for channel in channels), tuple(lines))


def _of_field(held: Held, table: str, name: str) -> list[dict[str, Any]]:
    return [row for row in held.rows(table) if row["field"] == name]


def _grouped(rows: Rows, column: str) -> dict[str, list[Mapping[str, Any]]]:
    """The rows by a column, in their order; under an empty name where there is no such column."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        found.setdefault(row.get(column, ""), []).append(row)
    return found

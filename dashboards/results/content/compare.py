"""Two moments side by side, such as the Commission's view and the final results, each with its own base."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dashboards.results import wording
from dashboards.results.content.counts import Count, base_of
from dashboards.results.content.positions import limbs_of
from dashboards.results.content.questions import question_name
from dashboards.results.figures import Figure, Page, Table, View

COMPARE = "compare"
_NOT_IN_VIEW = "not in this view"
_STEPS = (
    "Both columns are what was known at that moment. A difference is given where both counts are shown, and says "
    "how many more respondents were counted, not that anybody changed their mind."
)


def compare_page(earlier: View, later: View) -> Page:
    """Every count of both views with what each is out of, question by question."""
    figures = (_received(earlier, later), *_types(earlier, later), *_questions(earlier, later))
    return Page(
        key=COMPARE,
        title="Compare two moments",
        menu="Compare",
        summary=(f"{earlier.watermark}, beside: {later.watermark}.", _STEPS),
        figures=figures,
    )


def _received(earlier: View, later: View) -> Figure:
    """Received and included by channel: exact at both moments."""
    channels = dict.fromkeys((*earlier.channels, *later.channels))
    wanted: list[tuple[str, str | None, str | None]]
    wanted = [(f"{wording.channel(channel)}, received", None, channel) for channel in channels]
    wanted += [(f"{wording.channel(channel)}, included", "included", channel) for channel in channels]
    wanted += [("All channels, received", None, None), ("All channels, included", "included", None)]
    more = later.of_ledger() - earlier.of_ledger()
    return Figure(
        key="received",
        headline=f"{_difference(earlier.of_ledger(), later.of_ledger())} received between the two moments"
        if more
        else "As many received at both moments",
        title="Responses received and included",
        table=Table(
            "Responses received and included, at two moments",
            ("Responses", _when(earlier), _when(later), "Difference"),
            tuple(
                _row(label, earlier.of_ledger(line, channel), later.of_ledger(line, channel))
                for label, line, channel in wanted
            ),
        ),
    )


def _types(earlier: View, later: View) -> Iterator[Figure]:
    counts = (earlier.version.respondent_types, later.version.respondent_types)
    if any(counts):
        title = "Responses included, by type of respondent"
        yield _figure(_Pair("types", title, title, "Type of respondent", _sides(earlier, later, counts)))


def _questions(earlier: View, later: View) -> Iterator[Figure]:
    for question in later.version.questions:
        name = question_name(later, question)
        before = {limb.id: limb for limb in limbs_of(earlier, question.field)}
        for limb in limbs_of(later, question.field):
            other, part = before.get(limb.id), f"{name}{f': {limb.label}' if limb.label else ''}"
            sides = (
                _Side(_when(earlier), other.shown_base if other else None, other.positions if other else ()),
                _Side(_when(later), limb.shown_base, limb.positions),
            )
            title = f"Coded answers by position, {part}"
            yield _figure(_Pair(f"{question.field}-{limb.id}", part, title, "Position", sides))
        closed = [
            [row for row in one.version.closed_answers if row.field == question.field] for one in (earlier, later)
        ]
        if any(closed):
            title = f"Answers by choice, {name}"
            yield _figure(_Pair(question.field, name, title, "Answer", _sides(earlier, later, closed)))


@dataclass(frozen=True)
class _Side:
    """One of the two moments: when, what its counts are out of, and the counts."""

    when: str
    base: int | None
    rows: Sequence[Count]


@dataclass(frozen=True)
class _Pair:
    """The same counts at both moments, to become one figure."""

    key: str
    headline: str
    title: str
    heading: str
    sides: tuple[_Side, _Side]


def _sides(earlier: View, later: View, counts: Sequence[Sequence[Count]]) -> tuple[_Side, _Side]:
    before, after = counts
    return _Side(_when(earlier), base_of(before), before), _Side(_when(later), base_of(after), after)


def _figure(pair: _Pair) -> Figure:
    before, after = pair.sides
    return Figure(
        key=pair.key,
        headline=pair.headline,
        title=pair.title,
        table=Table(
            f"{pair.title}, at two moments",
            (pair.heading, *(f"{one.when} (base {wording.count(one.base)})" for one in pair.sides), "Difference"),
            tuple(_counts_row(label, was, now) for label, was, now in _both(before.rows, after.rows)),
        ),
    )


def _both(before: Sequence[Count], after: Sequence[Count]) -> list[tuple[str, Count | None, Count | None]]:
    """The rows of both by their labels: while few are coded, positions are joined into broader ones."""
    found = [{row.label: row for row in rows} for rows in (before, after)]
    return [(label, found[0].get(label), found[1].get(label)) for label in dict.fromkeys((*found[1], *found[0]))]


def _counts_row(label: str, before: Count | None, after: Count | None) -> tuple[str, ...]:
    if before is None or after is None or before.responses is None or after.responses is None:
        return (label, _told(before), _told(after), "not given")
    return _row(label, before.responses, after.responses)


def _told(row: Count | None) -> str:
    return wording.count(row.responses) if row else _NOT_IN_VIEW


def _row(label: str, before: int, after: int) -> tuple[str, ...]:
    return (label, wording.number(before), wording.number(after), _difference(before, after))


def _difference(before: int, after: int) -> str:
    """`+14`, `0`, or with a minus sign what became fewer."""
    if after == before:
        return "0"
    return f"{'+' if after > before else '−'}{wording.number(abs(after - before))}"


def _when(view: View) -> str:
    return wording.moment(view.version.about.as_at)

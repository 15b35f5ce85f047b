"""The part of a report about one question: what is coded by part, themes, choices, numbers; and who said what."""

from collections.abc import Iterator, Sequence
from typing import Any

from schemas.definition import Definition
from transforms.disclosure.vocabulary import limbs_of
from transforms.figure_words import ALL_WAIT, SOME_WAIT, SUM_OVER_TYPES
from transforms.ledger_words import listed
from transforms.report.document import Bar, Block, Chart, Figure, Heading, Paragraph, Quoted, Run, Runs, Table
from transforms.report.sources import Sources

NO_ANSWER = "no_answer"


def question_blocks(definition: Definition, sources: Sources, row: dict[str, Any]) -> Iterator[Block]:
    """Everything about one row of the table of questions."""
    field, number = row["field"], row["number"]
    name = f"Question {number}: " if number else ""
    yield Heading(3, (Quoted(f"{name}{row['label']}"),), f"question-{field}")
    yield Paragraph(_progress(sources, row))
    limbs = limbs_of(definition, field) if field in definition.policy.frames else {}
    if row["coded"] != 0 and row["coded_shown"] == 0 and row["included"]:
        # Noughts would be taken for what was said.
        yield Paragraph((ALL_WAIT,))
        limbs = {}
    for limb, label in limbs.items():
        found = sources.rows("positions", field=field, limb=limb)
        if found:
            yield from _positions(definition, sources, found, label if len(limbs) > 1 else "")
    if limbs:
        yield from _themes(sources, field)
    yield from _choices(sources, field)
    yield from _numbers(sources, field)


def _progress(sources: Sources, row: dict[str, Any]) -> Runs:
    included = sources.cell("questions", row, "included")
    if row["coded"] is not None:
        coded, shown = (sources.cell("questions", row, name) for name in ("coded", "coded_shown"))
        of_these: list[Run] = [" The figures below are of ", shown, " coded answers."] if shown.value else []
        return ("Coded ", coded, " of ", included, " included.", *of_these)
    # Rounded, it may come to more than there are.
    if row["answered"] is not None and row["answered"] >= row["included"] > 0:
        return ("All, or nearly all, of ", included, " included responses answer this.")
    if row["answered"] is not None:
        answered = sources.cell("questions", row, "answered")
        about = "or more" if _moves_in_steps(sources) else "or so"
        return (answered, f" {about} of ", included, " included responses answer this.")
    return (included, " responses are included; how many of them answer this is not shown.")


def _positions(definition: Definition, sources: Sources, rows: Sequence[dict[str, Any]], label: str) -> Iterator[Block]:
    field = rows[0]["field"]
    sides = definition.policy.sides_of(field)
    base = sources.cell("positions", rows[0], "base")
    if label:
        yield Heading(4, (Quoted(label),), f"question-{field}-{rows[0]['limb']}")
    drawn = [row for row in rows if row["code"] != NO_ANSWER]
    bars = tuple(
        Bar(row["label"], sources.cell("positions", row, "responses"), sides.get(row["code"], "apart")) for row in drawn
    )
    title = f"Positions{f' on: {label}' if label else ''}, coded answers"
    silent = [sources.cell("positions", row, "responses") for row in rows if row["code"] == NO_ANSWER]
    outside: list[Run] = []
    for one in silent:
        outside = [" No answer, which is not drawn: ", one, "."]
    if any(bar.figure.value is not None for bar in bars):
        said: Runs = ("Base: ", base, " coded answers.", *outside)
        yield Chart(_headline(bars, base, "coded answers"), title, said, bars)
    collapsed: list[Runs] = [("Similar positions are joined, because few answers are coded so far.",)]
    yield _table(sources, "positions", rows, title, "Position", notes=collapsed if rows[0]["collapsed"] else [])


def _headline(bars: Sequence[Bar], base: Figure, unit: str) -> Runs:
    shown = [bar for bar in bars if bar.figure.value]
    if not shown or base.value is None:
        return ("Too few to show",)
    most = max(bar.figure.value or 0 for bar in shown)
    first = [bar for bar in shown if bar.figure.value == most]
    each = " each" if len(first) > 1 else ""
    return (first[0].figure, " of ", base, f" {unit}{each}: ", Quoted(listed([bar.label for bar in first])))


def _table(
    sources: Sources, name: str, rows: Sequence[dict[str, Any]], title: str, first: str, *, notes: Sequence[Runs] = ()
) -> Table:
    base = sources.cell(name, rows[0], "base")
    cells: list[tuple[Runs, ...]] = [((Quoted(row["label"]),), (sources.cell(name, row, "responses"),)) for row in rows]
    columns: tuple[Runs, ...] = ((first,), ("Responses",))
    return Table((Quoted(title),), columns, tuple(cells), notes=(("Base: ", base, "."), *notes))


def _themes(sources: Sources, field: str) -> Iterator[Block]:
    rows = sources.rows("themes", field=field)
    if rows:
        note: Runs = ("An answer may speak of several themes or of none.",)
        yield _table(sources, "themes", rows, "Themes that officers found in the answers", "Theme", notes=[note])


def _choices(sources: Sources, field: str) -> Iterator[Block]:
    rows = sources.rows("closed_answers", field=field)
    if not rows:
        return
    base = sources.cell("closed_answers", rows[0], "base")
    (question,) = sources.rows("questions", field=field)
    nobody = question["answered"] == 0 and not _moves_in_steps(sources)
    if base.value == 0 and question["included"] and not nobody:
        # Noughts would be taken for what was said.
        yield Paragraph((ALL_WAIT,))
        return
    bars = tuple(Bar(row["label"], sources.cell("closed_answers", row, "responses")) for row in rows)
    if any(bar.figure.value is not None for bar in bars):
        yield Chart(_headline(bars, base, "answers"), "Answers by choice", ("Base: ", base, " answers."), bars)
    notes = [(SOME_WAIT,)] if _some_wait(sources, field, base) else []
    yield _table(sources, "closed_answers", rows, "Answers by choice", "Answer", notes=notes)


def _numbers(sources: Sources, field: str) -> Iterator[Block]:
    for row in sources.rows("number_summary", field=field):
        measures = (("Mean", "mean"), ("Median", "median"), ("Lower quartile", "lower_quartile"),
                    ("Upper quartile", "upper_quartile"))  # fmt: skip
        cells: list[tuple[Runs, ...]] = [
            ((words,), (sources.cell("number_summary", row, name),)) for words, name in measures
        ]
        base = sources.cell("number_summary", row, "base")
        notes: list[Runs] = [("Base: ", base, " answers.")]
        notes += [(SOME_WAIT,)] if _some_wait(sources, field, base) else []
        yield Table(("Numbers that were given",), (("Measure",), ("Value",)), tuple(cells), notes=tuple(notes))


def _moves_in_steps(sources: Sources) -> bool:
    """Whether the figures are of whole steps, so that a nought may stand for the first few."""
    return int(sources.manifest["protection"]["step"]) > 1


def _some_wait(sources: Sources, field: str, base: Figure) -> bool:
    """Whether more answered than the figures are of."""
    (row,) = sources.rows("questions", field=field)
    return base.value is not None and row["answered"] is not None and base.value < row["answered"]


def breakdown_tables(definition: Definition, sources: Sources) -> Iterator[Block]:
    """A table for each part of a question that is broken down: who answered in the rows, positions in the columns."""
    for question in sources.rows("questions"):
        field = question["field"]
        name = f"Question {question['number']}" if question["number"] else question["label"]
        limbs = limbs_of(definition, field) if field in definition.policy.frames else {}
        for limb, label in limbs.items():
            rows = sources.rows("positions_by_type", field=field, limb=limb)
            if rows:
                yield _breakdown(sources, "positions_by_type", rows, f"{name}. {label}: positions by who answered")
        rows = sources.rows("closed_by_type", field=field)
        if rows:
            yield _breakdown(sources, "closed_by_type", rows, f"{name}: answers by who answered")


def _breakdown(sources: Sources, name: str, rows: Sequence[dict[str, Any]], title: str) -> Table:
    codes = {row["code"]: row["label"] for row in rows}
    types = {row["type_code"]: row["type_label"] for row in rows}
    cell = {(row["type_code"], row["code"]): row for row in rows}
    body: list[tuple[Runs, ...]] = []
    for type_code, label in types.items():
        own = [cell.get((type_code, code)) for code in codes]
        found = next(row for row in own if row)
        counts: list[Runs] = [(sources.cell(name, row, "responses"),) if row else ("",) for row in own]
        body.append(((Quoted(label),), *counts, (sources.cell(name, found, "base"),)))
    columns: tuple[Runs, ...] = (("Who",), *((Quoted(label),) for label in codes.values()), ("Base",))
    return Table((Quoted(title),), columns, tuple(body), notes=((SUM_OVER_TYPES,),))

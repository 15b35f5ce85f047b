"""A page for each question: coded positions by limb, closed answers, numbers, breakdowns and permitted quotations."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from dashboards.results import wording
from dashboards.results.content.counts import Count, bars_of, base_of, counts_table, hidden_note, most_frequent
from dashboards.results.figures import Figure, Page, Table, View
from dashboards.results.read import ClosedByTypeRow, PositionByTypeRow, PositionRow, QuestionRow

NO_ANSWER = "no_answer"
_MENU_LENGTH = 40
_NOT_CODED = "Answers that are not yet coded are neither in the base nor counted as no answer."


def question_pages(view: View) -> list[Page]:
    """One page for each field of the questionnaire, in its order."""
    return [_question_page(view, question) for question in view.version.questions]


def question_name(view: View, question: QuestionRow) -> str:
    """`Question 2`, `Question 1, part 2` where a number has several fields; its label where it has no number."""
    if not question.number:
        return question.label
    parts = [one.field for one in view.version.questions if one.number == question.number]
    part = f", part {parts.index(question.field) + 1}" if len(parts) > 1 else ""
    return f"Question {question.number}{part}"


def headlines(view: View, question: QuestionRow) -> Iterator[tuple[str, str]]:
    """What is seen most often: (part of the question, sentence), for each limb or for the question as a whole."""
    if question.coded is not None:
        for limb in _limbs(view, question.field):
            positions = [row for row in limb if row.code != NO_ANSWER]
            yield _limb_label(limb), most_frequent(positions, base_of(limb), "coded answer") or _TOO_FEW_CODED
        return
    closed = [row for row in view.version.closed_answers if row.field == question.field]
    if closed:
        yield "", most_frequent(closed, base_of(closed), "answer") or _TOO_FEW


def coded_of_included(question: QuestionRow) -> str:
    return f"{wording.number(question.coded or 0)} of {wording.number(question.included)} included"


_TOO_FEW = "Too few answers to show"
_TOO_FEW_CODED = "Too few coded answers to show yet"


def _question_page(view: View, question: QuestionRow) -> Page:
    version = view.version
    name = question_name(view, question)
    summary = [question.label] if name != question.label else []
    if question.answered is not None:
        summary.append(
            f"{wording.number(question.answered)} of {wording.counted(question.included, 'included response')} "
            "answer this question."
        )
    figures = [figure for limb in _limbs(view, question.field) for figure in _limb_figures(view, question, limb)]
    closed = [row for row in version.closed_answers if row.field == question.field]
    if closed:
        figures += list(_closed_figures(view, question, closed))
    figures += list(_number_figure(view, question))
    if not figures:
        summary.append("What was answered here is treated in confidence and not shown.")
    return Page(
        key=f"question-{question.field}",
        title=name,
        menu=name if len(name) <= _MENU_LENGTH else f"{name[:_MENU_LENGTH].rsplit(' ', 1)[0]} ...",
        summary=tuple(summary),
        figures=tuple(figures),
        quotes=tuple(quote.text for quote in version.quotes if quote.field == question.field),
    )


def _limbs(view: View, field: str) -> list[list[PositionRow]]:
    rows = [row for row in view.version.positions if row.field == field]
    return [list(limb) for _, limb in groupby(rows, key=lambda row: row.limb)]


def _limb_label(limb: Sequence[PositionRow]) -> str:
    return "" if limb[0].limb == "whole" else limb[0].limb_label


def _limb_figures(view: View, question: QuestionRow, limb: list[PositionRow]) -> Iterator[Figure]:
    about = view.version.about
    positions = [row for row in limb if row.code != NO_ANSWER]
    silent = [row for row in limb if row.code == NO_ANSWER]
    base, label = base_of(limb), _limb_label(limb)
    title = f"Coded answers by position{f': {label}' if label else ''}"
    notes = [f"Coded: {coded_of_included(question)}. {_NOT_CODED}"]
    if question.coded_shown is not None and question.coded_shown != question.coded:
        notes.append(
            f"Positions change in steps, so that nobody's answer can be worked out: "
            f"the first {wording.counted(question.coded_shown, 'coded answer')} are shown."
        )
    if any(row.collapsed for row in limb):
        notes.append("Positions are shown in broader groups because few responses are included.")
    notes += [f"No answer to this part, outside the figures above: {wording.count(row.responses)}." for row in silent]
    yield Figure(
        headline=most_frequent(positions, base, "coded answer") or _TOO_FEW_CODED,
        title=title,
        table=counts_table(title, "Position", "Coded answers", positions, about),
        chart=bars_of(positions),
        base=_base(base, "coded answer"),
        notes=(*notes, *hidden_note(limb, about)),
    )
    by_type = [
        row
        for row in view.version.positions_by_type
        if row.field == question.field and row.limb == limb[0].limb and row.code != NO_ANSWER
    ]
    if by_type:
        yield _breakdown(view, f"{title}, by type of respondent", "Position", by_type)


def _closed_figures(view: View, question: QuestionRow, rows: Sequence[Count]) -> Iterator[Figure]:
    about, base = view.version.about, base_of(rows)
    title = "Answers by choice"
    several = ("Several answers were possible, so the figures do not add up to the base.",)
    silent = question.included - question.answered if question.answered is not None else None
    yield Figure(
        headline=most_frequent(rows, base, "answer") or _TOO_FEW,
        title=title,
        table=counts_table(title, "Answer", "Responses", rows, about),
        chart=bars_of(rows),
        base=_base(base, "answer"),
        notes=(
            *(several if question.kind == "multiple_choice" else ()),
            *([f"No answer, outside the figures above: {wording.number(silent)}."] if silent is not None else []),
            *hidden_note(rows, about),
        ),
    )
    by_type = [row for row in view.version.closed_by_type if row.field == question.field]
    if by_type:
        yield _breakdown(view, f"{title}, by type of respondent", "Answer", by_type)


def _breakdown(view: View, title: str, heading: str, rows: Sequence[PositionByTypeRow | ClosedByTypeRow]) -> Figure:
    """A table with a column for each type of respondent, in counts only: the bases are small."""
    about = view.version.about
    types = {row.type_code: row for row in rows}
    codes = {row.code: row.label for row in rows}
    cells = {(row.code, row.type_code): wording.count(row.responses) for row in rows}
    columns = [f"{row.type_label} (base {wording.count(row.base)})" for row in types.values()]
    return Figure(
        headline="The same, by type of respondent",
        title=title,
        table=Table(
            title,
            (heading, *columns),
            tuple((label, *(cells.get((code, one), "not shown") for one in types)) for code, label in codes.items()),
        ),
        notes=(wording.SUM_OVER_TYPES, *hidden_note(rows, about)),
    )


def _number_figure(view: View, question: QuestionRow) -> Iterator[Figure]:
    for row in view.version.number_summary:
        if row.field != question.field:
            continue
        values = {
            "Mean": row.mean,
            "Median": row.median,
            "Lower quartile": row.lower_quartile,
            "Upper quartile": row.upper_quartile,
        }
        shown = {name: value for name, value in values.items() if value is not None}
        title = "Numbers that were given"
        yield Figure(
            headline=f"Half of those who answered gave {wording.number(row.median)} or more"
            if row.median is not None
            else _TOO_FEW,
            title=title,
            table=Table(title, ("Measure", "Value"), tuple((k, wording.number(v)) for k, v in shown.items())),
            base=_base(row.base, "answer"),
        )


def _base(base: int | None, unit: str) -> str | None:
    return f"Base: {wording.counted(base, unit)}." if base is not None else None

"""A page for each question: coded positions by limb, closed answers, numbers, breakdowns and permitted quotations."""

from collections.abc import Iterator, Sequence

from dashboards.results import wording
from dashboards.results.content.counts import (
    Count,
    bars_of,
    base_line,
    base_of,
    counts_table,
    hidden_note,
    most_frequent,
)
from dashboards.results.content.positions import limb_figure, limb_title, limbs_of
from dashboards.results.figures import Figure, Page, Table, View
from dashboards.results.tables import ClosedByTypeRow, PositionByTypeRow, QuestionRow

_MENU_LENGTH = 40
_TEXT_KINDS = frozenset({"open_text", "short_text", "contact"})
_TOO_FEW = "Too few answers to show"


def question_pages(view: View) -> list[Page]:
    """One page for each field that is reported, in the order of the questionnaire."""
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
    for limb in limbs_of(view, question.field):
        yield limb.label, limb.headline
    closed = [row for row in view.version.closed_answers if row.field == question.field]
    if closed:
        yield "", most_frequent(closed, base_of(closed), "answer") or _TOO_FEW


def _question_page(view: View, question: QuestionRow) -> Page:
    name = question_name(view, question)
    summary = [question.label] if name != question.label else []
    if question.answered is not None:
        included = wording.counted(question.included, "included response")
        summary.append(f"{wording.number(question.answered)} or more of {included} answer this question.")
    figures = [
        *_position_figures(view, question),
        *_closed_figures(view, question),
        *_number_figure(view, question),
    ]
    if not figures and question.kind in _TEXT_KINDS:
        summary.append("What was answered here is treated in confidence and not shown.")
    elif not figures:
        summary.append("There is no table for this question. Types of respondent are on the page Responses.")
    return Page(
        key=f"question-{question.field}",
        title=name,
        menu=name if len(name) <= _MENU_LENGTH else f"{name[:_MENU_LENGTH].rsplit(' ', 1)[0]} ...",
        summary=tuple(summary),
        figures=tuple(figures),
        quotes=tuple(quote.text for quote in view.version.quotes if quote.field == question.field),
    )


def _position_figures(view: View, question: QuestionRow) -> Iterator[Figure]:
    for limb in limbs_of(view, question.field):
        yield limb_figure(view, question, limb)
        by_type = [row for row in view.version.positions_by_type if row.field == question.field and row.limb == limb.id]
        if by_type:
            yield _breakdown(view, limb.label, limb_title(limb), "Position", by_type)


def _closed_figures(view: View, question: QuestionRow) -> Iterator[Figure]:
    rows: Sequence[Count] = [row for row in view.version.closed_answers if row.field == question.field]
    if not rows:
        return
    about, base, title = view.version.about, base_of(rows), "Answers by choice"
    several = ("Several answers were possible, so the figures do not add up to the base.",)
    yield Figure(
        headline=most_frequent(rows, base, "answer") or _TOO_FEW,
        title=title,
        table=counts_table(rows, caption=title, heading="Answer", unit="Responses", base=base, about=about),
        chart=bars_of(rows),
        base=base_line(base, "answer"),
        notes=(
            *(several if question.kind == "multiple_choice" else ()),
            "Who left the question out is not in the base.",
            *hidden_note(rows, about),
        ),
    )
    by_type = [row for row in view.version.closed_by_type if row.field == question.field]
    if by_type:
        yield _breakdown(view, "", title, "Answer", by_type)


def _breakdown(
    view: View, part: str, title: str, heading: str, rows: Sequence[PositionByTypeRow | ClosedByTypeRow]
) -> Figure:
    """A table with a column for each type of respondent, in counts only: the bases are small."""
    types = {row.type_code: row for row in rows}
    codes = {row.code: row.label for row in rows}
    cells = {(row.code, row.type_code): wording.count(row.responses) for row in rows}
    columns = [f"{row.type_label} (base {wording.count(row.base)})" for row in types.values()]
    return Figure(
        headline=f"{part}. By type of respondent" if part else "By type of respondent",
        title=f"{title}, by type of respondent",
        table=Table(
            f"{title}, by type of respondent",
            (heading, *columns),
            tuple((label, *(cells.get((code, one), "not shown") for one in types)) for code, label in codes.items()),
        ),
        notes=(wording.SUM_OVER_TYPES, *hidden_note(rows, view.version.about)),
    )


def _number_figure(view: View, question: QuestionRow) -> Iterator[Figure]:
    for row in view.version.number_summary:
        if row.field != question.field:
            continue
        title = "Numbers that were given"
        values = {
            "Mean": row.mean,
            "Median": row.median,
            "Lower quartile": row.lower_quartile,
            "Upper quartile": row.upper_quartile,
        }
        rows = tuple((name, "not shown" if value is None else wording.number(value)) for name, value in values.items())
        median = _TOO_FEW if row.median is None else f"Half of the answers are {wording.number(row.median)} or more"
        yield Figure(
            headline=median,
            title=title,
            table=Table(title, ("Measure", "Value"), rows),
            base=base_line(row.base, "answer"),
        )

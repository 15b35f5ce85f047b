"""A page for each question: coded positions by limb, closed answers, numbers, breakdowns and permitted quotations."""

from collections.abc import Iterator

from dashboards.results import wording
from dashboards.results.content.breakdowns import Subject, breakdown_figures
from dashboards.results.content.counts import (
    bars_of,
    base_line,
    base_of,
    counts_table,
    hidden_note,
    most_frequent,
    waiting_note,
)
from dashboards.results.content.positions import limb_figure, limb_title, limbs_of
from dashboards.results.content.themes import theme_figure
from dashboards.results.figures import Figure, Page, Table, View
from dashboards.results.tables import QuestionRow

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
        answered = f"{wording.number(question.answered)}{' or more' if view.is_interim else ''}"
        summary.append(f"{answered} of {included} answer this question.")
    figures = [
        *_position_figures(view, question),
        *(() if _all_wait(view, question) else theme_figure(view, question)),
        *_closed_figures(view, question),
        *_number_figure(view, question),
    ]
    if _all_wait(view, question):
        summary.append(wording.ALL_WAIT)
    elif not figures and question.kind in _TEXT_KINDS:
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
    for limb in () if _all_wait(view, question) else limbs_of(view, question.field):
        yield limb_figure(view, question, limb)
        by_type = [row for row in view.version.positions_by_type if row.field == question.field and row.limb == limb.id]
        whole = (*limb.positions, *limb.silent)
        key = f"positions-{limb.id}"
        yield from breakdown_figures(view, Subject(key, limb.label, limb_title(limb), "Position", whole, by_type))


def _closed_figures(view: View, question: QuestionRow) -> Iterator[Figure]:
    rows = [row for row in view.version.closed_answers if row.field == question.field]
    if not rows or _all_wait(view, question):
        return
    about, base, title = view.version.about, base_of(rows), "Answers by choice"
    several = ("Several answers were possible, so the figures do not add up to the base.",)
    yield Figure(
        key="answers",
        headline=most_frequent(rows, base, "answer") or _TOO_FEW,
        title=title,
        table=counts_table(rows, caption=title, heading="Answer", unit="Responses", base=base, about=about),
        chart=bars_of(rows),
        base=base_line(base, "answer"),
        notes=(
            *(several if question.kind == "multiple_choice" else ()),
            "Who left the question out is not in the base.",
            *waiting_note(base, question.answered or 0),
            *hidden_note(rows, about),
        ),
    )
    by_type = [row for row in view.version.closed_by_type if row.field == question.field]
    yield from breakdown_figures(view, Subject("answers", "", title, "Answer", rows, by_type))


def _all_wait(view: View, question: QuestionRow) -> bool:
    """Whether no answer is in the figures yet: noughts would be taken for what was said."""
    if question.coded is not None:
        limbs = limbs_of(view, question.field)
        return question.coded > 0 and bool(limbs) and all(limb.coded == 0 for limb in limbs)
    closed = [row for row in view.version.closed_answers if row.field == question.field]
    nobody = question.answered == 0 and not view.is_interim
    return base_of(closed) == 0 and question.included > 0 and not nobody


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
            key="numbers",
            headline=median,
            title=title,
            table=Table(title, ("Measure", "Value"), rows),
            base=base_line(row.base, "answer"),
            notes=waiting_note(row.base, question.answered or 0),
        )

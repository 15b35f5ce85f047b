"""The overview: where the consultation stands, how much came in, how much is coded, and what is seen so far."""

from dashboards.results import wording
from dashboards.results.content.ledger import received_to_included
from dashboards.results.content.positions import coded_of_included
from dashboards.results.content.questions import headlines, question_name
from dashboards.results.content.responses import by_channel
from dashboards.results.figures import Figure, Page, Table, View
from dashboards.results.tables import QuestionRow

OVERVIEW = "overview"


def overview_page(view: View) -> Page:
    """What somebody reads in ten seconds on the evening before the meeting."""
    waiting = view.of_ledger("in_review") + view.of_ledger("in_quarantine")
    coded = _coded_questions(view)
    sign_off = view.sign_off()
    return Page(
        key=OVERVIEW,
        title="Overview",
        menu="Overview",
        summary=(
            f"{wording.STATUSES[view.status]}. {view.period()}",
            *([sign_off] if sign_off else []),
            received_to_included(view),
            *_pending(view),
        ),
        key_figures=(
            ("Received", wording.number(view.of_ledger())),
            ("Included", wording.number(view.of_ledger("included"))),
            ("Waiting for a decision", wording.number(waiting)),
            *([("Coded, by question", f"{_spread(coded, ' to ')} of {_included(coded)}")] if coded else []),
            ("Time", view.days_left()),
        ),
        figures=tuple(figure for figure in (_headlines(view), _coding(view, coded), by_channel(view)) if figure),
    )


def _pending(view: View) -> tuple[str, ...]:
    """That answers of messages and paper forms are still to be read, where any are."""
    pending = view.version.about.answers_pending
    if not pending:
        return ()
    answers = wording.counted(pending, "answer")
    verb, them = ("waits", "it is") if pending == 1 else ("wait", "they are")
    return (f"{answers} of included responses {verb} for a person to read what was sent; {them} in no base yet.",)


def _headlines(view: View) -> Figure | None:
    rows = [
        (f"{question_name(view, question)}{f': {part}' if part else ''}", sentence)
        for question in view.version.questions
        for part, sentence in headlines(view, question)
    ]
    if not rows:
        return None
    return Figure(
        key="headlines",
        headline=f"What is seen most often {'so far' if view.is_interim else 'in the end'}, question by question",
        title="The most frequent answer to each question, in counts",
        table=Table("The most frequent answer to each question", ("Question", "Most frequent"), tuple(rows)),
        notes=("Each question's page has all answers, the base and what is not shown.",),
    )


def _coding(view: View, coded: list[QuestionRow]) -> Figure | None:
    if not coded:
        return None
    included = wording.counted(view.of_ledger("included"), "included response")
    spread = _spread(coded, " and ")
    return Figure(
        key="coding",
        headline=f"{'Between ' if ' and ' in spread else ''}{spread} of {included} are coded, question by question",
        title="Answers coded by officers, by question",
        table=Table(
            "Answers coded, by question",
            ("Question", "Coded", "Of which shown"),
            tuple(
                (question_name(view, question), coded_of_included(question), wording.count(question.coded_shown))
                for question in coded
            ),
        ),
        notes=("What is not yet coded is not an opinion: it is neither in a base nor counted as no answer.",),
    )


def _coded_questions(view: View) -> list[QuestionRow]:
    return [question for question in view.version.questions if question.coded is not None]


def _spread(coded: list[QuestionRow], between: str) -> str:
    """The fewest and the most that are coded of a question: `57`, or `41 to 57`."""
    counts = [question.coded or 0 for question in coded]
    few, many = wording.number(min(counts)), wording.number(max(counts))
    return few if few == many else f"{few}{between}{many}"


def _included(coded: list[QuestionRow]) -> str:
    return wording.number(max(question.included for question in coded))

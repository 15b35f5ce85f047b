"""The pages of the form: one for each question as it is printed, and which are asked given the answers so far."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from schemas.questionnaire import AnyField, Question, Questionnaire
from schemas.response import RawAnswer

# Pages of the form that are no questions, under the same addresses.
OWN_PAGES = frozenset({"device", "check", "sent", "replace", "outbox", "save", "received"})


@dataclass(frozen=True)
class FormPage:
    """One page: `columns` are the answers that it holds, `opens_about_you` that it is the first one about you."""

    id: str
    question: Question
    columns: tuple[str, ...]
    is_first: bool
    opens_about_you: bool


def pages_of(questionnaire: Questionnaire) -> tuple[FormPage, ...]:
    """The pages in the order of the questions; ids are unique and say which question it is."""
    pages: list[FormPage] = []
    columns = questionnaire.answer_columns()
    first_about_you = questionnaire.first_about_you()
    for position, question in enumerate(questionnaire.questions):
        ids = {one.id for one in question.fields}
        pages.append(
            FormPage(
                id=_page_id(question, {page.id for page in pages}),
                question=question,
                columns=tuple(name for name, one in columns.items() if one.id in ids),
                is_first=position == 0,
                opens_about_you=position == first_about_you,
            )
        )
    return tuple(pages)


def _page_id(question: Question, taken: set[str]) -> str:
    name = question.fields[0].id
    if question.number:
        name = "question-" + (re.sub(r"[^a-z0-9]+", "-", question.number.lower()).strip("-") or name)
    return f"{name}-{question.fields[0].id}" if name in taken | OWN_PAGES else name


def is_asked(questionnaire: Questionnaire, one: AnyField, answers: Mapping[str, RawAnswer]) -> bool:
    """Whether a field is asked: it has no condition, or the field that it names is asked and holds one of the codes."""
    condition = one.shown_when
    if condition is None:
        return True
    given = answers.get(condition.field, [])
    codes = {given} if isinstance(given, str) else set(given)
    return bool(codes & set(condition.any_of)) and is_asked(
        questionnaire, questionnaire.field(condition.field), answers
    )


def asked_pages(
    questionnaire: Questionnaire, pages: Iterable[FormPage], answers: Mapping[str, RawAnswer]
) -> list[FormPage]:
    """The pages on which something is asked."""
    return [page for page in pages if any(is_asked(questionnaire, one, answers) for one in page.question.fields)]


def answers_to_send(questionnaire: Questionnaire, answers: Mapping[str, RawAnswer]) -> dict[str, RawAnswer]:
    """The answers to what is asked, in the order of the questions."""
    columns = questionnaire.answer_columns()
    return {
        name: answers[name]
        for name, one in columns.items()
        if name in answers and is_asked(questionnaire, one, answers)
    }

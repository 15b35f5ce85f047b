"""The questionnaire in easy words: what the easy-read editions are made from."""

from schemas.definition import Definition
from schemas.easy_read import EasyRead
from schemas.editions.errors import EditionError
from schemas.fields import AnyField
from schemas.questionnaire import Question, Questionnaire


def questionnaire_of(definition: Definition, *, easy_read: bool) -> Questionnaire:
    """The questionnaire as it is worded, or in easy words.

    Raises:
        EditionError: easy words are asked for, and the definition has none.
    """
    if not easy_read:
        return definition.questionnaire
    if definition.easy_read is None:
        raise EditionError(f"'{definition.id}' has no easy-read edition; add easy_read.toml to its definition.")
    return _in_easy_words(definition.questionnaire, definition.easy_read)


def _in_easy_words(questionnaire: Questionnaire, easy_read: EasyRead) -> Questionnaire:
    """The same questions under the same ids; what is printed before a question is not shown with its easy words."""
    questions = tuple(_question(one, easy_read) for one in questionnaire.questions)
    return questionnaire.model_copy(update={"summary": easy_read.introduction, "questions": questions})


def _question(question: Question, easy_read: EasyRead) -> Question:
    if not any(easy_read.of(one.id) for one in question.fields):
        return question
    fields = tuple(_field(one, easy_read) for one in question.fields)
    return question.model_copy(update={"fields": fields, "preamble": None})


def _field(one: AnyField, easy_read: EasyRead) -> AnyField:
    easy = easy_read.of(one.id)
    if easy is None:
        return one
    return one.model_copy(update={"label": easy.label, "hint": easy.hint or one.hint})

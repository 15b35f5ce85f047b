"""The answers before they are sent, as rows of a summary list."""

from collections.abc import Iterable, Mapping
from typing import Any

from markupsafe import Markup

from ingest.web.form.fields import FieldRenderer
from ingest.web.form.layout import FormPage, is_asked
from ingest.web.visit import Visit
from schemas.easy_read import EasyRead
from schemas.fields import WithChoices
from schemas.questionnaire import OTHER_SUFFIX, AnyField, Scale
from schemas.response import RawAnswer

_AS_TYPED = Markup('<p class="govuk-body yoursay-as-typed" dir="auto">{}</p>')


def answer_rows(
    visit: Visit, pages: Iterable[FormPage], answers: Mapping[str, RawAnswer], easy_read: EasyRead | None
) -> list[dict[str, Any]]:
    """A row for each field that is asked: the question, the answer in words, and a link to change it."""
    questionnaire, chrome = visit.offered.definition.questionnaire, visit.chrome
    fields = FieldRenderer(visit.service.renderer, questionnaire, chrome, answers, {}, easy_read=easy_read)
    rows = []
    for page in pages:
        address = visit.address(f"/respond/{page.id}")
        change = f"{address}{'&' if '?' in address else '?'}return=check"
        for one in page.question.fields:
            if not is_asked(questionnaire, one, answers):
                continue
            label = fields.label_of(one)
            shown = _in_words(one, answers, chrome.language)
            html = Markup("").join(_AS_TYPED.format(words) for words in shown)
            empty = Markup('<span class="yoursay-no-answer">{}</span>').format(chrome.text("js_no_answer"))
            action = {"href": change, "text": chrome.text("js_change"), "visuallyHiddenText": label}
            rows.append({"key": {"text": label}, "value": {"html": html or empty}, "actions": {"items": [action]}})
    return rows


def _in_words(one: AnyField, answers: Mapping[str, RawAnswer], language: str) -> list[str]:
    """The answer as it is read: labels in the place of codes, and the text beside "other"."""
    given = answers.get(one.id, [])
    words = [given] if isinstance(given, str) else list(given)
    labels: dict[str, str] = {}
    if isinstance(one, WithChoices):
        labels = {choice.code: choice.label.in_language(language) for choice in one.choices}
    elif isinstance(one, Scale):
        labels = {str(n): point.in_language(language) for n, point in enumerate(one.points, 1)}
    said = [labels.get(word, word) for word in words if word]
    other = answers.get(one.id + OTHER_SUFFIX) if isinstance(one, WithChoices) and one.has_other else None
    return [*said, *([str(other)] if other else [])]

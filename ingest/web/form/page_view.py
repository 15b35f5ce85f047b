"""A page of the form as it is shown, with and without a script: its title, its fields and what comes before them."""

from dataclasses import dataclass
from functools import partial

from markupsafe import Markup

from ingest.web.chrome import Chrome
from ingest.web.form.fields import FieldRenderer
from ingest.web.form.layout import FormPage
from ingest.web.render import paragraphs
from schemas.easy_read import EasyRead
from schemas.questionnaire import Questionnaire
from schemas.texts import LocalisedText


@dataclass(frozen=True)
class PageView:
    """What the template needs; where `heading` is empty, the only field's label is the page's heading."""

    id: str
    title: str
    heading: str
    caption: str
    before: Markup
    preamble: Markup
    fields: tuple[Markup, ...]


def page_view(
    page: FormPage, questionnaire: Questionnaire, chrome: Chrome, fields: FieldRenderer, easy_read: EasyRead | None
) -> PageView:
    """The page in the words of the language and edition."""
    question = page.question
    as_heading = not question.number and question.heading is None and len(question.fields) == 1
    heading = "" if as_heading else _heading(page, chrome)
    # Easy words stand for what is printed before the question too.
    is_easy = easy_read is not None and any(easy_read.of(one.id) for one in question.fields)
    shown = partial(_paragraphs, chrome=chrome)
    before = Markup("")
    if page.is_first:
        before += shown(questionnaire.before_questions)
    if page.opens_about_you:
        before += shown(questionnaire.before_about_you)
    return PageView(
        id=page.id,
        title=heading or fields.label_of(question.fields[0]),
        heading=heading,
        caption="" if question.number else chrome.text("about_you"),
        before=before,
        preamble=Markup("") if is_easy else shown(question.preamble),
        fields=tuple(fields.render(one, as_heading=as_heading) for one in question.fields),
    )


def _heading(page: FormPage, chrome: Chrome) -> str:
    number, heading = page.question.number, page.question.heading
    said = heading.in_language(chrome.language) if heading else ""
    if number and said:
        return chrome.text("question_heading", number=number, heading=said)
    return chrome.text("question_number", number=number) if number else said or chrome.text("about_you")


def _paragraphs(text: LocalisedText | None, chrome: Chrome) -> Markup:
    return paragraphs(text.in_language(chrome.language)) if text else Markup("")

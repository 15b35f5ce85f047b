"""The XLSForm edition: the questionnaire as the workbook that ODK and its relatives read.

Nothing is required and nothing is refused: a range is told in a hint, never as a constraint. Names of our own hold a
hyphen, which no answer's name may.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import babel
import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from schemas.definition import Definition
from schemas.editions.errors import EditionError
from schemas.editions.pdf_fields import ChoiceField, choices_of, code_of_other
from schemas.editions.wording import wording
from schemas.fields import (
    OTHER_SUFFIX,
    AnyField,
    Contact,
    Date,
    MultipleChoice,
    Number,
    OpenText,
    PostcodeDistrict,
    ShownWhen,
)
from schemas.questionnaire import Question, Questionnaire

Row = dict[str, str]
STARTED, LANGUAGE = "form-started", "form-language"
ROOT = "response"
_TOGETHER = "field-list"
# The widget for whole numbers takes no more digits than these.
_LARGEST_INTEGER = 999_999_999
# What the workbook says of its own making: the same definition gives the same bytes.
_MADE_AT = datetime(2000, 1, 1, tzinfo=UTC)
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MARKUP = re.compile(r"[\\*_]|^#", re.MULTILINE)


@dataclass(frozen=True)
class XlsForm:
    """The three sheets. Columns of texts are named by language, such as `label::English (en)`."""

    survey: tuple[Row, ...]
    choices: tuple[Row, ...]
    settings: tuple[Row, ...]

    def sheets(self) -> dict[str, tuple[Row, ...]]:
        return {"survey": self.survey, "choices": self.choices, "settings": self.settings}


def form_version(definition: Definition) -> str:
    """What the form calls its version: the first 16 digits of the questionnaire's hash."""
    return definition.questionnaire_hash[:16]


def xlsform_of(definition: Definition) -> XlsForm:
    """The workbook's rows."""
    form = definition.questionnaire
    settings = {
        "form_title": _shown(form.title.in_language(form.languages[0])),
        "form_id": form.id,
        "version": form_version(definition),
        "default_language": _named(form.languages[0]),
        "style": "pages",
        "clean_text_values": "no",
    }
    return XlsForm(tuple(_survey(form)), tuple(_choices(form)), (settings,))


def write_xlsform(definition: Definition, file: Path) -> None:
    """Write the workbook to `file`; the same definition gives the same bytes.

    Raises:
        EditionError: the file's name does not end in .xlsx, or it cannot be written.
    """
    if file.suffix.lower() != ".xlsx":
        raise EditionError(f"{file}: an XLSForm is written as .xlsx; name the file so.")
    try:
        with xlsxwriter.Workbook(file, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
            book.set_properties({"title": str(definition.questionnaire.title)[:255], "created": _MADE_AT})
            _write_sheets(book, xlsform_of(definition))
    except FileCreateError as error:
        raise EditionError(f"{file} cannot be written; choose another place.") from error


def _write_sheets(book: xlsxwriter.Workbook, form: XlsForm) -> None:
    text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    bold = book.add_format({"bold": True})
    for name, rows in form.sheets().items():
        sheet = book.add_worksheet(name)
        columns = list(dict.fromkeys(column for row in rows for column in row))
        sheet.set_column(0, max(len(columns) - 1, 0), 32)
        sheet.freeze_panes(1, 0)
        for position, column in enumerate(columns):
            sheet.write_string(0, position, column, bold)
            for number, row in enumerate(rows, 1):
                if column in row:
                    sheet.write_string(number, position, row[column], text)


def _survey(form: Questionnaire) -> Iterator[Row]:
    yield {"type": "start", "name": STARTED}
    yield from _introduction(form)
    for position, question in enumerate(form.questions):
        yield from _question(form, question, position)
    yield {"type": "note", "name": "note-thanks"} | _texts(form, "label", form.thanks.in_language)


def _introduction(form: Questionnaire) -> Iterator[Row]:
    """What respondents read first, and in a form of several languages the one that they answer in."""
    title = _texts(form, "label", form.title.in_language)
    yield {"type": "begin group", "name": "page-introduction", "appearance": _TOGETHER} | title
    if len(form.languages) > 1:
        label = _texts(form, "label", lambda language: wording(language)["language"])
        kind = f"select_one {LANGUAGE}"
        yield {"type": kind, "name": LANGUAGE, "default": form.languages[0]} | label
    yield {"type": "note", "name": "note-asked-by"} | _same_label(form, "\n".join(form.asked_by))
    parts = {"notice": form.notice, "summary": form.summary, "before-questions": form.before_questions}
    parts |= {f"promise-{promise.id}": promise.text for promise in form.promises}
    for name, text in (parts | {"other-formats": form.other_formats}).items():
        if text is not None:
            yield {"type": "note", "name": f"note-{name}"} | _texts(form, "label", text.in_language)
    yield {"type": "end group"}


def _question(form: Questionnaire, question: Question, position: int) -> Iterator[Row]:
    """A question on a screen of its own; it is passed over where none of its fields is asked."""
    group = {"type": "begin group", "name": f"page-{position + 1}", "appearance": _TOGETHER}
    conditions = [_relevant(one) for one in question.fields]
    if all(conditions):
        group["relevant"] = " or ".join(dict.fromkeys(conditions))
    if question.number or question.heading:
        group |= _texts(form, "label", lambda language: _heading(question, language))
    yield group
    before = {"about-you": form.before_about_you} if position == form.first_about_you() else {}
    for name, text in (before | {f"preamble-{position + 1}": question.preamble}).items():
        if text is not None:
            yield {"type": "note", "name": f"note-{name}"} | _texts(form, "label", text.in_language)
    for one in question.fields:
        yield from _field(form, one)
    yield {"type": "end group"}


def _heading(question: Question, language: str) -> str:
    heading = question.heading.in_language(language) if question.heading else ""
    return ". ".join(filter(None, [question.number, heading]))


def _field(form: Questionnaire, one: AnyField) -> Iterator[Row]:
    row = {"type": _type(one), "name": one.id, "appearance": _appearance(one), "relevant": _relevant(one)}
    row |= _texts(form, "label", one.label.in_language)
    row |= _texts(form, "hint", lambda language: _hint(one, language))
    yield {column: value for column, value in row.items() if value}
    if isinstance(one, ChoiceField) and (other := code_of_other(one)):
        label = _texts(form, "label", lambda language: dict(choices_of(one, language))[other])
        yield {
            "type": "text",
            "name": one.id + OTHER_SUFFIX,
            "relevant": _holds(ShownWhen(field=one.id, any_of=(other,))),
        } | label


def _type(one: AnyField) -> str:
    match one:
        case MultipleChoice():
            return f"select_multiple {one.id}"
        case Number(whole=True) if max(abs(one.minimum), abs(one.maximum)) <= _LARGEST_INTEGER:
            return "integer"
        case Number(whole=False):
            return "decimal"
        case Date():
            return "date"
        case _:
            return f"select_one {one.id}" if isinstance(one, ChoiceField) else "text"


def _appearance(one: AnyField) -> str:
    match one:
        case OpenText() | Contact(detail="address"):
            return "multiline"
        case Contact(detail="phone"):
            return "numbers"
        case _:
            return ""


def _relevant(one: AnyField) -> str:
    return _holds(one.shown_when) if one.shown_when else ""


def _holds(condition: ShownWhen) -> str:
    return " or ".join(f"selected(${{{condition.field}}}, '{code}')" for code in condition.any_of)


def _hint(one: AnyField, language: str) -> str:
    """The definition's hint; for a number the range in any case, because nothing else tells it."""
    own = one.hint.in_language(language) if one.hint else ""
    match one:
        case Number():
            told = wording(language)["number"].format(minimum=_plain(one.minimum), maximum=_plain(one.maximum))
            return "\n".join(filter(None, [own, told]))
        case PostcodeDistrict():
            return own or wording(language)["district"]
        case _:
            return own


def _plain(number: float) -> str:
    return str(int(number)) if float(number).is_integer() else f"{number:g}"


def _choices(form: Questionnaire) -> Iterator[Row]:
    if len(form.languages) > 1:
        for language in form.languages:
            yield {"list_name": LANGUAGE, "name": language} | _same_label(form, _own_name(language))
    for one in form.fields():
        if isinstance(one, ChoiceField):
            for code, _ in choices_of(one, form.languages[0]):
                yield {"list_name": one.id, "name": code} | _choice_label(form, one, code)


def _same_label(form: Questionnaire, text: str) -> Row:
    return _texts(form, "label", lambda _: text)


def _choice_label(form: Questionnaire, one: ChoiceField, code: str) -> Row:
    return _texts(form, "label", lambda language: dict(choices_of(one, language))[code])


def _texts(form: Questionnaire, column: str, text_in: Callable[[str], str]) -> Row:
    """A text in every language; a column for each."""
    return {f"{column}::{_named(language)}": _shown(text_in(language)) for language in form.languages}


def _shown(text: str) -> str:
    """The text as clients will show it: what they would take for markup, or for another answer, is told apart."""
    held = _NOT_XML.sub("", text)
    return _MARKUP.sub(lambda found: "\\" + found[0], held).replace("${", "$\u2060{")


def _named(language: str) -> str:
    """`English (en)`, as XLSForm names a language."""
    name = babel.Locale("en").languages.get(language.split("-", maxsplit=1)[0], language)
    return f"{name} ({language})"


def _own_name(language: str) -> str:
    """The language's name in itself; its code where it has none."""
    try:
        return babel.Locale.parse(language, sep="-").get_display_name() or language
    except (babel.UnknownLocaleError, ValueError):
        return language

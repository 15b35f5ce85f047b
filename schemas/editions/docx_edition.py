"""The word-processor edition: a .docx with a content control for every answer and a visible anchor beside it.

The controls carry the names of the form fields. A word processor that drops them keeps the anchors.
"""

import io
import zipfile
from collections.abc import Iterator
from itertools import count

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from schemas.definition import Definition
from schemas.editions.anchors import anchors_of
from schemas.editions.docx_controls import box_control, fixed_control, placeholder_part, tag_of, text_control
from schemas.editions.easy_words import questionnaire_of
from schemas.editions.errors import EditionError
from schemas.editions.form_line import form_line
from schemas.editions.pdf_fields import ChoiceField, FormField, form_fields, identity_of
from schemas.editions.phrases import closing_date, condition_of, edition_line, hint_of
from schemas.editions.wording import wording
from schemas.fields import AnyField, MultipleChoice
from schemas.questionnaire import Question, Questionnaire
from schemas.texts import LocalisedText

_INK, _GREY = RGBColor(0x0B, 0x0C, 0x0C), RGBColor(0x50, 0x5A, 0x5F)
_MADE_AT = (1980, 1, 1, 0, 0, 0)
_FIRST_CONTROL = 1001
_LONGEST_PROPERTY = 255


def build_docx(definition: Definition, language: str, *, easy_read: bool = False) -> bytes:
    """The form in one of the questionnaire's languages, to be filled in with a word processor; equal bytes each time.

    Raises:
        EditionError: the questionnaire is not in that language, has no easy words where they are asked for, or two
            form fields would have one name.
    """
    form = questionnaire_of(definition, easy_read=easy_read)
    if language not in form.languages:
        raise EditionError(f"'{form.id}' is not in '{language}'; its languages: {', '.join(form.languages)}.")
    writer = _Writer(definition, form, language, easy_read)
    writer.write()
    saved = io.BytesIO()
    writer.document.save(saved)
    return _without_times(saved)


class _Writer:
    """Writes the form from top to bottom into a document."""

    def __init__(self, definition: Definition, form: Questionnaire, language: str, easy_read: bool) -> None:
        self._definition, self._form, self._language = definition, form, language
        self._identity = identity_of(definition, language, easy_read=easy_read)
        self._words = wording(language)
        self._right_to_left = form.direction(language) == "rtl"
        self._anchors = anchors_of(form)
        self._fields = {one.name: one for one in form_fields(form, language)}
        self._numbers = count(_FIRST_CONTROL)
        self.document = docx.Document()
        _set_up(self.document, language, self._right_to_left, text_size=14 if easy_read else 11)

    def write(self) -> None:
        """Write everything."""
        form = self._form
        self._describe()
        self._paragraph(form.title.in_language(self._language), "Heading 1")
        self._paragraph(f"{self._words['asked_by']}: {', '.join(form.asked_by)}")
        self._say(form.notice, form.summary, form.before_questions)
        first = next(iter(self._anchors.values()))
        self._paragraph(self._words["how_to_type"].format(anchor=first))
        about_you = form.first_about_you()
        for place, question in enumerate(form.questions):
            if place == about_you:
                self._paragraph(self._words["about_you"], "Heading 2")
                self._say(form.before_about_you)
            self._question(question, level=3 if about_you is not None and place >= about_you else 2)
        self._return()
        self._say(form.thanks, *(promise.text for promise in form.promises))
        self._form_line()

    def _question(self, question: Question, level: int) -> None:
        number = question.number
        if question.heading:
            self._paragraph(question.heading.in_language(self._language), f"Heading {level}")
        if question.preamble:
            for text in _paragraphs_of(question.preamble.in_language(self._language)):
                self._paragraph(f"{number}. {text}" if number else text)
                number = None
        for one in question.fields:
            label = one.label.in_language(self._language)
            self._paragraph(f"{number}. {label}" if number else label, "Question")
            number = None
            for text in (hint_of(one, self._language), condition_of(self._form, one, self._language)):
                if text:
                    self._paragraph(text, "Hint")
            self._answer(one)

    def _answer(self, one: AnyField) -> None:
        if not isinstance(one, ChoiceField):
            self._space(one.id)
            return
        if not isinstance(one, MultipleChoice):
            self._paragraph(self._words["tick_one"], "Hint")
        for field in self._fields_of(one):
            if field.code is None:
                self._space(field.name)
            else:
                self._box(field)

    def _fields_of(self, one: AnyField) -> Iterator[FormField]:
        """The boxes of a choice and the text beside one of them, in order."""
        return (field for field in self._fields.values() if self._form.answer_columns()[field.column].id == one.id)

    def _space(self, name: str) -> None:
        """A frame for an answer in words: whatever is typed in it belongs to its anchor."""
        table = self.document.add_table(1, 1, style="Table Grid")
        if self._right_to_left:
            table._tblPr.insert(1, OxmlElement("w:bidiVisual"))
        paragraph = table.cell(0, 0).paragraphs[0]
        self._direct(paragraph)
        anchor = self._anchor(paragraph, name)
        control = text_control(
            next(self._numbers),
            tag_of(name, anchor),
            self._fields[name].question,
            self._words["type_here"],
            right_to_left=self._right_to_left,
        )
        paragraph._p.append(control)
        after = self._paragraph("")
        after.paragraph_format.space_after = Pt(2)

    def _box(self, field: FormField) -> None:
        paragraph = self._paragraph("", "Choice")
        anchor = self._anchor(paragraph, field.name)
        control = box_control(next(self._numbers), tag_of(field.name, anchor), field.question)
        paragraph._p.append(control)
        self._run(paragraph, f" {field.choice}")

    def _anchor(self, paragraph: Paragraph, name: str) -> str:
        anchor = self._anchors[name]
        paragraph.add_run(f"[{anchor}]", style="Anchor")
        paragraph.add_run(" ")
        return anchor

    def _return(self) -> None:
        form = self._form
        date = closing_date(form, self._language)
        self._paragraph(self._words["return_by"].format(date=date), "Question")
        for line in form.return_address.in_language(self._language).splitlines():
            self._paragraph(line)
        self._paragraph(self._words["please_either"])
        for way in form.return_ways:
            self._paragraph(way.in_language(self._language), "List Bullet")
        self._say(form.other_formats)

    def _say(self, *texts: LocalisedText | None) -> None:
        for text in texts:
            for part in _paragraphs_of(text.in_language(self._language)) if text else ():
                self._paragraph(part)

    def _paragraph(self, text: str, style: str | None = None) -> Paragraph:
        paragraph = self.document.add_paragraph(style=style)
        self._direct(paragraph)
        if text:
            self._run(paragraph, text)
        return paragraph

    def _run(self, paragraph: Paragraph, text: str) -> None:
        paragraph.add_run(text).font.rtl = self._right_to_left or None

    def _direct(self, paragraph: Paragraph) -> None:
        if self._right_to_left:
            paragraph._p.get_or_add_pPr().append(OxmlElement("w:bidi"))

    def _form_line(self) -> None:
        """Which form it is: once to be read, once in controls with the names of the hidden fields."""
        line = self.document.add_paragraph(style="Hint")
        line.add_run(form_line(self._identity))
        line = self.document.add_paragraph(style="Hint")
        for name, value in self._identity.items():
            line._p.append(fixed_control(next(self._numbers), name, value))
            line.add_run(" ")

    def _describe(self) -> None:
        """The document's properties, the line at the foot, and what an emptied control shows."""
        about = self.document.core_properties
        about.title = self._form.title.in_language(self._language)[:_LONGEST_PROPERTY]
        about.author = ", ".join(self._form.asked_by)[:_LONGEST_PROPERTY]
        about.language = self._language
        about.subject = form_line(self._identity)
        about.comments = ""
        foot = self.document.sections[0].footer.paragraphs[0]
        self._direct(foot)
        self._run(foot, edition_line(self._definition, self._language))
        content = placeholder_part(self._words["type_here"], right_to_left=self._right_to_left)
        package = self.document.part.package
        part = Part(PackURI("/word/glossary/document.xml"), CONTENT_TYPE.WML_DOCUMENT_GLOSSARY, content, package)
        self.document.part.relate_to(part, RELATIONSHIP_TYPE.GLOSSARY_DOCUMENT)


def _paragraphs_of(text: str) -> list[str]:
    return [part.strip() for part in text.split("\n\n") if part.strip()]


def _set_up(document: Document, language: str, right_to_left: bool, text_size: int) -> None:
    """Page, styles and language."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(20)
    section.top_margin = section.bottom_margin = Mm(20)
    styles = document.styles
    normal = styles["Normal"]
    normal.font.name, normal.font.size, normal.font.color.rgb = "Arial", Pt(text_size), _INK
    normal.paragraph_format.space_after = Pt(6)
    for level, larger in ((1, 8), (2, 4), (3, 2)):
        heading = styles[f"Heading {level}"]
        heading.font.size, heading.font.color.rgb = Pt(text_size + larger), _INK
    for name, bold in (("Question", True), ("Hint", False), ("Choice", False)):
        style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = normal
        style.font.bold = style.font.cs_bold = bold or None
        style.paragraph_format.keep_with_next = name != "Choice"
    styles["Hint"].font.color.rgb = _GREY
    for name in ("Anchor", "Placeholder Text"):
        style = styles.add_style(name, WD_STYLE_TYPE.CHARACTER)
        style.font.color.rgb = _GREY
    styles["Anchor"].font.size = Pt(text_size - 2)
    _speak(document, language, right_to_left)


def _speak(document: Document, language: str, right_to_left: bool) -> None:
    """Set the language that a screen reader and a spelling checker take the text for."""
    run = document.styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    spoken = run.find(qn("w:lang"))
    if spoken is None:
        spoken = OxmlElement("w:lang")
        run.append(spoken)
    for key in ("w:val", "w:eastAsia", "w:bidi"):
        spoken.set(qn(key), language)
    if right_to_left:
        grid = document.sections[0]._sectPr.find(qn("w:docGrid"))
        grid.addprevious(OxmlElement("w:bidi"))


def _without_times(saved: io.BytesIO) -> bytes:
    """The package with one time for all its members, so that equal documents are equal bytes."""
    result = io.BytesIO()
    with zipfile.ZipFile(saved) as source, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            member = zipfile.ZipInfo(name, _MADE_AT)
            member.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(member, source.read(name))
    return result.getvalue()

"""The fillable edition: a tagged PDF (PDF/UA-1) with a form field for every answer, made from the definition."""

import io

from weasyprint import HTML

from schemas.definition import Definition
from schemas.editions.easy_words import questionnaire_of
from schemas.editions.errors import EditionError
from schemas.editions.pdf_fields import form_fields, identity_of
from schemas.editions.phrases import edition_line
from schemas.editions.templates import HERE, render
from schemas.editions.widgets import repair_widgets


def build_fillable_pdf(definition: Definition, language: str, *, easy_read: bool = False) -> bytes:
    """The form in one of the questionnaire's languages, to be filled in on screen or printed.

    Raises:
        EditionError: the questionnaire is not in that language, has no easy words where they are asked for, or two
            form fields would have one name.
    """
    form = questionnaire_of(definition, easy_read=easy_read)
    if language not in form.languages:
        raise EditionError(f"'{form.id}' is not in '{language}'; its languages: {', '.join(form.languages)}.")
    fields = form_fields(form, language)
    foot, body_class = edition_line(definition, language), "easy-read" if easy_read else ""
    content = render("form.html", form, language, foot=foot, body_class=body_class)
    document = HTML(string=content, base_url=f"{HERE}/").write_pdf(pdf_forms=True, pdf_variant="pdf/ua-1")
    return repair_widgets(io.BytesIO(document), fields, identity_of(definition, language, easy_read=easy_read))

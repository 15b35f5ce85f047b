"""The single-file edition, sent back as the page itself instead of the sealed file that it makes.

Some browsers write into a page that is saved what was typed in it; others do not, and then there is nothing to read.
"""

import json
from typing import Any

from lxml import html  # type: ignore[import-untyped]
from lxml.etree import LxmlError  # type: ignore[import-untyped]

from ingest.mail.documents.form_response import FormIdentity, fault_of_identity, form_response, language_of
from ingest.mail.documents.outcome import DocumentOutcome
from ingest.parsed_response import ParsedResponse, quarantined
from schemas.definition import Definition
from schemas.fields import OTHER_SUFFIX, Scale, WithChoices

WITHOUT_ANSWERS = "the form was saved as a page, without its answers: ask the sender for the sealed file"
_DATA = "yoursay-form"
# By this a page is known as the single-file edition.
EDITION_MARK = b'id="yoursay-form"'


def read_edition(content: bytes, definition: Definition, sender: str | None, part: str) -> DocumentOutcome:
    """What a saved page says: a form, or 'foreign' where it is not the single-file edition. Never raises on it."""
    if EDITION_MARK not in content:
        return DocumentOutcome("foreign")
    try:
        tree = html.document_fromstring(content, parser=html.HTMLParser(encoding="utf-8"))
        said = json.loads(tree.get_element_by_id(_DATA).text or "")
        identity = FormIdentity(*(_text(said, key) for key in ("consultation", "questionnaire_hash", "language")))
    except (LxmlError, ValueError, KeyError, TypeError, AttributeError, RecursionError, AssertionError):
        return DocumentOutcome("foreign")
    language = language_of(identity, definition)
    fault = fault_of_identity(identity, definition)
    if fault:
        return DocumentOutcome("form", quarantined(fault, language=language, sender=sender))
    values = _values(tree, definition)
    if not values:
        nothing = ParsedResponse(state="in_review", reason=WITHOUT_ANSWERS, language=language, sender=sender)
        return DocumentOutcome("form", nothing)
    response = form_response(values, identity, definition, sender, how="form_field", part=part)
    return DocumentOutcome("form", response)


def _text(said: Any, key: str) -> str | None:
    value = said.get(key)
    return value if isinstance(value, str) else None


def _values(tree: html.HtmlElement, definition: Definition) -> dict[str, str]:
    """The values of the page's controls, named as the fillable form names them."""
    columns = definition.questionnaire.answer_columns()
    values: dict[str, str] = {}
    for control in tree.iter("input", "textarea"):
        name = control.get("name") or ""
        if name not in columns:
            continue
        is_choice = isinstance(columns[name], WithChoices | Scale) and not name.endswith(OTHER_SUFFIX)
        text = control.text_content() if control.tag == "textarea" else control.get("value") or ""
        if not is_choice and text.strip():
            values[name] = text
        elif is_choice and control.get("checked") is not None and text:
            values[f"{name}__{text}"] = text
    return values

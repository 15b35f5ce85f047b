"""A filled-in form as an OpenRosa client sends it: XML, read strictly and never as a document that can do anything.

Nothing is refused for what an answer says. Refused is what the form that we give out cannot have sent.
"""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from ingest.web.errors import RefusedError
from schemas.definition import Definition
from schemas.editions.pdf_fields import SCALE_CODES
from schemas.editions.xlsform import LANGUAGE, ROOT, STARTED, form_version, xlsform_of
from schemas.fields import OTHER_SUFFIX, AnyField, MultipleChoice, Scale, WithChoices
from schemas.response import RawAnswer

_MAX_DEPTH = 4
_MAX_ELEMENTS = 5_000
_META, _INSTANCE_ID, _DEPRECATED_ID = "meta", "instanceID", "deprecatedID"
_RELOAD = "load the form again and send the answers with it"
_BROKEN = "The form's XML could not be read; send the form again from the app that filled it in."
_UUID = re.compile(r"uuid:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})", re.IGNORECASE)


@dataclass(frozen=True)
class Instance:
    """One filled-in form. `started_at` is as the device told it."""

    id: str
    language: str
    answers: dict[str, RawAnswer] = field(repr=False)
    started_at: str | None = None


def read_instance(xml: bytes, definition: Definition) -> Instance:
    """Read a filled-in form of this questionnaire.

    Raises:
        RefusedError: 400 for what is no XML of ours, 422 for a form of another version or with anything unknown in it.
    """
    reader = _Reader()
    # No document type, so no entities of its own: nothing in it can grow, or reach for a file.
    parser = DefusedXMLParser(target=reader, forbid_dtd=True)
    try:
        parser.feed(xml)
        parser.close()
    except (ParseError, DefusedXmlException, LookupError, ValueError):
        raise RefusedError(_BROKEN, 400) from None
    _check_form(reader, definition)
    texts = reader.texts
    _check_names(texts, definition)
    found = _UUID.fullmatch(texts.pop(_INSTANCE_ID, "").strip())
    if found is None:
        raise RefusedError("The form holds no instanceID of the kind 'uuid:...'; send it from an OpenRosa client.", 422)
    return Instance(
        id=str(uuid.UUID(found[1])),
        language=_language(texts, definition),
        answers=_answers(texts, definition),
        started_at=_moment(texts.get(STARTED, "")),
    )


class _Reader:
    """Takes in the elements as the parser meets them: the root's attributes, and the text of each element by name."""

    def __init__(self) -> None:
        self.root = ""
        self.attributes: Mapping[str, str] = {}
        self.texts: dict[str, str] = {}
        self._open: list[tuple[str, list[str]]] = []
        self._elements = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._elements += 1
        if len(self._open) >= _MAX_DEPTH or self._elements > _MAX_ELEMENTS:
            raise RefusedError(_BROKEN, 400)
        name = tag.rpartition("}")[2]
        if not self._open:
            self.root, self.attributes = name, dict(attributes)
        elif name in self.texts:
            raise RefusedError(f"The form holds an answer twice; {_RELOAD}.", 422)
        else:
            self.texts[name] = ""
        self._open.append((name, []))

    def data(self, text: str) -> None:
        self._open[-1][1].append(text)

    def end(self, _: str) -> None:
        name, parts = self._open.pop()
        if self._open:
            self.texts[name] = "".join(parts)

    def close(self) -> None:
        """The parser asks for it at the end."""


def _check_form(reader: _Reader, definition: Definition) -> None:
    if reader.root != ROOT or reader.attributes.get("id") != definition.id:
        raise RefusedError(f"This is not a form of '{definition.id}'; {_RELOAD}.", 422)
    if reader.attributes.get("version") != form_version(definition):
        raise RefusedError(f"The form is of another version of the questionnaire; {_RELOAD}.", 422)


def _check_names(texts: Mapping[str, str], definition: Definition) -> None:
    """Every element is one of the form, and those that are no answers hold no words."""
    if _DEPRECATED_ID in texts:
        raise RefusedError("An earlier response cannot be changed from this app; fill in a new form.", 422)
    own = {row["name"] for row in xlsform_of(definition).survey if "name" in row} | {_META, _INSTANCE_ID}
    if not texts.keys() <= own:
        raise RefusedError(f"The form holds a field that this consultation does not ask; {_RELOAD}.", 422)
    holding = definition.questionnaire.answer_columns().keys() | {STARTED, LANGUAGE, _INSTANCE_ID}
    if any(text.strip() for name, text in texts.items() if name not in holding):
        raise RefusedError(f"The form holds words where none are asked; {_RELOAD}.", 422)


def _language(texts: Mapping[str, str], definition: Definition) -> str:
    """The language that was chosen; the first one where none was, or there is one alone."""
    languages = definition.questionnaire.languages
    chosen = texts.get(LANGUAGE, "").strip()
    return chosen if chosen in languages else languages[0]


def _answers(texts: Mapping[str, str], definition: Definition) -> dict[str, RawAnswer]:
    answers = {}
    for name, one in definition.questionnaire.answer_columns().items():
        text = texts.get(name, "")
        if text.strip():
            answers[name] = text if name == one.id + OTHER_SUFFIX else _answer(one, text)
    return answers


def _answer(one: AnyField, text: str) -> RawAnswer:
    codes = SCALE_CODES if isinstance(one, Scale) else one.codes if isinstance(one, WithChoices) else None
    if codes is None:
        return text
    chosen = list(dict.fromkeys(text.split())) if isinstance(one, MultipleChoice) else [text.strip()]
    if not set(chosen) <= set(codes):
        raise RefusedError(f"The form holds a choice that this consultation does not offer; {_RELOAD}.", 422)
    return chosen if isinstance(one, MultipleChoice) else chosen[0]


def _moment(text: str) -> str | None:
    """A moment with its zone, as it was told; None for anything else, which would only put the response aside."""
    try:
        return text.strip() if datetime.fromisoformat(text.strip()).tzinfo else None
    except ValueError:
        return None

"""The answers in a fillable edition that came back; what else a PDF may be is an outcome of its own.

Call it where a hostile file can do no harm (`ingest.mail.child`): a PDF can keep a reader busy for ever.
"""

import io
import logging
import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

from pypdf import PdfReader
from pypdf.errors import DependencyError, PdfReadError, PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

from ingest.mail.documents.form_response import FormIdentity, fault_of_identity, form_response
from ingest.mail.documents.outcome import DocumentOutcome
from ingest.mail.documents.read_flat_pdf import read_flat_pdf
from ingest.mail.limits import MAX_FORM_FIELDS, MAX_PDF_BYTES, MAX_PDF_PAGES
from ingest.parsed_response import storable_text
from schemas.definition import Definition
from schemas.editions.pdf_fields import CONSULTATION, form_fields

# The library's warnings may quote what is in the file.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)

_MAX_FIELD_DEPTH = 8
_PAGES_WITH_FOOT = 10
_SHORT_HASH = re.compile(r"(?<![0-9a-z])[0-9a-f]{12}(?![0-9a-z])")
_FOOT = re.compile(r"Consultation ([a-z0-9-]{1,63}), version [^\n]{1,60}, questionnaire ([0-9a-f]{12})\b")
_CUT_EMOJI = re.compile("[\uf300-\uf8ff]")


class _TooMuchError(Exception):
    """The form has more fields than are read."""


def read_pdf(
    content: bytes, definition: Definition, sender: str | None = None, part: str = "attachment 1"
) -> DocumentOutcome:
    """What a PDF file says, read with pypdf; `part` names it in the readings. Never raises on its content."""
    if len(content) > MAX_PDF_BYTES:
        return DocumentOutcome("unreadable", reason="the PDF is larger than is read")
    try:
        return _read(content, definition, sender, part)
    except _TooMuchError:
        return DocumentOutcome("unreadable", reason="the PDF has more pages or form fields than are read")
    except DependencyError:
        return DocumentOutcome("unreadable", reason="the PDF is encrypted in a way that is not read")
    except PyPdfError:
        return DocumentOutcome("unreadable", reason="the PDF is damaged")
    except Exception:  # noqa: BLE001 - pypdf raises whatever a broken file makes it stumble over
        return DocumentOutcome("unreadable", reason="the PDF is damaged")


def _read(content: bytes, definition: Definition, sender: str | None, part: str) -> DocumentOutcome:
    reader = PdfReader(io.BytesIO(content))
    if reader.is_encrypted and not reader.decrypt(""):
        return DocumentOutcome("unreadable", reason="the PDF is locked with a password")
    if len(reader.pages) > MAX_PDF_PAGES:
        raise _TooMuchError
    form = _resolved(reader.root_object.get("/AcroForm"))
    values = _values_of(form) if isinstance(form, DictionaryObject) else {}
    names = {one.name for one in form_fields(definition.questionnaire, definition.questionnaire.languages[0])}
    if CONSULTATION in values or names & values.keys():
        response = form_response(values, FormIdentity.of(values), definition, sender, how="form_field", part=part)
        return DocumentOutcome("form", response=response)
    if isinstance(form, DictionaryObject) and "/XFA" in form:
        return DocumentOutcome("unreadable", reason="the PDF is an XFA form, which is not read")
    said = _foot(reader, definition)
    if said is None:
        return DocumentOutcome("foreign")
    if fault_of_identity(said, definition):
        return DocumentOutcome("form", response=form_response({}, said, definition, sender, how="tick", part=part))
    copy = read_flat_pdf(content, definition, said, sender, part)
    return DocumentOutcome("form", response=copy) if copy else DocumentOutcome("foreign")


def _values_of(form: DictionaryObject) -> dict[str, str]:
    """Name -> value of every form field; a box that is not ticked has ''."""
    collector = _Collector()
    for one in _items(form.get("/Fields")):
        collector.collect(one, _Inherited(), 0)
    return collector.values


def _items(value: Any) -> list[Any]:
    value = _resolved(value)
    return list(value) if isinstance(value, ArrayObject) else []


def _resolved(value: Any) -> Any:
    return value.get_object() if isinstance(value, IndirectObject) else value


@dataclass(frozen=True)
class _Inherited:
    """What a form field has from the one above it."""

    name: str = ""
    kind: Any = None
    value: Any = None


@dataclass
class _Collector:
    """Walks the tree of form fields, which a hostile file may have made endless."""

    values: dict[str, str] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)

    def collect(self, one: Any, above: _Inherited, depth: int) -> None:
        one = _resolved(one)
        if not isinstance(one, DictionaryObject) or id(one) in self.seen:
            return
        self.seen.add(id(one))
        if len(self.seen) > MAX_FORM_FIELDS or depth > _MAX_FIELD_DEPTH:
            raise _TooMuchError
        partial = one.get("/T")
        name = ".".join(filter(None, (above.name, str(partial) if partial is not None else "")))
        here = _Inherited(name, one.get("/FT", above.kind), one.get("/V", above.value))
        if name:
            text = _text(here.value)
            if here.kind == "/Btn":
                text = next((state for state in (text, _text(one.get("/AS"))) if state not in ("", "/Off")), "")
            self.values[name] = text or self.values.get(name, "")
        for child in _items(one.get("/Kids")):
            self.collect(child, here, depth + 1)


def _text(value: Any) -> str:
    value = _resolved(value)
    if isinstance(value, StreamObject):
        value = value.get_data()
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    return _with_emoji(storable_text(str(value))) if isinstance(value, str | int | float) else ""


def _with_emoji(text: str) -> str:
    """The text with the emoji restored that PDFium on Linux cuts to 16 bits when pasted, into codes for private use."""
    return _CUT_EMOJI.sub(lambda found: _emoji_of(found.group()), text)


def _emoji_of(letter: str) -> str:
    whole = chr(ord(letter) + 0x10000)
    return whole if unicodedata.category(whole) in ("So", "Sk") else letter


def _foot(reader: PdfReader, definition: Definition) -> FormIdentity | None:
    """Which form the foot of the pages says it is; None where no page has the foot of an edition."""
    for page in reader.pages[:_PAGES_WITH_FOOT]:
        try:
            text = page.extract_text().replace("\0", "")
        except (PdfReadError, IndexError, ValueError, KeyError, TypeError, AttributeError):
            continue
        own = definition.questionnaire_hash[:12]
        if own in "".join(text.split()):
            return FormIdentity(definition.id, own, None)
        # In a script from right to left the words may come in any order: the line is what holds them together.
        line = next((line for line in text.splitlines() if definition.id in line and _SHORT_HASH.search(line)), None)
        if line:
            return FormIdentity(definition.id, _SHORT_HASH.findall(line)[0], None)
        other = _FOOT.search(text)
        if other:
            return FormIdentity(other.group(1), other.group(2), None)
    return None

"""An attached file read by the reader for its sort."""

from dataclasses import dataclass, field

from ingest.mail.documents.document_text import text_of_document
from ingest.mail.documents.outcome import DocumentOutcome
from ingest.mail.documents.pictures import TOO_MANY_PAGES, Pictures, read_pictures
from ingest.mail.documents.read_docx import read_docx
from ingest.mail.documents.read_edition import read_edition
from ingest.mail.documents.read_odt import read_odt
from ingest.mail.documents.read_pdf import read_pdf
from ingest.mail.documents.read_sealed import SealedBody, read_sealed
from ingest.mail.message.kinds import Kind
from ingest.mail.message.parts import Attachment
from ingest.mail.texts.read_body import read_body
from ingest.parsed_response import ParsedResponse
from schemas.definition import Definition

NOT_THE_FORM = "a document that is not the form: an officer decides"
# What may be a photo or scan of the paper form.
_PICTURED = ("picture", "pdf")
# Why a document of a sort that is not read needs an officer.
UNREAD: dict[Kind, str] = {
    "old_word": "an old Word document (.doc), which is not read: an officer decides",
    "rich_text": "a rich text document (.rtf), which is not read: an officer decides",
    "pages": "a Pages document, which is not read: an officer decides",
    "spreadsheet": "a spreadsheet, which is not read: an officer decides",
    "presentation": "a presentation, which is not read: an officer decides",
    "picture": "a picture that is not the form: an officer decides",
}


@dataclass
class DocumentsRead:
    """What the files of one letter are: forms, answers in documents that are none, words, and what cannot be read."""

    forms: list[ParsedResponse | SealedBody] = field(default_factory=list)
    answers: list[ParsedResponse] = field(default_factory=list)
    words: list[tuple[str, str]] = field(default_factory=list)
    unread: list[tuple[str, str]] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    pictures: Pictures = field(default_factory=Pictures)


def read_documents(attachments: list[Attachment], definition: Definition, sender: str | None) -> DocumentsRead:
    """Each file by the reader for its sort. Never raises on its content."""
    found = DocumentsRead()
    foreign: list[Attachment] = []
    for one in attachments:
        outcome = _outcome(one, definition, sender)
        if isinstance(outcome, list):
            found.forms.extend(outcome)
        elif outcome.response is not None:
            found.forms.append(outcome.response)
        elif outcome.kind == "unreadable":
            found.broken.append(outcome.reason)
        else:
            foreign.append(one)
    found.pictures = read_pictures([one for one in foreign if one.kind in _PICTURED], definition, sender)
    found.forms.extend(found.pictures.responses)
    if found.pictures.too_many:
        found.broken.append(TOO_MANY_PAGES)
    for one in foreign:
        if one.kind not in _PICTURED or any(one is other for other in found.pictures.rest):
            _read_foreign(one, found, definition, sender)
    return found


def _outcome(one: Attachment, definition: Definition, sender: str | None) -> DocumentOutcome | list[SealedBody]:
    match one.kind:
        case "pdf":
            return read_pdf(one.content, definition, sender, one.part)
        case "docx":
            return read_docx(one.content, definition, sender, one.part)
        case "odt":
            return read_odt(one.content, definition, sender, one.part)
        case "sealed":
            return read_sealed(one.content, definition, sender)
        case "html":
            return read_edition(one.content, definition, sender, one.part)
        case _:
            return DocumentOutcome("foreign")


def _read_foreign(one: Attachment, found: DocumentsRead, definition: Definition, sender: str | None) -> None:
    """A document that is not the form: answers under the questions' numbers, a letter, or neither."""
    text = text_of_document(one.kind, one.content)
    body = read_body(text, definition.questionnaire, one.part) if text else None
    if body is not None:
        found.answers.append(body.response(sender))
    elif text:
        found.words.append((text, one.part))
    else:
        found.unread.append((UNREAD.get(one.kind, NOT_THE_FORM), one.part))

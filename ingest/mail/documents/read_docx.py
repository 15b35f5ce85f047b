"""A .docx that came with a message: our form filled in, some other document, or one that cannot be read.

Call it where a hostile file can do no harm (`ingest.mail.child`).
"""

from collections.abc import Callable

from ingest.mail.documents.docx_text import docx_text
from ingest.mail.documents.office_file import OfficeFile, OfficeFileError
from ingest.mail.documents.office_text import OfficeText
from ingest.mail.documents.outcome import DocumentOutcome
from ingest.mail.documents.read_anchored import read_anchored
from schemas.definition import Definition


def read_docx(
    content: bytes, definition: Definition, sender: str | None = None, part: str = "attachment 1"
) -> DocumentOutcome:
    """What a .docx says; `part` names it in the readings. Never raises on its content."""
    return read_office(content, definition, sender, part, docx_text)


def read_office(
    content: bytes,
    definition: Definition,
    sender: str | None,
    part: str,
    text_of: Callable[[OfficeFile], OfficeText],
) -> DocumentOutcome:
    """What an office document says whose text is got by `text_of`. Never raises on its content."""
    try:
        return read_anchored(text_of(OfficeFile(content)), definition, sender, part)
    except OfficeFileError as error:
        return DocumentOutcome("unreadable", reason=str(error))
    except RecursionError:
        return DocumentOutcome("unreadable", reason="the document is nested more deeply than is read")
    except Exception:  # noqa: BLE001 - a broken file makes the libraries below stumble in ways nobody listed
        return DocumentOutcome("unreadable", reason="the document is damaged")

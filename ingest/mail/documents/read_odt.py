"""An .odt that came with a message: the .docx form saved by LibreOffice, some other document, or one that is broken.

Call it where a hostile file can do no harm (`ingest.mail.child`).
"""

from ingest.mail.documents.odt_text import odt_text
from ingest.mail.documents.outcome import DocumentOutcome
from ingest.mail.documents.read_docx import read_office
from schemas.definition import Definition


def read_odt(
    content: bytes, definition: Definition, sender: str | None = None, part: str = "attachment 1"
) -> DocumentOutcome:
    """What an .odt says; `part` names it in the readings. Never raises on its content."""
    return read_office(content, definition, sender, part, odt_text)

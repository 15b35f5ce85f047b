"""The text of a document that is not our form: somebody's letter, or answers under the questions' numbers."""

from ctypes import ArgumentError

import pypdfium2

from ingest.mail.documents.list_numbers import numbered_text
from ingest.mail.documents.odt_text import odt_text
from ingest.mail.documents.office_file import OfficeFile, OfficeFileError
from ingest.mail.limits import MAX_PDF_PAGES, MAX_TEXT_CHARACTERS
from ingest.mail.message.decoding import text_of_bytes
from ingest.mail.message.html_text import text_of_html
from ingest.mail.message.kinds import Kind
from ingest.parsed_response import storable_text


def text_of_document(kind: Kind, content: bytes) -> str:
    """The document's text, as far as it is read; '' where it has none or is of a sort that is not read.

    Never raises on its content.
    """
    try:
        match kind:
            case "docx":
                text = numbered_text(OfficeFile(content))
            case "odt":
                text = "\n".join(one.text for one in odt_text(OfficeFile(content)).paragraphs)
            case "pdf":
                text = _text_of_pdf(content)
            case "html":
                text = text_of_html(text_of_bytes(content))
            case "text":
                text = text_of_bytes(content)
            case _:
                text = ""
    except (OfficeFileError, RecursionError):
        return ""
    return storable_text(text[:MAX_TEXT_CHARACTERS]).strip()


def _text_of_pdf(content: bytes) -> str:
    pages: list[str] = []
    try:
        document = pypdfium2.PdfDocument(content)
        for number in range(min(len(document), MAX_PDF_PAGES)):
            pages.append(str(document[number].get_textpage().get_text_bounded()).replace("\r\n", "\n"))
            if sum(map(len, pages)) > MAX_TEXT_CHARACTERS:
                break
    except (pypdfium2.PdfiumError, ValueError, IndexError, ArgumentError):
        return "\n\n".join(pages)
    return "\n\n".join(pages)

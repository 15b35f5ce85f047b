"""Filling in a fillable edition by program, as a person would on screen: for demonstrations and for tests."""

import io
from collections.abc import Mapping

import docx
import pikepdf
from docx.oxml import OxmlElement
from docx.oxml.ns import nsmap, qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.text.paragraph import Paragraph
from docx.text.run import Run
from pikepdf import Name, Pdf, String

from schemas.editions.docx_controls import EMPTY_BOX, TICKED_BOX

_W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"


def fill_pdf(form: bytes, values: Mapping[str, str]) -> bytes:
    """The form with these values (see `pdf_fields.values_from`); other form fields stay as they are."""
    with Pdf.open(io.BytesIO(form)) as pdf:
        for widget in pdf.Root.AcroForm.Fields:
            value = values.get(str(widget.T))
            if value is None:
                continue
            if Name.Btn == widget.FT:
                widget.V = widget.AS = Name(f"/{value}")
            else:
                widget.V = String(value)
                # The appearance drawn for the empty field would hide the text from programs that trust it.
                del widget.AP
        filled = io.BytesIO()
        pdf.save(
            filled, deterministic_id=True, compress_streams=False, object_stream_mode=pikepdf.ObjectStreamMode.preserve
        )
        return filled.getvalue()


def fill_docx(form: bytes, values: Mapping[str, str]) -> bytes:
    """The word-processor form with these values, by the tags of its controls; other controls stay as they are."""
    document = docx.Document(io.BytesIO(form))
    for control in document.element.body.iter(qn("w:sdt")):
        properties = control.find(qn("w:sdtPr"))
        value = values.get(properties.find(qn("w:tag")).get(qn("w:val")))
        if value is None:
            continue
        box = properties.find(f"{_W14}checkbox")
        if box is not None:
            ticked = value not in ("", "Off")
            box.find(f"{_W14}checked").set(f"{_W14}val", "1" if ticked else "0")
            next(control.iter(qn("w:t"))).text = TICKED_BOX if ticked else EMPTY_BOX
        elif value:
            _type(document, control, properties, value)
    filled = io.BytesIO()
    document.save(filled)
    return filled.getvalue()


def _type(document: docx.document.Document, control: BaseOxmlElement, properties: BaseOxmlElement, text: str) -> None:
    """Replace the prompt by a text, as typing does: lines are broken within the control."""
    prompt = properties.find(qn("w:showingPlcHdr"))
    if prompt is not None:
        properties.remove(prompt)
    content = control.find(qn("w:sdtContent"))
    for run in list(content):
        content.remove(run)
    run = OxmlElement("w:r", nsdecls={"w": nsmap["w"]})
    content.append(run)
    Run(run, Paragraph(OxmlElement("w:p"), document.element.body)).text = text

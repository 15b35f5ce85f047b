"""Filling in a fillable edition by program, as a person would on screen: for demonstrations and for tests."""

import io
from collections.abc import Mapping

import pikepdf
from pikepdf import Name, Pdf, String


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

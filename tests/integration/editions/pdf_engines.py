"""Programs that fill a form: each takes a blank form and the values of its fields, and gives the filled form."""

import ctypes
import io
import json
import struct
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pikepdf
import pypdf
import pypdfium2
import pypdfium2.raw as pdfium
from pikepdf import Name

HERE = Path(__file__).parent
MOST_KEYS = 1_000


def by_pypdf(form: bytes, values: Mapping[str, str]) -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(form))
    as_written = {name: f"/{value}" if "__" in name else value for name, value in values.items()}
    for page in writer.pages:
        writer.update_page_form_field_values(page, as_written, auto_regenerate=False)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def by_pdf_lib(form: bytes, values: Mapping[str, str]) -> bytes:
    return _by_node("fill_by_pdf_lib.mjs", form, values)


def by_pdf_js(form: bytes, values: Mapping[str, str]) -> bytes:
    return _by_node("fill_by_pdf_js.mjs", form, values)


def _by_node(script: str, form: bytes, values: Mapping[str, str]) -> bytes:
    with TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "form.pdf").write_bytes(form)
        (folder / "values.json").write_text(json.dumps(values), "utf-8")
        files = [str(folder / name) for name in ("form.pdf", "values.json", "filled.pdf")]
        subprocess.run(["node", str(HERE / script), *files], check=True, capture_output=True, timeout=120)
        return (folder / "filled.pdf").read_bytes()


def by_pdfium(form: bytes, values: Mapping[str, str]) -> bytes:
    """As Chromium does where somebody types: a click into each field, then key after key; a click ticks a box.

    A long text is pasted: each key takes the longer, the more is there already.
    """
    return _by_pdfium(form, values, _type)


def by_pdfium_pasting(form: bytes, values: Mapping[str, str]) -> bytes:
    """The same where somebody pastes whole texts."""
    return _by_pdfium(form, values, _paste)


def _by_pdfium(form: bytes, values: Mapping[str, str], enter: Callable[[Any, Any, str], None]) -> bytes:
    document = pypdfium2.PdfDocument(form)
    document.init_forms()
    environment = document.formenv
    assert environment is not None
    for number, places in enumerate(_places(form)):
        page = document[number]
        for name, (x, y) in places.items():
            value = values.get(name)
            if value is None or value == "Off":
                continue
            _click(environment, page, x, y)
            if "__" not in name:
                enter(environment, page, value)
            pdfium.FORM_ForceToKillFocus(environment)
        page.close()
    out = io.BytesIO()
    document.save(out)
    document.close()
    return out.getvalue()


def _click(environment: Any, page: Any, x: float, y: float) -> None:
    pdfium.FORM_OnMouseMove(environment, page, 0, x, y)
    pdfium.FORM_OnLButtonDown(environment, page, 0, x, y)
    pdfium.FORM_OnLButtonUp(environment, page, 0, x, y)


def _type(environment: Any, page: Any, text: str) -> None:
    if len(text) > MOST_KEYS:
        _paste(environment, page, text)
        return
    encoded = text.replace("\n", "\r").encode("utf-16-le")
    for (unit,) in struct.iter_unpack("<H", encoded):
        pdfium.FORM_OnChar(environment, page, unit, 0)


def _paste(environment: Any, page: Any, text: str) -> None:
    encoded = (text + "\0").encode("utf-16-le")
    units = (ctypes.c_ushort * (len(encoded) // 2)).from_buffer_copy(encoded)
    pdfium.FORM_SelectAllText(environment, page)
    pdfium.FORM_ReplaceSelection(environment, page, ctypes.cast(units, pdfium.FPDF_WIDESTRING))


def _places(form: bytes) -> list[dict[str, tuple[float, float]]]:
    """For each page, the middle of each of its fields by name."""
    with pikepdf.open(io.BytesIO(form)) as pdf:
        found = []
        for page in pdf.pages:
            widgets = [one for one in page.get("/Annots", []) if Name.Widget == one.Subtype and "/FT" in one]
            edges = {str(one.T): [float(edge) for edge in one.Rect] for one in widgets}
            found.append({name: ((x1 + x2) / 2, (y1 + y2) / 2) for name, (x1, y1, x2, y2) in edges.items()})
        return found

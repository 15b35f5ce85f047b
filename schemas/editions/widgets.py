"""What WeasyPrint's form widgets need before people and programs can rely on them.

Seen in version 70: boxes all export `/on` and have no appearance when unticked; rectangles stand on their heads; the
spoken name (`/TU`) is the technical one; fields lie in another order than on the page; and the text font is one whose
codes are glyph numbers, which no program can type with.
"""

import io
from collections.abc import Iterable, Mapping, Sequence

import pikepdf
from fontTools.ttLib import TTFont
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String

from schemas.editions.errors import EditionError
from schemas.editions.pdf_fields import FormField
from schemas.editions.tagging import mark_page_furniture

_FONT = "YourSayText"
_TEXT_SIZE = 10.5
_HIDDEN, _PRINT, _READ_ONLY = 2, 4, 1


def repair_widgets(document: io.BytesIO, fields: Sequence[FormField], identity: Mapping[str, str]) -> bytes:
    """The document with widgets that can be relied on, and hidden fields that say which form it is.

    Raises:
        EditionError: the document does not hold exactly these form fields.
    """
    with Pdf.open(document) as pdf:
        widgets = {str(widget.T): widget for widget in pdf.Root.AcroForm.Fields}
        if sorted(widgets) != sorted(one.name for one in fields):
            raise EditionError("The page and the list of form fields disagree; this is a fault of the edition itself.")
        font = _simple_font(pdf, widgets.values())
        resources = _resources(font)
        for one in fields:
            widget = widgets[one.name]
            widget.TU = String(one.question)
            _turn_upright(widget)
            if one.code is None:
                _repair_text(pdf, widget, resources)
            else:
                _repair_box(pdf, widget, one.code)
        hidden = [_hidden_field(pdf, name, value) for name, value in identity.items()]
        order = {one.name: position for position, one in enumerate(fields)}
        for page in pdf.pages:
            if "/Annots" in page:
                page.Annots = Array(sorted(page.Annots, key=lambda a: order.get(str(a.get("/T", "")), -1)))
            page.obj.Tabs = Name.S
        pdf.pages[0].obj.Annots = Array([*pdf.pages[0].obj.get("/Annots", []), *hidden])
        form = pdf.Root.AcroForm
        form.Fields = Array([*(widgets[one.name] for one in fields), *hidden])
        form.DR = resources
        form.DA = String(f"/{_FONT} {_TEXT_SIZE} Tf 0 g")
        # Every widget has its appearance: programs that trust them and programs that draw their own show the same.
        form.NeedAppearances = False
        mark_page_furniture(pdf)
        repaired = io.BytesIO()
        pdf.save(repaired, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        return repaired.getvalue()


def _resources(font: pikepdf.Object | None) -> Dictionary:
    # No standard font: it would not be embedded, and the boxes bring their crosses as drawings.
    return Dictionary(Font=Dictionary({} if font is None else {f"/{_FONT}": font}))


def _turn_upright(widget: pikepdf.Object) -> None:
    x1, y1, x2, y2 = (float(edge) for edge in widget.Rect)
    widget.Rect = Array([min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)])


def _repair_text(pdf: Pdf, widget: pikepdf.Object, resources: Dictionary) -> None:
    width, height = _size(widget)
    widget.DA = String(f"/{_FONT} {_TEXT_SIZE} Tf 0 g")
    widget.V = String("")
    widget.AP = Dictionary(N=_drawing(pdf, b"/Tx BMC EMC", width, height, resources))


def _repair_box(pdf: Pdf, widget: pikepdf.Object, code: str) -> None:
    width, height = _size(widget)
    cross = (
        f"q 1.4 w {width * 0.2:.2f} {height * 0.2:.2f} m {width * 0.8:.2f} {height * 0.8:.2f} l "
        f"{width * 0.2:.2f} {height * 0.8:.2f} m {width * 0.8:.2f} {height * 0.2:.2f} l S Q"
    )
    ticked, empty = (_drawing(pdf, content, width, height, Dictionary()) for content in (cross.encode(), b""))
    widget.AP = Dictionary(N=Dictionary({f"/{code}": ticked, "/Off": empty}))
    widget.V = widget.AS = Name.Off
    # The border is part of the page: a program that draws the box anew shall not draw a second one.
    widget.MK = Dictionary()


def _size(widget: pikepdf.Object) -> tuple[float, float]:
    x1, y1, x2, y2 = (float(edge) for edge in widget.Rect)
    return x2 - x1, y2 - y1


def _drawing(pdf: Pdf, content: bytes, width: float, height: float, resources: Dictionary) -> pikepdf.Object:
    drawing = Stream(pdf, content)
    drawing.Type, drawing.Subtype = Name.XObject, Name.Form
    drawing.BBox = Array([0, 0, width, height])
    drawing.Resources = resources
    return pdf.make_indirect(drawing)


def _hidden_field(pdf: Pdf, name: str, value: str) -> pikepdf.Object:
    field = Dictionary(
        Type=Name.Annot,
        Subtype=Name.Widget,
        FT=Name.Tx,
        T=String(name),
        TU=String(name),
        V=String(value),
        Ff=_READ_ONLY,
        F=_HIDDEN,
        Rect=Array([0, 0, 0, 0]),
        DA=String(f"/{_FONT} {_TEXT_SIZE} Tf 0 g"),
    )
    field.P = pdf.pages[0].obj
    return pdf.make_indirect(field)


def _simple_font(pdf: Pdf, widgets: Iterable[pikepdf.Object]) -> pikepdf.Object | None:
    """A font to type with: the whole file that WeasyPrint embedded for the text fields, under Windows' Latin codes.

    Characters outside these codes are kept in the field's value all the same; programs show them in a font of theirs.
    None for a form without a text field.
    """
    text = next((widget for widget in widgets if Name.Tx == widget.FT), None)
    if text is None:
        return None
    used = bytes(text.DA).decode("latin-1").split(" Tf")[0].split()[-2]
    composite = pdf.Root.AcroForm.DR.Font[used]
    old = composite.DescendantFonts[0].FontDescriptor
    loaded = TTFont(io.BytesIO(old.FontFile2.read_bytes()))
    scale = 1000 / loaded["head"].unitsPerEm
    glyphs, advances = loaded.getBestCmap(), loaded["hmtx"]
    widths = []
    for code in range(32, 256):
        letter = bytes([code]).decode("cp1252", errors="replace")
        name = glyphs.get(ord(letter), ".notdef")
        widths.append(round(advances[name][0] * scale))
    descriptor = Dictionary(dict(old))
    descriptor.FontName = Name("/" + str(composite.BaseFont).split("+")[-1])
    descriptor.Flags = 32
    for key in ("/CIDSet", "/Style", "/Lang"):
        if key in descriptor:
            del descriptor[key]
    return pdf.make_indirect(
        Dictionary(
            Type=Name.Font,
            Subtype=Name.TrueType,
            BaseFont=descriptor.FontName,
            Encoding=Name.WinAnsiEncoding,
            FirstChar=32,
            LastChar=255,
            Widths=Array(widths),
            FontDescriptor=pdf.make_indirect(descriptor),
        )
    )

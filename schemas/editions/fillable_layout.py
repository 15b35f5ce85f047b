"""Where the fillable edition's fields are: read back from the edition itself, to find them again on a copy without."""

import io
from dataclasses import dataclass

import pikepdf
from pikepdf import Name

from schemas.definition import Definition
from schemas.editions.pdf import build_fillable_pdf
from schemas.editions.pdf_fields import IDENTITY


@dataclass(frozen=True)
class FieldPlace:
    """A field's rectangle on its page, in points from the lower left corner."""

    name: str
    left: float
    bottom: float
    right: float
    top: float


@dataclass(frozen=True)
class FillableLayout:
    """The blank document, and the fields on each of its pages."""

    document: bytes
    pages: tuple[tuple[FieldPlace, ...], ...]


# Of this process: a definition's questions never change, so neither do its pages.
_LAYOUTS: dict[tuple[str, str, bool], FillableLayout] = {}
_MOST_LAYOUTS = 16


def fillable_layout(definition: Definition, language: str, *, easy_read: bool = False) -> FillableLayout:
    """The layout of one edition, made once in a process.

    Raises:
        EditionError: there is no such edition (see `build_fillable_pdf`).
    """
    key = (definition.questionnaire_hash, language, easy_read)
    if key not in _LAYOUTS:
        if len(_LAYOUTS) >= _MOST_LAYOUTS:
            _LAYOUTS.clear()
        document = build_fillable_pdf(definition, language, easy_read=easy_read)
        _LAYOUTS[key] = FillableLayout(document, _places_in(document))
    return _LAYOUTS[key]


def _places_in(document: bytes) -> tuple[tuple[FieldPlace, ...], ...]:
    with pikepdf.open(io.BytesIO(document)) as pdf:
        return tuple(
            tuple(
                FieldPlace(str(one.T), *(float(edge) for edge in one.Rect.as_list()))
                for one in page.get("/Annots", pikepdf.Array())
                if Name.Widget == one.Subtype and str(one.T) not in IDENTITY
            )
            for page in pdf.pages
        )

"""Paper forms as a scanner gives them: printed with serials, filled by pen, laid on the glass a little askew."""

import io
import textwrap
from collections.abc import Sequence
from random import Random

import cv2
import numpy as np
import numpy.typing as npt
import pypdfium2
from PIL import Image

from orchestration.demonstration.answers import Form
from schemas.definition import Definition
from schemas.editions.print_edition import build_print_edition, print_layout
from schemas.editions.print_layout import Area, PrintedPage

Grey = npt.NDArray[np.uint8]
_DOTS_PER_INCH = 150
_DOTS_PER_MM = _DOTS_PER_INCH / 25.4
_LINE_MM, _LETTERS_A_LINE = 9.0, 62
_INK = 45


def scan_forms(forms: Sequence[Form], serials: Sequence[str], definition: Definition, chance: Random) -> bytes:
    """A TIFF of the forms' pages one after another, in grey; the empty continuation sheets stayed at home."""
    pages: list[Image.Image] = []
    for form, serial in zip(forms, serials, strict=True):
        layout = print_layout(definition, form.language, "standard")
        printed = build_print_edition(definition, form.language, "standard", [serial])
        with pypdfium2.PdfDocument(printed) as document:
            for page in layout.pages:
                blank = document[page.number - 1].render(scale=_DOTS_PER_INCH / 72, grayscale=True).to_numpy()
                filled = _filled(np.ascontiguousarray(blank), page, form, chance)
                pages.append(Image.fromarray(_askew(filled, chance)))
    scanned = io.BytesIO()
    pages[0].save(
        scanned,
        "TIFF",
        save_all=True,
        append_images=pages[1:],
        compression="jpeg",
        quality=70,
        dpi=(_DOTS_PER_INCH, _DOTS_PER_INCH),
    )
    return scanned.getvalue()


def _filled(page: Grey, printed: PrintedPage, form: Form, chance: Random) -> Grey:
    """The page with crosses in its boxes and the words in its spaces."""
    for box in printed.boxes:
        if box.code in form.answers.get(box.column, ()):
            left, top, right, bottom = _pixels(box.area, 0.7)
            shift = chance.randint(-1, 1)
            cv2.line(page, (left + shift, top), (right, bottom + shift), _INK, 3, cv2.LINE_AA)
            cv2.line(page, (left, bottom), (right + shift, top), _INK, 3, cv2.LINE_AA)
    for space in printed.spaces:
        words = str(form.answers.get(space.column, ""))
        left, top, _, bottom = _pixels(space.area, 1.5)
        for number, line in enumerate(textwrap.wrap(words, _LETTERS_A_LINE)):
            below = top + round((number + 0.62) * _LINE_MM * _DOTS_PER_MM)
            if below < bottom:
                place = (left + chance.randint(0, 4), below)
                cv2.putText(page, line, place, cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 0.75, _INK, 1, cv2.LINE_AA)
    return page


def _pixels(area: Area, inset: float) -> tuple[int, int, int, int]:
    edges = (area.x + inset, area.y + inset, area.x + area.width - inset, area.y + area.height - inset)
    left, top, right, bottom = (round(edge * _DOTS_PER_MM) for edge in edges)
    return left, top, right, bottom


def _askew(page: Grey, chance: Random) -> Grey:
    """The page turned by less than a degree, with the grain of a scanner."""
    height, width = page.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), chance.uniform(-0.7, 0.7), 1.0)
    turned = cv2.warpAffine(page, turn, (width, height), borderMode=cv2.BORDER_CONSTANT, borderValue=255)
    grain = np.random.default_rng(chance.getrandbits(32)).normal(0, 4, turned.shape)
    scanned: Grey = np.clip(turned.astype(np.float32) + grain, 0, 255).astype(np.uint8)
    return scanned

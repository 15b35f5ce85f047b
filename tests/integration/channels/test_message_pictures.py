"""Photos and scans of the paper form that come by e-mail are read as paper is."""

import io
from dataclasses import replace
from email.message import EmailMessage

import numpy as np
import pypdfium2
import pytest
from PIL import Image, ImageDraw

from ingest.mail.child import crops_apart, read_apart
from ingest.mail.read_message import read_message
from ingest.parsed import ParsedResponse
from ingest.post.scans.page_images import PageImage, open_scan
from ingest.post.scans.read_scan import read_pages
from schemas.definition import Definition
from schemas.editions.print_edition import build_print_edition, print_layout

MILLIMETRES_TO_INCHES = 25.4
RESOLUTION = 150


@pytest.fixture(scope="module")
def photos(parks: Definition) -> list[bytes]:
    """The pages of the paper form with some boxes ticked, as JPEG files."""
    document = pypdfium2.PdfDocument(build_print_edition(parks, "en", "standard", ["ABCD-1234"]))
    scale = RESOLUTION / MILLIMETRES_TO_INCHES
    found = []
    for number, page in enumerate(print_layout(parks, "en", "standard").pages):
        picture = document[number].render(scale=RESOLUTION / 72).to_pil().convert("L")
        draw = ImageDraw.Draw(picture)
        for box in page.boxes:
            if box.code in ("parks", "4", "resident", "yes"):
                left, top = box.area.x * scale, box.area.y * scale
                right, bottom = left + box.area.width * scale, top + box.area.height * scale
                draw.line((left + 3, top + 3, right - 3, bottom - 3), fill=20, width=4)
                draw.line((left + 3, bottom - 3, right - 3, top + 3), fill=20, width=4)
        found.append(as_jpeg(picture))
    return found


def as_jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=90)
    return out.getvalue()


def with_photos(photos: list[bytes], text: str = "Photos of my form.", disposition: str = "attachment") -> bytes:
    mail = EmailMessage()
    mail["From"] = "ann@example.org"
    mail.set_content(text)
    for photo in photos:
        mail.add_attachment(photo, maintype="image", subtype="jpeg", filename="IMG_1.jpg", disposition=disposition)
    return mail.as_bytes()


def as_paper(photos: list[bytes], definition: Definition, prefix: str) -> list[ParsedResponse]:
    images = [PageImage(number, open_scan(photo).page(1).grey) for number, photo in enumerate(photos, 1)]
    return [
        replace(
            one,
            sender="ann@example.org",
            readings=tuple(replace(reading, part=f"{prefix}, {reading.part}") for reading in one.readings),
        )
        for one in read_pages(images, definition).responses
    ]


def test_photos_of_the_form_are_read_as_paper_is(photos: list[bytes], parks: Definition) -> None:
    expected = as_paper(photos, parks, "pictures")
    columns = {one.column for response in expected for one in response.readings}
    assert {"q1_use", "q4_satisfied", "r1_capacity", "p1_publish"} <= columns
    assert read_apart(with_photos(photos), parks) == expected
    # Some programs set photos into the text.
    assert read_message(with_photos(photos, disposition="inline"), parks) == expected


def test_a_scanned_pdf_is_read_as_paper_is(photos: list[bytes], parks: Definition) -> None:
    pages = [Image.open(io.BytesIO(photo)) for photo in photos]
    out = io.BytesIO()
    pages[0].save(out, "PDF", save_all=True, append_images=pages[1:], resolution=RESOLUTION, quality=90)
    mail = EmailMessage()
    mail["From"] = "ann@example.org"
    mail.set_content("Scanned.")
    mail.add_attachment(out.getvalue(), maintype="application", subtype="pdf", filename="scan.pdf")
    (found,) = read_message(mail.as_bytes(), parks)
    (expected,) = as_paper(photos, parks, "attachment 1")
    assert [(one.column, one.part) for one in found.readings] == [(one.column, one.part) for one in expected.readings]


def test_an_answer_of_a_photo_can_be_shown(photos: list[bytes], parks: Definition) -> None:
    (crop,) = crops_apart(with_photos(photos), 1, "q1_use", parks)
    with Image.open(io.BytesIO(crop)) as picture:
        assert picture.format == "PNG"
        assert picture.width > picture.height
    assert crops_apart(with_photos(photos), 2, "q1_use", parks) == []
    assert crops_apart(b"From: a@example.org\n\n1. Parks", 1, "q1_use", parks) == []


def test_a_photo_of_something_else_is_left_to_an_officer(parks: Definition) -> None:
    noise = np.random.default_rng(7).integers(0, 255, (900, 1_200), dtype=np.uint8)
    (found,) = read_message(with_photos([as_jpeg(Image.fromarray(noise))], text=" "), parks)
    assert (found.state, found.reason) == ("in_review", "a picture that is not the form: an officer decides")


def test_a_logo_beside_answers_is_nothing(photos: list[bytes], parks: Definition) -> None:
    logo = as_jpeg(Image.new("L", (120, 60), 200))
    (found,) = read_message(with_photos([logo], text="5. Good", disposition="inline"), parks)
    assert (found.state, found.answers, found.pending) == ("response", {"q5_proposal": "Good"}, ())

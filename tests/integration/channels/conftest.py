"""The fillable editions, made once, and messages around them."""

from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest

from ingest.landing import Landing
from ingest.parsed import ParsedResponse, parse_artefact
from schemas.data_folder import DataFolder
from schemas.definition import BUILT_IN, Definition, load_definition
from schemas.editions.fill import fill_pdf
from schemas.editions.pdf import build_fillable_pdf
from schemas.editions.pdf_fields import values_from
from schemas.response import RawAnswer
from schemas.sealing import open_sealed, read_identity

ResponsesIn = Callable[[Landing, Definition], list[ParsedResponse]]


@pytest.fixture(scope="session")
def seed() -> Definition:
    return load_definition(BUILT_IN / "third-sector-2007")


@pytest.fixture(scope="session")
def parks() -> Definition:
    return load_definition(BUILT_IN / "parks-and-libraries-2007")


@pytest.fixture(scope="session")
def form(seed: Definition) -> bytes:
    """The seed's form, blank."""
    return build_fillable_pdf(seed, "en")


@pytest.fixture(scope="session")
def filled(seed: Definition, form: bytes) -> Callable[..., bytes]:
    """Fill the seed's form in."""

    def fill(**answers: RawAnswer) -> bytes:
        return fill_pdf(form, values_from(answers, seed.questionnaire, "en"))

    return fill


@pytest.fixture
def responses_in(data: DataFolder) -> ResponsesIn:
    """Open everything in a landing and parse it."""

    def read(landing: Landing, definition: Definition) -> list[ParsedResponse]:
        identity = read_identity(data.keys(definition.id))

        def parse(row: dict[str, Any]) -> list[ParsedResponse]:
            body = open_sealed(row["body"], identity)
            return parse_artefact(row["media_type"], body, row["artefact_id"], definition)

        return [one for row in landing.log.read().to_pylist() for one in parse(row)]

    return read


@pytest.fixture(scope="session")
def message() -> Callable[..., bytes]:
    """Write a message: a text, PDFs attached, headers (an underscore stands for a hyphen)."""

    def write(text: str = "Please find my answers attached.", *pdfs: bytes, **headers: str) -> bytes:
        mail = EmailMessage()
        usual = {"From": "Ann Example <Ann@Example.org>", "Subject": "Consultation", "To": "post@example.net"}
        for name, value in (usual | {"Date": "Thu, 01 Mar 2007 09:00:00 +0000"} | headers).items():
            mail[name.replace("_", "-")] = value
        mail.set_content(text)
        for pdf in pdfs:
            mail.add_attachment(pdf, maintype="application", subtype="pdf", filename="form.pdf")
        return mail.as_bytes()

    return write

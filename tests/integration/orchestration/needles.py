"""Responses with a needle in every text field, sent by every way there is; and how to look into any file for one."""

import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from email.message import EmailMessage
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from ingest.web.app import create_app
from ingest.web.senders import new_token
from ingest.web.settings import prepare_public_server, read_secrets
from ingest.web.store.sqlite import SqliteStore
from orchestration.demonstration.answers import Form
from orchestration.demonstration.by_web import Server, running
from orchestration.demonstration.council import Council
from orchestration.demonstration.people import Person
from orchestration.demonstration.plan import ImportedRow, MailMessage, PaperSheet, ScannedBatch, WebSubmission
from schemas.clock import SteppedClock
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from schemas.editions.docx_edition import build_docx
from schemas.editions.fill import fill_docx
from schemas.editions.pdf_fields import values_from
from schemas.response import RawAnswer
from tests.integration.web.respondent import Respondent

NOW = datetime(2007, 5, 14, 9, tzinfo=UTC)
WAYS = ("web", "page", "assisted", "pdf", "docx", "body", "letter", "keyed", "scan", "import")
TEXTS = ("q1_use_other", "q5_proposal", "r2_organisation", "r3_role", "c1_given_name", "c2_family_name", "c3_email")
_DOCX = "vnd.openxmlformats-officedocument.wordprocessingml.document"


def needle(way: str, field: str) -> str:
    """One word that is nowhere else."""
    return f"zq{way}{field.replace('_', '')}".lower()


def phone(way: str) -> str:
    return f"01632 9600{WAYS.index(way):02d}"


def answers_of(way: str) -> dict[str, RawAnswer]:
    """An answer to every question, with a needle in each that takes words."""
    texts: dict[str, RawAnswer] = {name: needle(way, name) for name in TEXTS}
    texts["c3_email"] = f"{needle(way, 'c3_email')}@example.org"
    texts["q5_proposal"] = f"We think that {needle(way, 'q5_proposal')} should stay open on every Sunday."
    closed: dict[str, RawAnswer] = {
        "q1_use": "other",
        "q4_satisfied": "4",
        "r1_capacity": ["resident", "group"],
        "r4_age": "from_25_to_44",
        "r5_district": "DE1",
        "p1_publish": "no",
    }
    return closed | texts | {"c4_phone": phone(way)}


def needles() -> list[str]:
    """Every needle of every way, the senders' and the letters' among them."""
    of_fields = [needle(way, name) for way in WAYS if way != "letter" for name in TEXTS]
    # The kiosk asks for no contact, so nothing of it can be in its export.
    of_fields = [one for one in of_fields if one not in {needle("import", name) for name in TEXTS if name[0] == "c"}]
    by_mail = [needle(way, part) for way in ("pdf", "docx", "body", "letter") for part in ("sender", "sendername")]
    about = [
        needle("letter", "words"),
        needle("letter", "subject"),
        needle("docx", "filename"),
        needle("assisted", "helper"),
    ]
    return [*of_fields, *by_mail, *about, *(phone(way) for way in WAYS if way not in ("letter", "import"))]


def send_by_every_way(data: DataFolder, definition: Definition) -> None:
    """One response by each way goes into landing through the real channel; officers key what is read by people."""
    clock = SteppedClock(NOW)
    settings = prepare_public_server(data)
    with closing(SqliteStore(settings.store)) as store:
        app = create_app(settings, clock, store)
        with running(app) as url:
            council = Council(
                data, definition, clock, Server(url, read_secrets(settings).feed_token.decode()), seed="needles"
            )
            for way in ("web", "page"):
                council.receive(_by_web(way))
            _by_staff(store, url, definition)
            council.receive(_message("pdf", "pdf"))
            council.receive(_message("body", "numbered"))
            mailbox = data.inbox(definition.id, "email")
            (mailbox / "docx.eml").write_bytes(_with_docx(definition))
            (mailbox / "letter.eml").write_bytes(_letter())
            council.receive(PaperSheet("keyed", "ordinary", NOW, _form("keyed"), "A1", NOW.date(), "2007-05-12", True))
            council.receive(
                ScannedBatch("scan", "scanned", NOW, (_form("scan"),), ("K7R42",), date(2007, 5, 14), "2007-05-12", 1)
            )
            council.take_in()
            council.bring_in([ImportedRow("import", "ordinary", NOW, _form("import"), "row-1")])
            council.close()


def _form(way: str) -> Form:
    nobody = Person("", "", "", "", "", "", (), None, None, None)
    return Form(nobody, "en", answers_of(way))


def _by_web(way: str) -> WebSubmission:
    identity = f"00000000-0000-4000-8000-00000000000{WAYS.index(way)}"
    sent_by = "page" if way == "page" else "device"
    return WebSubmission(way, "ordinary", NOW, _form(way), sent_by, identity, identity, NOW)


def _by_staff(store: SqliteStore, url: str, definition: Definition) -> None:
    text, token = new_token(definition.id, "assisted", "helpline", NOW)
    store.add_token(token)
    helper = {"token": text, "means": "telephone", "helper": needle("assisted", "helper")}
    Respondent(url, definition.id).open("/assisted").give(helper).fill(answers_of("assisted")).give().receipt()


def _message(way: str, layout: str) -> MailMessage:
    sender, name = f"{needle(way, 'sender')}@example.org", needle(way, "sendername")
    return MailMessage(way, "ordinary", NOW, (_form(way),), layout, f"<{way}@example.org>", sender, name)  # type: ignore[arg-type]


def _mail(way: str, subject: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = f"{needle(way, 'sendername')} <{needle(way, 'sender')}@example.org>"
    mail["To"], mail["Subject"] = "consultation@council.example.org", subject
    mail["Date"], mail["Message-ID"] = "Mon, 14 May 2007 08:00:00 +0000", f"<{way}@example.org>"
    return mail


def _with_docx(definition: Definition) -> bytes:
    mail = _mail("docx", "Parks")
    mail.set_content("My answers are in the form.\n")
    filled = fill_docx(build_docx(definition, "en"), values_from(answers_of("docx"), definition.questionnaire, "en"))
    name = f"{needle('docx', 'filename')}.docx"
    mail.add_attachment(filled, maintype="application", subtype=_DOCX, filename=name)
    mail.set_boundary("=_docx")
    return mail.as_bytes()


def _letter() -> bytes:
    mail = _mail("letter", needle("letter", "subject"))
    mail.set_content(f"Dear council, I use no form and say that {needle('letter', 'words')} matters most of all.\n")
    return mail.as_bytes()


def contents_of(file: Path) -> Iterator[bytes]:
    """Every reading of a file: its bytes, and what its format packs into them."""
    content = file.read_bytes()
    yield content
    yield from unpacked(content)
    # A private part is encrypted: whoever has no key sees its bytes alone.
    if file.suffix == ".duckdb" and "public" in file.parts:
        with duckdb.connect(str(file), read_only=True) as connection:
            names = [name for (name,) in connection.execute("SHOW TABLES").fetchall()]
            yield "".join(str(connection.table(name).fetchall()) for name in names).encode()


def unpacked(content: bytes) -> Iterator[bytes]:
    """What a Parquet file, a container, a PDF's streams or a gzip file hold."""
    if content.startswith(b"PAR1"):
        yield str(pq.read_table(io.BytesIO(content)).to_pydict()).encode()
    elif zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as container:
            yield from (container.read(one) for one in container.namelist())
    elif content.startswith(b"\x1f\x8b"):
        yield gzip.decompress(content)
    elif content.startswith(b"%PDF"):
        for part in content.split(b"stream\n")[1:]:
            try:
                yield zlib.decompressobj().decompress(part)
            except zlib.error:
                continue


def found_in(content: bytes, wanted: list[str]) -> set[str]:
    """The needles in some bytes, in either way in which a text is usually written, whatever its case."""
    lower = content.lower()
    return {one for one in wanted for code in ("utf-8", "utf-16-le") if one.lower().encode(code) in lower}

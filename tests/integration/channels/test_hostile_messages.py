"""Whatever a mailbox gets, ugly or made to harm, has a clear outcome: a line, a reason in words, never an error."""

import base64
import io
import random
import signal
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from email.message import EmailMessage

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.mail.child import MessageReader, encode_definition, read_apart
from ingest.mail.read_message import read_headers_of_too_large, read_message
from ingest.parsed import ParsedResponse, parse_artefact
from ingest.parsed_response import State
from schemas.definition import Definition
from schemas.response import MAIL_MEDIA_TYPE
from tests.integration.channels.outcomes import NEEDLE, outcomes

Write = Callable[..., bytes]


def with_file(content: bytes, name: str, kind: str = "application/octet-stream", text: str = "Attached.") -> bytes:
    mail = EmailMessage()
    mail["From"] = "ann@example.org"
    mail.set_content(text)
    main, sub = kind.split("/")
    mail.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return mail.as_bytes()


def zipped(name: str = "form.pdf", content: bytes = b"x") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, content)
    return out.getvalue()


def encrypted_pdf(form: bytes, password: str) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(form)) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(owner="owner", user=password))
    return out.getvalue()


def test_a_form_that_only_its_owner_may_change_is_read(filled: Write, message: Write, seed: Definition) -> None:
    found = read_message(message("x", encrypted_pdf(filled(q2_place="Yes"), "")), seed)
    assert [(one.state, one.answers) for one in found] == [("response", {"q2_place": "Yes"})]


def test_a_locked_form_is_quarantined(filled: Write, message: Write, seed: Definition) -> None:
    raw = message("x", encrypted_pdf(filled(q2_place="Yes"), "secret"))
    assert outcomes(raw, seed) == [("quarantined", "the PDF is locked with a password")]


def xfa_form() -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array(), XFA=pikepdf.String("template"))
        pdf.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("raw", "state", "reason"),
    [
        (with_file(zipped(), "form.zip"), "quarantined", "the PDF is damaged"),
        (with_file(zipped(), "form.dat"), "quarantined", "the PDF is damaged"),
        (with_file(b"Rar!\x1a\x07", "form.rar"), "quarantined", "an attachment is packed in a way that is not opened"),
        (with_file(b"PK\x03\x04 rubbish", "form.zip"), "quarantined", "an attached archive is damaged"),
        (
            with_file(b"\x78\x9f\x3e\x22", "winmail.dat", "application/ms-tnef"),
            "quarantined",
            "the attachments are packed in winmail.dat, which cannot be read",
        ),
        (with_file(b"%PDF-1.7 rubbish", "form.pdf"), "quarantined", "the PDF is damaged"),
        (with_file(b"no pdf at all", "form.pdf", "application/pdf"), "quarantined", "the PDF is damaged"),
        (with_file(xfa_form(), "form.pdf"), "quarantined", "the PDF is an XFA form, which is not read"),
        (
            with_file(zipped("word/document.xml"), "letter.docx", text=" "),
            "in_review",
            "a document that is not the form: an officer decides",
        ),
        (with_file(b"\x89PNG..", "scan.png", "image/png"), "in_review", None),
        (
            b"From: a@example.org\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data\n\nMIIB",
            "quarantined",
            "the message is encrypted",
        ),
        (
            b'Content-Type: multipart/encrypted; boundary="b"\n\n--b\nContent-Type: application/pgp-encrypted\n\n'
            b"Version: 1\n--b--\n",
            "quarantined",
            "the message is encrypted",
        ),
        (
            b"Content-Type: text/plain; charset=x-unheard-of\n\n1. Go\xf6d",
            "response",
            None,
        ),
        (b"Content-Type: text/plain; charset=utf-8\n\n1. Go\xf6d\xff", "response", None),
        (b'Content-Type: text/plain; charset="\xff\xfe"\n\n1. Good', "response", None),
        (b"Content-Transfer-Encoding: base64\n\n!!!not base64!!!", "in_review", None),
        (b"Content-Transfer-Encoding: x-uuencode\n\nbegin 644\nrubbish", "in_review", None),
        (b"Content-Type: multipart/mixed\n\n1. Good", "response", None),
        (b'Content-Type: multipart/mixed; boundary="b"\n\n1. no part', "response", None),
        (b"Content-Type: ;;;=\nSubject: =?utf-8?b?!!!?=\nFrom: \xff\xfe<<>>@\n\n1. Good", "response", None),
        (b"From: =?x-none?q?=FF?= <a@example.org>\nSubject: =?utf-8?q?=FF\n\n1. Good", "response", None),
        (b"Content-Type: text/html\n\n<p>1. Good" + b"<div>" * 5_000, "response", None),
        (b"1. No header at all\r\n", "response", None),
        (b"\n" + b"1. Good\n" * 100_000, "quarantined", "the text of the message is longer than is read"),
        (b"\x00" * 2_000, None, None),
        (b"\n\n\x001. \x00Good", None, None),
        (b"A: " + b"x" * 2_000_000 + b"\n\n1. Good", "response", None),
        (b"Content-Disposition: attachment; filename*=x-none''%FF\n\n1. Good", None, None),
    ],
)
def test_every_ugly_message_has_an_outcome(
    raw: bytes, state: State | None, reason: str | None, seed: Definition
) -> None:
    found = outcomes(raw, seed)
    assert len(found) == 1
    if state is not None:
        assert found[0][0] == state
    if reason is not None:
        assert found[0][1] == reason


def nested(depth: int, inner: bytes) -> bytes:
    for number in range(depth):
        edge = f"b{number}".encode()
        inner = (
            b'From: x@example.org\nContent-Type: multipart/mixed; boundary="' + edge + b'"\n\n--' + edge
            + b"\nContent-Type: message/rfc822\n\n" + inner + b"\n--" + edge + b"--\n"
        )  # fmt: skip
    return inner


def test_messages_in_messages_are_read_to_a_depth_and_then_quarantined(seed: Definition) -> None:
    letter = b"From: ann@example.org\nContent-Type: text/plain\n\n1. Good\n"
    assert read_message(nested(2, letter), seed)[0].answers == {"q1a_term": "Good"}
    too_deep = ("quarantined", "the message has more parts, or messages in messages, than are read")
    assert outcomes(nested(9, letter), seed) == [too_deep]
    assert [state for state, _ in outcomes(nested(900, letter), seed)] == ["quarantined"]


def test_a_message_of_countless_parts_is_quarantined_beside_what_was_read(seed: Definition) -> None:
    parts = b"".join(b"--b\nContent-Type: text/plain\n\n1. Good %d\n" % number for number in range(2_000))
    raw = b'Content-Type: multipart/mixed; boundary="b"\n\n' + parts + b"--b--\n"
    assert [state for state, _ in outcomes(raw, seed)] == ["response", "quarantined"]


def test_a_form_with_endless_fields_is_quarantined(form: bytes, message: Write, seed: Definition) -> None:
    with pikepdf.open(io.BytesIO(form)) as pdf:
        more = [pikepdf.Dictionary(FT=pikepdf.Name.Tx, T=pikepdf.String(f"x{n}")) for n in range(6_000)]
        pdf.Root.AcroForm.Fields.extend(more)
        # A field that is its own child.
        loop = pdf.make_indirect(pikepdf.Dictionary(T=pikepdf.String("loop")))
        loop.Kids = pikepdf.Array([loop])
        pdf.Root.AcroForm.Fields.append(loop)
        out = io.BytesIO()
        pdf.save(out)
    reason = "the PDF has more pages or form fields than are read"
    assert outcomes(message("x", out.getvalue()), seed) == [("quarantined", reason)]


def test_a_message_that_is_too_large_is_quarantined_by_its_headers(message: Write, seed: Definition) -> None:
    reason = "the message is larger than 25 MB; it lies in 'too-large'"
    assert read_headers_of_too_large(b"From: Ann <ann@example.org>\n\n") == [
        ParsedResponse(state="quarantined", reason=reason, sender="ann@example.org")
    ]
    assert outcomes(message("1. Good") + b"x" * 27_000_000, seed) == [("quarantined", reason)]


def test_reading_apart_gives_the_same(filled: Write, message: Write, seed: Definition, parks: Definition) -> None:
    letter = message("1. Parks\n4. Very satisfied\u0000")
    forms = message("x", filled(q1a_term="漢字 😀", r1_type=["other"]), filled(q2_place=""))
    for definition, raw in ((seed, forms), (seed, letter), (seed, b"\xff" * 1000), (parks, letter)):
        assert read_apart(raw, definition) == read_message(raw, definition)
        assert parse_artefact(MAIL_MEDIA_TYPE, raw, "mail-1", definition) == read_message(raw, definition)


def test_a_message_that_eats_time_ends_its_reader_and_not_the_run(message: Write, seed: Definition) -> None:
    reader = MessageReader(seed, wall_seconds=0.0)
    reason = "reading the message took more time or memory than is given to one"
    assert reader.read(message("1. Good")) == [ParsedResponse(state="quarantined", reason=reason)]
    reader.end()
    assert read_apart(message("1. Good"), seed) == read_message(message("1. Good"), seed)


def pdf_bomb() -> bytes:
    """A PDF of a kilobyte whose page draws twenty million lines."""
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        drawing = zlib.compress(zlib.compress(b"0 0 m 9 9 l S\n" * 20_000_000, 9), 9)
        stream = pikepdf.Stream(pdf, drawing)
        stream.Filter = pikepdf.Array([pikepdf.Name.FlateDecode, pikepdf.Name.FlateDecode])
        pdf.pages[0].Contents = stream
        out = io.BytesIO()
        pdf.save(out, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
        return out.getvalue()


def test_a_pdf_bomb_ends_its_reader_and_the_next_message_is_read(message: Write, seed: Definition) -> None:
    bomb = pdf_bomb()
    assert len(bomb) < 5_000
    # So little that the bomb is sure to take more, and a reader's start to take less.
    reader = MessageReader(seed, wall_seconds=25)
    reason = "reading the message took more time or memory than is given to one"
    assert reader.read(message("Attached.", bomb)) == [ParsedResponse(state="quarantined", reason=reason)]
    assert reader.read(message("1. Good")) == read_message(message("1. Good"), seed)
    reader.end()


def test_a_reader_that_was_ended_from_outside_is_started_again(message: Write, seed: Definition) -> None:
    reader = MessageReader(seed)
    assert reader.read(message("1. Good")) == read_message(message("1. Good"), seed)
    process = reader._child._process
    assert process is not None
    process.kill()
    process.wait()
    assert reader.read(message("1. Good")) == read_message(message("1. Good"), seed)
    reader.end()


def test_a_reader_stops_at_its_share_of_processor_time(message: Write, seed: Definition) -> None:
    busy = "from ingest.mail import bounded_child, child; child.read_message = lambda *_: exec('while True: pass')"
    bounded = f"{busy}; bounded_child.serve_told(child._answering, 0, 2**31)"
    process = subprocess.Popen([sys.executable, "-c", bounded], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    parts = (encode_definition(seed), message("1. Good"))
    answer, _ = process.communicate(b"".join(struct.pack(">Q", len(part)) + part for part in parts), timeout=120)
    assert (answer, process.returncode) == (b"", -signal.SIGXCPU)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed_number=st.integers(0, 2**32), cuts=st.integers(1, 12))
def test_a_mutilated_message_always_has_an_outcome(
    seed_number: int, cuts: int, filled: Write, message: Write, seed: Definition
) -> None:
    chance = random.Random(seed_number)
    raw = bytearray(message(f"1. {NEEDLE}\n2. Yes", filled(q1a_term=NEEDLE)))
    for _ in range(cuts):
        place = chance.randrange(len(raw))
        if chance.random() < 0.3:
            del raw[place : place + chance.randrange(1, 3_000)]
        else:
            raw[place : place + chance.randrange(0, 40)] = chance.randbytes(chance.randrange(0, 40))
    assert outcomes(bytes(raw), seed)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed_number=st.integers(0, 2**32), cuts=st.integers(1, 12))
def test_a_mutilated_form_always_has_an_outcome(
    seed_number: int, cuts: int, filled: Write, message: Write, seed: Definition
) -> None:
    chance = random.Random(seed_number)
    form = bytearray(filled(q1a_term=NEEDLE))
    for _ in range(cuts):
        place = chance.randrange(len(form))
        form[place : place + chance.randrange(1, 200)] = chance.randbytes(chance.randrange(0, 200))
    raw = b"Content-Type: application/pdf\nContent-Transfer-Encoding: base64\n\n" + base64.encodebytes(bytes(form))
    assert outcomes(raw, seed)

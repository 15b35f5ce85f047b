"""Documents made to break a reader: each is an outcome in words, soon."""

import io
import zipfile
from collections.abc import Callable

import pytest

from ingest.mail.documents.outcome import DocumentOutcome
from ingest.mail.documents.read_docx import read_docx
from ingest.mail.documents.read_odt import read_odt
from schemas.definition import Definition
from schemas.editions.docx_edition import build_docx

Read = Callable[..., DocumentOutcome]
MAIN = {read_docx: "word/document.xml", read_odt: "content.xml"}
READERS = pytest.mark.parametrize("read", [read_docx, read_odt])
DAMAGED = "the document is damaged"


def package(read: Read, content: bytes | str, **more: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(MAIN[read], content)
        for name, member in more.items():
            made.writestr(name, member)
    return out.getvalue()


def unreadable(reason: str) -> DocumentOutcome:
    return DocumentOutcome("unreadable", reason=reason)


@READERS
def test_what_unpacks_to_too_much_is_not_read(read: Read, parks: Definition) -> None:
    bomb = package(read, b"<a>" + b" " * 200_000_000 + b"</a>")
    assert len(bomb) < 300_000
    assert read(bomb, parks) == unreadable("the document unpacks to more than is read")


@READERS
def test_deep_nesting_is_not_walked(read: Read, parks: Definition) -> None:
    assert read(package(read, "<a>" * 50_000 + "</a>" * 50_000), parks) == unreadable(
        "the document is nested more deeply than is read"
    )


@READERS
def test_entities_are_not_expanded(read: Read, parks: Definition) -> None:
    laughs = '<!DOCTYPE a [<!ENTITY b "ha">' + "".join(f'<!ENTITY b{n} "&b;&b;">' for n in range(9)) + "]><a>&b8;</a>"
    outside = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a>&b;</a>'
    assert [read(package(read, one), parks) for one in (laughs, outside)] == [unreadable(DAMAGED)] * 2


@READERS
def test_many_paragraphs_are_too_many(read: Read, parks: Definition) -> None:
    line = f"[YourSay: {parks.id}, 1, {parks.questionnaire_hash[:12]}, en, as_worded]"
    text = f"<t>{line}</t>" if read is read_docx else line
    content = package(read, f"<a><p>{text}</p>{'<p/>' * 60_000}</a>")
    assert read(content, parks) == unreadable("the document has more paragraphs than are read")


@READERS
def test_many_members_are_too_many(read: Read, parks: Definition) -> None:
    content = package(read, "<a/>", **{f"m{n}": b"" for n in range(2_100)})
    assert read(content, parks) == unreadable("the document has more parts than are read")


@READERS
@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\xff" * 5_000, b"PK\x05\x06" + b"\0" * 18])
def test_what_is_no_package_is_damaged_or_another(read: Read, content: bytes, parks: Definition) -> None:
    outcome = read(content, parks)
    assert (outcome.kind, outcome.response) == ("unreadable", None)
    assert outcome.reason in (DAMAGED, "the document is not one of a word processor")


def test_words_old_format_and_a_password_are_told_apart(parks: Definition) -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
    assert [read_docx(one, parks) for one in (ole, ole + "EncryptedPackage".encode("utf-16-le"))] == [
        unreadable("the document is in Word's old format (.doc), which is not read"),
        unreadable("the document is locked with a password"),
    ]


@READERS
def test_a_large_file_is_not_opened(read: Read, parks: Definition) -> None:
    assert read(b"PK" + b"\0" * 27_000_000, parks) == unreadable("the document is larger than is read")


def test_a_form_cut_anywhere_or_with_a_byte_changed_is_an_outcome(parks: Definition) -> None:
    form = build_docx(parks, "en")
    changed = [form[:place] for place in range(0, len(form), len(form) // 60)]
    for place in range(7, len(form), len(form) // 200):
        changed.append(form[:place] + bytes([form[place] ^ 0x55]) + form[place + 1 :])
    assert {read_docx(one, parks).kind for one in changed} <= {"form", "foreign", "unreadable"}

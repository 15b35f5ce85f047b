"""The same message by another way is the same; another message is another, whatever its Message-ID says."""

import base64
import email
import email.policy
import os
import quopri
import random
import signal
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from ingest.mail.intake.mailbox import artefact_id
from ingest.mail.intake.message_look import look_at, looking

KEY = bytes(range(32))
TEXT = "1. Yes – with reservations.\nFrom my own view it helps.\n\n2. No\n"


def message(text: str = TEXT, **headers: str | None) -> bytes:
    mail = EmailMessage(policy=email.policy.SMTP)
    usual: dict[str, str | None] = {
        "Received": "from a by b; Thu, 01 Mar 2007 09:00:10 +0000",
        "From": "Ann Example <Ann@Example.org>",
        "To": "post@example.net",
        "Subject": "Consultation",
        "Date": "Thu, 01 Mar 2007 09:00:00 +0000",
        "Message-ID": "<one@example.org>",
    }
    for name, value in (usual | {name.replace("_", "-"): value for name, value in headers.items()}).items():
        if value is not None:
            mail[name] = value
    mail.set_content(text, cte="8bit")
    mail.add_attachment(b"%PDF-1.4 \x00\xff" * 50, maintype="application", subtype="pdf", filename="form.pdf")
    mail.set_boundary("=_parts")
    return mail.as_bytes()


def known_as(raw: bytes) -> str:
    return artefact_id(raw, look_at(raw, "w").identity, KEY)


def re_encoded(raw: bytes, encoding: str) -> bytes:
    """The message with its text in another transfer encoding, another boundary and another charset's name."""
    parsed = email.message_from_bytes(raw, policy=email.policy.compat32)
    text = parsed.get_payload()[0]  # type: ignore[index]
    content = text.get_payload(decode=True)
    encoded = base64.encodebytes(content) if encoding == "base64" else quopri.encodestring(content)
    text.set_payload(encoded.decode())
    text.replace_header("Content-Transfer-Encoding", encoding)
    parsed.set_boundary("another-boundary")
    return parsed.as_bytes()


AGAIN = {
    "another stamp on top": b"Received: from b by c; Fri, 02 Mar 2007 09:00:00 +0000\r\n" + message(),
    "another stamp in its place": message(Received="from x by y; Sat, 03 Mar 2007 09:00:00 +0000"),
    "headers of a filter": b"X-Spam-Score: 0.1\r\nDKIM-Signature: v=1\r\nReturn-Path: <ann@example.org>\r\n"
    + message(),
    "a subject that a gateway marked": message(Subject="[EXTERNAL] Consultation"),
    "a list of other recipients": message(To="a@example.net, b@example.net"),
    "a name in another case": message(From="EXAMPLE, Ann <ANN@example.org>"),
    "the date in another zone": message(Date="Thu, 1 Mar 2007 10:00:00 +0100"),
    "lines that end in LF": message().replace(b"\r\n", b"\n"),
    "base64": re_encoded(message(), "base64"),
    "quoted-printable": re_encoded(message(), "quoted-printable"),
    "a mailbox file's mark before From": message().replace(b"\nFrom my", b"\n>From my"),
}


@pytest.mark.parametrize("again", AGAIN)
def test_the_same_message_by_another_way_is_the_same(again: str) -> None:
    assert known_as(AGAIN[again]) == known_as(message())


def test_a_text_in_another_character_set_is_the_same() -> None:
    unicode = message("Café £5\n")
    latin = unicode.replace(b'charset="utf-8"', b'charset="iso-8859-1"').replace(
        "Café £5".encode(), "Café £5".encode("latin-1")
    )
    assert latin != unicode
    assert known_as(latin) == known_as(unicode)


@pytest.mark.parametrize(
    "other",
    [
        message("1. Another answer.\n"),
        message(Message_ID="<two@example.org>"),
        message(From="bob@example.org"),
        message(Reply_To="bob@example.org"),
        message(Date="Thu, 01 Mar 2007 09:00:01 +0000"),
        message().replace(b"application/pdf", b"application/zip"),
        message().replace(b"JVBERi0x", b"JVBERi0y"),
    ],
    ids=["text", "Message-ID", "sender", "Reply-To of a web form's mailer", "date", "kind of a part", "attachment"],
)
def test_another_message_is_another(other: bytes) -> None:
    assert known_as(other) != known_as(message())


def test_without_a_message_id_the_bytes_decide() -> None:
    raw = message(Message_ID=None)
    assert known_as(raw) == known_as(raw.replace(b"\r\n", b"\n"))
    assert known_as(raw) != known_as(b"X-Filter: yes\r\n" + raw)


def test_a_message_inside_counts_with_its_sender() -> None:
    def forwarding(sender: str) -> bytes:
        outer = EmailMessage(policy=email.policy.SMTP)
        for name, value in (("From", "ann@example.org"), ("Message-ID", "<f@x>")):
            outer[name] = value
        outer.set_content("See below.")
        inner = EmailMessage(policy=email.policy.SMTP)
        inner["From"] = sender
        inner.set_content("1. Yes")
        outer.add_attachment(inner)
        outer.set_boundary("=_f")
        return outer.as_bytes()

    assert known_as(forwarding("bob@example.org")) != known_as(forwarding("cy@example.org"))


def test_an_id_tells_nothing_without_the_key() -> None:
    raw = message()
    identity = look_at(raw, "w").identity
    assert artefact_id(raw, identity, KEY) != artefact_id(raw, identity, bytes(32))
    assert identity and identity.hex() not in artefact_id(raw, identity, KEY)


def test_parts_nested_thousands_deep_are_known_by_their_bytes() -> None:
    head = b"From: ann@example.org\nMessage-ID: <deep@x>\nReceived: from a by b; Thu, 01 Mar 2007 09:00:10 +0000\n"
    raw = head + b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(3_000))
    with looking() as looker:
        look = looker.look(raw)
        assert look.identity is None
        assert look.stamps.received is not None
        # The next message is looked at as if nothing had been.
        assert looker.look(message()) == look_at(message(), "w")


@pytest.mark.slow
def test_a_message_that_keeps_the_parser_busy_is_ended_and_known_by_its_bytes() -> None:
    head = b"Received: from a by b; Thu, 01 Mar 2007 09:00:10 +0000\nMessage-ID: <busy@x>\n"
    raw = head + b"Content-Type: multipart/mixed" + b";a" * 1_500_000 + b"\n\nx"
    with looking() as looker:
        look = looker.look(raw)
        assert (look.identity, look.stamps.received) == (None, datetime(2007, 3, 1, 9, 0, 10, tzinfo=UTC))
        # The next message is looked at as if nothing had been.
        assert looker.look(message()) == look_at(message(), "w")


def _children() -> set[int]:
    tasks = Path("/proc/self/task").glob("*/children")
    return {int(pid) for task in tasks for pid in task.read_text().split()}


def test_a_child_that_was_killed_by_others_is_no_fault_of_the_message() -> None:
    # Other tests of the same process may have left readers of theirs.
    before = _children()
    with looking() as looker:
        assert looker.look(message()) == look_at(message(), "w")
        (child,) = _children() - before
        os.kill(child, signal.SIGKILL)
        assert looker.look(message()) == look_at(message(), "w")


UGLY = (
    b"\xff\xfe",
    b"\x00",
    b"\r\n\r\n",
    b"=?x?b?!!?=",
    b"Content-Type: text/plain; charset*0*=utf-8''%E4; charset*1=x\r\n",
    b"Content-Type: multipart/mixed; boundary\r\n",
    b"Content-Type: message/rfc822\r\n",
    b"Content-Transfer-Encoding: uuencode\r\n",
    b"Date: Thu, 99 Foo 0000 99:99 +9999\r\n",
    b"From: <a@b>>\r\n",
    b'; charset="\xe4"',
    b"; charset=rot13",
    b"; charset=unicode_escape",
)


def test_no_ugliness_of_a_message_ends_the_look() -> None:
    chance = random.Random(5)
    with looking() as looker:
        for _ in range(1_000):
            raw = bytearray(chance.choice(list(AGAIN.values())))
            for _ in range(chance.randint(1, 8)):
                place = chance.randrange(min(chance.choice((600, len(raw))), len(raw)))
                match chance.randrange(4):
                    case 0:
                        raw[place] = chance.randrange(256)
                    case 1 if len(raw) > 300:
                        del raw[place : place + chance.randint(1, 200)]
                    case 2:
                        raw[place:place] = raw[: chance.randint(1, 400)]
                    case _:
                        raw[place:place] = chance.choice(UGLY)
            # In the child and here: an error would end the one and fail the other.
            assert looker.look(bytes(raw)) == look_at(bytes(raw), "w")

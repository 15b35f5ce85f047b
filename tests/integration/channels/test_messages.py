"""Every odd thing that a mailbox gets has a clear outcome: at least one line, a reason in words, never an error."""

import email.message
from collections.abc import Callable
from email.message import EmailMessage

import pytest

from ingest.mail.read_message import read_message
from ingest.parsed import ParsedResponse
from ingest.parsed_response import Reading
from schemas.definition import Definition
from tests.integration.channels.outcomes import outcomes

Write = Callable[..., bytes]


def form_field(column: str, part: str = "attachment 1") -> Reading:
    return Reading(column, "form_field", part)


def test_a_filled_form_is_a_response_of_its_sender(filled: Write, message: Write, seed: Definition) -> None:
    raw = message("Please find it attached.", filled(q1a_term="Good", r1_type=["other"], r1_type_other="Cân"))
    assert read_message(raw, seed) == [
        ParsedResponse(
            answers={"q1a_term": "Good", "r1_type": ["other"], "r1_type_other": "Cân"},
            language="en",
            sender="ann@example.org",
            readings=tuple(form_field(column) for column in ("q1a_term", "r1_type", "r1_type_other")),
        )
    ]


def test_several_forms_in_one_message_are_as_many_responses(filled: Write, message: Write, seed: Definition) -> None:
    found = read_message(
        message("Three of us.", filled(q2_place="a"), filled(q2_place="b"), filled(q2_place="c")), seed
    )
    assert [(one.state, one.answers) for one in found] == [("response", {"q2_place": text}) for text in "abc"]


def test_the_same_file_twice_in_one_message_is_one_response(filled: Write, message: Write, seed: Definition) -> None:
    form = filled(q2_place="a")
    assert outcomes(message("Sent twice.", form, form), seed) == [("response", None)]


def test_a_broken_form_does_not_hide_the_whole_ones(filled: Write, message: Write, seed: Definition) -> None:
    whole = filled(q2_place="a")
    assert outcomes(message("Two.", whole[:2000], whole), seed) == [
        ("response", None),
        ("quarantined", "the PDF is damaged"),
    ]


def test_a_form_in_a_forwarded_message_is_the_first_senders(filled: Write, message: Write, seed: Definition) -> None:
    inner = email.message_from_bytes(message("Here.", filled(q2_place="Yes")), _class=EmailMessage)
    outer = EmailMessage()
    outer["From"] = "officer@council.example"
    outer.set_content("For you.")
    outer.add_attachment(inner)
    assert read_message(outer.as_bytes(), seed) == [
        ParsedResponse(
            answers={"q2_place": "Yes"},
            language="en",
            sender="ann@example.org",
            readings=(form_field("q2_place", "attached message 1, attachment 1"),),
        )
    ]


def test_answers_in_the_text_count_where_there_is_no_form(message: Write, seed: Definition) -> None:
    assert read_message(message("1. Good\n2. Yes"), seed) == [
        ParsedResponse(
            answers={"q1a_term": "Good", "q2_place": "Yes"},
            language="en",
            sender="ann@example.org",
            readings=tuple(Reading(column, "number", "text", 0.95) for column in ("q1a_term", "q2_place")),
        )
    ]


def test_answers_beside_a_filled_form_are_left_to_an_officer(filled: Write, message: Write, seed: Definition) -> None:
    found = read_message(message("2. And this too", filled(q1a_term="Good")), seed)
    assert [(one.state, one.answers) for one in found] == [
        ("response", {"q1a_term": "Good"}),
        ("in_review", {"q2_place": "And this too"}),
    ]


def test_a_blank_form_with_the_answers_in_the_text_is_one_response(
    form: bytes, message: Write, seed: Definition
) -> None:
    found = read_message(message("1. Good", form), seed)
    assert [(one.state, one.answers) for one in found] == [("response", {"q1a_term": "Good"})]


def test_a_blank_form_alone_is_a_blank_response_and_with_a_letter_an_officers(
    form: bytes, message: Write, seed: Definition
) -> None:
    assert outcomes(message(" ", form), seed) == [("response", None)]
    assert outcomes(message("I object to it all.", form), seed) == [
        ("in_review", "the form is blank and the message has a text: an officer decides")
    ]


def test_a_letter_is_left_to_an_officer_and_nothing_is_guessed(message: Write, seed: Definition) -> None:
    assert read_message(message("I think it is a good plan."), seed) == [
        ParsedResponse(
            state="in_review",
            reason="a letter without a form: an officer decides",
            language="en",
            sender="ann@example.org",
            readings=(
                Reading(
                    "",
                    "letter",
                    "text",
                    0.0,
                    "a letter without a form: an officer decides",
                    "I think it is a good plan.",
                ),
            ),
        )
    ]


def test_html_is_read_as_a_person_reads_it(seed: Definition) -> None:
    mail = EmailMessage()
    mail["From"] = "ann@example.org"
    mail.set_content(
        "<html><style>x{}</style><p>1. Good &amp; <b>well</b><br>done</p><div>2. Yes</div></html>", subtype="html"
    )
    assert read_message(mail.as_bytes(), seed)[0].answers == {"q1a_term": "Good & well\ndone", "q2_place": "Yes"}


def test_a_plain_stub_beside_html_does_not_hide_the_answers(seed: Definition) -> None:
    mail = EmailMessage()
    mail.set_content("Your program cannot show this message.")
    mail.add_alternative("<p>1. Good</p>", subtype="html")
    assert read_message(mail.as_bytes(), seed)[0].answers == {"q1a_term": "Good"}


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"Auto_Submitted": "auto-replied (vacation)"}, "an automatic reply"),
        ({"X_Autoreply": "yes"}, "an automatic reply"),
        ({"Precedence": "auto_reply"}, "an automatic reply"),
        ({"Subject": "Automatic reply: Consultation"}, "an automatic reply, by its subject"),
        ({"Subject": "Out of office: 1 to 7 March"}, "an automatic reply, by its subject"),
        ({"Subject": "Undeliverable: Consultation"}, "an automatic reply, by its subject"),
    ],
)
def test_what_no_person_wrote_is_no_response(
    headers: dict[str, str], reason: str, message: Write, seed: Definition
) -> None:
    assert outcomes(message("I am away.", **headers), seed) == [("not_a_response", reason)]


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("delivery-status", "a report about delivery"),
        ("disposition-notification", "a reading confirmation"),
    ],
)
def test_reports_are_no_responses_though_they_quote_one(kind: str, reason: str, seed: Definition) -> None:
    raw = (
        f'From: MAILER-DAEMON@example.net\nContent-Type: multipart/report; report-type={kind}; boundary="b"\n\n'
        f"--b\nContent-Type: text/plain\n\nIt failed.\n--b\nContent-Type: message/rfc822\n\n"
        "From: a@example.org\n\n1. Good\n--b--\n"
    )
    assert outcomes(raw.encode(), seed) == [("not_a_response", reason)]


def test_an_empty_message_is_no_response(message: Write, seed: Definition) -> None:
    assert outcomes(message(""), seed) == [("not_a_response", "the message is empty")]
    assert outcomes(b"", seed) == [("not_a_response", "the message is empty")]

"""From a raw e-mail message to responses: filled forms, answers in its text, and everything else a mailbox gets.

Call `ingest.mail.child.read_apart` where messages come from outside; this module is what runs there.
"""

import hashlib
import re

from ingest.mail.limits import MAX_MESSAGE_BYTES
from ingest.mail.outcome import DocumentOutcome
from ingest.mail.parts import Attachment, TakenApart, take_apart
from ingest.mail.read_body import BodyAnswers, read_body
from ingest.mail.read_pdf import read_pdf
from ingest.parsed_response import ParsedResponse, quarantined, storable_answer
from schemas.definition import Definition

_AUTOMATIC_SUBJECT = re.compile(
    r"^\W*(?:automatic reply|auto(?:matic)?[- ]?repl|autoreply|out of (?:the )?office|undeliver|returned mail"
    r"|delivery (?:status notification|failure|has failed)|mail delivery (?:failed|system)|read: |not read: )",
    re.IGNORECASE,
)
_PACKED = (".zip", ".rar", ".7z", ".gz", ".tar", ".bz2")
_PACKED_STARTS = (b"PK\x03\x04", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")
_OFFICE = (".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp")


def read_message(raw: bytes, definition: Definition) -> list[ParsedResponse]:
    """The responses in a raw message, at least one entry. Never raises on its content.

    Each PDF that is our form is one response, wherever in the message it lies. Without one, answers are taken from
    the text under the questions' numbers. A person's letter without either is left to an officer.
    """
    if len(raw) > MAX_MESSAGE_BYTES:
        return read_headers_of_too_large(raw)
    try:
        return _read(raw, definition)
    except RecursionError:
        return [quarantined("the message is nested too deeply to be read")]
    except Exception:  # noqa: BLE001 - the standard library raises whatever an ugly message makes it stumble over
        return [quarantined("the message cannot be taken apart")]


def read_headers_of_too_large(raw: bytes) -> list[ParsedResponse]:
    """What is landed of a message that is larger than is read: its headers."""
    try:
        sender = take_apart(raw[:100_000]).sender
    except Exception:  # noqa: BLE001 - as above
        sender = None
    megabytes = MAX_MESSAGE_BYTES // 1024**2
    return [quarantined(f"the message is larger than {megabytes} MB; it lies in 'too-large'", sender=sender)]


def _read(raw: bytes, definition: Definition) -> list[ParsedResponse]:
    language = definition.questionnaire.languages[0]
    message = take_apart(raw)
    if message.automatic:
        return [_not_a_response(message.automatic, message.sender, language)]
    documents = [(one, _outcome(one, definition)) for one in _different(message.attachments)]
    forms = [outcome.response for _, outcome in documents if outcome.response is not None]
    broken = [
        quarantined(reason, sender=message.sender, language=language)
        for reason in [*(o.reason for _, o in documents if o.kind == "unreadable"), *message.faults]
    ]
    body = _body(message, definition)
    if forms and (any(form.answers or form.state != "response" for form in forms) or body is None):
        found = _forms(forms, message)
        if body is not None:
            found.append(_beside_form(body, language))
        return found + broken
    if body is not None:
        return [body, *broken]
    return broken or [_without_answers(message, documents, language)]


def _different(attachments: list[Attachment]) -> list[Attachment]:
    """The attachments without a second copy of the same file, which mail programs add when they forward."""
    first = {hashlib.sha256(one.content).digest(): one for one in reversed(attachments)}
    return list(reversed(first.values()))


def _outcome(one: Attachment, definition: Definition) -> DocumentOutcome:
    start = one.content[:1024]
    if b"%PDF-" in start or one.media_type == "application/pdf" or one.name.endswith(".pdf"):
        return read_pdf(one.content, definition, one.sender)
    if one.name == "winmail.dat" or one.media_type in ("application/ms-tnef", "application/vnd.ms-tnef"):
        return DocumentOutcome("unreadable", reason="the attachments are packed in winmail.dat, which is not read")
    office = one.name.endswith(_OFFICE) or "officedocument" in one.media_type or "opendocument" in one.media_type
    if not office and (
        one.name.endswith(_PACKED) or start.startswith((b"PK\x03\x04", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b"))
    ):
        return DocumentOutcome("unreadable", reason="an attachment is a packed file, which is not opened")
    return DocumentOutcome("foreign")


def _body(message: TakenApart, definition: Definition) -> ParsedResponse | None:
    """The response in the first text that has answers under the questions' numbers."""
    for sender, text in message.texts:
        found = read_body(text, definition.questionnaire)
        if found is not None:
            return _body_response(found, sender, definition.questionnaire.languages[0])
    return None


def _body_response(found: BodyAnswers, sender: str | None, language: str) -> ParsedResponse:
    return ParsedResponse(
        state="in_review" if found.doubt else "response",
        reason=found.doubt,
        answers={name: storable_answer(answer) for name, answer in found.answers.items()},
        language=language,
        sender=sender,
    )


def _forms(forms: list[ParsedResponse], message: TakenApart) -> list[ParsedResponse]:
    """The forms; blank ones with a text beside them are left to an officer, who sees whether the text is the answer."""
    if any(form.answers or form.state != "response" for form in forms) or not _has_words(message):
        return forms
    reason = "the form is blank and the message has a text: an officer decides"
    return [
        ParsedResponse(state="in_review", reason=reason, language=form.language, sender=form.sender) for form in forms
    ]


def _beside_form(body: ParsedResponse, language: str) -> ParsedResponse:
    return ParsedResponse(
        state="in_review",
        reason="there are answers in the text beside a filled form: an officer decides which count",
        answers=body.answers,
        language=language,
        sender=body.sender,
    )


def _without_answers(
    message: TakenApart, documents: list[tuple[Attachment, DocumentOutcome]], language: str
) -> ParsedResponse:
    if _AUTOMATIC_SUBJECT.match(message.subject):
        return _not_a_response("an automatic reply, by its subject", message.sender, language)
    if _has_words(message):
        reason = "a letter without a form: an officer decides"
    elif documents:
        reason = "a document that is not the form: an officer decides"
    else:
        return _not_a_response("the message is empty", message.sender, language)
    return ParsedResponse(state="in_review", reason=reason, language=language, sender=message.sender)


def _has_words(message: TakenApart) -> bool:
    return any(re.search(r"\w", text) for _, text in message.texts)


def _not_a_response(reason: str, sender: str | None, language: str) -> ParsedResponse:
    return ParsedResponse(state="not_a_response", reason=reason, language=language, sender=sender)

"""From an opened body to responses: one door for every media type. Hostile content is an outcome, never an error."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from ingest.mail.child import read_apart
from ingest.mail.documents.read_sealed import SealedBody
from ingest.mail.intake.land import TOO_LARGE_MEDIA_TYPE
from ingest.mail.read_message import Found, read_headers_of_too_large
from ingest.parsed_response import ParsedResponse, is_answer, is_day, quarantined, storable_answer, storable_text
from ingest.post.scans.read_scan import SCAN_MEDIA_TYPE, read_scan
from ingest.post.sheets.sheet import KEYED_MEDIA_TYPE, read_keyed_sheet
from schemas.definition import Definition
from schemas.envelope import MAX_SEALED_BYTES
from schemas.response import MAIL_MEDIA_TYPE, MEDIA_TYPE, RawAnswer, ResponseDocument
from schemas.sealing import SealingError

__all__ = ["ParsedResponse", "parse_artefact", "parse_document"]

_KEYS = frozenset(ResponseDocument.model_fields)
_TEXTS = ("id", "consultation", "questionnaire_hash", "language", "started_at", "sender", "postmark", "keyed_by")
_MAY_BE_LEFT_OUT = frozenset(_TEXTS[3:])
# A seal makes nothing smaller.
_MAX_DOCUMENT_BYTES = MAX_SEALED_BYTES
_ESCAPED_NOT_TEXT = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")


def parse_artefact(
    media_type: str | None,
    body: bytes,
    artefact_id: str,
    definition: Definition,
    open_body: Callable[[bytes], bytes] | None = None,
) -> list[ParsedResponse]:
    """The responses in an opened body: at least one entry, whatever it holds. Never raises on its content.

    `open_body` opens what is sealed within it (a sealed file that came by e-mail).
    """
    if media_type == MEDIA_TYPE:
        return parse_document(body, artefact_id, definition)
    if media_type == MAIL_MEDIA_TYPE:
        return [unsealed(one, definition, open_body) for one in read_apart(body, definition)]
    if media_type == KEYED_MEDIA_TYPE:
        return read_keyed_sheet(body, artefact_id, definition)
    if media_type == SCAN_MEDIA_TYPE:
        return read_scan(body, definition)
    if media_type == TOO_LARGE_MEDIA_TYPE:
        return read_headers_of_too_large(body)
    return [quarantined("no reader is known for what this artefact says it is")]


def unsealed(one: Found, definition: Definition, open_body: Callable[[bytes], bytes] | None) -> ParsedResponse:
    """What was found in a message, opened where it is sealed: then it is a response from the message's sender."""
    if not isinstance(one, SealedBody):
        return one
    if open_body is None:
        return quarantined(
            "a sealed file came with the message, and there is no key here to open it", sender=one.sender
        )
    try:
        body = open_body(one.sealed)
    except SealingError:
        return quarantined("the seal cannot be opened: damaged, or made for another key", sender=one.sender)
    if len(body) > _MAX_DOCUMENT_BYTES:
        return quarantined("a sealed response is larger than is read", sender=one.sender)
    (found,) = parse_document(body, one.id, definition)
    if one.review and found.state == "response":
        found = replace(found, state="in_review", reason=one.review)
    readings = (*found.readings, *one.readings)
    return replace(found, sender=found.sender or one.sender, readings=readings, same_as=one.id)


def parse_document(body: bytes, artefact_id: str, definition: Definition) -> list[ParsedResponse]:
    """The response in a `ResponseDocument` (web form, import row).

    What is inside the seal must repeat what is outside: the id, the consultation and the questionnaire's hash.
    Plain checks instead of pydantic: a million rows pass here.
    """
    try:
        document = json.loads(body.decode())
    except (ValueError, RecursionError):
        return [quarantined("the body is not JSON in UTF-8")]
    fault = _fault_of(document, artefact_id, definition)
    if fault:
        return [quarantined(fault)]
    answers: dict[str, RawAnswer] = document["answers"]
    language, sender = document.get("language") or "en", document.get("sender")
    if _ESCAPED_NOT_TEXT.search(body):
        answers = {storable_text(name): storable_answer(answer) for name, answer in answers.items()}
        language, sender = storable_text(language), sender and storable_text(sender)
    started_at = document.get("started_at")
    postmark = document.get("postmark")
    if (started_at or postmark) and (fault := _fault_of_times(started_at, postmark)):
        return [quarantined(fault, language=language)]
    return [
        ParsedResponse(
            answers=answers,
            language=language,
            sender=sender,
            started_at=_moment(started_at) if started_at else None,
            postmark=postmark,
        )
    ]


def _fault_of(document: Any, artefact_id: str, definition: Definition) -> str | None:
    if not isinstance(document, dict) or not document.keys() <= _KEYS:
        return "the body is not a JSON object with the keys of a response"
    for key in _TEXTS:
        value = document.get(key)
        if not isinstance(value, str) and not (value is None and key in _MAY_BE_LEFT_OUT):
            return f"'{key}' inside the seal is missing or not a text"
    answers = document.get("answers")
    if not isinstance(answers, dict) or not all(is_answer(answer) for answer in answers.values()):
        return "'answers' inside the seal are not an object of texts and lists of texts"
    if document["id"] != artefact_id:
        return "the id inside the seal is not the one outside"
    outside = (definition.id, definition.questionnaire_hash)
    if (document["consultation"], document["questionnaire_hash"]) != outside:
        return "the consultation or questionnaire inside the seal is not the published one"
    return None


def _fault_of_times(started_at: str | None, postmark: str | None) -> str | None:
    if started_at and _moment(started_at) is None:
        return "'started_at' inside the seal is not a moment with its time zone"
    if postmark and postmark not in ("none", "illegible") and not is_day(postmark):
        return "'postmark' inside the seal is neither a day nor 'none' nor 'illegible'"
    return None


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None

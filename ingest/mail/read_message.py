"""From a raw e-mail message to responses: filled forms, answers in its text, and everything else a mailbox gets.

Call `ingest.mail.child.read_apart` where messages come from outside; this module is what runs there.
"""

import hashlib
import re
from dataclasses import dataclass, replace

from ingest.mail.documents.pictures import crops_in
from ingest.mail.documents.read_sealed import SealedBody
from ingest.mail.limits import MAX_MESSAGE_BYTES
from ingest.mail.message.parts import Letter, TakenApart, take_apart
from ingest.mail.read_document import DocumentsRead, read_documents
from ingest.mail.texts.letters import BESIDE, Words, is_cover_note, letter_reading, letter_response, words_of
from ingest.mail.texts.read_body import read_body
from ingest.parsed_response import ParsedResponse, quarantined
from schemas.definition import Definition

Found = ParsedResponse | SealedBody

BESIDE_A_FORM = "there are answers in the text beside a filled form: an officer decides which count"
BLANK_AND_TEXT = "the form is blank and the message has a text: an officer decides"
_AUTOMATIC_SUBJECT = re.compile(
    r"^\W*(?:automatic reply|auto(?:matic)?[- ]?repl|autoreply|out of (?:the )?office|undeliver|returned mail"
    r"|delivery (?:status notification|failure|has failed)|mail delivery (?:failed|system)|read: |not read: "
    r"|ateb awtomatig|allan o'r swyddfa|رد تلقائي)",
    re.IGNORECASE,
)


def read_message(raw: bytes, definition: Definition) -> list[Found]:
    """The responses in a raw message, at least one entry. Never raises on its content.

    Each form of ours is one response, wherever in the message it lies. Without one, answers are taken from the texts
    under the questions' numbers. A person's letter without either is left to an officer with its text.
    """
    if len(raw) > MAX_MESSAGE_BYTES:
        return list(read_headers_of_too_large(raw))
    try:
        return _read(take_apart(raw), definition)[0]
    except RecursionError:
        return [quarantined("the message is nested too deeply to be read")]
    except Exception:  # noqa: BLE001 - the libraries raise whatever an ugly message makes them stumble over
        return [quarantined("the message cannot be taken apart")]


def crops_in_message(raw: bytes, ordinal: int, column: str, definition: Definition) -> list[bytes]:
    """PNG pictures of one answer of the response with that ordinal; none where it did not come as pictures."""
    try:
        found, units = _read(take_apart(raw), definition)
    except Exception:  # noqa: BLE001 - as above; such a message has no response with a picture
        return []
    wanted = found[ordinal - 1] if 1 <= ordinal <= len(found) else None
    crops = (crops_in(one.documents.pictures, wanted, column, definition) for one in units)
    return next((one for one in crops if one), [])


def read_headers_of_too_large(raw: bytes) -> list[ParsedResponse]:
    """What is landed of a message that is larger than is read: its headers."""
    try:
        sender = take_apart(raw[:100_000]).letters[0].sender
    except Exception:  # noqa: BLE001 - as above
        sender = None
    megabytes = MAX_MESSAGE_BYTES // 1024**2
    return [quarantined(f"the message is larger than {megabytes} MB; it lies in 'too-large'", sender=sender)]


@dataclass
class _Unit:
    """One letter of the message, and what was found in it. `words` and `unread` hold no answer that is known of."""

    letter: Letter
    documents: DocumentsRead
    found: list[Found]
    words: list[Words]
    unread: list[Words]


def _read(message: TakenApart, definition: Definition) -> tuple[list[Found], list[_Unit]]:
    """The lines of a message, and the letters that they come from."""
    outer = message.letters[0]
    language = definition.questionnaire.languages[0]
    if outer.automatic:
        return [_not_a_response(outer.automatic, outer.sender, language)], []
    _drop_copies(message.letters)
    units = [_unit(letter, definition) for letter in message.letters if letter is outer or not letter.automatic]
    units = _without_blank_forms(units)
    faults = dict.fromkeys([reason for one in units for reason in one.documents.broken] + message.faults)
    broken: list[Found] = [quarantined(reason, sender=outer.sender, language=language) for reason in faults]
    found = [one for unit in units for one in unit.found]
    if not found and not broken and _AUTOMATIC_SUBJECT.match(outer.subject):
        return [_not_a_response("an automatic reply, by its subject", outer.sender, language)], []
    letters = _letters(units, definition, alone=not found and not broken)
    lines = _with_leftovers(found + letters + broken, units)
    return lines or [_not_a_response("the message is empty", outer.sender, language)], units


def _drop_copies(letters: list[Letter]) -> None:
    """Take out a second copy of the same file from the same sender, which mail programs add when they forward."""
    seen: set[tuple[str | None, bytes]] = set()
    for letter in letters:
        kept = []
        for one in letter.attachments:
            key = (letter.sender, hashlib.sha256(one.content).digest())
            if key not in seen:
                kept.append(one)
            seen.add(key)
        letter.attachments = kept


def _unit(letter: Letter, definition: Definition) -> _Unit:
    documents = read_documents(letter.attachments, definition, letter.sender)
    body = _body(letter, definition)
    words = words_of(letter) if body is None else None
    found = _forms_and_answers(documents, body)
    own_words = [words] if words is not None else []
    unit = _Unit(letter, documents, found, [*own_words, *documents.words], list(documents.unread))
    if found and all(_is_blank(one) for one in found) and unit.words:
        first = found[0]
        reading = letter_reading(unit.words, unit.unread, BLANK_AND_TEXT)
        assert isinstance(first, ParsedResponse) and reading is not None
        unit.found = [replace(first, state="in_review", reason=BLANK_AND_TEXT, readings=(reading,))]
        unit.words, unit.unread = [], []
    return unit


def _body(letter: Letter, definition: Definition) -> ParsedResponse | None:
    """The answers in a letter's text: the plain one, else the one in HTML."""
    for text in dict.fromkeys((letter.plain(), letter.rich())):
        found = read_body(text, definition.questionnaire, letter.part)
        if found is not None:
            return found.response(letter.sender)
    return None


def _forms_and_answers(documents: DocumentsRead, body: ParsedResponse | None) -> list[Found]:
    """The responses of a letter: its forms, else its documents with answers, else its text.

    Answers in the text beside others are left to an officer, unless they say nothing else.
    """
    filled = [one for one in documents.forms if not _is_blank(one)]
    found: list[Found] = [*(filled or ([] if documents.answers or body else documents.forms))]
    others = [*documents.answers, *([body] if body else [])]
    if not filled and documents.answers:
        found, others = [*documents.answers], others[len(documents.answers) :]
    elif not filled and body:
        found, others = [body], []
    for one in others:
        if not any(isinstance(form, ParsedResponse) and one.answers.items() <= form.answers.items() for form in found):
            found.append(replace(one, state="in_review", reason=BESIDE_A_FORM))
    return found


def _is_blank(one: Found) -> bool:
    return isinstance(one, ParsedResponse) and one.state == "response" and not one.answers and not one.readings


def _without_blank_forms(units: list[_Unit]) -> list[_Unit]:
    """A blank form beside other responses is what was sent out, passed along."""
    if any(not _is_blank(one) for unit in units for one in unit.found):
        for unit in units:
            unit.found = [one for one in unit.found if not _is_blank(one)]
    return units


def _letters(units: list[_Unit], definition: Definition, *, alone: bool) -> list[Found]:
    """A line for each letter without an answer. What only brings others along is none."""
    lines: list[Found] = []
    for unit in reversed(units):
        brings = (unit is units[0] or unit.letter.brings) and (not alone or bool(lines))
        if unit.found or (brings and all(is_cover_note(one) for one in unit.words) and not unit.unread):
            continue
        if unit.words or unit.unread:
            lines.append(letter_response(unit.words, unit.unread, unit.letter.sender, definition.questionnaire))
            unit.words, unit.unread = [], []
    return list(reversed(lines))


def _with_leftovers(found: list[Found], units: list[_Unit]) -> list[Found]:
    """Longer texts and documents beside answers, for an officer to see: they are pending with the first response."""
    words = [one for unit in units for one in unit.words if not is_cover_note(one)]
    unread = [one for unit in units for one in unit.unread]
    reading = letter_reading(words, unread, BESIDE)
    if reading is None or not found:
        return found
    return [replace(found[0], readings=(*found[0].readings, reading)), *found[1:]]


def _not_a_response(reason: str, sender: str | None, language: str) -> ParsedResponse:
    return ParsedResponse(state="not_a_response", reason=reason, language=language, sender=sender)

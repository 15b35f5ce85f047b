"""Words in a message that are no answers to numbered questions: kept whole, for an officer to code."""

import re
from collections.abc import Sequence

from ingest.mail.limits import MAX_TEXT_CHARACTERS
from ingest.mail.message.parts import Letter
from ingest.mail.texts.language import language_of
from ingest.mail.texts.own_text import original_begins, own_words
from ingest.parsed_response import ParsedResponse, Reading, storable_text
from schemas.questionnaire import Questionnaire

LETTER = "a letter without a form: an officer decides"
QUESTION = "a question to the council, as it seems: a person answers it"
BESIDE = "a text beside the answers: an officer sees whether it answers a question"
_WORD = re.compile(r"\w+")
# A shorter text beside answers says no more than that they are here.
_COVER_NOTE_WORDS = 40
_MOST_QUESTION_WORDS = 60

# A text and what readings call it.
Words = tuple[str, str]


def words_of(letter: Letter) -> Words | None:
    """What a letter says of its own, or passes on; None where that is nothing, or a program's signature alone."""
    plain, rich = letter.plain(), letter.rich()
    own, own_rich = own_words(plain), own_words(rich)
    # A plain text of one line may say no more than that there is one in HTML.
    if _count(own_rich) > 2 * _count(own):
        plain, own = rich, own_rich
    if not _count(own):
        lines = plain.split("\n")
        place = original_begins(lines)
        own = "\n".join(lines[place or 0 :]) if place is not None or own_words(_unquoted(plain)) else ""
    return (plain.strip(), letter.part) if _count(own) else None


def is_cover_note(words: Words) -> bool:
    """Whether a text beside answers is so short that it needs nobody's eyes."""
    return _count(own_words(words[0])) <= _COVER_NOTE_WORDS


def letter_response(
    words: Sequence[Words], unread: Sequence[Words], sender: str | None, questionnaire: Questionnaire
) -> ParsedResponse:
    """The line of a letter without a form: its text is kept; `unread` are (reason, part) of documents not read."""
    telling = [one for one in words if not (unread and is_cover_note(one))]
    reason = LETTER if telling else unread[0][0]
    if telling and not unread and len(words) == 1 and _asks(own_words(words[0][0]) or words[0][0]):
        reason = QUESTION
    language = language_of(" ".join(text for text, _ in words), questionnaire)
    reading = letter_reading(words, unread, reason)
    return ParsedResponse(
        state="in_review",
        reason=reason,
        language=language,
        sender=sender,
        readings=(reading,) if reading is not None else (),
    )


def letter_reading(words: Sequence[Words], unread: Sequence[Words], review: str) -> Reading | None:
    """One reading of all texts that no question is known for; None where there is none."""
    if not words and not unread:
        return None
    text = storable_text("\n\n".join(text for text, _ in words)[:MAX_TEXT_CHARACTERS])
    part = "; ".join(dict.fromkeys(part for _, part in (*words, *unread)))
    return Reading("", "letter", part, 0.0, review, text or None)


def _asks(text: str) -> bool:
    """Whether a short text is a question: it is answered, not counted. A person decides in any case."""
    return "?" in text.replace("؟", "?") and _count(text) <= _MOST_QUESTION_WORDS


def _unquoted(text: str) -> str:
    return re.sub(r"^\s{0,3}(?:>\s?)+", "", text, flags=re.MULTILINE)


def _count(text: str) -> int:
    return len(_WORD.findall(text))

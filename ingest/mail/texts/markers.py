"""Where an answer begins: a question's number at the start of a line, or the question's printed words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from ingest.mail.texts.vocabulary import spelled_numbers, words_of
from ingest.mail.texts.words import Printed, folded
from schemas.fields import OpenText
from schemas.questionnaire import Question, Questionnaire

_LETTERS = "abcdefgh"
_ROMAN = {"i": 0, "ii": 1, "iii": 2, "iv": 3}
# Digits and stops as other keyboards write them, and the two that follow the digit of a keycap.
_AS_TYPED = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹０１２３４５６７８９．）（：\ufe0f\u20e3", "0123456789" * 3 + ".)(: .")
_ABOUT = r"(?:re|regarding|as to|as for|on|in (?:answer|reply|response) to)\s{1,4}"
# Printed words are looked for where a line begins as they do; so many letters are compared first.
_KEY_LETTERS = 12
_MAX_PRINTED_LINES = 60


@dataclass(frozen=True)
class Marker:
    """The begin of an answer: which question, which of its fields (None where it is not said), and the line's rest.

    `named` tells that more than a bare number stood there; `quoted` that it was the question's printed words.
    """

    place: int
    part: int | None
    named: bool
    rest: str
    quoted: bool = False


@dataclass(frozen=True)
class Markers:
    """What begins an answer in a message about one questionnaire; `questions` are those it knows, in order."""

    questions: tuple[Question, ...]
    printed: tuple[Printed, ...]
    _places: dict[str, int]
    _numbered: re.Pattern[str]
    _keys: dict[str, tuple[tuple[int, str], ...]]

    @classmethod
    def of(cls, questionnaire: Questionnaire) -> "Markers":
        """The questions with a number, and those without one that ask for an answer in words."""
        questions = tuple(
            question
            for question in questionnaire.questions
            if question.number or any(isinstance(one, OpenText) for one in question.fields)
        )
        printed = tuple(Printed.of(question, questionnaire.languages) for question in questions)
        numbers = {(question.number or "").casefold(): place for place, question in enumerate(questions)}
        numbers.pop("", None)
        return cls(questions, printed, numbers, _numbered(tuple(numbers)), _keys(printed))

    def at(self, lines: Sequence[str], place: int) -> Marker | None:
        """The marker with which the line at `place` begins, if it begins with one."""
        line = lines[place]
        found = self._by_number(line)
        if found is not None:
            return found
        question = self.printed_at(lines, place)
        return Marker(question, None, True, line, quoted=True) if question is not None else None

    def printed_at(self, lines: Sequence[str], place: int) -> int | None:
        """The question whose printed words begin here and stand complete, over as many lines as they take."""
        letters = folded(lines[place][:400])
        following = place + 1
        while len(letters) < _KEY_LETTERS and letters and following < min(len(lines), place + 4):
            letters += folded(lines[following][:400])
            following += 1
        for question, words in self._keys.get(letters[:_KEY_LETTERS], ()):
            if _stands_complete(words, lines, place):
                return question
        return None

    def last_number(self) -> int | None:
        """The number of the last numbered question, where it is one."""
        last = next((question.number for question in reversed(self.questions) if question.number), None)
        return int(last) if last and last.isdigit() else None

    def _by_number(self, line: str) -> Marker | None:
        found = self._numbered.match(line.translate(_AS_TYPED))
        if found is None:
            return None
        number = (found["number"] or str(spelled_numbers().get((found["spelled"] or "").casefold(), ""))).casefold()
        place = self._places.get(number)
        if place is None:
            return None
        question = self.questions[place]
        rest = line[found.start("rest") :]
        letter = found["part"] or found["bracketed"]
        if not _is_marker(found) and not self._follows(place, rest, found):
            return None
        part = part_of(letter, question)
        if letter and part is None:
            rest = f"({letter}) {rest}"
        return Marker(place, part, bool(found["word"]), rest)

    def _follows(self, place: int, rest: str, found: re.Match[str]) -> bool:
        """A bare number before its question's printed words, as in a table."""
        letters = folded(rest[:2_000])
        return not found["end"].strip() and any(
            len(letters) >= _KEY_LETTERS and (words.startswith(letters) or letters.startswith(words))
            for words, _ in self.printed[place].words
        )


def markers_of(questionnaire: Questionnaire) -> Markers:
    """The markers of a questionnaire; those of the last one asked for are kept."""
    global _last  # noqa: PLW0603 - one questionnaire is asked for again and again
    if _last is None or _last[0] is not questionnaire:
        _last = (questionnaire, Markers.of(questionnaire))
    return _last[1]


_last: tuple[Questionnaire, Markers] | None = None


def part_of(letter: str | None, question: Question) -> int | None:
    """Which field of its question '1b' means; None where the question has but one."""
    if letter is None:
        return None
    letter = letter.lower()
    place = _ROMAN[letter] if letter in _ROMAN else _LETTERS.index(letter)
    return place if len(question.fields) > 1 and place < len(question.fields) else None


@cache
def _numbered(numbers: tuple[str, ...]) -> re.Pattern[str]:
    """'1.', '1)', '(1)', 'Q1', 'Question 1:', 'Question one', '1a', '1 (b)', or the number alone on its line."""
    alternatives = "|".join(re.escape(number) for number in sorted(numbers, key=len, reverse=True)) or r"(?!)"
    spelled = "|".join(re.escape(word) for word in sorted(spelled_numbers(), key=len, reverse=True))
    question, answer = "|".join(words_of("question")), "|".join(words_of("answer"))
    return re.compile(
        r"^\s{0,12}(?:[*•·‣–-]\s{1,4})?(?:#{1,6}\s)?[*_\s]{0,6}"
        rf"(?P<word>(?:{_ABOUT})?(?:(?:my|our|fy|ein)\s{{1,4}})?(?:{answer})?(?:\s{{1,4}}(?:to|for|i|à|auf|zu|a|do|على|عن))?\s{{0,4}}"
        rf"(?:the\s{{1,4}})?(?:{question})\.?\s{{0,4}}#?\s{{0,4}}"
        rf"|(?:{answer})\.?(?:\s{{1,4}}(?:to|for))?\s{{1,4}}|a(?=\d)|#(?=\d))?"
        rf"[(\[]?(?:(?P<number>{alternatives})(?![0-9])|(?<=\w\s)(?P<spelled>{spelled})(?!\w))"
        r"(?:(?P<part>[a-h])(?![a-z])|\s?\((?P<bracketed>[a-h]|i{1,3}|iv)\))?[*_]{0,6}"
        r"(?P<end>\s{0,4}[.):\]–—-]{1,6}|(?(word),|(?!))|\s|$)[*_]{0,6}\s{0,40}(?P<rest>.*)$",
        re.IGNORECASE,
    )


def _is_marker(found: re.Match[str]) -> bool:
    """A bare number needs its stop or a line of its own: '2 years ago' and '1.5 hours' begin no answer."""
    if found["word"] or found["part"] or found["bracketed"]:
        return True
    end, rest = found["end"].strip(), found["rest"]
    if not end:
        # '2.1' and 'A1' are no amounts, where words follow.
        compound = not (found["number"] or "").isdigit() and (rest[:1].isupper() or not rest[:1].isascii())
        return not rest.strip() or compound
    if end.startswith((".", ":")) and rest[:1].isdigit() and not found.string[found.end("end") :][:1].isspace():
        return False
    return not (end.startswith("-") and rest[:1].isdigit())


def _keys(printed: Sequence[Printed]) -> dict[str, tuple[tuple[int, str], ...]]:
    """First letters -> (question, its printed words), the longest first; words that two questions share are none's."""
    owners: dict[str, set[int]] = {}
    for place, one in enumerate(printed):
        for words, _ in one.words:
            owners.setdefault(words, set()).add(place)
    keys: dict[str, list[tuple[int, str]]] = {}
    for words, places in owners.items():
        if len(places) == 1:
            keys.setdefault(words[:_KEY_LETTERS], []).append((next(iter(places)), words))
    return {key: tuple(sorted(found, key=lambda one: -len(one[1]))) for key, found in keys.items()}


def _stands_complete(words: str, lines: Sequence[str], place: int) -> bool:
    letters = ""
    for line in lines[place : place + _MAX_PRINTED_LINES]:
        letters += folded(line[:4_000])
        if letters.startswith(words):
            return True
        if not words.startswith(letters):
            return False
    return False

"""Finding a questionnaire's own printed words in what somebody wrote, whatever became of spaces and line ends."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from schemas.editions.pdf_fields import ChoiceField, choices_of
from schemas.fields import OTHER_SUFFIX, AnyField, MultipleChoice, Scale
from schemas.questionnaire import Question
from schemas.response import RawAnswer

# Shorter texts could stand in an answer by chance.
_LEAST_LETTERS = 12
_MOST_CHOICE_LINES = 200
_TICKED = re.compile(
    r"^\s*(?:\[\s*[xX✓✔]\s*\]|\(\s*[xX✓✔]\s*\)|[☑☒✓✔✗✘]|[xX](?=\s))\s*|\s*(?:[✓✔☑☒✗✘]|\[\s*[xX✓✔]\s*\]|\s[xX])\s*$"
)
_BULLET = re.compile(r"^\s*[-*•·]\s+")
_NOT_TICKED = re.compile(r"^\s*(?:\[\s*\]|\(\s*\)|☐)")
_HEAD_OF_CHOICE = re.compile(r"^([^\n,.;:!–—-]{1,120})(?:[,.;:!–—-]|\n)")
_LEADING_ARTICLE = re.compile(r"^(?:i am|i'm|we are|as)?\s*(?:an?|the)?\s+", re.IGNORECASE)


def folded(text: str) -> str:
    """The letters and digits of `text` alone, without case."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return "".join(filter(str.isalnum, text.casefold()))


@dataclass(frozen=True)
class Printed:
    """The printed words of one question: (words folded, the place of the field whose answer follows them).

    `short` finds those that could stand in an answer by chance: they count at the start of a line, with their stop.
    """

    words: tuple[tuple[str, int], ...]
    short: tuple[tuple[re.Pattern[str], int], ...] = ()

    @classmethod
    def of(cls, question: Question, languages: Sequence[str]) -> "Printed":
        found: list[tuple[str, int]] = []
        for language in languages:
            head = "".join(
                folded(text.in_language(language)) for text in (question.heading, question.preamble) if text is not None
            )
            labels = [folded(one.label.in_language(language)) for one in question.fields]
            found += [(head + labels[0], 0), (head + "".join(labels), 0), ("".join(labels), 0), (head, 0)]
            if question.preamble is not None:
                found.append((folded(question.preamble.in_language(language)), 0))
            found += [(label, place) for place, label in enumerate(labels)]
        long_enough = {one for one in found if len(one[0]) >= _LEAST_LETTERS}
        short = [
            (_at_line_start(label.in_language(language)), place)
            for language in languages
            for place, label in enumerate(one.label for one in question.fields)
            if 1 < len(folded(label.in_language(language))) < _LEAST_LETTERS
        ]
        return cls(tuple(sorted(long_enough, key=lambda one: -len(one[0]))), tuple(short))

    def begins_with(self, line: str) -> bool:
        """Whether the printed words begin with this line, or the line with them."""
        start = folded(line)
        return any(words.startswith(start) or start.startswith(words) for words, _ in self.words)


def take_out(text: str, printed: Printed) -> list[tuple[int, str]]:
    """The pieces of `text` between the printed words that stand in it complete, with the field each belongs to.

    At least one piece; with no printed words in it, the text whole for the first field.
    """
    pieces = [one for first, part in _by_short_words(text, printed) for one in _taken_out(part, printed, first)]
    return [(place, piece.strip()) for place, piece in pieces if piece.strip()] or [(0, "")]


def _by_short_words(text: str, printed: Printed) -> list[tuple[int, str]]:
    """The text cut at short printed words that stand at the start of a line, with the field that follows each."""
    found = sorted(
        (match.start(), match.end(), place) for words, place in printed.short for match in words.finditer(text)
    )
    pieces, start, current = [], 0, 0
    for begin, end, place in found:
        if begin < start:
            continue
        pieces.append((current, text[start:begin]))
        start, current = end, place
    return [*pieces, (current, text[start:])]


def _at_line_start(label: str) -> re.Pattern[str]:
    words = r"\s{1,4}".join(re.escape(word) for word in label.rstrip("?!.:…؟ ").split())
    return re.compile(rf"^[ \t*_>•-]{{0,8}}{words}[*_]{{0,3}}\s{{0,2}}[?:؟]+[*_]{{0,3}}", re.IGNORECASE | re.MULTILINE)


def _taken_out(text: str, printed: Printed, first: int) -> list[tuple[int, str]]:
    letters, places = _mapped(text)
    pieces: list[tuple[int, str]] = []
    current, start, at = first, 0, 0
    while (found := _next(letters, printed, at)) is not None:
        at, words = found
        if not _starts_a_word(text, places[at]):
            at += 1
            continue
        before = text[start : places[at]]
        if before.strip(" \n\t*_>.:-"):
            pieces.append((current, before))
        at += len(words[0])
        current, start = words[1], _after_stop(text, places[at - 1] + 1)
    pieces.append((current, text[start:]))
    return pieces


def _next(letters: str, printed: Printed, at: int) -> tuple[int, tuple[str, int]] | None:
    """Where printed words stand next, from `at` on; of several that begin there, the longest."""
    found = [(place, words) for words in printed.words if (place := letters.find(words[0], at)) >= 0]
    return min(found, key=lambda one: (one[0], -len(one[1][0]))) if found else None


def _mapped(text: str) -> tuple[str, list[int]]:
    """`text` folded, and where in it each letter came from."""
    letters, places = [], []
    for place, letter in enumerate(text):
        for one in folded(letter):
            letters.append(one)
            places.append(place)
    return "".join(letters), places


def _starts_a_word(text: str, place: int) -> bool:
    return place == 0 or not text[place - 1].isalnum()


def _after_stop(text: str, place: int) -> int:
    """The place after the stops that close the printed words."""
    while place < len(text) and text[place] in "?!.…؟:'’\"*_)":
        place += 1
    return place


def choice_answer(one: AnyField, given: str) -> dict[str, RawAnswer]:
    """What somebody wrote for a field, with the codes of the choices that it names word for word.

    What names no choice stays as it is written, for the checks that follow.
    """
    if not isinstance(one, ChoiceField) or given.count("\n") > _MOST_CHOICE_LINES:
        return {one.id: given}
    answers: dict[str, RawAnswer] = {}
    codes: list[str] = []
    pieces = [_BULLET.sub("", " ".join(piece.split())) for piece in _pieces(given, one)]
    ticked = [piece for piece in pieces if _TICKED.search(piece)]
    # The form prints one choice a line; somebody who names them all in a sentence means them.
    if not ticked and len(given.strip().split("\n")) > 1 and ";" not in given and _is_printed_list(pieces, one):
        return {}
    for piece in ticked or pieces:
        if _NOT_TICKED.match(piece):
            continue
        code, said = _code_of(_TICKED.sub("", piece).strip(), one)
        codes.append(code)
        if said:
            answers[one.id + OTHER_SUFFIX] = said
    if codes:
        unique = list(dict.fromkeys(codes))
        answers[one.id] = unique if isinstance(one, MultipleChoice) else "; ".join(unique)
    return answers


def choice_and_rest(one: AnyField, given: str) -> tuple[str, str] | None:
    """(code, what follows) of 'Yes, because ...'; None where the text does not begin with one choice and a stop."""
    if not isinstance(one, ChoiceField) or isinstance(one, MultipleChoice):
        return None
    head = _HEAD_OF_CHOICE.match(given)
    if head is None or not given[head.end() :].strip():
        return None
    named, _ = _code_of(head[1].strip(), one)
    codes = [code for code, _ in choices_of(one, "")]
    return (named, given[head.end() :].strip()) if named in codes else None


def _is_printed_list(pieces: Sequence[str], one: ChoiceField) -> bool:
    """Whether the pieces are every choice as it is printed, with no mark at any: a form that was left blank."""
    named = [_code_of(piece.strip(), one)[0] for piece in pieces]
    return len(named) > 1 and set(named) >= {code for code, _ in choices_of(one, "")}


def _pieces(given: str, one: ChoiceField) -> list[str]:
    whole = " ".join(given.split())
    if isinstance(one, MultipleChoice) and ";" in whole:
        # Mail programs break long lines; what is listed with semicolons goes on over the end of one.
        return [piece for piece in whole.split(";") if piece.strip()]
    if isinstance(one, MultipleChoice) and _code_of(whole, one)[0] == whole:
        return [piece for piece in re.split(r"[\n;,]", given) if piece.strip()]
    return [piece for piece in given.split("\n") if piece.strip()]


def _code_of(piece: str, one: ChoiceField) -> tuple[str, str | None]:
    """(code, what is said beside it) of a choice named by its label or code; (the piece, None) where it names none."""
    languages = {language for p in one.points for language in p.languages} if isinstance(one, Scale) else set()
    if not isinstance(one, Scale):
        languages = {language for choice in one.choices for language in choice.label.languages}
        other = next((choice for choice in one.choices if choice.please_say), None)
        head, colon, said = piece.partition(":")
        if other and colon and said.strip():
            labels = {folded(other.label.in_language(language)) for language in languages} | {folded(other.code)}
            if any(label.startswith(folded(head)) for label in labels) and len(folded(head)) >= len("other"):
                return other.code, said.strip()
    wanted = {folded(piece), folded(_LEADING_ARTICLE.sub("", piece))}
    for language in sorted(languages):
        for code, label in choices_of(one, language):
            if {folded(label), folded(code)} & wanted:
                return code, None
    return piece, None

"""Answers written into the text of a message under the questions' numbers, and under labels for those about you.

Nothing is guessed: a number counts as a question's only at the start of a line, the printed words of a question are
taken out only where they stand complete, and what could be read in two ways is said to need an officer.
"""

import re
from dataclasses import dataclass, field

from ingest.mail.about_you import AboutYou
from ingest.mail.words import Printed, choice_answer, take_out
from schemas.fields import AnyField
from schemas.questionnaire import Question, Questionnaire
from schemas.response import RawAnswer

_QUOTED = re.compile(r"^\s{0,3}(?:>\s?)+")
_ORIGINAL = re.compile(
    r"^\s*(?:-{2,}\s*(?:original|forwarded) message\s*-{2,}|_{20,}|on\s.{5,200}\swrote:)\s*$", re.IGNORECASE
)
_SIGNATURE = re.compile(r"^--\s?$")
_SIGN_OFF = re.compile(
    r"^(?:(?:with|kind|kindest|best|warm|warmest|many|very)\s{1,4}){0,3}(?:regards|wishes|thanks|thank you|cheers"
    r"|yours(?: sincerely| faithfully| truly)?|sent from my .*)[\s,.!]*$",
    re.IGNORECASE,
)
_MAX_SIGN_OFF_LINES = 8
_LETTERS = "abcdefgh"


@dataclass(frozen=True)
class BodyAnswers:
    """Answers found in a text, and why an officer should look at them (None where nothing is doubtful)."""

    answers: dict[str, RawAnswer]
    doubt: str | None = None


@dataclass
class _Segment:
    question: Question
    part: int | None
    lines: list[str] = field(default_factory=list)


@dataclass
class _Reading:
    segments: list[_Segment] = field(default_factory=list)
    before: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)


def read_body(text: str, questionnaire: Questionnaire) -> BodyAnswers | None:
    """The answers in `text`; None where no question's number stands before any."""
    lines = text.split("\n")
    place = _original_begins(lines)
    if place is not None and (above := _read_own(lines[:place], questionnaire)) is not None:
        # Answered above the message that is quoted whole. Had they answered within it too, an officer would see.
        below = _read_own(lines[place:], questionnaire)
        if below is not None and not below.answers.items() <= above.answers.items():
            return BodyAnswers(above.answers, above.doubt or "there are answers above and within a quoted message")
        return above
    return _read_own(lines, questionnaire)


def _original_begins(lines: list[str]) -> int | None:
    """The line from which on the text is the message that is answered or passed on; None where there is none."""
    for place, line in enumerate(lines):
        head = [one.strip().strip("*") for one in lines[place : place + 5]]
        block = head[0].startswith("From:") and any(one.startswith(("Sent:", "Date:")) for one in head)
        if _ORIGINAL.match(line) or (block and any(one.startswith(("To:", "Subject:")) for one in head)):
            return place
    return None


def _read_own(lines: list[str], questionnaire: Questionnaire) -> BodyAnswers | None:
    own = [line for line in _unquote_numbers(lines, questionnaire) if not _QUOTED.match(line)]
    found = _read(own, questionnaire)
    if found is not None or len(own) == len(lines):
        return found
    # Nothing but a quoted text: somebody passed a message on.
    passed_on = _read([_QUOTED.sub("", line) for line in lines], questionnaire)
    if passed_on is None:
        return None
    return BodyAnswers(passed_on.answers, passed_on.doubt or "the answers stand in a quoted message")


def _read(lines: list[str], questionnaire: Questionnaire) -> BodyAnswers | None:
    reading = _split(_without_signature(lines), questionnaire)
    if not reading.segments:
        return None
    about = AboutYou(questionnaire)
    answers: dict[str, RawAnswer] = {}
    last = reading.segments[-1]
    last.lines, after = about.split(last.lines)
    for segment in reading.segments:
        for one, given in _answers_of(segment, questionnaire):
            if given.strip():
                _keep(answers, choice_answer(one, given.strip("\n ")), reading)
    about_you = about.read(after) or about.read(reading.before)
    answers |= {name: answer for name, answer in about_you.items() if name not in answers}
    if not answers:
        return None
    return BodyAnswers(answers, reading.doubts[0] if reading.doubts else None)


def _keep(answers: dict[str, RawAnswer], given: dict[str, RawAnswer], reading: _Reading) -> None:
    for name, answer in given.items():
        before = answers.get(name)
        if isinstance(before, str) and isinstance(answer, str):
            answers[name] = f"{before}\n\n{answer}"
        elif before is None:
            answers[name] = answer
        else:
            reading.doubts.append(f"'{name}' is answered twice")


def _split(lines: list[str], questionnaire: Questionnaire) -> _Reading:
    numbered = [question for question in questionnaire.questions if question.number]
    position = {question.number or "": place for place, question in enumerate(numbered)}
    marker = _marker(list(position))
    reading, current = _Reading(), -1
    for line in lines:
        segment = reading.segments[-1] if reading.segments else None
        found = marker.match(line)
        number = found["number"] if found else None
        if found and number in position and _is_marker(found):
            place, named = position[number], bool(found["word"])
            letter = found["part"] or found["bracketed"]
            part = _part(letter, numbered[place])
            seen = {(one.question.number, one.part) for one in reading.segments}
            if (number, part) not in seen and (place >= current or named or number not in {n for n, _ in seen}):
                if place < current and not named:
                    reading.doubts.append("the numbers do not run in order: a list in an answer, or other answers")
                rest = found["rest"]
                if letter and part is None:
                    rest = f"({letter}) {rest}"
                segment = _Segment(numbered[place], part, [])
                if letter is None and (inner := _sub_marker(rest, segment, reading)) is not None:
                    segment.part, rest = inner
                segment.lines.append(rest)
                reading.segments.append(segment)
                current = place
                continue
            if not line[:1].isspace():
                reading.doubts.append("a number stands twice: a list in an answer, or a second response")
        elif segment is not None and (part_found := _sub_marker(line, segment, reading)) is not None:
            reading.segments.append(_Segment(segment.question, part_found[0], [part_found[1]]))
            continue
        elif segment is not None and _next_number(line, numbered, current):
            reading.doubts.append("there are more numbers than the questionnaire has")
        (segment.lines if segment else reading.before).append(line)
    return reading


def _marker(numbers: list[str]) -> re.Pattern[str]:
    """A question's number at the start of a line: '1.', '1)', '(1)', 'Q1', 'Question 1:', '1a', '1 (b)', or alone."""
    alternatives = "|".join(re.escape(number) for number in sorted(numbers, key=len, reverse=True)) or r"(?!)"
    return re.compile(
        r"^\s{0,8}[*_#\s]{0,6}"
        r"(?P<word>(?:my\s{1,4})?(?:answers?|response|reply)?(?:\s{1,4}(?:to|for))?\s{0,4}"
        r"(?:questions?|q|no|number)\.?\s{0,4}#?\s{0,4}"
        r"|(?:answer|response)(?:\s{1,4}(?:to|for))?\s{1,4}|a(?=\d))?"
        rf"\(?(?P<number>{alternatives})(?![0-9])(?:(?P<part>[a-h])(?![a-z])|\s?\((?P<bracketed>[a-h])\))?[*_]{{0,6}}"
        r"(?P<end>\s{0,4}[.):\]–—-]{1,6}|\s|$)[*_]{0,6}\s{0,4}(?P<rest>.*)$",
        re.IGNORECASE,
    )


def _is_marker(found: re.Match[str]) -> bool:
    """A bare number needs its stop or a line of its own: '2 years ago' and '1.5 hours' begin no answer."""
    if found["word"] or found["part"] or found["bracketed"]:
        return True
    end, rest = found["end"].strip(), found["rest"]
    if not end:
        return not rest.strip()
    if end.startswith((".", ":")) and rest[:1].isdigit() and not found.string[found.end("end") :][:1].isspace():
        return False
    return not (end.startswith("-") and rest[:1].isdigit())


def _part(letter: str | None, question: Question) -> int | None:
    """Which field of its question '1b' means; None where the question has but one."""
    if letter is None:
        return None
    place = _LETTERS.index(letter.lower())
    return place if len(question.fields) > 1 and place < len(question.fields) else None


def _sub_marker(line: str, segment: _Segment, reading: _Reading) -> tuple[int, str] | None:
    """'(b) ...' below '1.': the field it means and the rest of the line."""
    if len(segment.question.fields) < 2:
        return None
    found = re.match(r"^\s{0,8}\(?([a-h])[.):]\s(.*)$|^\s{0,8}\(([a-h])\)\s?(.*)$", line, re.IGNORECASE)
    if not found:
        return None
    part = _part(found[1] or found[3], segment.question)
    taken = {one.part for one in reading.segments if one.question is segment.question}
    if part is None or part in taken:
        return None
    return part, (found[2] if found[1] else found[4]) or ""


def _next_number(line: str, numbered: list[Question], current: int) -> bool:
    last = numbered[-1].number or ""
    if current != len(numbered) - 1 or not last.isdigit():
        return False
    return (
        re.match(rf"^\(?(?:(?:question|q)\.?\s{{0,4}})?{int(last) + 1}\s{{0,4}}[.):]\s", line, re.IGNORECASE)
        is not None
    )


def _answers_of(segment: _Segment, questionnaire: Questionnaire) -> list[tuple[AnyField, str]]:
    """The text of a segment for each field of its question, without the question's printed words."""
    fields = segment.question.fields
    text = "\n".join(segment.lines)
    printed = Printed.of(segment.question, questionnaire.languages)
    if segment.part is not None:
        return [(fields[segment.part], take_out(text, printed)[-1][1])]
    pieces = take_out(text, printed)
    return [(fields[place], piece) for place, piece in pieces]


def _without_signature(lines: list[str]) -> list[str]:
    """The lines before '-- ', or before a closing such as 'Kind regards' with no more than a name and address after."""
    for place, line in enumerate(lines):
        if _SIGNATURE.match(line) and place:
            lines = lines[:place]
            break
    filled = [place for place, line in enumerate(lines) if line.strip()]
    for place in filled[-_MAX_SIGN_OFF_LINES - 1 :]:
        if _SIGN_OFF.match(lines[place].strip()):
            return lines[:place]
    return lines


def _unquote_numbers(lines: list[str], questionnaire: Questionnaire) -> list[str]:
    """Lines with '> 2. The draft document ...' as '2.': where somebody answers below each quoted question."""
    printed = {
        question.number: Printed.of(question, questionnaire.languages)
        for question in questionnaire.questions
        if question.number
    }
    marker = _marker(list(printed))
    result = []
    for line in lines:
        quoted = _QUOTED.match(line)
        found = marker.match(line[quoted.end() :]) if quoted else None
        if found and found["number"] in printed and printed[found["number"]].begins_with(found["rest"]):
            result.append(f"{found['number']}.")
        else:
            result.append(line)
    return result

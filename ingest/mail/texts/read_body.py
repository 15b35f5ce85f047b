"""Answers written into the text of a message: under the questions' numbers or printed words, and under labels.

Nothing is guessed: a number counts as a question's only at the start of a line, the printed words of a question are
taken out only where they stand complete, and an answer that could be read in two ways is left to an officer.
"""

import textwrap
from dataclasses import dataclass, replace

from ingest.mail.texts.about_you import AboutYou, about_you_of
from ingest.mail.texts.faults import fault_of
from ingest.mail.texts.language import language_of
from ingest.mail.texts.markers import Markers, markers_of
from ingest.mail.texts.own_text import QUOTED, original_begins, without_signature
from ingest.mail.texts.segments import Segment, cut
from ingest.mail.texts.words import choice_and_rest, choice_answer, take_out
from ingest.parsed_response import How, ParsedResponse, Reading, storable_answer
from schemas.fields import AnyField, OpenText
from schemas.questionnaire import Question, Questionnaire
from schemas.response import RawAnswer

ANSWERED_TWICE = "the question is answered twice"
ABOVE_AND_WITHIN = "there are answers above and within a quoted message"
IN_A_QUOTE = "the answers stand in a quoted message"
# By a number at the start of a line, by a number within one, by the question's printed words or label.
_SURE: dict[How, float] = {"number": 0.95, "quoted_question": 0.97}
_IN_LINE, _UNSURE = 0.8, 0.5


@dataclass(frozen=True)
class BodyAnswers:
    """Answers found in a text, how each was read, and why the response as a whole is doubtful (None where it is not).

    What is not sure is among `readings`, with its reason, and not among `answers`.
    """

    answers: dict[str, RawAnswer]
    readings: tuple[Reading, ...] = ()
    doubt: str | None = None
    language: str = "en"

    def response(self, sender: str | None) -> ParsedResponse:
        """The response that these answers are."""
        return ParsedResponse(
            state="in_review" if self.doubt else "response",
            reason=self.doubt,
            answers=self.answers,
            language=self.language,
            sender=sender,
            readings=self.readings,
        )


def read_body(text: str, questionnaire: Questionnaire, part: str = "text") -> BodyAnswers | None:
    """The answers in `text`; None where no question's number or printed words stand before any.

    `part` is what the readings call this text.
    """
    reader = _Reader(questionnaire, markers_of(questionnaire), about_you_of(questionnaire), part)
    lines = text.split("\n")
    place = original_begins(lines)
    if place is not None and (above := reader.own(lines[:place])) is not None:
        below = reader.own(lines[place:], passed_on=False)
        found = above if below is None else _above_and_below(above, below)
    else:
        whole = reader.own(lines)
        if whole is None:
            return None
        found = whole
    return replace(found, language=language_of(text, questionnaire))


def _above_and_below(above: BodyAnswers, below: BodyAnswers) -> BodyAnswers:
    """Answered above the message that is quoted whole, and within it too: where the two differ, an officer sees."""
    differing = {name for name, answer in below.answers.items() if above.answers.get(name) != answer}
    answers = {name: answer for name, answer in above.answers.items() if name not in differing}
    readings = []
    for one in above.readings:
        sure = one.column not in differing or one.review is not None
        readings.append(one if sure else _in_doubt(one, ABOVE_AND_WITHIN, above.answers[one.column]))
    known = {one.column for one in above.readings}
    for one in below.readings:
        if one.column not in known:
            readings.append(one if one.review else _in_doubt(one, ABOVE_AND_WITHIN, below.answers[one.column]))
    return BodyAnswers(answers, tuple(readings), above.doubt or below.doubt)


def _in_doubt(reading: Reading, why: str, suggestion: RawAnswer | None) -> Reading:
    return replace(reading, confidence=_UNSURE, review=why, suggestion=suggestion)


def _not_indented(piece: str) -> str:
    """An answer without what indents all its lines after the first."""
    first, line_end, others = piece.strip("\n ").partition("\n")
    return f"{first}{line_end}{textwrap.dedent(others)}".strip("\n ")


def _with_reasons(found: list[tuple[AnyField, str]], question: Question) -> list[tuple[AnyField, str]]:
    """'Yes, because ...' as an answer to a choice and one to the field for words after it, where that has none."""
    result: list[tuple[AnyField, str]] = []
    answered = {one.id for one, _ in found}
    for one, given in found:
        following = question.fields[question.fields.index(one) + 1 :][:1]
        parted = choice_and_rest(one, given) if following and isinstance(following[0], OpenText) else None
        if parted is None or following[0].id in answered:
            result.append((one, given))
        else:
            result += [(one, parted[0]), (following[0], parted[1])]
    return result


@dataclass
class _Answer:
    """What was found for one column so far."""

    given: RawAnswer
    how: How
    confidence: float
    doubt: str | None


@dataclass(frozen=True)
class _Reader:
    questionnaire: Questionnaire
    markers: Markers
    about: AboutYou
    part: str

    def own(self, lines: list[str], *, passed_on: bool = True) -> BodyAnswers | None:
        """The answers in what the sender wrote; where that is nothing, in the quoted text that was passed on."""
        own = [line for line in self._unquote_questions(lines) if not QUOTED.match(line)]
        found = self._read(own)
        if found is not None or not passed_on or len(own) == len(lines):
            return found
        quoted = self._read([QUOTED.sub("", line) for line in lines])
        return None if quoted is None else replace(quoted, doubt=quoted.doubt or IN_A_QUOTE)

    def _read(self, lines: list[str]) -> BodyAnswers | None:
        found = cut(without_signature(lines), self.markers)
        about = self.about
        answers: dict[str, _Answer] = {}
        after: list[str] = []
        for place, segment in enumerate(found.segments):
            following = found.segments[place + 1 :][:1]
            # Labels end the numbered answers; before another number they are words of the answer.
            if not following or self.markers.questions[following[0].place].number is None:
                segment.lines, labelled = about.split(segment.lines)
                after += labelled
            self._take(segment, answers)
        if found.segments:
            about_you = about.read(after) or about.read(found.before)
        else:
            about_you = about.read(found.before, whole_labels=True)
        for name, answer in about_you.items():
            if name not in answers:
                answers[name] = _Answer(answer, "quoted_question", 0.9, None)
        return self._told(answers, found.doubt) if answers else None

    def _take(self, segment: Segment, answers: dict[str, _Answer]) -> None:
        """Add what a segment says to the answers; what says nothing is no answer."""
        how: How = "quoted_question" if segment.quoted else "number"
        confidence = _IN_LINE if segment.in_line else _SURE[how]
        for one, given in _with_reasons(self._answers_of(segment), self.markers.questions[segment.place]):
            for name, answer in choice_answer(one, given).items():
                before = answers.get(name)
                if before is None:
                    answers[name] = _Answer(answer, how, confidence, segment.doubt)
                elif isinstance(before.given, str) and isinstance(answer, str) and one.kind == "open_text":
                    before.given = f"{before.given}\n\n{answer}"
                    before.doubt = before.doubt or segment.doubt
                else:
                    before.doubt = before.doubt or ANSWERED_TWICE

    def _answers_of(self, segment: Segment) -> list[tuple[AnyField, str]]:
        """The text of a segment for each field of its question, without the question's printed words."""
        fields = self.markers.questions[segment.place].fields
        pieces = take_out("\n".join(segment.lines), self.markers.printed[segment.place])
        if segment.part is not None:
            pieces = [(segment.part, pieces[-1][1])]
        given = ((fields[place], _not_indented(piece)) for place, piece in pieces)
        return [(one, text) for one, text in given if text]

    def _told(self, found: dict[str, _Answer], doubt: str | None) -> BodyAnswers:
        """Answers and readings in the order of the questionnaire."""
        answers: dict[str, RawAnswer] = {}
        readings = []
        for name, one in self.questionnaire.answer_columns().items():
            if name not in found:
                continue
            answer = found[name]
            given = storable_answer(answer.given)
            why = answer.doubt or fault_of(one, name, given)
            reading = Reading(name, answer.how, self.part, answer.confidence)
            if why is None:
                answers[name] = given
            else:
                reading = _in_doubt(reading, why, given)
            readings.append(reading)
        return BodyAnswers(answers, tuple(readings), doubt)

    def _unquote_questions(self, lines: list[str]) -> list[str]:
        """Quoted questions without their '>', where somebody answers below each of them."""
        bare = [QUOTED.sub("", line) for line in lines]
        result = list(lines)
        place = 0
        while place < len(lines):
            opened = self._quoted_question(lines, bare, place)
            if opened is None:
                place += 1
                continue
            # All lines of this quote: the printed words, which are taken out later.
            while place < len(lines) and QUOTED.match(lines[place]):
                result[place] = bare[place]
                place += 1
                if place < len(lines) and self._quoted_question(lines, bare, place) is not None:
                    break
        return result

    def _quoted_question(self, lines: list[str], bare: list[str], place: int) -> int | None:
        """The question whose number and printed words, or printed words, begin on this quoted line."""
        if not QUOTED.match(lines[place]):
            return None
        marker = self.markers.at(bare, place)
        if marker is None:
            return None
        if marker.quoted or self.markers.printed[marker.place].begins_with(marker.rest):
            return marker.place
        return None

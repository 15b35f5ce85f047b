"""A text cut at its markers: which lines belong to which question, and which of them could be read in two ways."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ingest.mail.texts.markers import Marker, Markers, part_of
from ingest.mail.texts.words import take_out

TWICE = "a number stands twice: a list in an answer, or another answer"
OUT_OF_ORDER = "the numbers do not run in order: a list in an answer, or other answers"
IN_LINE = "another question's number stands within the line"
TOO_MANY = "there are more numbers than the questionnaire has"
TWO_RESPONSES = "there may be two responses in the text: an officer decides"
_LEAST_IN_LINE = _LEAST_OF_A_FORM = 3
_MAX_LINE = 20_000
_IN_LINE = re.compile(r"(?:(?<=\s)|^)\(?(?:q\.?\s?)?(\d{1,3})\s?[.):](?=\s)", re.IGNORECASE)
_SUB_MARKER = re.compile(r"^\s{0,8}\(?([a-h])[.):]\s(.*)$|^\s{0,8}\(([a-h]|i{1,3}|iv)\)\s?(.*)$", re.IGNORECASE)


@dataclass
class Segment:
    """The lines under one marker. `doubt` is why a person must look at this answer.

    `repeats` are the questions whose numbers came again in these lines.
    """

    place: int
    part: int | None
    lines: list[str] = field(default_factory=list)
    quoted: bool = False
    in_line: bool = False
    doubt: str | None = None
    repeats: list[int] = field(default_factory=list)
    _has_words: bool = False

    def has_words(self, markers: Markers) -> bool:
        """Whether anything but printed words stands in it; once it does, more lines change nothing."""
        if not self._has_words:
            pieces = take_out("\n".join(self.lines), markers.printed[self.place])
            self._has_words = any(piece.strip() for _, piece in pieces)
        return self._has_words


@dataclass
class Cut:
    """A text, cut. `before` are the lines before the first marker; `doubt` is about the response as a whole."""

    segments: list[Segment] = field(default_factory=list)
    before: list[str] = field(default_factory=list)
    doubt: str | None = None


def cut(lines: Sequence[str], markers: Markers) -> Cut:
    """Cut a text's lines at the markers of a questionnaire."""
    found = Cut()
    at_lines = [markers.at(lines, place) for place in range(len(lines))]
    one_line = _of_one_line(lines, at_lines, markers)
    if one_line is not None:
        return one_line
    for line, marker in zip(lines, at_lines, strict=True):
        current = found.segments[-1] if found.segments else None
        if marker is not None and _opens(marker, line, found, markers):
            continue
        if current is None:
            found.before.append(line)
        elif (sub := _sub_marker(line, current.place, found, markers)) is not None:
            found.segments.append(Segment(current.place, sub[0], [sub[1]], doubt=current.doubt))
        else:
            if _next_number(line, markers, current):
                current.doubt = current.doubt or TOO_MANY
            current.lines.append(line)
    _judge_repeats(found)
    _judge_lines(found, markers)
    return found


def _opens(marker: Marker, line: str, found: Cut, markers: Markers) -> bool:
    """Whether a marker opens a segment; it is added then. One that stands twice is noted where it stands."""
    current = found.segments[-1] if found.segments else None
    if marker.quoted and current is not None and current.place == marker.place:
        # The number has opened it already: these are the printed words behind it.
        current.quoted = True
        return False
    earlier = [one for one in found.segments if (one.place, one.part) == (marker.place, marker.part)]
    if any(one.has_words(markers) for one in earlier):
        if current is not None and not line[:1].isspace():
            current.repeats.append(marker.place)
        return False
    # Earlier ones hold the question alone: it was quoted whole there, and is answered here.
    if earlier and _is_blank_form(found.segments, markers):
        # The whole form stands above, left blank; what its last question seems to hold leads over to the answers.
        found.segments = []
    found.segments = [one for one in found.segments if one not in earlier]
    segment = Segment(marker.place, marker.part, quoted=marker.quoted)
    if not marker.named and any(one.place > marker.place for one in found.segments):
        segment.doubt = OUT_OF_ORDER
        before = found.segments[-1]
        before.doubt = before.doubt or OUT_OF_ORDER
    rest = marker.rest
    if marker.part is None and (inner := _sub_marker(rest, marker.place, found, markers)) is not None:
        segment.part, rest = inner
    segment.lines.append(rest)
    found.segments.append(segment)
    return True


def _is_blank_form(segments: Sequence[Segment], markers: Markers) -> bool:
    """Whether these are printed questions one after the other, with an answer at most below the last."""
    return (
        len(segments) >= _LEAST_OF_A_FORM
        and all(one.quoted for one in segments)
        and not any(one.has_words(markers) for one in segments[:-1])
    )


def _sub_marker(line: str, place: int, found: Cut, markers: Markers) -> tuple[int, str] | None:
    """'(b) ...' below '1.': the field it means and the rest of the line."""
    question = markers.questions[place]
    match = _SUB_MARKER.match(line) if len(question.fields) > 1 else None
    if match is None:
        return None
    part = part_of(match[1] or match[3], question)
    if part is None or any((one.place, one.part) == (place, part) for one in found.segments):
        return None
    return part, (match[2] if match[1] else match[4]) or ""


def _next_number(line: str, markers: Markers, current: Segment) -> bool:
    """Whether the line bears the number after the questionnaire's last, below its last question."""
    last = markers.last_number()
    if last is None or markers.questions[current.place].number != str(last):
        return False
    return re.match(rf"^\(?(?:(?:question|q)\.?\s{{0,4}})?{last + 1}\s{{0,4}}[.):]\s", line, re.IGNORECASE) is not None


def _judge_repeats(found: Cut) -> None:
    """Numbers that came again: a list within an answer, another answer, or another response after the first."""
    for segment in found.segments:
        if not segment.repeats:
            continue
        segment.doubt = segment.doubt or TWICE
        if segment is not found.segments[-1]:
            # The numbers go on after it: what came again is a list within this answer.
            continue
        again = list(dict.fromkeys(segment.repeats))
        if len(again) > 1 and again[0] == found.segments[0].place:
            found.doubt = TWO_RESPONSES
        for one in found.segments:
            if one.place in again:
                one.doubt = one.doubt or TWICE


def _judge_lines(found: Cut, markers: Markers) -> None:
    """The next question's number within an answer's line, where that question has no answer: it may be its begin."""
    answered = {one.place for one in found.segments}
    for segment in found.segments:
        following = segment.place + 1
        if following in answered or following >= len(markers.questions):
            continue
        number = markers.questions[following].number
        if any(one[1] == number for line in segment.lines for one in _IN_LINE.finditer(line[:_MAX_LINE])):
            segment.doubt = segment.doubt or IN_LINE


def _of_one_line(lines: Sequence[str], at_lines: Sequence[Marker | None], markers: Markers) -> Cut | None:
    """'1) Yes 2) No 3) Perhaps' on one line, where no other line begins with a number and they run without a gap."""
    places = {question.number: place for place, question in enumerate(markers.questions) if question.number}
    starting = [place for place, marker in enumerate(at_lines) if marker is not None][:2]
    if len(starting) != 1 or len(lines[starting[0]]) > _MAX_LINE:
        return None
    line = lines[starting[0]]
    found = list(_IN_LINE.finditer(line))
    numbers = [one[1] for one in found]
    expected = [question.number for question in markers.questions if question.number][: len(numbers)]
    if len(numbers) < _LEAST_IN_LINE or numbers != expected:
        return None
    ends = [one.start() for one in found[1:]] + [len(line)]
    segments = [
        Segment(places[one[1]], None, [line[one.end() : end].strip(" ;,")], in_line=True)
        for one, end in zip(found, ends, strict=True)
    ]
    segments[-1].lines.extend(lines[starting[0] + 1 :])
    return Cut(segments, list(lines[: starting[0]]))

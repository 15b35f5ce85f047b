"""From a gathered form to its response: what is sure is an answer; what is not waits for a person, by question."""

from collections.abc import Iterator
from dataclasses import dataclass

from ingest.parsed_response import How, ParsedResponse, Reading, quarantined
from ingest.post.scans.blank_forms import blank_form
from ingest.post.scans.boxes import BoxReading
from ingest.post.scans.gather import CONTINUATION, Form, Gathered, Others
from ingest.post.scans.recognise import PageFacts
from schemas.definition import Definition
from schemas.editions.print_layout import TickBox
from schemas.fields import AnyField, MultipleChoice, OpenText, WithChoices
from schemas.response import RawAnswer

HANDWRITING = "handwriting: a person keys it"
PRINTED = "printed words: a person checks them"
NOT_LAID = "the page could not be laid on the blank form: a person reads it"
NOT_CLEAR = "a box is not clear: a person looks"
NO_TICK = "no box is ticked where one is asked: a person looks"
SEVERAL_TICKS = "several boxes are ticked where one is asked: a person looks"
PERHAPS_CORRECTED = "a box is filled in beside ticks, perhaps a correction: a person looks"
CONTINUED = "a continuation sheet came with the form: a person looks whether this answer goes on there"


@dataclass(frozen=True)
class _SeenBox:
    box: TickBox
    read: BoxReading
    at: int


def responses_of(gathered: Gathered, definition: Definition) -> list[ParsedResponse]:
    """One entry for each form and for whatever else is no part of one, in the order of the forms; at least one."""
    found = [response_of(form, definition) for form in gathered.forms]
    found += [_other(one) for one in gathered.others]
    return found or [ParsedResponse(state="not_a_response", reason="every page is blank")]


def _other(others: Others) -> ParsedResponse:
    pages = pages_in_words([page.at for page in others.pages])
    letters = tuple(_letter(page) for page in others.pages)
    if others.kind == "other_version":
        return quarantined(f"the form is of another version or another consultation ({pages})")
    if others.kind == "unreadable":
        return quarantined(f"the picture cannot be read ({pages})")
    return ParsedResponse(state="in_review", reason=f"not the form: an officer decides ({pages})", readings=letters)


def response_of(form: Form, definition: Definition) -> ParsedResponse:
    """The response of one form."""
    readings: dict[str, Reading] = {}
    answers: dict[str, RawAnswer] = {}
    for column, field in definition.questionnaire.answer_columns().items():
        unsure = _missing(column, form, definition)
        if unsure is not None:
            readings[column] = unsure
            continue
        boxes = list(_boxes_of(column, form, definition))
        if boxes:
            answer, readings[column] = _choice(column, field, boxes, form)
            if answer:
                answers[column] = answer
        elif (read := _words(column, form, definition)) is not None:
            readings[column] = read
    for column, field in definition.questionnaire.answer_columns().items():
        if not boxes_asked(column, field, answers):
            readings = {name: read for name, read in readings.items() if name != column or read.review != NO_TICK}
    _with_continuations(readings, form, definition)
    beside = [_letter(page) for page in sorted((*form.letters, *_written(form)), key=lambda page: page.at)]
    return ParsedResponse(answers=answers, language=form.edition[0], readings=(*readings.values(), *beside))


def boxes_asked(column: str, field: AnyField, answers: dict[str, RawAnswer]) -> bool:
    """Whether a question was asked, as far as its condition shows: nobody ticks a box that was not for them."""
    condition = field.shown_when
    if condition is None or column != field.id:
        return True
    given = answers.get(condition.field)
    codes = [given] if isinstance(given, str) else given or []
    return given is None or bool(set(codes) & set(condition.any_of))


def _missing(column: str, form: Form, definition: Definition) -> Reading | None:
    """Why a column cannot be read at all: a page of it is not there, or could not be laid on the blank."""
    how: How = "tick" if _is_choice(column, definition) else "handwriting"
    for number, blank in blank_form(definition, form.edition).items():
        if number == CONTINUATION:
            continue
        columns = {box.column for box in blank.page.boxes} | {space.column for space in blank.page.spaces}
        if column not in columns:
            continue
        page = form.pages.get(number)
        if page is None:
            return Reading(column, how, f"page {number} of the form", 0.0, f"page {number} is missing")
        if page.kind == "unregistered":
            return Reading(column, how, f"page {page.at}", 0.0, NOT_LAID, picture=True)
    return None


def _is_choice(column: str, definition: Definition) -> bool:
    field = definition.questionnaire.answer_columns()[column]
    return field.id == column and (isinstance(field, WithChoices) or field.kind == "scale")


def _boxes_of(column: str, form: Form, definition: Definition) -> Iterator[_SeenBox]:
    for number, blank in blank_form(definition, form.edition).items():
        page = form.pages.get(number)
        if page is None or page.kind != "form" or number == CONTINUATION:
            continue
        for box, read in zip(blank.page.boxes, page.boxes, strict=True):
            if box.column == column:
                yield _SeenBox(box, read, page.at)


def _choice(column: str, field: AnyField, boxes: list[_SeenBox], form: Form) -> tuple[RawAnswer | None, Reading]:
    """The answer where it is sure, and its reading."""
    many = isinstance(field, MultipleChoice)
    part = pages_in_words([one.at for one in boxes])
    confidence = round(min(one.read.confidence for one in boxes), 4)
    ticked = [one.box.code for one in boxes if one.read.state in ("ticked", "filled")]
    why: str | None = None
    if any(one.read.state == "doubtful" for one in boxes):
        why = NOT_CLEAR
    elif any(one.read.state == "filled" for one in boxes) and _has_ticks(form):
        why = PERHAPS_CORRECTED
    elif not many and len(ticked) != 1:
        why = SEVERAL_TICKS if ticked else NO_TICK
    if why is not None:
        likely = [one.box.code for one in boxes if one.read.likely in ("ticked", "filled")]
        guess: RawAnswer | None = likely if many and likely else likely[0] if len(likely) == 1 else None
        return None, Reading(column, "tick", part, confidence, why, guess, picture=True)
    answer: RawAnswer | None = ticked if many else ticked[0]
    return answer, Reading(column, "tick", part, confidence, picture=True)


def _has_ticks(form: Form) -> bool:
    """Whether this respondent ticks; then a box that is filled in is another thing."""
    return any(box.state == "ticked" for page in form.pages.values() for box in page.boxes)


def _words(column: str, form: Form, definition: Definition) -> Reading | None:
    """The reading of an answer in words; None where its spaces are empty."""
    at, typed, written = [], [], 0
    for number, blank in blank_form(definition, form.edition).items():
        page = form.pages.get(number)
        if page is None or page.kind != "form" or number == CONTINUATION:
            continue
        for position, space in enumerate(blank.page.spaces):
            if space.column == column and page.written[position]:
                written += 1
                at.append(page.at)
                typed += [page.typed[position]] if page.typed and page.typed[position] else []
    if not written:
        return None
    part = pages_in_words(at)
    if len(typed) == written:
        return Reading(column, "printed", part, 0.5, PRINTED, "\n".join(typed), picture=True)
    return Reading(column, "handwriting", part, 0.0, HANDWRITING, picture=True)


def _written(form: Form) -> list[PageFacts]:
    return [page for page in form.continuations if any(page.written) or page.kind == "unregistered"]


def _with_continuations(readings: dict[str, Reading], form: Form, definition: Definition) -> None:
    """What is on a continuation sheet belongs to some answer in words: a person sees to which."""
    if not _written(form):
        return
    part = pages_in_words([page.at for page in _written(form)])
    for field in definition.questionnaire.fields():
        if isinstance(field, OpenText) and field.id not in readings:
            readings[field.id] = Reading(field.id, "handwriting", part, 0.0, CONTINUED, picture=True)


def _letter(page: PageFacts) -> Reading:
    """A page beside the form: kept, and shown to whoever keys what goes on there."""
    return Reading("", "letter", f"page {page.at}", 0.0, picture=True)


def pages_in_words(at: list[int]) -> str:
    """`page 3`, `pages 3 and 4`, `pages 3, 4 and 6`."""
    numbers = [str(number) for number in sorted(set(at))]
    if len(numbers) == 1:
        return f"page {numbers[0]}"
    return f"pages {', '.join(numbers[:-1])} and {numbers[-1]}"

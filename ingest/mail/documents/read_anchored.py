"""The answers in a word-processor form that came back: by the tags of its controls and by its visible anchors.

Whatever stands neither in an answer's place nor in the blank edition is somebody's words: it leads to a review.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ingest.mail.documents.blank_edition import BlankEdition, blank_edition
from ingest.mail.documents.form_response import Doubt, FormIdentity, fault_of_identity, form_response, language_of
from ingest.mail.documents.office_text import EMPTY_BOXES, Control, OfficeText, TextParagraph, is_ticked
from ingest.mail.documents.outcome import DocumentOutcome
from ingest.parsed_response import How, Reading
from schemas.definition import Definition
from schemas.editions.anchors import ANCHOR
from schemas.editions.form_line import identity_in
from schemas.editions.pdf_fields import EASY_READ, EDITION, IDENTITY

BESIDE = "words stand outside the answer's place"
BESIDE_BOX = "words stand beside a box"
MARK_TWICE = "the mark of the question stands twice"
MARK_MISSING = "the mark of the question is missing"
BOX_MISSING = "a box of the question is missing"
BOX_UNCLEAR = "what stands in a box is neither a tick nor nothing"
LETTER = "words stand outside the questions"
_LEAST_ANCHORS = 2
_MAX_PARAGRAPHS = 50_000
_WORD = re.compile(r"\w")


def read_anchored(document: OfficeText, definition: Definition, sender: str | None, part: str) -> DocumentOutcome:
    """The response in a document of our form; 'foreign' where it is none."""
    said = _identity(document)
    identity = FormIdentity.of(said)
    if said and fault_of_identity(identity, definition):
        return DocumentOutcome(
            "form", response=form_response({}, identity, definition, sender, how="anchor", part=part)
        )
    language = language_of(identity, definition)
    blank = blank_edition(definition, language, easy_read=said.get(EDITION) == EASY_READ)
    if len(document.paragraphs) > _MAX_PARAGRAPHS:
        return DocumentOutcome("unreadable", reason="the document has more paragraphs than are read")
    reading = _Reading(document, blank)
    if not said and len(reading.known) < _LEAST_ANCHORS:
        return DocumentOutcome("foreign")
    reading.read()
    response = form_response(
        reading.values,
        identity,
        definition,
        sender,
        how=reading.how,
        part=part,
        doubts=reading.doubts,
        letter=_letter(reading.letter + list(document.notes), part),
    )
    return DocumentOutcome("form", response=response)


def _identity(document: OfficeText) -> dict[str, str]:
    """What the document says of itself: in its controls, in a line of its text, or in its properties."""
    tagged = {one.tag: one.text.strip() for one in document.controls if one.tag in IDENTITY and one.text.strip()}
    written = identity_in("\n".join(one.text for one in document.paragraphs)) or identity_in(document.subject)
    return written | tagged


def _letter(texts: list[str], part: str) -> Reading | None:
    text = "\n".join(texts).strip()
    return Reading("", "letter", part, 0.0, LETTER, text) if _WORD.search(text) else None


@dataclass
class _Place:
    """Where a field's anchor stands, and what stands there without it."""

    start: int
    text: str = field(repr=False)
    ticked: bool | None = None


@dataclass
class _Reading:
    """Reads one document against the blank edition."""

    document: OfficeText
    blank: BlankEdition
    values: dict[str, str] = field(default_factory=dict)
    how: dict[str, How] = field(default_factory=dict)
    doubts: dict[str, Doubt] = field(default_factory=dict)
    letter: list[str] = field(default_factory=list)
    places: dict[str, list[_Place]] = field(default_factory=dict)
    controls: dict[str, list[Control]] = field(default_factory=dict)
    starts: dict[int, str] = field(default_factory=dict)
    used: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        for control in self.document.controls:
            if control.tag in self.blank.by_tag:
                self.controls.setdefault(self.blank.by_tag[control.tag], []).append(control)
        self._find_places()

    @property
    def known(self) -> set[str]:
        """The fields that the document has."""
        return {*self.places, *self.controls}

    def read(self) -> None:
        """Read every field, then what nobody asked for."""
        strays = self._strays()
        for name, one in self.blank.fields.items():
            if one.code is None:
                self._read_text(name, one.column)
            else:
                self._read_box(name, one.column)
        for stray, owner in strays:
            self._take_stray(stray, owner)

    def _find_places(self) -> None:
        paragraphs = self.document.paragraphs
        begun: set[int] = set()
        for start, paragraph in enumerate(paragraphs):
            cell = paragraph.cells[-1] if paragraph.cells else None
            anchored = self._anchored(paragraph)
            # In a frame that has begun, a mark at the start of a line is part of what somebody wrote.
            if anchored is not None and cell not in begun:
                name, rest = anchored
                if self.blank.fields[name].code is None:
                    following = list(self._following(start, cell))
                    if cell is None and following[-1:] == [""]:
                        # The empty line that the edition prints after a frame.
                        following.pop()
                    rest = "\n".join((rest, *following))
                self.places.setdefault(name, []).append(_Place(start, rest, paragraph.ticked))
                self.starts[start] = name
                self.used.add(start)
            if cell is not None and paragraph.letters:
                begun.add(cell)

    def _following(self, start: int, cell: int | None) -> Iterator[str]:
        """The rest of an answer that begins in a paragraph: to the end of its frame, or to what is printed next."""
        for place, paragraph in enumerate(self.document.paragraphs[start + 1 :], start + 1):
            if cell is not None and cell not in paragraph.cells:
                return
            if cell is None and (self._is_printed(paragraph) or self._anchored(paragraph)):
                return
            self.used.add(place)
            yield paragraph.text

    def _is_printed(self, paragraph: TextParagraph) -> bool:
        return paragraph.letters in self.blank.printed

    def _anchored(self, paragraph: TextParagraph) -> tuple[str, str] | None:
        """(field, what follows) where a paragraph begins with a field's anchor."""
        text = paragraph.text.lstrip()
        found = ANCHOR.match(text)
        name = self.blank.by_anchor.get(found.group(1).upper()) if found else None
        return (name, text[found.end() :].removeprefix(" ")) if found and name is not None else None

    def _read_text(self, name: str, column: str) -> None:
        controls = [self._answer(one.text, prompting=one.prompting) for one in self.controls.get(name, ())]
        places = [self._answer(one.text) for one in self.places.get(name, ())]
        self.how[column] = "content_control" if controls else "anchor"
        texts = {text.strip(): text for text in (*controls, *places) if text.strip()}
        if not texts:
            return
        if len(controls) > 1 or (not controls and len(places) > 1):
            self.doubts[column] = Doubt(MARK_TWICE, "\n\n".join(texts.values()))
        elif len(texts) > 1 or (len(places) == 1 and controls and not controls[0].strip()):
            self.doubts[column] = Doubt(BESIDE, max(texts.values(), key=len))
        else:
            self.values[name] = (controls or places)[0] or next(iter(texts.values()))

    def _answer(self, text: str, *, prompting: bool = False) -> str:
        """What was typed: nothing where the prompt stands, and no prompt that was left before it or after it."""
        stripped = text.strip()
        for prompt in self.blank.prompts:
            if stripped == prompt:
                return ""
            if not prompting and stripped.startswith(prompt):
                return text.lstrip().removeprefix(prompt).removeprefix(" ")
            if not prompting and stripped.endswith(prompt):
                return text.rstrip().removesuffix(prompt).removesuffix(" ")
        return text

    def _read_box(self, name: str, column: str) -> None:
        controls, places = self.controls.get(name, ()), self.places.get(name, ())
        self.how.setdefault(column, "content_control" if controls else "anchor")
        label = "".join(self.blank.fields[name].choice.split())
        states = {bool(one.ticked) for one in controls}
        for place in places:
            mark, beside = _mark_and_rest(place.text, label)
            if beside:
                self.doubts[column] = Doubt(BESIDE_BOX)
            state = _state_of(mark)
            if state is None and not place.ticked:
                self.doubts[column] = Doubt(BOX_UNCLEAR)
            elif not controls:
                states.add(bool(state or place.ticked))
        if not states and not places:
            self.doubts[column] = Doubt(BOX_MISSING)
        elif len(states) > 1:
            self.doubts[column] = Doubt(MARK_TWICE)
        self.values[name] = self.blank.fields[name].code or "" if True in states else "Off"

    def _strays(self) -> list[tuple[str, str | None]]:
        """Words that are neither in an answer's place nor printed, with the field they may belong to."""
        order = list(self.blank.fields)
        found: list[tuple[str, str | None]] = []
        before: str | None = None
        printed_since = False
        for place, paragraph in enumerate(self.document.paragraphs):
            name = self._name_at(place, paragraph)
            if name is not None:
                before, printed_since = name, False
            elif place in self.used or not _WORD.search(paragraph.text):
                continue
            elif self._is_printed(paragraph):
                printed_since = True
            elif not any(tag in IDENTITY for tag in paragraph.tags) and not identity_in(paragraph.text):
                found.append((paragraph.text.strip(), self._owner(place, before, printed_since, order)))
        return found

    def _name_at(self, place: int, paragraph: TextParagraph) -> str | None:
        if place in self.starts:
            return self.starts[place]
        tagged = next((self.blank.by_tag[tag] for tag in paragraph.tags if tag in self.blank.by_tag), None)
        if tagged is not None and tagged not in self.places:
            self.used.add(place)
            return tagged
        return None

    def _owner(self, place: int, before: str | None, printed_since: bool, order: list[str]) -> str | None:
        """The field whose mark is missing here; else the one before, or the one whose question is printed between."""
        after = self._next_name(place)
        first = order.index(before) + 1 if before else 0
        last = order.index(after) if after else len(order)
        missing = [name for name in order[first:last] if name not in self.known]
        if missing:
            return missing[0]
        return before if not printed_since else after if before else None

    def _next_name(self, place: int) -> str | None:
        return next((name for start, name in self.starts.items() if start > place), None)

    def _take_stray(self, text: str, name: str | None) -> None:
        if name is None:
            self.letter.append(text)
            return
        one = self.blank.fields[name]
        if one.code is not None:
            self.doubts.setdefault(one.column, Doubt(BESIDE_BOX))
            self.letter.append(text)
            return
        doubt = self.doubts.get(one.column)
        read = (doubt.suggestion if doubt else self.values.get(name)) or ""
        reason = BESIDE if name in self.known else MARK_MISSING
        self.how.setdefault(one.column, "anchor")
        self.doubts[one.column] = Doubt(doubt.reason if doubt else reason, f"{read}\n{text}".strip("\n"))


def _mark_and_rest(text: str, label: str) -> tuple[str, bool]:
    """(what stands before a box's label, whether other words stand beside them)."""
    letters = "".join(text.split())
    if letters.endswith(label):
        return letters.removesuffix(label), False
    mark, found, _ = letters.partition(label)
    return mark if found else letters[:1], True


def _state_of(mark: str) -> bool | None:
    """Whether a box is ticked; None where what stands in it is unclear."""
    bare = mark.strip("[]()")
    if not bare or all(letter in EMPTY_BOXES for letter in bare):
        return False
    return True if is_ticked(bare) else None

"""The printed label of a field, and finding it at the start of a line that somebody wrote."""

import re
import unicodedata
from dataclasses import dataclass

from ingest.mail.texts.words import folded
from schemas.fields import AnyField

_STOPS = "?!.:…؟) "
_FIRST_STOP = re.compile(r"[.…?:(]")
_LEAST_WORDS = 3
_BOXES = frozenset("☐☑☒✓✔✗✘")


@dataclass(frozen=True)
class Label:
    """A field's label in one language: its letters, and those before its first stop where these are words enough."""

    field: AnyField
    letters: str
    beginning: str | None

    @classmethod
    def of(cls, field: AnyField, text: str) -> "Label":
        beginning = _FIRST_STOP.split(text, maxsplit=1)[0]
        return cls(field, folded(text), folded(beginning) if len(beginning.split()) >= _LEAST_WORDS else None)

    def rest_of(self, line: str, letters: str) -> str | None:
        """What follows the label at the start of a line with these letters; None where it does not begin with it.

        '' where the line is the label, or some words of its beginning. 'Are you a: resident' begins with
        'Are you a... (please tick all that apply)'.
        """
        if self.letters.startswith(letters):
            if letters == self.letters:
                return _signs_after(line, len(letters))
            return "" if len(line.split()) >= _LEAST_WORDS else None
        if letters.startswith(self.letters):
            return _after(line, len(self.letters))
        if self.beginning and letters.startswith(self.beginning):
            rest = _after(line, len(self.beginning))
            # The beginning alone could begin many a sentence; a stop must follow it.
            stopped = folded(_FIRST_STOP.split(line, maxsplit=1)[0]) == self.beginning
            return rest if stopped else None
        return None


def _after(line: str, count: int) -> str:
    """The line after its first `count` letters and the stops that follow them."""
    seen = 0
    for place, letter in enumerate(line):
        seen += len(folded(letter))
        if seen >= count:
            return line[place + 1 :].lstrip(_STOPS)
    return ""


def _signs_after(line: str, count: int) -> str:
    """An answer without a letter after the first `count` letters, such as a thumb up; '' for stops and boxes alone."""
    rest = _after(line, count)
    return rest if any(unicodedata.category(sign) == "So" and sign not in _BOXES for sign in rest) else ""


def unwrapped(lines: list[str], labels: list[Label], most_lines: int = 8) -> list[str]:
    """The lines, with a label that a mail program broke over several on one."""
    result: list[str] = []
    place = 0
    while place < len(lines):
        letters = folded(lines[place])
        broken = (
            label for label in labels if letters and label.letters.startswith(letters) and label.letters != letters
        )
        used = next((n for n in (_lines_of(label, lines[place : place + most_lines]) for label in broken) if n), 1)
        result.append(" ".join(lines[place : place + used]))
        place += used
    return result


def _lines_of(label: Label, lines: list[str]) -> int:
    """How many of the lines hold the label and no more than its last line's rest; 0 where they do not hold it."""
    letters = ""
    for count, line in enumerate(lines, 1):
        letters += folded(line)
        if letters.startswith(label.letters):
            return count
        if not label.letters.startswith(letters):
            return 0
    return 0

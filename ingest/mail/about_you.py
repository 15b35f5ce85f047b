"""The questions without a number, answered in a text under their labels: 'Name of the organisation: ...'."""

import re
from collections import Counter

from ingest.mail.words import choice_answer, folded
from schemas.fields import AnyField
from schemas.questionnaire import Questionnaire
from schemas.response import RawAnswer

_MAX_LABEL_WORDS = 8
_COMMON = frozenset(
    "a an and are as at do for from have i if in is it me my of or our please say tell that the this to us we what"
    " which who with you your".split()
)


class AboutYou:
    """Knows the labels of the fields in questions without a number."""

    def __init__(self, questionnaire: Questionnaire) -> None:
        self._fields = [one for q in questionnaire.questions if not q.number for one in q.fields]
        self._labels = {
            one.id: [one.label.in_language(language) for language in questionnaire.languages] for one in self._fields
        }
        counted = Counter(word for one in self._fields for word in self._own_words(one))
        self._shared = {word for word, times in counted.items() if times > 1}

    def split(self, lines: list[str]) -> tuple[list[str], list[str]]:
        """(the lines before the first label, those from it on)."""
        for place, line in enumerate(lines):
            if self._label_in(line) is not None:
                return lines[:place], lines[place:]
        return lines, []

    def read(self, lines: list[str]) -> dict[str, RawAnswer]:
        """Field -> answer of every label found; the first answer of a field counts."""
        answers: dict[str, RawAnswer] = {}
        current: AnyField | None = None
        given: list[str] = []
        for line in [*lines, ""]:
            found = self._label_in(line)
            if current is not None and given and (found is not None or not line.strip()):
                answers = choice_answer(current, "\n".join(given).strip()) | answers
                current = None
            if found is not None:
                current, given = found[0], [found[1]] if found[1].strip() else []
            elif current is not None and line.strip():
                given.append(line)
        return answers

    def _label_in(self, line: str) -> tuple[AnyField, str] | None:
        """The field whose label begins this line, and the rest of the line."""
        line = line.strip().lstrip("*_#-• ")
        if not line:
            return None
        for one in self._fields:
            for label in self._labels[one.id]:
                rest = _after_label(line, label)
                if rest is not None:
                    return one, rest
        head, colon, rest = line.partition(":")
        if not colon or len(head.split()) > _MAX_LABEL_WORDS:
            return None
        named = self._named(head)
        return (named, rest.strip()) if named is not None else None

    def _named(self, head: str) -> AnyField | None:
        """The one field that a short label means: by the words of its id first, then by those of its printed label."""
        words = _words(head)
        if not words:
            return None
        by_id = [one for one in self._fields if words & self._own_words(one) - self._shared]
        if len(by_id) == 1:
            return by_id[0]
        start = folded(head)
        matching = [
            one
            for one in self._fields
            if any(words <= _words(label) or folded(label).startswith(start) for label in self._labels[one.id])
        ]
        return matching[0] if len(matching) == 1 else None

    @staticmethod
    def _own_words(one: AnyField) -> set[str]:
        """'r2_organisation' is about the organisation."""
        return {word for word in one.id.split("_")[1:] if len(word) > 3}


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"\w+", text.casefold()) if word not in _COMMON}


def _after_label(line: str, label: str) -> str | None:
    """What follows `label` at the start of `line`; '' where the line is the label or its beginning, None where not."""
    wanted, have = folded(label), folded(line)
    if have and wanted.startswith(have) and (len(line.split()) >= 3 or have == wanted):
        return ""
    if not wanted or not have.startswith(wanted):
        return _after_beginning(line, label)
    seen = 0
    for place, letter in enumerate(line):
        seen += len(folded(letter))
        if seen == len(wanted):
            return line[place + 1 :].lstrip("?!.:…؟) ")
    return ""


def _after_beginning(line: str, label: str) -> str | None:
    """The rest after the label's words before its first stop: 'Are you a: resident' for 'Are you a... (tick all)'."""
    beginning = re.split(r"[.…?:(]", label, maxsplit=1)[0]
    if len(beginning.split()) < 3:
        return None
    head, stop, rest = re.split(r"([:.…?])", line, maxsplit=1) if re.search(r"[:.…?]", line) else (line, "", "")
    if folded(head) != folded(beginning):
        return None
    return rest.lstrip("?!.:…؟) ") if stop else ""

"""The questions without a number, answered in a text under their labels: 'Name of the organisation: ...'."""

import re
from collections import Counter

from ingest.mail.labels import Label, unwrapped
from ingest.mail.words import choice_answer, folded
from schemas.fields import AnyField
from schemas.questionnaire import Questionnaire
from schemas.response import RawAnswer
from schemas.texts import LocalisedText

_MAX_LABEL_WORDS = 8
# Fewer letters could stand in an answer by chance.
_LEAST_PRINTED_LETTERS = 20
# What the fillable edition prints after the questions.
_AFTER_QUESTIONS = "please return your completed questionnaire"
_COMMON = frozenset(
    "a an and are as at do for from have i if in is it me my of or our please say tell that the this to us we what"
    " which who with you your".split()
)


class AboutYou:
    """Knows the labels of the fields in questions without a number."""

    def __init__(self, questionnaire: Questionnaire) -> None:
        self._fields = [one for q in questionnaire.questions if not q.number for one in q.fields]
        self._texts = {one.id: _in_all_languages(questionnaire, one.label) for one in self._fields}
        self._labels = [Label.of(one, text) for one in self._fields for text in self._texts[one.id]]
        self._before = [folded(text) for text in _in_all_languages(questionnaire, questionnaire.before_about_you)]
        after = [questionnaire.thanks, questionnaire.other_formats, *questionnaire.return_ways]
        after += [promise.text for promise in questionnaire.promises]
        self._after = [folded(text) for text in (_AFTER_QUESTIONS, *_in_all_languages(questionnaire, *after))]
        counted = Counter(word for one in self._fields for word in _own_words(one))
        self._shared = {word for word, times in counted.items() if times > 1}

    def split(self, lines: list[str]) -> tuple[list[str], list[str]]:
        """(the lines before the first label, those from it on); what is printed around the questions is left out."""
        lines = unwrapped(lines, self._labels)
        for place, line in enumerate(lines):
            if _is_printed(line, self._after):
                return lines[:place], []
            if _is_printed(line, self._before) or self._label_in(line) is not None:
                return lines[:place], lines[place:]
        return lines, []

    def read(self, lines: list[str]) -> dict[str, RawAnswer]:
        """Field -> answer of every label found; the first answer of a field counts."""
        answers: dict[str, RawAnswer] = {}
        current: AnyField | None = None
        given: list[str] = []
        for line in [*unwrapped(lines, self._labels), ""]:
            if _is_printed(line, self._after):
                current = None
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
        letters = folded(line)
        if not letters:
            return None
        for label in self._labels:
            rest = label.rest_of(line, letters)
            if rest is not None:
                return label.field, rest
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
        by_id = [one for one in self._fields if words & _own_words(one) - self._shared]
        if len(by_id) == 1:
            return by_id[0]
        matching = [one for one in self._fields if any(words <= _words(text) for text in self._texts[one.id])]
        return matching[0] if len(matching) == 1 else None


def _in_all_languages(questionnaire: Questionnaire, *texts: LocalisedText | None) -> list[str]:
    return [text.in_language(language) for text in texts if text is not None for language in questionnaire.languages]


def _is_printed(line: str, printed: list[str]) -> bool:
    if len(line) < _LEAST_PRINTED_LETTERS:
        return False
    letters = folded(line)
    return len(letters) >= _LEAST_PRINTED_LETTERS and any(
        letters in text or letters.startswith(text) for text in printed
    )


def _own_words(one: AnyField) -> set[str]:
    """'r2_organisation' is about the organisation."""
    return {word for word in one.id.split("_")[1:] if len(word) > 3}


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"\w+", text.casefold()) if word not in _COMMON}

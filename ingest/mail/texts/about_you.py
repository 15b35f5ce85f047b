"""The questions without a number, answered in a text under their labels: 'Name of the organisation: ...'."""

import re
from collections import Counter

from ingest.mail.texts.labels import Label, unwrapped
from ingest.mail.texts.words import Printed, choice_answer, folded
from schemas.fields import AnyField, OpenText
from schemas.questionnaire import Question, Questionnaire
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
        self._fields = [
            one for q in questionnaire.questions if not _has_a_marker(q, questionnaire.languages) for one in q.fields
        ]
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

    def read(self, lines: list[str], *, whole_labels: bool = False) -> dict[str, RawAnswer]:
        """Field -> answer of every label found; the first answer of a field counts.

        With `whole_labels` only labels as they are printed count, not 'Role:' and the like.
        """
        answers: dict[str, RawAnswer] = {}
        current: AnyField | None = None
        given: list[str] = []

        def close() -> None:
            nonlocal current
            if current is not None and any(line.strip() for line in given):
                answers.update(choice_answer(current, "\n".join(given).strip()) | answers)
            current = None

        for line in unwrapped(lines, self._labels):
            found = self._label_in(line, whole_labels=whole_labels)
            # One line or block answers a question; one that asks for words may get several.
            block_ends = not line.strip() and bool(given) and not isinstance(current, OpenText)
            if found is not None or block_ends or _is_printed(line, self._after):
                close()
            if found is not None:
                current, given = found[0], [found[1]] if found[1].strip() else []
            elif current is not None and (line.strip() or given):
                given.append(line)
        close()
        return answers

    def _label_in(self, line: str, *, whole_labels: bool = False) -> tuple[AnyField, str] | None:
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
        if whole_labels or not colon or len(head.split()) > _MAX_LABEL_WORDS:
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


def about_you_of(questionnaire: Questionnaire) -> AboutYou:
    """The labels of a questionnaire; those of the last one asked for are kept."""
    global _last  # noqa: PLW0603 - one questionnaire is asked for again and again
    if _last is None or _last[0] is not questionnaire:
        _last = (questionnaire, AboutYou(questionnaire))
    return _last[1]


_last: tuple[Questionnaire, AboutYou] | None = None


def _has_a_marker(question: Question, languages: tuple[str, ...]) -> bool:
    """Whether `markers` knows the question."""
    asks_for_words = any(isinstance(one, OpenText) for one in question.fields)
    return bool(question.number) or (asks_for_words and bool(Printed.of(question, languages).words))


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
    return {word for word in one.id.split("_")[1:] if len(word) > 2}


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"\w+", text.casefold()) if word not in _COMMON}

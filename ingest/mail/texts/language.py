"""In which of a questionnaire's languages a text is written: by its script, then by the words it shares with them."""

import re
import unicodedata
from collections import Counter

from schemas.questionnaire import Questionnaire

_LETTERS_LOOKED_AT = 4_000


def language_of(text: str, questionnaire: Questionnaire) -> str:
    """One of the questionnaire's languages; the first one where nothing tells."""
    languages = questionnaire.languages
    if len(languages) == 1:
        return languages[0]
    text = text[:_LETTERS_LOOKED_AT]
    script = _script_of(text)
    alike = [one for one in languages if _script_of(questionnaire.title.in_language(one)) == script] or list(languages)
    if len(alike) == 1:
        return alike[0]
    words = _words(text)
    shared = {one: len(words & _vocabulary(questionnaire, one)) for one in alike}
    return max(alike, key=lambda one: shared[one])


def _script_of(text: str) -> str:
    """LATIN, ARABIC and so on: the script of most letters."""
    counted = Counter(unicodedata.name(letter, "?").split()[0] for letter in text if letter.isalpha())
    return counted.most_common(1)[0][0] if counted else ""


def _vocabulary(questionnaire: Questionnaire, language: str) -> set[str]:
    """The words of the questionnaire in one language that it does not use in another."""
    own = _words(_all_words(questionnaire, language))
    others = (_words(_all_words(questionnaire, other)) for other in questionnaire.languages if other != language)
    return own.difference(*others)


def _all_words(questionnaire: Questionnaire, language: str) -> str:
    texts = [questionnaire.summary, questionnaire.thanks, questionnaire.before_questions, questionnaire.other_formats]
    texts += [promise.text for promise in questionnaire.promises]
    for question in questionnaire.questions:
        texts += [question.heading, question.preamble, *(one.label for one in question.fields)]
    return " ".join(text.in_language(language) for text in texts if text is not None)


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w{2,}", text.casefold()))

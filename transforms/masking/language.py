"""Which language a text is in: asked only of texts in which few words are English."""

import unicodedata
from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

ENGLISH = "en"
# Languages that people in Britain write in; the fewer there are to choose from, the surer the answer for a short text.
_LANGUAGES = (
    "en pl ur pa bn gu hi ta ar fa ku so tr ro pt es fr it de nl lt lv uk ru sq sk cs hu bg el zh vi cy ga gd am ti"
    " sw yo ig ha he ja ko ne si tl th ps bs hr sr te ml mr zu xh rw sn"
).split()
_SURE = 0.5
_UNDETERMINED = "und"


def language_of(text: str) -> str:
    """The language of a text (ISO 639-1) in which few words are English: 'en' where another is not likely.

    'und' where it is written in letters that the tagger cannot read and no language is likely.
    """
    language, chance = _identifier().classify(text)
    if chance >= _SURE:
        return str(language)
    return _UNDETERMINED if _is_mostly_foreign(text) else ENGLISH


def _is_mostly_foreign(text: str) -> bool:
    """Whether most letters are of another alphabet than the Latin one."""
    letters = [character for character in text if character.isalpha()]
    foreign = sum(not unicodedata.name(character, "").startswith("LATIN") for character in letters)
    return 2 * foreign > len(letters)


@cache
def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    known = set(identifier.labels)
    identifier.set_languages([language for language in _LANGUAGES if language in known])
    return identifier

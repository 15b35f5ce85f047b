"""Synthetic answers of which it is known which campaign each is of, made from a seed.

The words are invented, their frequencies are like those of a language: few words are in every sentence, most are rare,
and some phrases are in everybody's mouth. A third of the texts are of campaigns: letters sent as they are, with small
and large edits, with a personal opening or a story, copied by hand, or with fields filled in (mail-merge, where no two
letters need be equal). Some letters have a letter against them that shares half of its sentences. Two thirds are of
nobody: texts of their own, some of which quote a sentence or two of a letter, short answers, and empty ones.
"""

import random
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from benchmarks._letters_noise import copied_by_hand, retyped, trivially_changed, words_replaced

DEVELOPMENT_SEEDS = (11, 12, 13, 14)
TEST_SEEDS = (7001, 7002, 7003)

_FUNCTION_WORDS = (
    "the and of to in that for is it we this are be with on as not they our have from by or will at an should can has "
    "more all their would there which if so what about you people but was who when one very these up out no than them "
    "been into other some only could my also do how because many where most such much through any just over those its"
).split()
_PHRASES = (
    "i would like to see", "in my opinion", "the council should", "thank you for the opportunity to comment",
    "i do not agree with", "i strongly support", "as a local resident", "it is very important that",
    "for the future of", "please take into account", "i am writing to", "the needs of local people",
    "at the end of the day", "more needs to be done", "in the local area", "i have lived here for",
    "on behalf of our group",
)  # fmt: skip
_SHORT = (
    "", "N/A", "No comment", "I agree", "Yes", "No", "See above", "None", "Don't know.", "I agree with all of this",
    "No further comments, thank you.", "Please see my answer to question two", "It is a good idea in principle",
    "I fully support these proposals.", "Not sure", "Same as before", "I have nothing to add at this stage",
)  # fmt: skip
_SIGNATURES = ("Yours sincerely,", "Yours faithfully,", "Kind regards,", "Best wishes,", "Regards")
_SCRIPTS = {
    "latin": ("b c d f g h l m n p r s t v w st tr pl gr ch sh".split(), "a e i o u ea ou ai ee".split()),
    "accents": ("b c č d g h k ł m n p r s ś t w z ż sz cz prz".split(), "a ą e ę i o ó u y".split()),
    "cyrillic": ("б в г д ж з к л м н п р с т ч ш ст пр".split(), "а е и о у ы я ю".split()),
    "arabic": ("ب ت ج ح د ر س ش ص ط ع ف ق ك ل م ن ه".split(), "ا و ي َ ِ".split()),
}


@dataclass(frozen=True)
class Letter:
    """A campaign: its sentences, and for mail-merge the words' places that each sender fills in."""

    sentences: tuple[tuple[str, ...], ...]
    fields: tuple[tuple[int, int], ...]
    kept_as_it_is: float
    language: int


@dataclass(frozen=True)
class Answer:
    """One text, the number of its campaign (None: of no campaign), and what kind of text it is."""

    text: str
    campaign: int | None
    kind: str


class Language:
    """Words of one script with frequencies, and sentences made of them."""

    def __init__(self, rng: random.Random, script: str, size: int = 6_000) -> None:
        consonants, vowels = _SCRIPTS[script]
        words = list(_FUNCTION_WORDS) if script == "latin" else []
        while len(words) < size:
            syllables = 1 if len(words) < 60 else rng.choice((1, 2, 2, 2, 3, 3, 4))
            words.append("".join(rng.choice(consonants) + rng.choice(vowels) for _ in range(syllables)))
        self.words = words
        self.phrases = [phrase.split() for phrase in _PHRASES] if script == "latin" else []
        self._up_to = list(accumulate(1 / (rank + 4) for rank in range(size)))

    def some(self, rng: random.Random, count: int) -> list[str]:
        return rng.choices(self.words, cum_weights=self._up_to, k=count)

    def rare(self, rng: random.Random) -> str:
        """A word for a name or place: any but the most frequent."""
        return self.words[bisect(self._up_to, rng.uniform(self._up_to[200], self._up_to[-1]))].capitalize()

    def sentence(self, rng: random.Random, words: int) -> tuple[str, ...]:
        made = self.some(rng, words)
        if self.phrases and rng.random() < 0.35:
            made[: len(made) // 3] = rng.choice(self.phrases)
        return tuple(made)

    def sentences(self, rng: random.Random, words: int) -> list[tuple[str, ...]]:
        made = []
        while words > 0:
            length = min(words, rng.randint(8, 15))
            made.append(self.sentence(rng, length))
            words -= length
        return made


def answers(seed: int, count: int, share: float = 1 / 3) -> Iterator[Answer]:
    """`count` texts in an order of their own, the same for the same seed and count."""
    rng = random.Random(seed)
    languages = [Language(rng, script) for script in _SCRIPTS]
    letters = _letters(rng, languages, count)
    up_to = list(accumulate(1 / (rank + 2) ** 0.9 for rank in range(len(letters))))
    for _ in range(count):
        if rng.random() < share:
            number = min(bisect(up_to, rng.uniform(0, up_to[-1])), len(letters) - 1)
            text, kind = _member(rng, languages, letters[number])
            yield Answer(text, number, kind)
        else:
            yield _of_nobody(rng, languages, letters)


def _letters(rng: random.Random, languages: list[Language], count: int) -> list[Letter]:
    """Letters of many sizes; every fourth has one against it, every fourth is mail-merge."""
    made: list[Letter] = []
    wanted = max(8, int(count**0.5 / 2))
    while len(made) < wanted:
        of = rng.choice((0, 0, 0, 0, 0, 0, 1, 2, 3))
        sentences = languages[of].sentences(rng, rng.choice((30, 50, 60, 60, 60, 70, 120)))
        merge = rng.random() < 0.25
        fields = _fields(rng, sentences) if merge else ()
        made.append(Letter(tuple(sentences), fields, rng.uniform(0.2, 0.9), of))
        if not merge and len(sentences) >= 4 and rng.random() < 0.35:
            half = _other_half(rng, languages[of], sentences)
            made.append(Letter(tuple(half), (), rng.uniform(0.2, 0.9), of))
    return made


def _fields(rng: random.Random, sentences: list[tuple[str, ...]]) -> tuple[tuple[int, int], ...]:
    places = [(s, w) for s, sentence in enumerate(sentences) for w in range(len(sentence))]
    return tuple(sorted(rng.sample(places, round(len(places) * rng.uniform(0.05, 0.12)))))


def _other_half(rng: random.Random, language: Language, sentences: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The letter with half of its words' sentences replaced: one way round or the other, or by turns."""
    which = rng.choice(("first", "last", "turns"))
    result = []
    for n, sentence in enumerate(sentences):
        is_other = {"first": n < len(sentences) / 2, "last": n >= len(sentences) / 2, "turns": n % 2 == 0}[which]
        result.append(language.sentence(rng, len(sentence)) if is_other else sentence)
    return result


def _member(rng: random.Random, languages: list[Language], letter: Letter) -> tuple[str, str]:
    language = languages[letter.language]
    sentences = [list(sentence) for sentence in letter.sentences]
    for at, word in letter.fields:
        sentences[at][word] = " ".join(language.rare(rng) for _ in range(rng.choice((1, 1, 2))))
    kind = "mail_merge" if letter.fields else "standard"
    if rng.random() > (0.9 if letter.fields else letter.kept_as_it_is):
        kind = "mail_merge_edited" if letter.fields else "edited"
        for _ in range(rng.choice((1, 1, 2))):
            sentences = _edited(rng, language, sentences)
    text = _text(sentences)
    if rng.random() < 0.03:
        return copied_by_hand(rng, text), "edited" if kind == "standard" else kind
    if rng.random() < 0.35:
        name = f"{language.rare(rng)} {language.rare(rng)}"
        text += f"\n\n{rng.choice(_SIGNATURES)}\n{name}"
    if rng.random() < 0.3:
        text = trivially_changed(rng, text)
    return text, kind


def _edited(rng: random.Random, language: Language, sentences: list[list[str]]) -> list[list[str]]:
    how = rng.choice(("words", "words", "opening", "addition", "story", "left_out", "moved", "retyped"))
    at = rng.randrange(len(sentences))
    if how == "words":
        sentences = words_replaced(rng, sentences, language.words, rng.uniform(0.02, 0.12))
    elif how == "opening":
        sentences = [list(language.sentence(rng, rng.randint(6, 20))), *sentences]
    elif how == "addition":
        sentences = [*sentences[:at], list(language.sentence(rng, rng.randint(6, 25))), *sentences[at:]]
    elif how == "story":
        story = [list(one) for one in language.sentences(rng, rng.randint(40, 110))]
        sentences = [*story, *sentences] if at % 2 else [*sentences, *story]
    elif how == "left_out" and len(sentences) > 3:
        sentences = sentences[:at] + sentences[at + 1 :]
    elif how == "moved":
        sentences = sentences[at:] + sentences[:at]
    else:
        sentences = retyped(rng, sentences)
    return sentences


def _of_nobody(rng: random.Random, languages: list[Language], letters: list[Letter]) -> Answer:
    chance = rng.random()
    if chance < 0.15:
        return Answer(rng.choice(_SHORT), None, "short")
    letter = rng.choice(letters)
    of = letter.language if chance > 0.95 else rng.choice((0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3))
    own = languages[of].sentences(rng, rng.choice((15, 30, 60, 60, 60, 90, 150)))
    if chance > 0.95:
        quoted = rng.choice(letter.sentences)
        at = rng.randint(0, len(own))
        return Answer(_text([*own[:at], quoted, *own[at:]]), None, "quoting")
    return Answer(_text(own), None, "individual")


def _text(sentences: list[list[str]] | list[tuple[str, ...]]) -> str:
    return " ".join(" ".join(sentence).capitalize() + "." for sentence in sentences)

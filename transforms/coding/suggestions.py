"""Groups of answers that share telling words, for officers to name as themes: TF-IDF and non-negative factors.

Sentences are grouped, not answers, because an answer speaks of several things. A telling word stands in at least
`FEWEST_ANSWERS` answers, so that none is one person's own. A group is nothing until an officer names it; then its
telling words suggest the theme for other answers. All of it is a function of the texts: the same again is the same.
"""

import math
import re
import warnings
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from transforms.coding.answers import Place
from transforms.coding.quotes import sentences_of
from transforms.coding.themes import Theme

FEWEST_ANSWERS = 5
FEWEST_SENTENCES = 30
MOST_GROUPS = 30
WORDS_OF_GROUP = 8
EXAMPLES = 3
_MASKED = re.compile(r"\[[^\]\n]{1,40}\]")
_WORD = re.compile(r"[^\W\d_]{3,}(?:['’][^\W\d_]+)?")
_LEAST = 3
# What is said of a position, of the questionnaire and in courtesy: it tells no theme, and is in every answer.
_SAYS_NOTHING = frozenset(
    """
    agree agreed agrees agreement disagree disagreed strongly totally fully completely support supports supported
    oppose opposed proposal proposals proposed idea ideas good bad great better worse best fine okay yes think thought
    feel believe view views opinion opinions honest honestly sure unsure certain please thank thanks question questions
    answer answers answered comment comments asked ask asking said say says saying told tell discussed discuss
    consultation
    response responses respond survey form hope listen listened mostly generally overall really just quite simply very
    people person need needs needed want wants wanted like make makes made way ways thing things lot lots time times
    """.split()
)
# A sentence belongs to the group that explains most of it; where none does, to no group.
_BELONGS = 0.35


# Sentences (the number of their answer, their words), the words that tell, how many groups: how much each group has of
# each sentence, and each word of each group.
Grouped = Callable[
    [Sequence[tuple[int, Sequence[str]]], list[str], int], tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]
]


@dataclass(frozen=True)
class Group:
    """Answers with telling words in common: the words, the most telling first, how many answers, and some sentences."""

    words: tuple[str, ...]
    answers: int
    examples: tuple[str, ...] = ()


def stem(word: str) -> str:
    """What a word and its plural, or its other forms, have in common. It is for comparing, not for reading."""
    if word.endswith("ies") and len(word) > _LEAST + 1:
        word = word[:-3] + "y"
    elif word.endswith("s") and not word.endswith(("ss", "us")) and len(word) > _LEAST:
        word = word[:-1]
    for ending in ("ing", "ed", "e"):
        if word.endswith(ending) and len(word) >= _LEAST + len(ending):
            return word[: -len(ending)]
    return word


def words_of(text: str) -> list[str]:
    """The words of a text, small; what masking put in is none of them."""
    return [found.lower().replace("’", "'") for found in _WORD.findall(_MASKED.sub(" ", text))]


def groups_of(texts: Sequence[str], count: int | None = None, grouped: Grouped | None = None) -> list[Group]:
    """The groups among the answers to one question, the largest first; none where there are too few to tell.

    `count` is how many to look for; else it follows from how much there is. `grouped` is another way to group than
    by `factors`.
    """
    every = [(number, sentence) for number, text in enumerate(texts) for sentence in sentences_of(text)]
    written = [(number, words_of(sentence)) for number, sentence in every]
    shown = _telling(written)
    stems = [(number, [one for word in words if (one := stem(word)) in shown]) for number, words in written]
    places = [place for place, (_, words) in enumerate(stems) if words]
    sentences = [stems[place] for place in places]
    if len(sentences) < FEWEST_SENTENCES or len(shown) < 3:
        return []
    weights, components = (grouped or factors)(sentences, list(shown), count or _how_many(len(sentences), len(shown)))
    share = weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-12)
    names = list(shown)
    found = []
    for group in range(components.shape[0]):
        order = np.argsort(-components[group], kind="stable")
        strongest = components[group][order[0]]
        words = tuple(
            shown[names[place]] for place in order[:WORDS_OF_GROUP] if components[group][place] > 0.1 * strongest
        )
        rows = np.flatnonzero(share[:, group] >= _BELONGS)
        members = {sentences[row][0] for row in rows}
        best = rows[np.argsort(-weights[rows, group], kind="stable")]
        examples = dict.fromkeys(every[places[row]][1] for row in best)
        if words and len(members) >= FEWEST_ANSWERS:
            found.append(Group(words, len(members), tuple(examples)[:EXAMPLES]))
    return sorted(found, key=lambda one: (-one.answers, one.words))


def suggest(text: str, themes: Sequence[Theme]) -> tuple[str, ...]:
    """The themes whose telling words stand in an answer, by their ids."""
    said = [{stem(word) for word in words_of(sentence)} for sentence in sentences_of(text)]
    return tuple(theme.id for theme in themes if any(_tells(theme.words, words) for words in said))


def shared_words(texts: Sequence[str], words: Sequence[str]) -> tuple[str, ...]:
    """Those of the words that stand in enough answers to be nobody's own."""
    stems = [{stem(one) for one in words_of(text)} for text in texts]
    return tuple(word for word in words if sum(stem(word) in one for one in stems) >= FEWEST_ANSWERS)


def _tells(telling: Sequence[str], words: set[str]) -> bool:
    """Whether a sentence has the theme's first word, which tells most, or two others."""
    found = [place for place, word in enumerate(telling) if stem(word) in words]
    return 0 in found or len(found) > 1


def _telling(sentences: Sequence[tuple[int, Sequence[str]]]) -> dict[str, str]:
    """The stems of words that may tell something, each with its most frequent form."""
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    answers: dict[str, set[int]] = {}
    forms: dict[str, Counter[str]] = {}
    every = {number for number, _ in sentences}
    for number, words in sentences:
        for word in words:
            if word not in ENGLISH_STOP_WORDS and word not in _SAYS_NOTHING:
                answers.setdefault(stem(word), set()).add(number)
                forms.setdefault(stem(word), Counter())[word] += 1
    most = max(FEWEST_ANSWERS, len(every) // 2)
    kept = sorted(one for one, among in answers.items() if FEWEST_ANSWERS <= len(among) <= most)
    return {one: min(forms[one], key=lambda form: (-forms[one][form], form)) for one in kept}


def _how_many(sentences: int, words: int) -> int:
    return max(3, min(MOST_GROUPS, words // 2, round(math.sqrt(sentences))))


def factors(
    sentences: Sequence[tuple[int, Sequence[str]]], names: list[str], count: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """How much each group explains of each sentence, and each word of each group."""
    from sklearn.decomposition import NMF
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(analyzer=lambda words: words, vocabulary=names, sublinear_tf=True)
    matrix = vectorizer.fit_transform([words for _, words in sentences])
    model = NMF(n_components=min(count, len(names), len(sentences)), init="nndsvd", random_state=0, max_iter=400)
    with warnings.catch_warnings():
        # Groups are read by people: that the last digits still move changes nothing.
        warnings.simplefilter("ignore", ConvergenceWarning)
        weights = model.fit_transform(matrix)
    return weights, model.components_


@dataclass(frozen=True)
class Suggested:
    """How suggestions of a theme fared: in how many answers machine and officer found it, or one of the two alone."""

    theme: str
    both: int
    machine_alone: int
    officer_alone: int


def fared(
    themes: Sequence[Theme], suggested: Mapping[Place, frozenset[str]], found: Mapping[Place, frozenset[str]]
) -> list[Suggested]:
    """How the suggestions of each theme fared over the answers that officers looked at, which are those of `found`."""
    rows = []
    for theme in themes:
        marks = [
            (theme.id in suggested.get(answer, frozenset()), theme.id in by_officer)
            for answer, by_officer in found.items()
        ]
        rows.append(
            Suggested(theme.id, marks.count((True, True)), marks.count((True, False)), marks.count((False, True)))
        )
    return rows

"""How well themes are suggested: `./run bench theme_suggestions [--sizes 80,200,400,1000] [--seeds 10]`.

Answers whose themes are known (`_theme_answers`; what was chosen was chosen on another subject than the two here).
Groups are found among three quarters of them. An officer, played by the truth, names each group by the theme that most
answers with its words speak of, if at least half of them do; groups of one theme are merged, the others left alone.
Then themes are suggested for the last quarter. `unseen` is the same where that quarter is written in sentences of which
none was among the others: what only the meaning tells, no word can. Beside it stand groups by k-means over the same
words, and the most frequent theme for every answer. CPU seconds are those of finding the groups, after imports.
"""

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.cluster import KMeans
from sklearn.feature_extraction.text import TfidfVectorizer

from benchmarks._table import Limit, print_table
from benchmarks._theme_answers import SUBJECTS, KnownAnswer, answers_about
from transforms.coding.suggestions import Grouped, factors, groups_of, suggest
from transforms.coding.themes import Theme

TEST_SUBJECTS = ("grants", "buses")
TEST_SEED = 100
SEEN, UNSEEN = slice(0, 4), slice(4, None)


@dataclass(frozen=True)
class Score:
    """Of suggestions how many are right, of themes how many are suggested, and what finding the groups cost."""

    precision: float
    recall: float
    seconds: float

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


Side = Callable[[Sequence[KnownAnswer], Sequence[KnownAnswer]], Score]


def main() -> int:
    parser = argparse.ArgumentParser(prog="./run bench theme_suggestions", description="How themes are suggested.")
    parser.add_argument("--sizes", default="80,200,400,1000", help="numbers of answers, smallest first")
    parser.add_argument("--seeds", type=int, default=10, help="how many sets of answers of each subject")
    given = parser.parse_args()
    groups_of(["Warm up the libraries, please, before anything is timed."] * 40, 2)
    sides: dict[str, Side] = {"yoursay": by_groups, "k-means": by_k_means, "most frequent": by_most_frequent}
    limits = []
    for size in map(int, given.sizes.split(",")):
        for unseen in (False, True):
            for name, side in sides.items():
                scores = [score(side, subject, size, seed, unseen) for subject, seed in _sets(given.seeds)]
                found = Score(*(float(np.mean([getattr(one, key) for one in scores])) for key in Score.__annotations__))
                row = {"answers": size, "sentences": "unseen" if unseen else "seen", "side": name, "f1": found.f1}
                print(json.dumps(row | vars(found)), flush=True)
                if name == "yoursay" and not unseen and size >= 400:
                    limits.append(Limit(f"precision, {size} answers", found.precision, at_least=0.8))
                    limits.append(Limit(f"recall, {size} answers", found.recall, at_least=0.75))
    print_table(limits)
    return 0 if all(limit.kept for limit in limits) else 1


def _sets(seeds: int) -> list[tuple[str, int]]:
    return [(subject, TEST_SEED + seed) for subject in TEST_SUBJECTS for seed in range(seeds)]


def score(side: Side, subject: str, size: int, seed: int, unseen: bool) -> Score:
    assert subject in SUBJECTS
    named = size * 3 // 4
    if not unseen:
        answers = answers_about(subject, size, seed)
        return side(answers[:named], answers[named:])
    return side(answers_about(subject, named, seed, SEEN), answers_about(subject, size - named, seed, UNSEEN))


def by_groups(known: Sequence[KnownAnswer], new: Sequence[KnownAnswer], grouped: Grouped = factors) -> Score:
    begun = time.process_time()
    groups = groups_of([one.text for one in known], grouped=grouped)
    seconds = time.process_time() - begun
    themes = named_by_truth([one.words for one in groups], known)
    return _score([frozenset(suggest(one.text, themes)) for one in new], new, seconds)


def by_k_means(known: Sequence[KnownAnswer], new: Sequence[KnownAnswer]) -> Score:
    """The same words and sentences, and as many groups, but each sentence in one group alone."""
    return by_groups(known, new, clustered)


def clustered(
    sentences: Sequence[tuple[int, Sequence[str]]], names: list[str], count: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    vectorizer = TfidfVectorizer(analyzer=lambda words: words, vocabulary=names, sublinear_tf=True)
    matrix = vectorizer.fit_transform([words for _, words in sentences])
    model = KMeans(min(count, len(names), len(sentences)), n_init=4, random_state=0).fit(matrix)
    return np.eye(model.n_clusters)[model.labels_], model.cluster_centers_


def by_most_frequent(known: Sequence[KnownAnswer], new: Sequence[KnownAnswer]) -> Score:
    most = Counter(theme for one in known for theme in one.themes).most_common(1)[0][0]
    return _score([frozenset({most})] * len(new), new, 0.0)


def named_by_truth(groups: Sequence[tuple[str, ...]], known: Sequence[KnownAnswer]) -> list[Theme]:
    """The groups that are a theme, named as an officer would who knows the truth."""
    themes: dict[str, tuple[str, ...]] = {}
    for words in groups:
        among = [one for one in known if suggest(one.text, [Theme("group", "Group", words)])]
        counts = Counter(theme for one in among for theme in one.themes)
        for theme, count in sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:1]:
            if count * 2 >= len(among):
                themes[theme] = tuple(dict.fromkeys((*themes.get(theme, ()), *words)))
    return [Theme(theme, theme, words) for theme, words in themes.items()]


def _score(suggested: Sequence[frozenset[str]], new: Sequence[KnownAnswer], seconds: float) -> Score:
    right = sum(len(one & known.themes) for one, known in zip(suggested, new, strict=True))
    said, true = sum(map(len, suggested)), sum(len(known.themes) for known in new)
    return Score(right / said if said else 0.0, right / true if true else 0.0, seconds)


if __name__ == "__main__":
    sys.exit(main())

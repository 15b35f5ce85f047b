"""How much of what has to be masked is, and how much else."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from benchmarks._masking_texts import Text, words_in


@dataclass(frozen=True)
class Score:
    """Words, by class: how many there are, how many are masked; and what is masked besides."""

    there: Counter[str]
    masked: Counter[str]
    masked_in_all: int
    rightly: int
    words: int
    false_of_label: Counter[str]

    def recall(self, label: str) -> float:
        return self.masked[label] / self.there[label] if self.there[label] else 1.0

    @property
    def precision(self) -> float:
        return self.rightly / self.masked_in_all if self.masked_in_all else 1.0

    @property
    def false_a_thousand(self) -> float:
        return 1000 * (self.masked_in_all - self.rightly) / self.words


Found = Sequence[tuple[int, int, str]]


def score(
    texts: Iterable[Text], find: Callable[[str], Found], show: Callable[[str, str, str], None] | None = None
) -> Score:
    """Held against the truth; `show` is told of each miss and each false find."""
    there: Counter[str] = Counter()
    masked: Counter[str] = Counter()
    false: Counter[str] = Counter()
    rightly = words = 0
    for one in texts:
        found = find(one.text)
        for start, end in words_in(one.text):
            words += 1
            truth = next((truth.label for truth in one.truths if truth.start < end and start < truth.end), None)
            label = next((label for at, to, label in found if at < end and start < to), None)
            if truth == "either":
                words -= 1
            elif truth:
                there[truth] += 1
                masked[truth] += label is not None
                rightly += label is not None
                if label is None and show:
                    show(f"missed {truth}", one.text[start:end], one.text)
            elif label:
                false[label] += 1
                if show:
                    show(f"false {label}", one.text[start:end], one.text)
    return Score(there, masked, rightly + sum(false.values()), rightly, words, false)

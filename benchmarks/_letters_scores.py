"""How well campaigns were found, against what is known of the texts."""

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from benchmarks._letters import Answer


@dataclass(frozen=True)
class Score:
    """Pairs of one campaign found and missed, members found of each kind, and others that were taken for members."""

    precision: float
    recall: float
    found_of_kind: dict[str, float]
    false_alarms: float

    @property
    def f1(self) -> float:
        return 2 * self.precision * self.recall / (self.precision + self.recall) if self.precision else 0.0


def score(truth: Sequence[Answer], found: Sequence[Hashable | None]) -> Score:
    """The scores; a member counts as found where it is with most of its campaign."""
    together = Counter(zip((one.campaign for one in truth), found, strict=True))
    right = sum(_pairs(count) for (a, b), count in together.items() if a is not None and b is not None)
    true = sum(_pairs(count) for a, count in Counter(one.campaign for one in truth).items() if a is not None)
    claimed = sum(_pairs(count) for b, count in Counter(found).items() if b is not None)
    most: dict[int, Hashable] = {}
    for (a, b), _ in together.most_common():
        if a is not None and b is not None:
            most.setdefault(a, b)
    kinds = Counter(one.kind for one in truth if one.campaign is not None)
    of_kind = Counter(
        one.kind
        for one, b in zip(truth, found, strict=True)
        if one.campaign is not None and b is not None and most.get(one.campaign) == b
    )
    nobody = [b for one, b in zip(truth, found, strict=True) if one.campaign is None]
    alarms = sum(b is not None for b in nobody)
    return Score(
        right / claimed if claimed else 0.0,
        right / true if true else 0.0,
        {kind: of_kind[kind] / count for kind, count in sorted(kinds.items())},
        alarms / len(nobody) if nobody else 0.0,
    )


def _pairs(count: int) -> int:
    return count * (count - 1) // 2

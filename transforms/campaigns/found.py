"""Campaigns among texts, from beginning to end."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from transforms.campaigns.centres import OWN_SHARE, SMALLEST, Centre, Shares, centres_of
from transforms.campaigns.links import groups_of
from transforms.campaigns.members import letters_of, nearest, nearness
from transforms.campaigns.normalise import Places
from transforms.campaigns.shingles import bands_of
from transforms.campaigns.texts import Texts

NONE = -1


@dataclass(frozen=True)
class Found:
    """For each text the number of its letter (NONE if it has none) and how it stands to it; the letters' centres."""

    centres: tuple[Centre, ...]
    letter: Places
    similarity: Shares
    of_core: Shares
    of_text: Shares


def find(texts: Texts) -> Found:
    """The campaigns among `texts`; where in `texts` one stands makes no difference."""
    bands = bands_of(texts.letters, texts.starts)
    centres = one_a_letter(texts, centres_of(texts, groups_of(texts, bands)))
    return assigned(texts, centres)


def one_a_letter(texts: Texts, centres: Iterable[Centre]) -> list[Centre]:
    """The centres without those of a letter that has one already; the centre of which more were sent stays."""
    ranked = sorted(centres, key=lambda one: (-one.sent, int(texts.order[one.text])))
    numbers = np.array([one.text for one in ranked], np.int64)
    near = nearness(letters_of(texts, ranked), texts, numbers)
    place = {int(number): n for n, number in enumerate(numbers)}
    same = np.maximum(near.of_core, near.of_text) >= OWN_SHARE
    pairs = sorted(
        (int(letter), place[int(text)]) for letter, text in zip(near.letter[same], near.text[same], strict=True)
    )
    dropped: set[int] = set()
    for first, second in pairs:
        if first < second and first not in dropped:
            dropped.add(second)
    return [one for n, one in enumerate(ranked) if n not in dropped]


def assigned(texts: Texts, centres: list[Centre]) -> Found:
    """Every text with its nearest letter."""
    near = nearness(letters_of(texts, centres), texts, np.arange(len(texts)))
    best = nearest(near, len(centres), texts, SMALLEST, np.zeros(len(centres), bool))
    has_one = best >= 0

    def of_best(values: npt.NDArray[np.float64]) -> Shares:
        result = np.zeros(len(texts))
        result[has_one] = values[best[has_one]]
        return result

    letter = np.full(len(texts), NONE, np.int64)
    letter[has_one] = near.letter[best[has_one]]
    return Found(tuple(centres), letter, of_best(near.similarity), of_best(near.of_core), of_best(near.of_text))

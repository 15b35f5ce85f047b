"""Campaigns among texts, from beginning to end."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from transforms.campaigns.centres import OWN_SHARE, SMALLEST, Centre, Shares, as_it_stands, centres_of
from transforms.campaigns.links import groups_of
from transforms.campaigns.members import Nearness, letters_of, nearest, nearness
from transforms.campaigns.normalise import Places
from transforms.campaigns.shingles import bands_of
from transforms.campaigns.texts import Texts

NONE = -1


@dataclass(frozen=True)
class Found:
    """For each text the number of its letter (NONE if it has none) and how it stands to it; the letters' centres.

    The first letters are those that were registered, in their order.
    """

    centres: tuple[Centre, ...]
    letter: Places
    similarity: Shares
    of_core: Shares
    of_text: Shares


def find(texts: Texts, registered: Sequence[int] = ()) -> Found:
    """The campaigns among `texts`; where in `texts` one stands makes no difference.

    `registered` numbers the texts that are known letters: what is near one is of it, however few there are.
    """
    bands = bands_of(texts.letters, texts.starts)
    known = [as_it_stands(texts, text) for text in registered]
    of_groups = centres_of(texts, groups_of(texts, bands)).values()
    centres = one_a_letter(texts, known, chain.from_iterable(of_groups))
    near = nearness(letters_of(texts, centres), texts, np.arange(len(texts)))
    return assigned(texts, centres, near, len(known))


def one_a_letter(texts: Texts, known: Sequence[Centre], centres: Iterable[Centre]) -> list[Centre]:
    """The centres without those of a letter that has one already.

    Known ones stay, then those of which more were sent.
    """
    ranked = [*known, *sorted(centres, key=lambda one: (-one.sent, int(texts.order[one.text])))]
    near = nearness(letters_of(texts, ranked), texts, np.unique(np.array([one.text for one in ranked], np.int64)))
    same = np.maximum(near.of_core, near.of_text) >= OWN_SHARE
    letters_near: dict[int, list[int]] = {}
    for letter, text in zip(near.letter[same], near.text[same], strict=True):
        letters_near.setdefault(int(text), []).append(int(letter))
    kept: dict[int, Centre] = {}
    for place, centre in enumerate(ranked):
        has_one = any(one < place and one in kept for one in letters_near.get(centre.text, ()))
        if place < len(known) or not has_one:
            kept[place] = centre
    return list(kept.values())


def assigned(texts: Texts, centres: list[Centre], near: Nearness, known: int) -> Found:
    """Every text with the nearest of the letters that it is `near`; the first `known` ones need no number of texts."""
    best = nearest(near, len(centres), texts, SMALLEST, np.arange(len(centres)) < known)
    has_one = best >= 0

    def of_best(values: Shares) -> Shares:
        result = np.zeros(len(texts))
        result[has_one] = values[best[has_one]]
        return result

    letter = np.full(len(texts), NONE, np.int64)
    letter[has_one] = near.letter[best[has_one]]
    return Found(tuple(centres), letter, of_best(near.similarity), of_best(near.of_core), of_best(near.of_text))

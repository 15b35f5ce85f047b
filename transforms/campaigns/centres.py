"""The letters that the texts of a group go back to: a group may hold several, such as a letter and the one against it.

The text nearest to all others, copies counted, is the centre of the first letter: where most sent the letter as it
stood that is the letter itself, and where every text has another name and place filled in it is the most usual one. The
texts near it are its own. What is left of the group is looked at again, until nothing is left that enough people sent.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from transforms.campaigns.normalise import Bytes, Places
from transforms.campaigns.shingles import SHINGLE, Counts, Shingled, covered, times_shared
from transforms.campaigns.texts import Texts

# As many texts make a campaign. Of two texts alone a little more is asked, that they are nearly the same; and a further
# letter of a group needs a third, because two edits of the first one may happen to be alike.
SMALLEST = 2
_FEW = 3
_FEW_SHARE = 0.75
# Texts are near where this much of both is the same. A text goes back to a letter for certain where this much of either
# is in the other; less may be a strong edit, or another letter that shares a part.
_NEAR_SHARE = 0.6
# Letters of which a great part is filled in are less near each other, but there are more of them.
_FILLED_IN_SHARE = 0.4
_FEW_FILLED_IN = 6
OWN_SHARE = 0.8
# What more texts are not in is filled in by each sender, and not of the letter's core.
_CORE_SHARE = 0.5
_SHORTEST_CORE = 30
_SAMPLE = 24

Shares = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Centre:
    """A text that stands for a letter.

    `core` is 1 at each of the text's places where a shingle ends that is of the letter; `sent` is how many are near.
    """

    text: int
    core: Bytes
    sent: int

    @property
    def has_fields(self) -> bool:
        """Whether parts of the text are not of the letter, because each sender fills something else in."""
        return int(self.core.sum()) < len(self.core) - SHINGLE + 1


class Compared:
    """What was compared before: a group to which a few texts come need not be compared with itself again."""

    def __init__(self) -> None:
        self._shares: dict[bytes, Shares] = {}
        self._with: dict[tuple[int, bytes], tuple[Places, Counts, Counts]] = {}

    def shares(self, texts: Texts, sample: Places) -> Shares:
        """How much of the text of each row is in the text of each column."""
        key = sample.tobytes()
        if key not in self._shares:
            self._shares[key] = _shares(texts, sample)
        return self._shares[key]

    def shares_with(self, texts: Texts, text: int, core: Bytes, others: Places) -> tuple[Shares, Shares, Shares]:
        """How much of the letter's core is in each text, how much of the text in the letter, and how alike they are."""
        key = (text, core.tobytes())
        none = np.empty(0, np.int32)
        numbers, of_letter, of_text = self._with.get(key, (np.empty(0, np.int64), none, none))
        new = others[~np.isin(others, numbers, assume_unique=True)]
        if len(new):
            added_to_letter, added_to_text = _shingles_with(texts, text, core, new)
            numbers = np.concatenate((numbers, new))
            merged = np.argsort(numbers)
            numbers = numbers[merged]
            of_letter = np.concatenate((of_letter, added_to_letter))[merged]
            of_text = np.concatenate((of_text, added_to_text))[merged]
            self._with[key] = numbers, of_letter, of_text
        at = np.searchsorted(numbers, others)
        size, places = int(core.sum()), texts.shingles(others)
        of_letter, of_text = of_letter[at], of_text[at]
        return of_letter / size, of_text / places, (of_letter + of_text) / (size + places)


def centres_of(
    texts: Texts, groups: Places, touched: npt.NDArray[np.bool_] | None = None, compared: Compared | None = None
) -> dict[int, list[Centre]]:
    """The centres of each group, or of those whose first text is `touched`; groups without any are left out."""
    in_a_group = (groups != np.arange(len(groups))) | (texts.copies >= SMALLEST)
    in_a_group[groups[in_a_group]] = True
    if touched is not None:
        in_a_group &= touched[groups]
    members = np.flatnonzero(in_a_group)
    members = members[np.lexsort((texts.order[members], groups[members]))]
    bounds = np.flatnonzero(np.diff(groups[members], prepend=-1, append=-1))
    found = {
        int(groups[members[start]]): list(_of_group(texts, members[start:end], compared or Compared()))
        for start, end in pairwise(bounds)
    }
    return {group: centres for group, centres in found.items() if centres}


def _of_group(texts: Texts, members: Places, compared: Compared) -> Iterator[Centre]:
    """The centres of one group; `members` are in the order that decides ties."""
    if len(members) == 1:
        yield as_it_stands(texts, int(members[0]))
        return
    left, alike = members, np.zeros(len(members))
    while int(texts.copies[left].sum()) >= SMALLEST:
        sample = _sample(texts, left)
        found = _centre(texts, left[sample], alike[sample], compared)
        if found is None:
            return
        text, core = found
        of_core, of_text, alike_now = compared.shares_with(texts, text, core, left)
        own = np.maximum(of_core, of_text) >= OWN_SHARE
        yield Centre(text, core, int(texts.copies[left[own]].sum()))
        left, alike = left[~own], np.maximum(alike, alike_now)[~own]


def as_it_stands(texts: Texts, text: int) -> Centre:
    """A letter of which all is the core."""
    core = np.ones(int(texts.starts[text + 1] - texts.starts[text]), np.uint8)
    core[: SHINGLE - 1] = 0
    return Centre(text, core, int(texts.copies[text]))


def _sample(texts: Texts, members: Places) -> Places:
    """The places of the texts with the most copies, half of the sample at most, and of the first ones."""
    if len(members) <= _SAMPLE:
        return np.arange(len(members))
    copies = texts.copies[members]
    by_copies = np.argsort(-copies, kind="stable")[: _SAMPLE // 2]
    # Of few copies the number changes often and says little.
    by_copies = by_copies[copies[by_copies] >= _FEW]
    rest = np.setdiff1d(np.arange(len(members)), by_copies)[: _SAMPLE - len(by_copies)]
    return np.concatenate((by_copies, rest))


def _centre(texts: Texts, sample: Places, alike_before: Shares, compared: Compared) -> tuple[int, Bytes] | None:
    """The text of the sample that is nearest to all, and its core, if enough texts are near it.

    Texts that are more alike an earlier centre of the group, as `alike_before` says, are edits of that one.
    """
    shares = compared.shares(texts, sample)
    nearness = np.minimum(shares, shares.T)
    copies = texts.copies[sample]
    best = int(np.argmax((nearness**2) @ copies))
    fewest = _FEW if alike_before.any() else SMALLEST
    for share, needed in ((_NEAR_SHARE, fewest), (_FILLED_IN_SHARE, _FEW_FILLED_IN)):
        near = (nearness[best] >= share) & (nearness[best] > alike_before)
        sent = int(copies[near].sum())
        if sent >= needed:
            break
    else:
        return None
    if sent < _FEW and nearness[best][near].min() < _FEW_SHARE:
        return None
    text = int(sample[best])
    shared = times_shared(texts.shingled, text, sample[near], copies[near])
    core: Bytes = (shared >= _CORE_SHARE * sent).astype(np.uint8)
    return (text, core) if int(core.sum()) >= _SHORTEST_CORE else None


def _shares(texts: Texts, sample: Places) -> Shares:
    """How much of the text of each row is in the text of each column."""
    row, column = np.triu_indices(len(sample), 1)
    of_row, of_column = covered(texts.shingled, texts.shingled, sample[row], sample[column])
    shares = np.ones((len(sample), len(sample)))
    places = texts.shingles(sample)
    shares[row, column] = of_row / places[row]
    shares[column, row] = of_column / places[column]
    return shares


def _shingles_with(texts: Texts, text: int, core: Bytes, others: Places) -> tuple[Counts, Counts]:
    """How many shingles of the letter's core are in each text, and how many of the text in the letter."""
    start, end = texts.starts[text], texts.starts[text + 1]
    letter = Shingled(texts.letters[start:end], np.array([0, end - start]), core)
    return covered(letter, texts.shingled, np.zeros(len(others), np.int64), others)

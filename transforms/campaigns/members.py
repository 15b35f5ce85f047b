"""Which letter each text is of: every text is held against the letters, and goes to the nearest that is near enough.

Texts need not have been linked for that: a short letter with a long personal story around it is found by what it holds
of the letter.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from transforms.campaigns.centres import Centre, Shares
from transforms.campaigns.normalise import Places
from transforms.campaigns.runs import candidates, runs_of_letters
from transforms.campaigns.shingles import Shingled, covered
from transforms.campaigns.texts import Texts

# A text is of a letter where this much of the letter is in it ...
MEMBER_SHARE = 0.62
# ... or this much of either is in the other, as when many words were changed but no more was said ...
_MUTUAL_SHARE = 0.53
# ... or where it is hardly more than a good part of the letter.
_PART_SHARE = 0.4
_OF_PART = 0.85


@dataclass(frozen=True)
class Nearness:
    """Pairs of a letter and a text that is near enough to be of it, with how alike they are (1 = the same)."""

    letter: Places
    text: Places
    similarity: Shares
    of_core: Shares
    of_text: Shares

    def by_letter(self, letters: int) -> list["Nearness"]:
        """The pairs of each letter; pairs come in the order of the letters."""
        ends = np.searchsorted(self.letter, np.arange(letters + 1))
        return [
            Nearness(*(getattr(self, column.name)[start:end] for column in fields(self)))
            for start, end in pairwise(ends)
        ]

    def numbered(self, letter: int) -> "Nearness":
        """The pairs of one letter, with this number for it."""
        return replace(self, letter=np.full(len(self.text), letter, np.int64))


def joined(parts: Sequence[Nearness]) -> Nearness:
    """All pairs of the parts, in their order."""
    if not parts:
        none, shares = np.empty(0, np.int64), np.empty(0)
        return Nearness(none, none, shares, shares, shares)
    return Nearness(*(np.concatenate([getattr(part, column.name) for part in parts]) for column in fields(Nearness)))


def letters_of(texts: Texts, centres: Sequence[Centre]) -> Shingled:
    """The centres' texts with their cores."""
    parts = [texts.letters[texts.starts[one.text] : texts.starts[one.text + 1]] for one in centres]
    starts = np.cumsum([0, *(len(part) for part in parts)], dtype=np.int64)
    if not parts:
        return Shingled(np.empty(0, np.uint8), starts)
    return Shingled(np.concatenate(parts), starts, np.concatenate([one.core for one in centres]))


def nearness(letters: Shingled, texts: Texts, numbers: Places) -> Nearness:
    """Every letter and text of `numbers` that are near enough."""
    runs, owners = runs_of_letters(letters)
    letter, text = candidates(letters, runs, owners, texts, numbers)
    of_letter, of_text = covered(letters, texts.shingled, letter, text)
    core = (
        np.add.reduceat(letters.core, letters.starts[:-1], dtype=np.int64)
        if len(letters.core)
        else np.empty(0, np.int64)
    )
    places = texts.shingles(text)
    of_core, of_own = of_letter / core[letter], of_text / places
    near = (of_core >= MEMBER_SHARE) | (np.minimum(of_core, of_own) >= _MUTUAL_SHARE)
    near |= (of_own >= _OF_PART) & (of_core >= _PART_SHARE)
    alike = (of_letter + of_text) / (core[letter] + places)
    return Nearness(letter[near], text[near], alike[near], of_core[near], of_own[near])


def nearest(near: Nearness, letters: int, texts: Texts, smallest: int, kept: npt.NDArray[np.bool_]) -> Places:
    """For each pair of `near` whether it is of its text the nearest, by place; -1 where a text has none.

    A letter that fewer than `smallest` texts are of is none, unless it is `kept`; its texts go to their next nearest.
    """
    standing = np.ones(letters, bool)
    best = np.full(len(texts), -1, np.int64)
    by_text = np.lexsort((near.letter, -near.similarity, near.text))
    while True:
        order = by_text[standing[near.letter[by_text]]]
        firsts = order[np.diff(near.text[order], prepend=-1) != 0]
        sent = np.bincount(near.letter[firsts], texts.copies[near.text[firsts]], letters)
        dropped = standing & ~kept & (sent < smallest)
        if not dropped.any():
            best[near.text[firsts]] = firsts
            return best
        # The least sent first: the texts that they free may hold up the next.
        standing[dropped & (sent == sent[dropped].min())] = False

"""Which texts are near enough to each other to be looked at together: groups of linked texts.

Texts that share a band's word stand in one bucket. Each is compared with the first of its bucket and with no other, so
that a bucket of a thousand costs a thousand comparisons and not half a million. What is linked is not yet a campaign: a
text that quotes two letters links them, and `centres` takes them apart again.
"""

import numpy as np

from transforms.campaigns.compiled import compiled
from transforms.campaigns.normalise import Places
from transforms.campaigns.shingles import BANDS, SHINGLE, Bands, Counts, covered
from transforms.campaigns.texts import Keys, Texts

# Two texts are linked where this much of the shorter one is in the other.
LINKED_SHARE = 0.6


def groups_of(texts: Texts, bands: Bands) -> Places:
    """For each text the number of the first text of its group, by `order`; a text that stands alone is its own."""
    count = len(texts)
    ranked = np.argsort(texts.order, kind="stable").astype(np.int64)
    rank = np.empty(count, np.uint64)
    rank[ranked] = np.arange(count, dtype=np.uint64)
    parents = np.arange(count, dtype=np.int64)
    for band in range(BANDS):
        bucketed = (bands[:, band].astype(np.uint64) << np.uint64(32)) | rank
        bucketed.sort()
        first, second = np.empty(count, np.int64), np.empty(count, np.int64)
        pairs = _pairs(bucketed, ranked, parents, first, second)
        first, second = first[:pairs], second[:pairs]
        of_first, of_second = covered(texts.shingled, texts.shingled, first, second)
        _join(texts.starts, first, second, of_first, of_second, parents, rank)
    _flatten(parents)
    return parents


@compiled
def _pairs(bucketed: Keys, ranked: Places, parents: Places, first: Places, second: Places) -> int:
    """Each text with the first of its bucket, where they are not linked yet; gives how many pairs there are."""
    count = 0
    bucket = np.uint64(0xFFFFFFFFFFFFFFFF)
    head = 0
    for n in range(len(bucketed)):
        text = ranked[bucketed[n] & np.uint64(0xFFFFFFFF)]
        if bucketed[n] >> np.uint64(32) != bucket:
            bucket = bucketed[n] >> np.uint64(32)
            head = text
        elif _root(parents, head) != _root(parents, text):
            first[count] = head
            second[count] = text
            count += 1
    return count


@compiled
def _join(  # noqa: PLR0917 - arrays that a compiled loop reads and fills
    starts: Places, first: Places, second: Places, of_first: Counts, of_second: Counts, parents: Places, rank: Keys
) -> None:
    for n in range(len(first)):
        one = starts[first[n] + 1] - starts[first[n]] - SHINGLE + 1
        two = starts[second[n] + 1] - starts[second[n]] - SHINGLE + 1
        if of_first[n] < LINKED_SHARE * one and of_second[n] < LINKED_SHARE * two:
            continue
        root, other = _root(parents, first[n]), _root(parents, second[n])
        if root != other:
            if rank[root] < rank[other]:
                parents[other] = root
            else:
                parents[root] = other


@compiled
def _root(parents: Places, text: int) -> int:
    while parents[text] != text:
        parents[text] = parents[parents[text]]
        text = parents[text]
    return text


@compiled
def _flatten(parents: Places) -> None:
    for text in range(len(parents)):
        parents[text] = _root(parents, text)

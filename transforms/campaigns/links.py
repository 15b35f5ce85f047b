"""Which texts are near enough to each other to be looked at together: groups of linked texts.

Texts that share a band's word stand in one bucket. Each is compared with the first of its bucket and with no other, so
that a bucket of a thousand costs a thousand comparisons and not half a million. What is linked is not yet a campaign: a
text that quotes two letters links them, and `centres` takes them apart again.
"""

import numpy as np

from transforms.campaigns.compiled import compiled
from transforms.campaigns.normalise import Places
from transforms.campaigns.shingles import BANDS, SHINGLE, Bands, Counts, covered
from transforms.campaigns.texts import Keys, Slots, Texts

# Two texts are linked where this much of the shorter one is in the other.
LINKED_SHARE = 0.45
_FREE = -1


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
        _link(texts, first[:pairs], second[:pairs], parents)
    _flatten(parents)
    return parents


def no_buckets() -> Slots:
    return np.full(1 << 10, _FREE, np.int32)


def grouped_further(texts: Texts, bands: Bands, parents: Places, buckets: Slots, numbers: Places) -> Slots:
    """Bring the texts `numbers` into their groups, which `parents` holds; gives the buckets with them in it.

    `numbers` come in their order and after all that were brought in before: then the first text of a bucket never
    changes, and what comes in costs what it costs however much there is.
    """
    needed = 2 * BANDS * len(texts)
    if len(buckets) < needed:
        larger = np.full(1 << (2 * needed - 1).bit_length(), _FREE, np.int32)
        _move(buckets, bands, larger)
        buckets = larger
    first, second = np.empty(len(numbers), np.int64), np.empty(len(numbers), np.int64)
    for band in range(BANDS):
        pairs = _pairs_of_new(bands, band, numbers, buckets, parents, first, second)
        _link(texts, first[:pairs], second[:pairs], parents)
    _flatten(parents)
    return buckets


def _link(texts: Texts, first: Places, second: Places, parents: Places) -> None:
    of_first, of_second = covered(texts.shingled, texts.shingled, first, second)
    _join(texts.starts, first, second, of_first, of_second, parents, texts.order)


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
def _pairs_of_new(  # noqa: PLR0917 - arrays that a compiled loop reads and fills
    bands: Bands, band: int, numbers: Places, buckets: Slots, parents: Places, first: Places, second: Places
) -> int:
    """The same for texts that come in; a text whose bucket nobody stands in is the first of it."""
    count = 0
    for text in numbers:
        slot = _bucket(bands, text, band, buckets)
        if buckets[slot] == _FREE:
            buckets[slot] = text * BANDS + band
            continue
        head = buckets[slot] // BANDS
        if _root(parents, head) != _root(parents, text):
            first[count] = head
            second[count] = text
            count += 1
    return count


@compiled
def _bucket(bands: Bands, text: int, band: int, buckets: Slots) -> np.uint64:
    """Where in the table the text's bucket of this band is, or may be."""
    mask = np.uint64(len(buckets) - 1)
    spread = (np.uint64(bands[text, band]) + np.uint64(band << 40)) * np.uint64(0x9E3779B97F4A7C15)
    slot = (spread >> np.uint64(24)) & mask
    while buckets[slot] != _FREE:
        head = buckets[slot]
        if head % BANDS == band and bands[head // BANDS, band] == bands[text, band]:
            break
        slot = (slot + np.uint64(1)) & mask
    return slot


@compiled
def _move(buckets: Slots, bands: Bands, larger: Slots) -> None:
    for head in buckets:
        if head != _FREE:
            larger[_bucket(bands, head // BANDS, head % BANDS, larger)] = head


@compiled
def _join(  # noqa: PLR0917 - arrays that a compiled loop reads and fills
    starts: Places, first: Places, second: Places, of_first: Counts, of_second: Counts, parents: Places, order: Keys
) -> None:
    for n in range(len(first)):
        one = starts[first[n] + 1] - starts[first[n]] - SHINGLE + 1
        two = starts[second[n] + 1] - starts[second[n]] - SHINGLE + 1
        if of_first[n] < LINKED_SHARE * one and of_second[n] < LINKED_SHARE * two:
            continue
        root, other = _root(parents, first[n]), _root(parents, second[n])
        if root != other:
            if order[root] < order[other]:
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

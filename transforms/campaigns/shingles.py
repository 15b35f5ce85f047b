"""Shingles: every run of eight characters of a text, as one 64-bit word that rolls along."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from transforms.campaigns.compiled import compiled
from transforms.campaigns.normalise import Bytes, Places

Bands = npt.NDArray[np.uint32]
Counts = npt.NDArray[np.int32]

SHINGLE = 8
HASHES = 64
BANDS = 16
_ROWS = HASHES // BANDS
_EMPTY = np.uint32(0xFFFFFFFF)
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_FILTER = 4


def bands_of(letters: Bytes, starts: Places) -> Bands:
    """For each text one word for each band; texts that share most of their shingles share some of these words.

    The least hash of each of 64 classes of shingles stands for a text (one-permutation MinHash); four make a band.
    """
    bands = np.empty((len(starts) - 1, BANDS), np.uint32)
    _bands(letters, starts, bands)
    return bands


@dataclass(frozen=True)
class Shingled:
    """Texts to compare others with: their bytes one after another.

    `core` is as long as `letters` and 1 where a shingle ends that counts; it is empty where all of them count.
    """

    letters: Bytes
    starts: Places
    core: Bytes = field(default_factory=lambda: np.empty(0, np.uint8))


def covered(firsts: Shingled, seconds: Shingled, first: Places, second: Places) -> tuple[Counts, Counts]:
    """For each pair, how many shingles of the first text the second has too, and the other way round.

    `first` numbers texts of `firsts`, of which those of the core count alone, and `second` texts of `seconds`. It is
    quickest where pairs with the same first text follow each other.
    """
    of_first, of_second = np.empty(len(first), np.int32), np.empty(len(first), np.int32)
    longest = int((firsts.starts[first + 1] - firsts.starts[first]).max(initial=0))
    _covered(
        firsts.letters, firsts.starts, firsts.core, seconds.letters, seconds.starts, first, second, longest,
        of_first, of_second,
    )  # fmt: skip
    return of_first, of_second


def times_shared(texts: Shingled, one: int, others: Places, copies: Places) -> Places:
    """For each place of the text `one`, how many copies of the others have the shingle that ends there."""
    shared = np.zeros(int(texts.starts[one + 1] - texts.starts[one]), np.int64)
    longest = int((texts.starts[others + 1] - texts.starts[others]).max(initial=0))
    _times_shared(texts.letters, texts.starts, one, others, copies, longest, shared)
    return shared


@compiled
def _mixed(word: np.uint64) -> np.uint64:
    word *= np.uint64(0x9E3779B97F4A7C15)
    word ^= word >> np.uint64(32)
    return word * np.uint64(0xD6E8FEB86659FD93)


@compiled
def _bands(letters: Bytes, starts: Places, bands: Bands) -> None:
    least = np.empty(HASHES, np.uint32)
    for n in range(len(starts) - 1):
        least[:] = _EMPTY
        word = np.uint64(0)
        first = starts[n] + SHINGLE - 1
        for place in range(starts[n], starts[n + 1]):
            word = (word << np.uint64(8)) | np.uint64(letters[place])
            if place >= first:
                mixed = _mixed(word)
                of_class = mixed >> np.uint64(58)
                value = np.uint32((mixed >> np.uint64(20)) & np.uint64(0xFFFFFFFF))
                least[of_class] = min(least[of_class], value)
        _fill_empty(least)
        for band in range(BANDS):
            word = np.uint64(band)
            for row in range(_ROWS):
                word = _mixed(word ^ np.uint64(least[band * _ROWS + row]))
                word ^= word >> np.uint64(29)
            bands[n, band] = np.uint32(word >> np.uint64(32))


@compiled
def _fill_empty(least: npt.NDArray[np.uint32]) -> None:
    """A class without a shingle takes the value of the next that has one, told apart by how far that is."""
    last = -1
    for n in range(len(least)):
        if least[n] != _EMPTY:
            last = n
    if last < 0:
        return
    distance = np.uint32(0)
    value = np.uint32(0)
    for n in range(2 * len(least) - 1, -1, -1):
        at = n % len(least)
        if n < len(least) and least[at] == _EMPTY:
            distance += np.uint32(1)
            least[at] = value + distance * np.uint32(0x9E3779B1)
        elif least[at] != _EMPTY:
            value = least[at]
            distance = np.uint32(0)
        else:
            distance += np.uint32(1)


@compiled
def _covered(  # noqa: PLR0917 - arrays that a compiled loop reads and fills
    letters: Bytes, starts: Places, core: Bytes, other_letters: Bytes, other_starts: Places,
    first: Places, second: Places, longest: int, of_first: Counts, of_second: Counts,
) -> None:  # fmt: skip
    size = _table_size(longest)
    words, known = np.zeros(size, np.uint64), np.zeros(_FILTER * size, np.uint8)
    counts, seen = np.zeros(size, np.int32), np.zeros(size, np.int32)
    shift, filter_shift, mask = np.uint64(0), np.uint64(0), np.uint64(0)
    held = -1
    for n in range(len(first)):
        if first[n] != held:
            held = first[n]
            text = letters[starts[held] : starts[held + 1]]
            size = _table_size(len(text))
            shift, filter_shift, mask = _shift(size), _shift(_FILTER * size), np.uint64(size - 1)
            words[:size] = 0
            known[: _FILTER * size] = 0
            counts[:size] = 0
            seen[:size] = -1
            word = _start(text)
            for place in range(SHINGLE - 1, len(text)):
                word = (word << np.uint64(8)) | np.uint64(text[place])
                slot = (word * _SPREAD) >> shift
                while words[slot] != 0 and words[slot] != word:
                    slot = (slot + np.uint64(1)) & mask
                words[slot] = word
                known[(word * _SPREAD) >> filter_shift] = 1
                counts[slot] += core[starts[held] + place] if len(core) > 0 else 1
        of_one, of_other = np.int32(0), np.int32(0)
        text = other_letters[other_starts[second[n]] : other_starts[second[n] + 1]]
        word = _start(text)
        for place in range(SHINGLE - 1, len(text)):
            word = (word << np.uint64(8)) | np.uint64(text[place])
            # Most shingles of other texts are unknown, which this tells without a guess that may be wrong.
            if known[(word * _SPREAD) >> filter_shift] == 0:
                continue
            slot = (word * _SPREAD) >> shift
            while words[slot] != 0 and words[slot] != word:
                slot = (slot + np.uint64(1)) & mask
            is_there = words[slot] == word
            of_other += is_there
            of_one += counts[slot] if is_there and seen[slot] != n else 0
            seen[slot] = n
        of_first[n] = of_one
        of_second[n] = of_other


@compiled
def _times_shared(  # noqa: PLR0917 - arrays that a compiled loop reads and fills
    letters: Bytes, starts: Places, one: int, others: Places, copies: Places, longest: int, shared: Places
) -> None:
    size = _table_size(longest)
    words = np.zeros(size, np.uint64)
    shift, mask = _shift(size), np.uint64(size - 1)
    letter = letters[starts[one] : starts[one + 1]]
    for n in range(len(others)):
        words[:] = 0
        text = letters[starts[others[n]] : starts[others[n] + 1]]
        word = _start(text)
        for place in range(SHINGLE - 1, len(text)):
            word = (word << np.uint64(8)) | np.uint64(text[place])
            slot = (word * _SPREAD) >> shift
            while words[slot] != 0 and words[slot] != word:
                slot = (slot + np.uint64(1)) & mask
            words[slot] = word
        word = _start(letter)
        for place in range(SHINGLE - 1, len(letter)):
            word = (word << np.uint64(8)) | np.uint64(letter[place])
            slot = (word * _SPREAD) >> shift
            while words[slot] != 0 and words[slot] != word:
                slot = (slot + np.uint64(1)) & mask
            if words[slot] == word:
                shared[place] += copies[n]


@compiled
def _start(text: Bytes) -> np.uint64:
    """The word of the characters before the first shingle's last."""
    word = np.uint64(0)
    for place in range(min(SHINGLE - 1, len(text))):
        word = (word << np.uint64(8)) | np.uint64(text[place])
    return word


@compiled
def _table_size(longest: int) -> int:
    """A power of two that leaves half of a table of so many shingles free."""
    size = 16
    while size < 2 * longest:
        size *= 2
    return size


@compiled
def _shift(size: int) -> np.uint64:
    """By how much a spread word is moved to the right to be a slot of a table of this size."""
    shift = np.uint64(64)
    while size > 1:
        size //= 2
        shift -= np.uint64(1)
    return shift

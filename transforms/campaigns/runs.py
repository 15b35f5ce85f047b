"""Runs of 16 characters: by them the few letters are found that a text may be of, and the texts that a letter may have.

A run is two shingles long, so that two texts share hardly any by chance. One in four is looked at; of each text about
sixteen of these, however long it is, are kept to find it by when a letter turns up after it.
"""

import numpy as np
import numpy.typing as npt

from transforms.campaigns.centres import Shares
from transforms.campaigns.compiled import compiled
from transforms.campaigns.normalise import Bytes, Places
from transforms.campaigns.shingles import SHINGLE, Shingled
from transforms.campaigns.texts import Keys, Slots, Texts

# A text is held against the letters of which it has one of its sixteen runs, and this much of the letter's sampled runs
# or of its own. Edits break long runs sooner than shingles, so it is much less than a member must have.
_RUNS_OF_LETTER = 0.15
_RUNS_OF_TEXT = 0.4
_ONE_IN = 4
_FEW_RUNS = 16
_TOLD = 1 << 32


class TextsByRun:
    """Texts by a few of their runs."""

    def __init__(self) -> None:
        self._heads = np.full(1 << 12, -1, np.int32)
        self._next, self._texts = np.empty(0, np.int32), np.empty(0, np.int32)
        self._count = 0

    def add(self, texts: Texts, first: int) -> None:
        """Take in the texts from number `first` on."""
        needed = self._count + _told(texts.letters, texts.starts, first, self._heads, self._next, self._texts, -1)
        self._next.resize(needed, refcheck=False)
        self._texts.resize(needed, refcheck=False)
        if needed > len(self._heads):
            self._heads = np.full(1 << (2 * needed).bit_length(), -1, np.int32)
            self._count = first = 0
        self._count = _told(texts.letters, texts.starts, first, self._heads, self._next, self._texts, self._count)

    def of(self, letters: Shingled, count: int) -> Places:
        """The texts, of `count`, that may have enough of one of the letters, and some that have not."""
        runs, _ = runs_of_letters(letters)
        has_one = np.zeros(count, np.bool_)
        _mark(runs, self._heads, self._next, self._texts, has_one)
        return np.flatnonzero(has_one)


def runs_of_letters(letters: Shingled) -> tuple[Keys, Places]:
    """The sampled runs of all cores in order, and the letter of each."""
    found, owners = np.empty(len(letters.letters), np.uint64), np.empty(len(letters.letters), np.int64)
    count = _runs(letters.letters, letters.starts, letters.core, found, owners)
    runs, owners = found[:count], owners[:count]
    order = np.lexsort((owners, runs))
    runs, owners = runs[order], owners[order]
    first = (np.diff(runs, prepend=np.uint64(0)) != 0) | (np.diff(owners, prepend=-1) != 0)
    return runs[first], owners[first]


def candidates(letters: Shingled, runs: Keys, owners: Places, texts: Texts, numbers: Places) -> tuple[Places, Places]:
    """Letters and texts that share enough runs, in the order of the letters."""
    size = 1 << max(4, int(2 * len(runs)).bit_length())
    slots, there = np.full(size, -1, np.int32), np.zeros(8 * size, np.uint8)
    _index(runs, slots, there)
    fewest = np.maximum(2, _RUNS_OF_LETTER * np.bincount(owners, minlength=len(letters.starts) - 1))
    longest = int(np.diff(texts.starts).max(initial=0))
    room = 1 << 14
    letter, text = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    done = 0
    while done < len(numbers):
        of_letter, of_text = np.empty(room, np.int64), np.empty(room, np.int64)
        found, done = _shared(
            texts.letters, texts.starts, numbers, done, longest, runs, owners, slots, there, fewest, of_letter, of_text
        )
        letter.append(of_letter[:found])
        text.append(of_text[:found])
        room *= 2
    all_letters, all_texts = np.concatenate(letter), np.concatenate(text)
    order = np.argsort(all_letters, kind="stable")
    return all_letters[order], all_texts[order]


@compiled
def _run(word: np.uint64, before: np.uint64) -> np.uint64:
    """A run of 16 characters as one number, of which every bit but the lowest few depends on all."""
    run = word * np.uint64(0x9E3779B97F4A7C15) + before * np.uint64(0xD6E8FEB86659FD93)
    return run ^ (run >> np.uint64(32))


@compiled
def _is_sampled(run: np.uint64) -> bool:
    return bool(run >> np.uint64(29) & np.uint64(_ONE_IN - 1) == 0)


@compiled
def _is_told(run: np.uint64, length: int) -> bool:
    """Whether a sampled run is one of the few by which a text of this length is told to letters that are new."""
    return bool((run >> np.uint64(44)) * np.uint64(length) < np.uint64(_ONE_IN * _FEW_RUNS << 20))


@compiled
def _slot(run: np.uint64, mask: np.uint64) -> np.uint64:
    """Where in a table a run goes. It is mixed again, because sampled runs have bits in common."""
    return ((run * np.uint64(0xC2B2AE3D27D4EB4F)) >> np.uint64(32)) & mask


@compiled
def _runs(letters: Bytes, starts: Places, core: Bytes, found: Keys, owners: Places) -> int:
    count = 0
    for n in range(len(starts) - 1):
        word, before = np.uint64(0), np.uint64(0)
        for place in range(starts[n], starts[n + 1]):
            before = (before << np.uint64(8)) | (word >> np.uint64(56))
            word = (word << np.uint64(8)) | np.uint64(letters[place])
            if place - starts[n] < 2 * SHINGLE - 1 or core[place] == 0 or core[place - SHINGLE] == 0:
                continue
            run = _run(word, before)
            if _is_sampled(run):
                found[count] = run
                owners[count] = n
                count += 1
    return count


@compiled
def _index(runs: Keys, slots: Slots, there: Bytes) -> None:
    """Where in `runs` each different run begins; `there` is quickly asked whether a run may be known at all."""
    mask, size = np.uint64(len(slots) - 1), np.uint64(len(there) - 1)
    for n in range(len(runs)):
        if n > 0 and runs[n] == runs[n - 1]:
            continue
        there[runs[n] & size] = 1
        slot = _slot(runs[n], mask)
        while slots[slot] >= 0:
            slot = (slot + np.uint64(1)) & mask
        slots[slot] = n


@compiled
def _shared(  # noqa: PLR0917 - arrays that a compiled loop reads and fills
    letters: Bytes, starts: Places, numbers: Places, done: int, longest: int, runs: Keys, owners: Places, slots: Slots,
    there: Bytes, fewest: Shares, letter: Places, text: Places,
) -> tuple[int, int]:  # fmt: skip
    """Fill `letter` and `text` from number `done` on, as far as there is room; gives how many, and how far it came."""
    mask, size = np.uint64(len(slots) - 1), np.uint64(len(there) - 1)
    hits, touched = np.zeros(len(fewest), np.int64), np.empty(len(fewest), np.int64)
    sampled = np.empty(longest + 1, np.uint64)
    found = 0
    for n in range(done, len(numbers)):
        text_letters = letters[starts[numbers[n]] : starts[numbers[n] + 1]]
        looked_at = 0
        word, before = np.uint64(0), np.uint64(0)
        for place in range(len(text_letters)):
            before = (before << np.uint64(8)) | (word >> np.uint64(56))
            word = (word << np.uint64(8)) | np.uint64(text_letters[place])
            run = _run(word, before)
            # Written in any case and kept by moving on: a branch here would be guessed wrong.
            sampled[looked_at] = run
            looked_at += _is_sampled(run) and place >= 2 * SHINGLE - 1
        count = 0
        for run in sampled[:looked_at]:
            if there[run & size] == 0:
                continue
            one = 1 + _TOLD if _is_told(run, len(text_letters)) else 1
            slot = _slot(run, mask)
            while slots[slot] >= 0 and runs[slots[slot]] != run:
                slot = (slot + np.uint64(1)) & mask
            at = slots[slot]
            while 0 <= at < len(runs) and runs[at] == run:
                if hits[owners[at]] == 0:
                    touched[count] = owners[at]
                    count += 1
                hits[owners[at]] += one
                at += 1
        room = found + count <= len(letter)
        for owner in touched[:count]:
            shared = hits[owner] % _TOLD
            if room and hits[owner] >= _TOLD and shared >= min(fewest[owner], max(2, _RUNS_OF_TEXT * looked_at)):
                letter[found] = owner
                text[found] = numbers[n]
                found += 1
            hits[owner] = 0
        if not room:
            return found, n
    return found, len(numbers)


@compiled
def _told(  # noqa: PLR0917 - arrays that a compiled loop reads and fills
    letters: Bytes, starts: Places, first: int, heads: Slots, next_of: Slots, texts: Slots, count: int
) -> int:
    """Put the texts from `first` on into the chains, of which `count` places are taken; negative: only count."""
    only_counts = count < 0
    count = max(count, 0)
    for n in range(first, len(starts) - 1):
        text_letters = letters[starts[n] : starts[n + 1]]
        word, before = np.uint64(0), np.uint64(0)
        for place in range(len(text_letters)):
            before = (before << np.uint64(8)) | (word >> np.uint64(56))
            word = (word << np.uint64(8)) | np.uint64(text_letters[place])
            run = _run(word, before)
            if place < 2 * SHINGLE - 1 or not _is_sampled(run) or not _is_told(run, len(text_letters)):
                continue
            if not only_counts:
                chain = _slot(run, np.uint64(len(heads) - 1))
                next_of[count], texts[count] = heads[chain], n
                heads[chain] = count
            count += 1
    return count


@compiled
def _mark(runs: Keys, heads: Slots, next_of: Slots, texts: Slots, has_one: npt.NDArray[np.bool_]) -> None:
    for run in runs:
        at = heads[_slot(run, np.uint64(len(heads) - 1))]
        while at >= 0:
            has_one[texts[at]] = True
            at = next_of[at]

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
from transforms.campaigns.compiled import compiled
from transforms.campaigns.normalise import Bytes, Places
from transforms.campaigns.shingles import SHINGLE, Shingled, covered
from transforms.campaigns.texts import Keys, Slots, Texts

# A text is of a letter where this much of the letter is in it ...
MEMBER_SHARE = 0.62
# ... or this much of either is in the other, as when many words were changed but no more was said ...
_MUTUAL_SHARE = 0.53
# ... or where it is hardly more than a good part of the letter.
_PART_SHARE = 0.4
_OF_PART = 0.85
# A text is held against the letters with which it shares runs of 16 characters, of which one in four is looked at: this
# much of the letter's runs, or of its own. Edits break long runs sooner than shingles, so it is much less than above.
_RUNS_OF_LETTER = 0.15
_RUNS_OF_TEXT = 0.4
_ONE_IN = 4


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
    runs, owners = _runs_of_letters(letters)
    letter, text = _candidates(letters, runs, owners, texts, numbers)
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
        # One at a time, the least sent first: the texts that it frees may hold up the next.
        standing[np.flatnonzero(dropped)[np.argmin(sent[dropped])]] = False


def _runs_of_letters(letters: Shingled) -> tuple[Keys, Places]:
    """The sampled runs of all cores in order, and the letter of each."""
    found, owners = np.empty(len(letters.letters), np.uint64), np.empty(len(letters.letters), np.int64)
    count = _runs(letters.letters, letters.starts, letters.core, found, owners)
    runs, owners = found[:count], owners[:count]
    order = np.lexsort((owners, runs))
    runs, owners = runs[order], owners[order]
    first = (np.diff(runs, prepend=np.uint64(0)) != 0) | (np.diff(owners, prepend=-1) != 0)
    return runs[first], owners[first]


def _candidates(letters: Shingled, runs: Keys, owners: Places, texts: Texts, numbers: Places) -> tuple[Places, Places]:
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
        slot = (runs[n] >> np.uint64(8)) & mask
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
            slot = (run >> np.uint64(8)) & mask
            while slots[slot] >= 0 and runs[slots[slot]] != run:
                slot = (slot + np.uint64(1)) & mask
            at = slots[slot]
            while 0 <= at < len(runs) and runs[at] == run:
                if hits[owners[at]] == 0:
                    touched[count] = owners[at]
                    count += 1
                hits[owners[at]] += 1
                at += 1
        room = found + count <= len(letter)
        for one in range(count):
            if room and hits[touched[one]] >= min(fewest[touched[one]], max(2, _RUNS_OF_TEXT * looked_at)):
                letter[found] = touched[one]
                text[found] = numbers[n]
                found += 1
            hits[touched[one]] = 0
        if not room:
            return found, n
    return found, len(numbers)

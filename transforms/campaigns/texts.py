"""The different texts that have come in, each kept once: equal ones are counted, not compared."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from transforms.campaigns.compiled import compiled
from transforms.campaigns.normalise import Bytes, Normalised, Places
from transforms.campaigns.shingles import SHINGLE, Shingled

Keys = npt.NDArray[np.uint64]
Slots = npt.NDArray[np.int32]

# A shorter text is never of a campaign: too many people say the same in few words.
FEWEST_LETTERS = 45
NO_TEXT = -1


@dataclass(frozen=True)
class Texts:
    """Different texts, number 0 to n - 1: their compared bytes one after another, and what is known of each.

    Equal texts have one key, and `copies` says how many there are. `order` decides every tie, the least first.
    """

    letters: Bytes
    starts: Places
    keys: Keys
    copies: Places
    order: Keys

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def shingled(self) -> Shingled:
        return Shingled(self.letters, self.starts)

    def shingles(self, numbers: Places) -> Places:
        """How many shingles these texts have."""
        count: Places = self.starts[numbers + 1] - self.starts[numbers] - SHINGLE + 1
        return count


class TextsBuilder:
    """Takes in batches; equal texts are found at once, so that memory grows with the different ones."""

    def __init__(self) -> None:
        self._letters = np.empty(1 << 16, np.uint8)
        self._starts = np.zeros(1 << 10, np.int64)
        self._keys = np.empty(1 << 10, np.uint64)
        self._copies = np.empty(1 << 10, np.int64)
        self._slots = np.full(1 << 12, NO_TEXT, np.int32)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, batch: Normalised, *, counted: bool = True) -> Places:
        """Take in a batch; gives for each of its texts the number of the different text, or NO_TEXT if too short.

        Texts that are not `counted` are known but were sent by nobody.
        """
        self._make_room(len(batch.keys), len(batch.letters_of_all))
        numbers = np.empty(len(batch.keys), np.int64)
        self._count = _place(
            batch.letters_of_all, batch.starts, batch.lengths, batch.letters, batch.keys,
            self._letters, self._starts, self._keys, self._copies, self._slots, self._count, numbers,
        )  # fmt: skip
        if not counted:
            np.subtract.at(self._copies, numbers[numbers != NO_TEXT], 1)
        return numbers

    def texts(self, order: Keys | None = None) -> Texts:
        """What has been taken in; ties are decided by `order`, else by the texts' keys."""
        keys = self._keys[: self._count]
        return Texts(
            self._letters[: self._starts[self._count]],
            self._starts[: self._count + 1],
            keys,
            self._copies[: self._count],
            keys if order is None else order,
        )

    def _make_room(self, texts: int, letters: int) -> None:
        for array, size in (
            (self._letters, int(self._starts[self._count]) + letters),
            (self._starts, self._count + texts + 1),
            (self._keys, self._count + texts),
            (self._copies, self._count + texts),
        ):
            if size > len(array):
                # In place: the system moves the pages, and nothing is copied.
                array.resize(size + size // 4, refcheck=False)
        if len(self._slots) < 2 * (self._count + texts):
            size = 1 << int(4 * (self._count + texts)).bit_length()
            self._slots = np.full(size, NO_TEXT, np.int32)
            _place_again(self._keys[: self._count], self._slots)


@compiled
def _place(  # noqa: PLR0917 - arrays that a compiled loop reads and fills
    batch: Bytes, batch_starts: Places, lengths: Places, letters: Places, batch_keys: Keys,
    kept: Bytes, starts: Places, keys: Keys, copies: Places, slots: Slots, count: int, numbers: Places,
) -> int:  # fmt: skip
    """Fill `numbers` and what is kept of new texts; gives how many there are now."""
    mask = np.uint64(len(slots) - 1)
    for n in range(len(batch_keys)):
        if letters[n] < FEWEST_LETTERS:
            numbers[n] = NO_TEXT
            continue
        key = batch_keys[n]
        slot = key & mask
        while slots[slot] >= 0 and keys[slots[slot]] != key:
            slot = (slot + np.uint64(1)) & mask
        if slots[slot] < 0:
            slots[slot] = count
            keys[count] = key
            copies[count] = 0
            kept[starts[count] : starts[count] + lengths[n]] = batch[batch_starts[n] : batch_starts[n] + lengths[n]]
            starts[count + 1] = starts[count] + lengths[n]
            count += 1
        numbers[n] = slots[slot]
        copies[slots[slot]] += 1
    return count


@compiled
def _place_again(keys: Keys, slots: Slots) -> None:
    mask = np.uint64(len(slots) - 1)
    for n in range(len(keys)):
        slot = keys[n] & mask
        while slots[slot] >= 0:
            slot = (slot + np.uint64(1)) & mask
        slots[slot] = n

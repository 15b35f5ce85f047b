"""A cheap look at many texts: which hold nothing that the tagger or a pattern could find, and which are no English.

Nearly every word of nearly every text is an ordinary one, in small letters or at the start of a sentence. A text (and a
sentence) goes to the tagger only for a word that may be part of a name or an address: one that is not in the dictionary,
a name that is an ordinary word too but is written like a name, a title, an initial, a role, a number before a street.
"""
# ruff: noqa: E501 - word lists and expressions are read whole

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from transforms.campaigns.compiled import compiled
from transforms.masking.lexicon import BOTH, COMMON, ORDINARY, PLACE, PLACE_OR_NAME, PROPER, RARE, STREETS, Lexicon

Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]

# What is said of a text.
MAY_HOLD_NAME = 1
MAY_HOLD_PATTERN = 2
FEW_ENGLISH_WORDS = 4

# What is said of a word.
_ENGLISH = 1
_SAFE_SMALL = 2
_SAFE_CAPITAL = 4
_BOTH = 8
_CUE = 16
_STREET = 32
_TELLING = 64
_GIVEN_TOO = 128

_BITS = {
    COMMON: _ENGLISH | _SAFE_SMALL | _SAFE_CAPITAL,
    ORDINARY: _ENGLISH | _SAFE_SMALL | _SAFE_CAPITAL,
    RARE: _SAFE_SMALL,
    PROPER: _SAFE_SMALL,
    PLACE: _ENGLISH | _SAFE_SMALL | _SAFE_CAPITAL,
    PLACE_OR_NAME: _ENGLISH | _SAFE_SMALL | _SAFE_CAPITAL,
    BOTH: _ENGLISH | _BOTH,
}
_CUES = (
    "mr mrs ms mx dr cllr prof rev regards sincerely faithfully signed cheers thanks rgds yours truly love kindest"
    " treasurer secretary chairman chairwoman chairperson trustee headteacher vicar caretaker coordinator administrator founder bursar"
    " warden clerk gp named called apologies fwd cc fao attn box"
).split()
_TELLING_WORDS = (
    "dob born bonr bron bon brn aged age old birthday birth twitter facebook instagram insta tiktok skype snapchat whatsapp dot http https www com uk org net email mail gmail hotmail yahoo"
).split()
_GIVEN_TOO_WORDS = (
    "will mark rob bill grant jack frank may hope grace joy rose faith dawn eve drew pat art sue max dean rich guy ray pearl penny"
    " heather holly ivy lily daisy violet iris hazel jasmine poppy ruby amber april june august miles glen robin dale victor"
).split()
# At most this share of a text's words (in hundredths) is English where it is in another language.
_ENGLISH_FROM = 55


class Prefilter:
    """The ordinary words of a lexicon as a table of hashes."""

    def __init__(self, lexicon: Lexicon) -> None:
        bits = {word: _BITS.get(kind, 0) for word, kind in lexicon.classes.items() if kind in _BITS and word.isascii()}
        for words, bit in ((_CUES, _CUE), (sorted(STREETS), _STREET), (_TELLING_WORDS, _TELLING)):
            for word in words:
                bits[word] = bits.get(word, 0) | bit
        for word in _GIVEN_TOO_WORDS:
            if bits.get(word, 0) & _BOTH:
                bits[word] |= _GIVEN_TOO
        letters, starts = _joined(sorted(bits))
        self._keys = np.zeros(1 << 18, np.uint64)
        self._bits = np.zeros(1 << 18, np.uint8)
        kinds = np.array([bits[word] for word in sorted(bits)], np.uint8)
        _fill(letters, starts, kinds, self._keys, self._bits)

    def look(self, texts: Sequence[str]) -> npt.NDArray[np.uint8]:
        """What may be in each text: bits of MAY_HOLD_NAME, MAY_HOLD_PATTERN and FEW_ENGLISH_WORDS."""
        return self.look_at_bytes(*_joined(texts))

    def look_at_bytes(self, letters: Bytes, starts: Places) -> npt.NDArray[np.uint8]:
        """The same for texts whose UTF-8 stands one after another, as Arrow keeps them."""
        said = np.zeros(len(starts) - 1, np.uint8)
        _look(letters, starts, self._keys, self._bits, said)
        return said


def _joined(texts: Sequence[str]) -> tuple[Bytes, Places]:
    encoded = [text.encode("utf-8", "replace") for text in texts]
    starts = np.zeros(len(encoded) + 1, np.int64)
    np.cumsum([len(one) for one in encoded], out=starts[1:])
    return np.frombuffer(b"".join(encoded), np.uint8), starts


@compiled
def _fill(letters: Bytes, starts: Places, kinds: Bytes, keys: Words, bits: Bytes) -> None:
    mask = np.uint64(len(keys) - 1)
    for n in range(len(starts) - 1):
        key = np.uint64(0xCBF29CE484222325)
        for place in range(starts[n], starts[n + 1]):
            key = (key ^ np.uint64(letters[place])) * np.uint64(0x100000001B3)
        slot = (key ^ (key >> np.uint64(29))) & mask
        while keys[slot] != 0 and keys[slot] != key:
            slot = (slot + np.uint64(1)) & mask
        keys[slot] = key
        bits[slot] = kinds[n]


@compiled
def _bits_of(key: np.uint64, keys: Words, bits: Bytes) -> np.uint8:
    mask = np.uint64(len(keys) - 1)
    slot = (key ^ (key >> np.uint64(29))) & mask
    while keys[slot] != 0:
        if keys[slot] == key:
            return np.uint8(bits[slot])
        slot = (slot + np.uint64(1)) & mask
    return np.uint8(0)


@compiled
def _look(letters: Bytes, starts: Places, keys: Words, bits: Bytes, said: Bytes) -> None:  # noqa: PLR0912, PLR0915
    for n in range(len(starts) - 1):
        end = starts[n + 1]
        place = starts[n]
        name = pattern = False
        words = english = foreign = 0
        # Whether the next word begins a sentence, or a line.
        fresh, line = True, False
        # What came before: capitals, a name that is a word too in capitals or small, a doubtful word, and how long ago a number.
        capitals_before = both_before = given_before = doubtful_before = False
        number = 99
        while place < end:
            letter = letters[place]
            small = (letter | 32) >= 97 and (letter | 32) <= 122 and letter < 128
            wide = letter >= 128
            if wide and letter == 0xE2 and place + 2 < end and letters[place + 1] in (0x80, 0x81):
                place += 3
                continue
            if wide and letter == 0xC2:
                place += 2
                continue
            if not small and not wide:
                if letter >= 48 and letter <= 57:
                    pattern = True
                    number = 0
                    fresh = False
                    given_before = both_before = False
                elif letter == 64 or (letter == 47 and place + 1 < end and letters[place + 1] == 47):
                    pattern = True
                elif letter in (46, 33, 63, 58, 45, 42, 34, 40):
                    fresh = True
                    both_before = given_before = False
                elif letter in (10, 13):
                    line = True
                    both_before = given_before = False
                elif letter != 32:
                    both_before = given_before = False
                place += 1
                continue
            # A word: what hangs on an apostrophe belongs to it where it is 't', and is left out where it is short.
            begin = place
            key = np.uint64(0xCBF29CE484222325)
            upper = 0
            plain = True
            while place < end:
                letter = letters[place]
                if letter >= 128:
                    if letter == 0xE2 and place + 1 < end and letters[place + 1] in (0x80, 0x81):
                        break
                    plain = False
                elif (letter | 32) < 97 or (letter | 32) > 122:
                    break
                elif letter < 97:
                    upper += 1
                key = (key ^ np.uint64(letter | 32 if letter < 128 else letter)) * np.uint64(0x100000001B3)
                place += 1
            length = place - begin
            mark = 0
            if place < end and letters[place] == 39:
                mark = 1
            elif (
                place + 2 < end and letters[place] == 0xE2 and letters[place + 1] == 0x80 and letters[place + 2] == 0x99
            ):
                mark = 3
            shortened = False
            if mark:
                tail = place + mark
                while tail < end and (letters[tail] | 32) >= 97 and (letters[tail] | 32) <= 122 and letters[tail] < 128:
                    tail += 1
                hanging = tail - place - mark
                if hanging == 1 and (letters[tail - 1] | 32) == 116:
                    shortened = True
                if hanging <= 2:
                    place = tail
            words += 1
            first_upper = letters[begin] >= 65 and letters[begin] <= 90
            all_upper = upper == length
            if not plain:
                foreign += 1
            if shortened or (length == 1 and not first_upper):
                english += 1
                # A small initial, but not that of 'e.g.' and 'i.e.'.
                if not shortened and place < end and letters[place] == 46 and letters[begin] not in (101, 103, 105):
                    name = True
                doubtful_before = False
                fresh = line = False
                capitals_before = both_before = given_before = False
                number += 1
                continue
            known = _bits_of(key, keys, bits)
            doubtful = not known & _SAFE_CAPITAL and not known & _BOTH
            if known & _ENGLISH:
                english += 1
            if known & _TELLING:
                pattern = True
            if known & _CUE:
                name = True
            if known & _STREET and number <= 4:
                name = True
            if known & _BOTH:
                if (
                    given_before
                    or (both_before and first_upper)
                    or (first_upper and (not fresh or line) and not (all_upper and length > 1 and not capitals_before))
                ):
                    name = True
            elif length == 1:
                # An initial; 'I' and 'A' are words too.
                letter = letters[begin]
                if place < end and letters[place] == 46 and number > 0:
                    name = True
                if letter not in (73, 65) and not fresh:
                    name = True
            elif all_upper:
                # Not every row of capitals is a name; after a first name that is a word too, it is.
                if both_before or (not known & _SAFE_CAPITAL and (capitals_before or line or length > 5 or known)):
                    name = True
            elif first_upper:
                if not known & _SAFE_CAPITAL or (both_before and not fresh):
                    name = True
            elif not known & _SAFE_SMALL or (doubtful and (doubtful_before or line)):
                name = True
            doubtful_before = doubtful
            both_before = bool(known & _BOTH) and first_upper
            given_before = bool(known & _GIVEN_TOO)
            capitals_before = all_upper and length > 1
            fresh = line = False
            number += 1
        if name:
            said[n] |= MAY_HOLD_NAME
        if pattern:
            said[n] |= MAY_HOLD_PATTERN
        if (words >= 3 and (100 * english < _ENGLISH_FROM * words or 3 * foreign > words)) or (
            words < 3 and foreign > 0
        ):
            said[n] |= FEW_ENGLISH_WORDS

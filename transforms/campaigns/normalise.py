"""From UTF-8 to the bytes that are compared, for a batch of texts at once.

The signature is left out: what follows a closing formula near the end, such as "Yours sincerely", is who signed and not
what the letter says.
"""

import functools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from transforms.campaigns.compiled import compiled
from transforms.campaigns.letters import DROPPED, SPACE, TABLE_SIZE, letter_table

Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]

# A signature begins with one of these words, and with those of courtesy before it: "yours sincerely", "kind regards".
_CLOSING_WORDS = ("sincerely", "faithfully", "truly", "respectfully", "regards", "wishes")
_CLOSING_ENDS = (ord("y"), ord("s"))
_COURTESIES = (
    "yours", "kind", "kindest", "warm", "warmest", "best", "good", "with", "very", "many", "thanks", "and", "my", "our",
)  # fmt: skip
# At most this many characters follow a signature's first words; fewer where no word of courtesy tells what they are.
_LONGEST_SIGNATURE = 160
_LONGEST_UNTOLD = 40


@dataclass(frozen=True)
class Normalised:
    """Texts of a batch: their bytes one after another, and for each what is compared of it.

    `starts` has one place more than there are texts; `lengths` is where the signature is cut; `letters` counts letters
    and digits up to there; `keys` are equal where the compared bytes are.
    """

    letters_of_all: Bytes
    starts: Places
    lengths: Places
    letters: Places
    keys: npt.NDArray[np.uint64]


def normalise(texts: pa.Array) -> Normalised:
    """The texts as the bytes that are compared; a null is an empty text."""
    plain = texts.cast(pa.large_string()).fill_null("")
    _, offsets, data = plain.buffers()
    places = np.frombuffer(offsets, np.int64, len(plain) + 1, plain.offset * 8)
    utf8 = np.frombuffer(data, np.uint8) if data is not None else np.empty(0, np.uint8)
    folded = np.empty(int(places[-1] - places[0]) + 1, np.uint8)
    starts = np.empty(len(plain) + 1, np.int64)
    lengths, letters = np.empty(len(plain), np.int64), np.empty(len(plain), np.int64)
    keys = np.empty(len(plain), np.uint64)
    used = _fold(utf8, places, letter_table(), *_words(), folded, starts, lengths, letters, keys)
    return Normalised(folded[:used], starts, lengths, letters, keys)


@functools.cache
def _words() -> tuple[Bytes, Places]:
    """The closing words, then those of courtesy, one after another, and where each begins."""
    words = (*_CLOSING_WORDS, *_COURTESIES)
    places = np.cumsum([0, *(len(one) for one in words)], dtype=np.int64)
    return np.frombuffer("".join(words).encode(), np.uint8), places


@compiled
def _fold(  # noqa: PLR0917 - arrays that a compiled loop reads and fills
    utf8: Bytes, places: Places, table: Bytes, words: Bytes, word_places: Places,
    folded: Bytes, starts: Places, lengths: Places, letters: Places, keys: npt.NDArray[np.uint64],
) -> int:  # fmt: skip
    """Fill the arrays after `word_places`; gives the number of bytes written."""
    used = 0
    for n in range(len(places) - 1):
        starts[n] = used
        place, end = places[n], places[n + 1]
        after_space = True
        while place < end:
            lead = utf8[place]
            place += 1
            if lead < 0x80:
                byte = table[lead]
            else:
                point, place = _code_point(utf8, place, np.int64(lead))
                byte = table[point] if point < TABLE_SIZE else _beyond(point)
            # Written in any case and kept by moving on: a branch here would be guessed wrong at every word's end.
            folded[used] = byte
            is_space = byte == SPACE
            used += (byte != DROPPED) & ~(is_space & after_space)
            after_space = is_space | ((byte == DROPPED) & after_space)
        if after_space and used > starts[n]:
            used -= 1
        length = _without_signature(folded[starts[n] : used], words, word_places)
        lengths[n] = length
        letters[n], keys[n] = _letters_and_key(folded[starts[n] : starts[n] + length])
    starts[len(places) - 1] = used
    return used


@compiled
def _code_point(utf8: Bytes, place: int, lead: np.int64) -> tuple[np.int64, int]:
    """The code point that begins with `lead`, and the place after it."""
    if lead < 0xE0:
        return ((lead & 0x1F) << 6) | (np.int64(utf8[place]) & 0x3F), place + 1
    second, third = np.int64(utf8[place]) & 0x3F, np.int64(utf8[place + 1]) & 0x3F
    if lead < 0xF0:
        return ((lead & 0x0F) << 12) | (second << 6) | third, place + 2
    return ((lead & 0x07) << 18) | (second << 12) | (third << 6) | (np.int64(utf8[place + 2]) & 0x3F), place + 3


@compiled
def _beyond(point: np.int64) -> np.int64:
    """The byte of a code point beyond the basic plane: rare ideographs are letters, pictures and signs are not."""
    return np.int64(128 + point % 128) if 0x20000 <= point < 0x40000 else np.int64(SPACE)


@compiled
def _letters_and_key(text: Bytes) -> tuple[int, np.uint64]:
    letters = 0
    key = np.uint64(len(text))
    word = np.uint64(0)
    for place in range(len(text)):
        letters += text[place] != SPACE
        word = (word << np.uint64(8)) | np.uint64(text[place])
        if place & 7 == 7:
            key = (key ^ word) * np.uint64(0x9E3779B97F4A7C15)
            key ^= key >> np.uint64(29)
            word = np.uint64(0)
    key = (key ^ word) * np.uint64(0xBF58476D1CE4E5B9)
    key ^= key >> np.uint64(32)
    key *= np.uint64(0x94D049BB133111EB)
    return letters, key ^ (key >> np.uint64(29))


@compiled
def _without_signature(text: Bytes, words: Bytes, word_places: Places) -> int:
    """How many bytes come before the signature, else all."""
    end = len(text)
    while end > 0 and len(text) - end <= _LONGEST_SIGNATURE:
        start = end
        while start > 0 and text[start - 1] != SPACE:
            start -= 1
        may_close = text[end - 1] == _CLOSING_ENDS[0] or text[end - 1] == _CLOSING_ENDS[1]
        if may_close and _is_word(text[start:end], words, word_places, 0, len(_CLOSING_WORDS)):
            cut = start - 1
            told = False
            while cut > 0:
                start = cut
                while start > 0 and text[start - 1] != SPACE:
                    start -= 1
                if not _is_word(text[start:cut], words, word_places, len(_CLOSING_WORDS), len(word_places) - 1):
                    break
                told = True
                cut = start - 1
            return max(cut, 0) if told or len(text) - end <= _LONGEST_UNTOLD else len(text)
        end = start - 1
    return len(text)


@compiled
def _is_word(word: Bytes, words: Bytes, word_places: Places, first: int, last: int) -> bool:
    for one in range(first, last):
        start = word_places[one]
        if word_places[one + 1] - start != len(word):
            continue
        same = True
        for at in range(len(word)):
            if word[at] != words[start + at]:
                same = False
                break
        if same:
            return True
    return False

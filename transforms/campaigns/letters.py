"""One byte for each character: the form in which texts are compared.

Capitals, accents, punctuation and the width of spaces tell nothing about whether two texts are the same letter, so they
are folded away. Letters of other scripts become one of 128 further bytes, which is enough to tell texts apart.
"""

import functools
import unicodedata

import numpy as np
import numpy.typing as npt

DROPPED = 0
SPACE = 32
_OTHER_SCRIPTS = 128
_APOSTROPHES = "'’‘ʼ`´"
_CJK_PUNCTUATION = range(0x3000, 0x3040)
_FULL_WIDTH = range(0xFF01, 0xFF5F)
_SURROGATES_AND_PRIVATE = range(0xD800, 0xF900)
TABLE_SIZE = 0x10000


@functools.cache
def letter_table() -> npt.NDArray[np.uint8]:
    """For each code point of the basic plane its byte: DROPPED, SPACE, a letter or digit of ASCII, or 128 and above."""
    points = np.arange(TABLE_SIZE)
    table = (_OTHER_SCRIPTS + (points * 31 + (points >> 7) * 17) % 128).astype(np.uint8)
    for point in range(0x3000):
        table[point] = _byte_of(chr(point))
    table[_CJK_PUNCTUATION.start : _CJK_PUNCTUATION.stop] = SPACE
    table[_SURROGATES_AND_PRIVATE.start : _SURROGATES_AND_PRIVATE.stop] = SPACE
    for point in range(0xF900, TABLE_SIZE):
        table[point] = _byte_of(chr(point))
    for point in _FULL_WIDTH:
        table[point] = table[point - 0xFEE0]
    return table


def _byte_of(character: str) -> int:
    if character in _APOSTROPHES or unicodedata.combining(character) or unicodedata.category(character) == "Cf":
        return DROPPED
    first = unicodedata.normalize("NFKD", character)[:1].casefold()[:1] or character
    if unicodedata.category(first)[0] not in "LNM":
        return SPACE
    point = ord(first)
    return point if point < _OTHER_SCRIPTS else _OTHER_SCRIPTS + (point * 31 + (point >> 7) * 17) % 128

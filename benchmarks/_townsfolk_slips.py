"""Slips of the second truth generator: pens that are misread, ears that mishear, boxes that are too short."""

import unicodedata
from random import Random

_PENNED = {
    "a": "u", "u": "a", "n": "r", "r": "v", "v": "r", "e": "l", "l": "e", "g": "q", "q": "g", "4": "9", "9": "4",
    "1": "7", "7": "1", "3": "8", "8": "3", "5": "6", "h": "k", "k": "h", "o": "a", "c": "o", "t": "l", "m": "nn",
    "w": "uu", "b": "6", "z": "2", "S": "J", "J": "S", "P": "F", "R": "K", "M": "N", "W": "N", "C": "G", "T": "I",
}  # fmt: skip
_SOUNDS = (
    ("ph", "f"), ("ck", "k"), ("ie", "ei"), ("ee", "ea"), ("ll", "l"), ("tt", "t"), ("ss", "s"), ("nn", "n"),
    ("th", "t"), ("gh", "g"), ("y", "i"), ("c", "k"), ("ou", "u"), ("ey", "y"), ("ai", "ay"), ("l", "ll"), ("n", "nn"),
)  # fmt: skip
_SHORTER = {"Street": "St", "Road": "Rd", "Avenue": "Ave", "Close": "Cl", "Drive": "Dr", "Lane": "Ln", "Flat ": "",
    "Crescent": "Cres", "Gardens": "Gdns", "Square": "Sq", "Junction": "Jctn", "Mountains": "Mtns"}  # fmt: skip


def penned(text: str, chance: Random, rate: float) -> str:
    """`text` written by hand and read by somebody else: `rate` is the share of letters that are at risk."""
    if not rate:
        return text
    letters = [_PENNED.get(letter, letter) if chance.random() < rate else letter for letter in text]
    read = "".join(" " * (chance.random() < rate / 4) + letter for letter in letters).strip()
    return read.upper() if chance.random() < 0.15 else read


def cut(text: str, most: int) -> str:
    """What fits into the boxes of a form."""
    return text[:most].strip()


def misheard(text: str, chance: Random, rate: float) -> str:
    """`text` as somebody spells it who heard it: `rate` is the chance of one other spelling in each word."""
    words = text.split(" ")
    for place, word in enumerate(words):
        if chance.random() >= rate:
            continue
        found = [(sound, other) for sound, other in _SOUNDS if sound in word.lower()]
        if found and "@" not in word:
            sound, other = chance.choice(found)
            words[place] = word.replace(sound, other, 1)
        elif len(word) > 3:
            cut_out = chance.randrange(1, len(word))
            words[place] = word[:cut_out] + word[cut_out + 1 :]
    return " ".join(words)


def plain(text: str) -> str:
    """`text` in the letters that an address of e-mail may have."""
    spread = unicodedata.normalize("NFKD", text.replace("ł", "l").replace("Ł", "L").replace("ı", "i"))
    return "".join(letter for letter in spread if letter.isascii() and (letter.isalnum() or letter in " -"))


def shorter(address: str, chance: Random) -> str:
    """An address with the abbreviations of envelopes, or without its commas."""
    for word, short in _SHORTER.items():
        address = address.replace(word, short)
    return address.replace(",", "") if chance.random() < 0.5 else address


def phone(number: str, chance: Random) -> str:
    """A number as people group its digits; now and then two of them change places."""
    digits = number.replace(" ", "")
    if chance.random() < 0.03:
        place = chance.randrange(3, len(digits) - 1)
        digits = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
    shape = chance.randrange(4)
    if shape == 0:
        return "0044" + digits[1:]
    return f"{digits[:4]}-{digits[4:7]}-{digits[7:]}" if shape == 1 else digits if shape == 2 else number


def postcode(code: str, chance: Random) -> str:
    """A postcode, without its space, in small letters, or only its first half."""
    shape = chance.random()
    if shape < 0.04:
        return code.split(" ", maxsplit=1)[0]
    return code.replace(" ", "") if shape < 0.25 else code.lower() if shape < 0.35 else code


def body(name: str, chance: Random) -> str:
    """An organisation by another of its names."""
    shape = chance.randrange(8) if name else 7
    if shape == 0:
        return f"The {name}"
    if shape == 1:
        return name.split(" ", 1)[-1] + f" ({name.split(' ', 1)[0]})"
    if shape == 2:
        return name.replace("Federation", "Fed.").replace("Committee", "Cttee").replace("School", "Sch.")
    return name.replace(" of the ", " of ").replace("Council", "Cllr") if shape == 3 else name

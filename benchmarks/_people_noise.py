"""Noise of the truth generator: what scanners, keying and memory do to what a person wrote."""

from random import Random

_SCANNED = {
    "rn": "m", "m": "rn", "cl": "d", "d": "cl", "w": "vv", "o": "0", "0": "O", "l": "1", "1": "l", "i": "l", "I": "l",
    "s": "5", "S": "5", "5": "S", "B": "8", "8": "B", "e": "c", "c": "e", "h": "b", "n": "h", "u": "v", "a": "o",
    "t": "f", "g": "9", "Z": "2", "2": "Z", "6": "b", "y": "v", "E": "F", "O": "Q", "D": "O", ".": ",", "f": "t",
}  # fmt: skip
_NEIGHBOURS = {
    "q": "wa", "w": "qes", "e": "wrd", "r": "etf", "t": "ryg", "y": "tuh", "u": "yij", "i": "uok", "o": "ipl",
    "p": "ol",
    "a": "qsz", "s": "awdx", "d": "sefc", "f": "drgv", "g": "fthb", "h": "gyjn", "j": "hukm", "k": "jil", "l": "kop",
    "z": "asx", "x": "zsdc", "c": "xdfv", "v": "cfgb", "b": "vghn", "n": "bhjm", "m": "njk",
    "0": "9", "1": "2", "2": "13", "3": "24", "4": "35", "5": "46", "6": "57", "7": "68", "8": "79", "9": "80",
}  # fmt: skip


def scanned(text: str, chance: Random, rate: float) -> str:
    """`text` as a scanner may read it: `rate` is the share of letters that are at risk."""
    read: list[str] = []
    place = 0
    while place < len(text):
        if chance.random() >= rate:
            read.append(text[place])
            place += 1
            continue
        pair = text[place : place + 2]
        if pair in _SCANNED:
            read.append(_SCANNED[pair])
            place += 2
        elif text[place] in _SCANNED:
            read.append(_SCANNED[text[place]])
            place += 1
        else:
            # A letter is lost, or a stain becomes a space.
            read.append(chance.choice(["", text[place], text[place] + " "]))
            place += 1
    return "".join(read)


def keyed(text: str, chance: Random, rate: float) -> str:
    """`text` as a hurried hand types it: `rate` is the chance of one slip for each eight letters."""
    letters = list(text)
    for _ in range(max(1, len(letters) // 8)):
        if len(letters) < 3 or chance.random() >= rate:
            continue
        place = chance.randrange(1, len(letters))
        slip = chance.randrange(4)
        if slip == 0:
            letters[place - 1], letters[place] = letters[place], letters[place - 1]
        elif slip == 1:
            del letters[place]
        elif slip == 2:
            letters.insert(place, letters[place])
        else:
            near = _NEIGHBOURS.get(letters[place].lower())
            letters[place] = chance.choice(near) if near else letters[place]
    return "".join(letters)

"""What happens to a letter between the campaign's page and the council's mailbox."""

import random

_MISREAD = {
    "rn": "m", "m": "rn", "l": "1", "i": "l", "o": "0", "e": "c", "a": "o", "h": "b", "t": "f", "s": "5", "u": "v",
    "cl": "d", "n": "ri",
}  # fmt: skip
_KEYS = "qwertyuiopasdfghjklzxcvbnm"


def trivially_changed(rng: random.Random, text: str) -> str:
    """Nothing that a reader would call a change: capitals, spaces, line ends, quotation marks, full stops."""
    how = rng.randrange(6)
    if how == 0:
        return text.upper()
    if how == 1:
        return text.replace(". ", ".\n\n")
    if how == 2:
        return text.replace(" ", "  ").replace(".", " .")
    if how == 3:
        return text.lower().replace(".", "")
    if how == 4:
        return "> " + text.replace(". ", ".\n> ")
    return f"“{text}”"


def copied_by_hand(rng: random.Random, text: str) -> str:
    """As a letter comes back from a scan: letters misread, some spaces lost."""
    share = rng.uniform(0.003, 0.02)
    made = []
    for place, letter in enumerate(text):
        if rng.random() >= share:
            made.append(letter)
        elif letter == " ":
            continue
        else:
            made.append(_MISREAD.get(text[place : place + 2]) or _MISREAD.get(letter, letter))
    return "".join(made)


def retyped(rng: random.Random, sentences: list[list[str]]) -> list[list[str]]:
    """Typed again from a printed letter: keys missed, doubled and swapped, a word or two forgotten."""
    result = []
    for sentence in sentences:
        words = []
        for word in sentence:
            chance = rng.random()
            if chance < 0.01:
                continue
            words.append(_mistyped(rng, word) if chance < 0.05 else word)
        result.append(words)
    return result


def _mistyped(rng: random.Random, word: str) -> str:
    at = rng.randrange(len(word))
    how = rng.randrange(3)
    if how == 0:
        return word[:at] + word[at + 1 :]
    if how == 1:
        return word[:at] + rng.choice(_KEYS) + word[at:]
    return word[:at] + word[at : at + 2][::-1] + word[at + 2 :]


def words_replaced(rng: random.Random, sentences: list[list[str]], words: list[str], share: float) -> list[list[str]]:
    """A share of the words replaced, left out or joined by another."""
    result = []
    for sentence in sentences:
        made = []
        for word in sentence:
            chance = rng.random()
            if chance >= share:
                made.append(word)
            elif chance < share / 2:
                made.append(rng.choice(words))
            elif chance < share * 3 / 4:
                made += [word, rng.choice(words)]
        result.append(made)
    return result

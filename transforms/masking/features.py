"""What the tagger sees of each word: its form, its class, and the same of its neighbours."""

from transforms.masking.lexicon import COMMON, ORDINARY, PLACES_AFTER, PROPER, STREETS, TITLES, Lexicon

_FIGURES = {1: "d1", 2: "d2", 3: "d3", 4: "d4"}


class Features:
    """Makes the features of a sentence; keeps those of each word, because words come again and again."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._kept: dict[str, tuple[str, str, list[str], list[str], list[str], list[str], list[str]]] = {}

    def of(self, words: list[str], *, shouting: bool = False) -> list[list[str]]:
        """For each word of a sentence its features. `shouting`: all is in capitals, which then says nothing."""
        if shouting:
            words = [word.lower() for word in words]
        around = [self._word(word) for word in words]
        last = len(words) - 1
        flat = "flat" if all(word.islower() for word in words if word[0].isalpha()) else "cased"
        places = _places(words)
        items = []
        for n, (kind, _, own, *_) in enumerate(around):
            item = [*own, places[n], f"{places[n]}|{kind}", f"{flat}|{kind}"]
            if n > 0:
                before = around[n - 1]
                item += before[3]
                item.append(f"-1,0={before[0]}|{kind}")
                item.append(f"-1w,0={before[1]}|{kind}")
                if n > 1:
                    item += around[n - 2][5]
                    item.append(f"-2,-1,0={around[n - 2][1]}|{before[1]}|{kind}")
                    item.append(f"-2,0={around[n - 2][0]}|{before[0]}|{kind}")
            if n < last:
                after = around[n + 1]
                item += after[4]
                item.append(f"0,+1={kind}|{after[0]}")
                item.append(f"0,+1w={kind}|{after[1]}")
                if n > 0:
                    item.append(f"-1,0,+1={around[n - 1][0]}|{kind}|{after[0]}")
                if n < last - 1:
                    item += around[n + 2][6]
            items.append(item)
        return items

    def _word(self, word: str) -> tuple[str, str, list[str], list[str], list[str], list[str], list[str]]:
        kept = self._kept.get(word)
        if kept is None:
            if len(self._kept) > 200_000:
                self._kept.clear()
            kept = self._kept[word] = self._describe(word)
        return kept

    def _describe(self, word: str) -> tuple[str, str, list[str], list[str], list[str], list[str], list[str]]:
        folded = word.lower().replace("’", "'")
        letters = word[0].isalpha()
        # What stands for the word as a neighbour: itself where it is known one by one, else its class.
        if any(character.isdigit() for character in word):
            kind = name = _figures(word)
            letters = False
        elif not letters:
            kind = name = "\\n" if word == "\n" else "'s" if folded == "'s" else word
        else:
            kind = f"{self._lexicon.class_of(folded)}{_shape(word)}"
            name = folded if folded in self._lexicon.known else _group(folded) or kind
        own = [f"k={kind}", f"w={name}"]
        if letters:
            group = _group(folded)
            if group:
                own.append(f"t={group}")
            if kind[0] not in (COMMON, ORDINARY, PROPER):
                own += [f"s3={folded[-3:]}", f"s2={folded[-2:]}", f"p3={folded[:3]}", f"len={min(len(folded), 9)}"]
                if "'" in folded:
                    own.append("apostrophe")
                if not folded.isascii():
                    own.append("accent")
            if folded[:3] == "mac" or folded[:2] == "mc":
                own.append("mac")
        return (
            kind, name, own, [f"-1k={kind}", f"-1w={name}"], [f"+1k={kind}", f"+1w={name}"],
            [f"-2k={kind}", f"-2w={name}"], [f"+2k={kind}", f"+2w={name}"],
        )  # fmt: skip


def is_shouted(words: list[str]) -> bool:
    """Whether a sentence is written in capitals: then they tell nothing about names."""
    letters = [word for word in words if word[0].isalpha() and len(word) > 1]
    return len(letters) > 2 and sum(word.isupper() for word in letters) > 0.8 * len(letters)


def _places(words: list[str]) -> list[str]:
    """Where each word stands: at the start of the sentence, of a line, alone on it, after a sign, or within."""
    places = []
    before = ""
    for n, word in enumerate(words):
        after = words[n + 1] if n + 1 < len(words) else ""
        start = "start" if before == "" else "line" if before == "\n" else "sign" if not before[-1].isalnum() else "in"
        places.append(f"at={start}{'$' if after in ('', chr(10)) else ''}")
        before = word
    return places


def _shape(word: str) -> str:
    if word.islower():
        return "x"
    if len(word) == 1:
        return "X1"
    if word.isupper():
        return "XX"
    if word[0].isupper():
        return "Xx" if word[1:].islower() else "XxX"
    return "xX" if not word.istitle() and word.upper() != word.lower() else "-"


def _figures(word: str) -> str:
    """Figures by their number; with one letter behind, as houses have it; with letters elsewhere."""
    if word.isdigit():
        return _FIGURES.get(len(word), "d5")
    if word[:-1].isdigit():
        return "dL"
    return "dth" if word[-2:].lower() in ("st", "nd", "rd", "th") else "Ld"


def _group(folded: str) -> str | None:
    if folded in TITLES:
        return "<title>"
    if folded in STREETS:
        return "<street>"
    return "<place>" if folded in PLACES_AFTER else None

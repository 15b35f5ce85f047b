"""Sentences of consultation answers made up from the grammar, each piece labelled with what it is."""
# ruff: noqa: E501 - word lists and expressions are read whole

import random
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from transforms.masking.lexicon import BOTH
from transforms.masking.training.dictionary import Dictionary
from transforms.masking.training.names import Names

_GRAMMAR = Path(__file__).with_name("grammar.toml")
_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_SLOT = re.compile(r"\{(\w+)\}")
_FIGURES = (
    "00-00-00", "00000000", "000 000 0000", "0000000000", "01000 000000", "00/00/1900", "AB 00 00 00 C", "00000", "000000", "AB00 CDE", "CD00 0EF", "0000-00-00", "+44 0000 000000", "00.00.00"
)  # fmt: skip
_WORD_NAMES = 0.03
_TITLES = "Mr Mrs Ms Miss Dr Rev Prof Cllr Councillor Mx Sir Professor".split()


@dataclass(frozen=True)
class Piece:
    """A stretch of a text: P(erson), A(ddress), G (organisation), R(ole), L (place), or what a pattern finds; O: none of these."""

    text: str
    label: str = "O"


@cache
def _grammar() -> dict[str, Any]:
    return tomllib.loads(_GRAMMAR.read_text("utf-8"))


class Sentences:
    """Makes sentences; the same seed makes the same."""

    def __init__(self, names: Names, dictionary: Dictionary, seed: int) -> None:
        self._names, self._dictionary = names, dictionary
        self.rng = random.Random(seed)  # noqa: S311 - made-up sentences, not secrets
        self._origins = names.origins()
        self._british = [
            origin for origin in ("en_GB", "en_IE", "en_US", "welsh", "scottish") if origin in self._origins
        ]
        given, family = names.words()
        both = sorted(dictionary.lexicon.words_of.get(BOTH, ()))
        # May Green and Will Banks: names of which both parts are words, hard to tell and rare in the lists.
        self._word_names = (
            [one.title() for one in both if one in given],
            [one.title() for one in both if one in family],
        )
        grammar = _grammar()
        self._lists = [(one["weight"], one["lines"]) for one in grammar.values() if "lines" in one]
        self._words: dict[str, list[str]] = {name: one.split() for name, one in grammar["words"].items()}
        self._phrases: dict[str, list[str]] = grammar["phrases"]
        self._stems: dict[str, list[str]] = {name: one.split() for name, one in grammar["stems"].items()}
        self._slots: dict[str, Callable[[], list[Piece]]] = {
            "person": self._person, "signer": lambda: self._person(signing=True),
            "given": lambda: [Piece(self._name()[0], "P")], "family": lambda: [Piece(self._name()[1], "P")],
            "place": lambda: [Piece(self._place(), "L")], "park": lambda: [Piece(self._park(), "L")],
            "street": lambda: [Piece(self._street(), "L")], "address": lambda: [Piece(self._address(), "A")],
            "org": lambda: [Piece(self._organisation(), "G")], "bigorg": self._bigorg,
            "PERSON": lambda: _upper(self._person()),
            "ADDRESS": lambda: [Piece(self._address().upper(), "A")],
            "role": lambda: [Piece(self._cased(self._one("role")), "R")],
        }  # fmt: skip

    def __iter__(self) -> Iterator[list[Piece]]:
        while True:
            (lines,) = self.rng.choices([lines for _, lines in self._lists], [weight for weight, _ in self._lists])
            yield self.expand(self.rng.choice(lines))

    def expand(self, line: str) -> list[Piece]:
        """A line of the grammar with its choices made and its slots filled."""
        while match := _CHOICE.search(line):
            line = line[: match.start()] + self.rng.choice(match[1].split("|")) + line[match.end() :]
        pieces: list[Piece] = []
        at = 0
        for match in _SLOT.finditer(line):
            pieces += [Piece(line[at : match.start()]), *self._fill(match[1])]
            at = match.end()
        pieces.append(Piece(line[at:]))
        return [piece for piece in pieces if piece.text]

    def _fill(self, slot: str) -> list[Piece]:
        if slot in self._slots:
            return self._slots[slot]()
        if slot in ("email", "phone", "postcode", "figures"):
            return [Piece(self._plain_words(slot), slot)]
        return [Piece(self._plain_words(slot))]

    def _plain_words(self, slot: str) -> str:  # noqa: PLR0911, PLR0912 - one slot after another
        rng = self.rng
        match slot:
            case "chain" | "Chain":
                words = self._dictionary.chain(rng, rng.randint(2, 9))
                return " ".join(words).capitalize() if slot == "Chain" else " ".join(words)
            case "Title":
                return " ".join(self._dictionary.chain(rng, rng.randint(1, 4))).title()
            case "clause" | "Clause" | "CLAUSE":
                one = (
                    self._one("clause")
                    if rng.random() < 0.6
                    else " ".join(self._dictionary.chain(rng, rng.randint(4, 10)))
                )
                return one.upper() if slot == "CLAUSE" else one[0].upper() + one[1:] if slot == "Clause" else one
            case "did":
                return (
                    self._one("did") if rng.random() < 0.7 else " ".join(self._dictionary.chain(rng, rng.randint(2, 7)))
                )
            case "Thing":
                return self._one("thing").capitalize()
            case "figures":
                return "".join(rng.choice("0123456789") if sign == "0" else sign for sign in rng.choice(_FIGURES))
            case "code":
                return self.rng.choice(self._stems["codes"])
            case "language":
                return self.rng.choice(self._stems["languages"])
            case "number":
                return str(rng.choice([rng.randint(1, 30), rng.randint(30, 3000)]))
            case "money":
                return f"£{rng.choice([5, 20, 250, 1_000, 12_500]):,}"
            case "acronym":
                return "".join(rng.choices("ABCDEFGHILMNOPRSTUVW", k=rng.randint(2, 5)))
            case "email":
                given, family = self._name()
                return f"{given}{rng.choice(['.', '', '_'])}{family}@{rng.choice(['example.org', 'example.com', 'mail.example.co.uk'])}".lower().replace(
                    " ", ""
                )
            case "phone":
                return rng.choice(["01332 2", "07700 9", "0115 9", "0207 4"]) + str(rng.randint(10000, 99999))
            case "postcode":
                return (
                    rng.choice(["DE", "NG", "S", "B", "CF", "LE"])
                    + f"{rng.randint(1, 24)} {rng.randint(1, 9)}{rng.choice('ABDEFGHJLN')}{rng.choice('PQRSTUWXYZ')}"
                )
            case "date":
                return f"{rng.randint(1, 28)} {self._one('month')}{rng.choice([' 2006', ' 2007', ''])}"
        return self._one(slot)

    def _one(self, name: str) -> str:
        return self.rng.choice(self._phrases.get(name) or self._words[name])

    def _cased(self, words: str) -> str:
        return words.title() if self.rng.random() < 0.3 else words

    def _name(self) -> tuple[str, str]:
        """A first and a family name of one origin; half of all are British."""
        if self.rng.random() < _WORD_NAMES:
            return self.rng.choice(self._word_names[0]), self.rng.choice(self._word_names[1])
        origin = self.rng.choice(self._british if self.rng.random() < 0.4 else self._origins)
        given = self.rng.choice(self._names.given[origin])
        if self.rng.random() < 0.08:
            origin = self.rng.choice(self._origins)
        return given, self.rng.choice(self._names.family[origin])

    def _person(self, *, signing: bool = False) -> list[Piece]:  # noqa: PLR0911 - one form after another
        rng = self.rng
        given, family = self._name()
        title = Piece(rng.choice(_TITLES) + rng.choice(["", "", "."]) + " ")
        form = rng.choices(range(13), [34, 22, 7, 10, 5, 5, 3, 3, 3, 4, 2, 1 + 3 * signing, 2])[0]
        match form:
            case 0:
                return [Piece(f"{given} {family}", "P")]
            case 1:
                return [Piece(given, "P")]
            case 2:
                return [Piece(family, "P")] if rng.random() < 0.5 else [title, Piece(f"{given} {family}", "P")]
            case 3:
                return [title, Piece(family, "P")]
            case 4:
                return [Piece(f"{given[0]}. {family}", "P")]
            case 5:
                return [Piece(f"{given[0]} {family}", "P")]
            case 6:
                return [Piece(f"{given[0]}.{self._name()[0][0]}. {family}", "P")]
            case 7:
                return [Piece(f"{given} {self._name()[0][0]}. {family}", "P")]
            case 8:
                return [Piece(f"{given} {family[0]}{rng.choice(['.', ''])}", "P")]
            case 9:
                return [
                    Piece(
                        f"{given} {rng.choice([self._name()[1] + '-' + family, self._name()[0] + ' ' + family, 'de ' + family, 'al ' + family])}",
                        "P",
                    )
                ]
            case 10:
                return [Piece(f"{family}, {given}", "P")]
            case 11:
                return [
                    Piece(
                        rng.choice([f"{given[0]}{family[0]}", f"{given[0]}.{family[0]}.", f"{given[0]}. {family[0]}."]),
                        "P",
                    )
                ]
        return [title, Piece(f"{given[0]}{rng.choice(['.', ''])} {family}", "P")]

    def _place(self) -> str:
        rng = self.rng
        if rng.random() < 0.35:
            return self._one("cities")
        place = rng.choice(self._stems["place_starts"]) + rng.choice(self._stems["place_ends"])
        if rng.random() < 0.12:
            place += rng.choice(
                [
                    " Magna",
                    " Parva",
                    "-on-Trent",
                    "-in-the-Vale",
                    " Heath",
                    " Green",
                    " Moor",
                    " Village",
                    " Park",
                    "-upon-Tyne",
                ]
            )
        return (
            f"{rng.choice(['New', 'Old', 'West', 'East', 'Upper', 'Great', 'Little', 'North', 'South', 'St', 'Llan', 'Long'])} {place}"
            if rng.random() < 0.1
            else place
        )

    def _stem(self) -> str:
        """What parks and streets are called after: places, persons, ordinary words."""
        rng = self.rng
        chance = rng.random()
        if chance < 0.35:
            return self._place()
        if chance < 0.55:
            return rng.choice(self._name())
        if chance < 0.62:
            return " ".join(self._name())
        if chance < 0.7:
            return f"St {self._name()[0]}'s"
        if chance < 0.78:
            return rng.choice(
                "Victoria Albert Queen's King's Prince Edward George Nelson Wellington Churchill Alexandra Jubilee Coronation Trinity Regent".split()
            )
        return " ".join(self._dictionary.chain(rng, 3)[1:2]).title()

    def _park(self) -> str:
        return f"{self._stem()} {self._one('feature')}"

    def _street(self) -> str:
        return f"{self._stem()} {self._one('street_kind')}"

    def _organisation(self) -> str:
        rng = self.rng
        return rng.choice([
            f"{self._stem()} {self._one('org_kind')}", f"{self._place()} {self._one('org_kind')}", f"{self._place()} {self._one('org_kind')}",
            f"Friends of {self._park()}", f"the {self._stem()} {self._one('org_kind')}", f"{self._stem()} & {self._stem()} {self._one('org_kind')}",
            f"{self._plain_words('Title')} {self._one('org_kind')}", f"{self._place()} {self._plain_words('acronym')}", f"{self._stem()} Trust",
        ])  # fmt: skip

    def _bigorg(self) -> list[Piece]:
        words = self._one("bigorg")
        if words.startswith("the "):
            return [Piece("the "), Piece(words[4:], "G")]
        return [Piece(words, "G")]

    def _address(self) -> str:
        rng = self.rng
        number = str(rng.choice([rng.randint(1, 40), rng.randint(1, 400)])) + (
            rng.choice("abcdefABC") if rng.random() < 0.12 else ""
        )
        street = f"{number}{rng.choice([' ', ' ', ' ', ', '])}{self._street()}"
        comma = rng.choice([", ", ", ", "\n", " "])
        form = rng.random()
        if form < 0.12:
            street = f"{rng.choice(['Flat', 'Apartment', 'Unit', 'Room', 'Apt'])} {rng.randint(1, 60)}{rng.choice(['', 'A', 'b'])}{comma}{street}"
        elif form < 0.26:
            street = f"{self._stem()} {rng.choice('Cottage Farm House Lodge Barn Mill Hall Bungalow Villa Court'.split())}{comma}{self._street()}"
        elif form < 0.32:
            street = f"{rng.choice(['Flat', 'Room'])} {rng.randint(1, 90)}{comma}{self._stem()} {rng.choice(['House', 'Court', 'Tower', 'Lodge'])}"
        elif form < 0.36:
            street = f"The {rng.choice('Old New Red White Coach Mill Grange'.split())} {rng.choice('Rectory Vicarage Cottage House Barn Farm Forge Bakery'.split())}{comma}{self._street()}"
        if rng.random() < 0.55:
            street += comma + self._place()
        if rng.random() < 0.15:
            street += comma + self._one("cities")
        return street


def _upper(pieces: list[Piece]) -> list[Piece]:
    return [Piece(piece.text.upper(), piece.label) for piece in pieces]

"""Texts of which it is known what has to be masked: written by hand, or made up from names that no training saw."""
# ruff: noqa: E501 - word lists and expressions are read whole

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from transforms.masking.training.dictionary import load_dictionary
from transforms.masking.training.fill import Piece, Sentences
from transforms.masking.training.names import half_of, load_names
from transforms.masking.training.noise import with_noise

_BY_HAND = Path(__file__).with_name("_masking_by_hand.txt")
_MARK = re.compile(r"\{([a-z ]+?) ([^{}]+)\}")
_LABELS = (
    "name",
    "email",
    "phone",
    "postcode",
    "address",
    "date of birth",
    "id",
    "handle",
    "url",
    "role",
    "organisation",
)
# A role and an organisation are masked together, where they name one person: either way is right for those made up.
_OF_PIECE = {"P": "name", "A": "address", "R": "either", "G": "either", "figures": "either"}


@dataclass(frozen=True)
class Truth:
    """What stands from `start` to `end` has to be masked."""

    start: int
    end: int
    label: str


@dataclass(frozen=True)
class Text:
    text: str
    truths: tuple[Truth, ...]


def by_hand(*, for_report: bool) -> list[Text]:
    """The texts written by hand: the even ones for the report, the odd ones for development."""
    lines = [line for line in _BY_HAND.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    return [_marked(line.replace("\\n", "\n")) for n, line in enumerate(lines, 1) if (n % 2 == 0) == for_report]


def made_up(seed: int, count: int, *, held_out: bool) -> list[Text]:
    """Texts of the training's grammar, and of patterns, with the names of one half."""
    names = half_of(load_names(), held_out=held_out)
    sentences = Sentences(names, load_dictionary(load_names()), seed)
    texts = []
    for pieces in islice(sentences, count):
        more = [Piece(" "), *_with_pattern(sentences.rng)] if sentences.rng.random() < 0.35 else []
        texts.append(_of_pieces(with_noise([*pieces, *more], sentences.rng)))
    return texts


def _marked(line: str) -> Text:
    text, truths, at = "", [], 0
    for match in _MARK.finditer(line):
        label = next(one for one in sorted(_LABELS, key=len, reverse=True) if match[0][1:].startswith(one + " "))
        text += line[at : match.start()]
        words = match[0][len(label) + 2 : -1]
        truths.append(Truth(len(text), len(text) + len(words), label))
        text, at = text + words, match.end()
    return Text(text + line[at:], tuple(truths))


def _of_pieces(pieces: list[Piece]) -> Text:
    text, truths = "", []
    for piece in pieces:
        label = _OF_PIECE.get(piece.label, piece.label)
        if label in _LABELS or label == "either":
            truths.append(Truth(len(text), len(text) + len(piece.text), label))
        text += piece.text
    return Text(text, tuple(truths))


def _digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choices("0123456789", k=count))


def _nhs_number(rng: random.Random) -> str:
    while True:
        digits = _digits(rng, 9)
        check = 11 - sum(int(digit) * (10 - n) for n, digit in enumerate(digits)) % 11
        if check != 10:
            digits += str(check % 11)
            return rng.choice(
                [digits, f"{digits[:3]} {digits[3:6]} {digits[6:]}", f"{digits[:3]}-{digits[3:6]}-{digits[6:]}"]
            )


def _with_pattern(rng: random.Random) -> list[Piece]:  # noqa: PLR0911 - one kind after another
    """A sentence with something that a pattern has to find, in one of the ways in which it is written."""
    letter = rng.choice
    match rng.choice(["email", "phone", "postcode", "date of birth", "nhs", "ni", "plate", "bank", "number"]):
        case "email":
            name = "".join(rng.choices("abcdefghiklmnoprstuw", k=6)) + rng.choice(["", ".", "_"]) + _digits(rng, 2)
            host = rng.choice(["gmail.com", "example.co.uk", "mail.derby.org", "btinternet.com", "yahoo.co.uk"])
            at = rng.choice(["@", "@", "@", " @ ", " at ", "(at)", " [at] "])
            dot = " dot " if at == " at " else rng.choice([".", ".", " . "]) if at == " @ " else "."
            return [
                Piece(rng.choice(["Write to ", "my email is ", "e-mail: "])),
                Piece(name + at + host.replace(".", dot), "email"),
                Piece(rng.choice([".", " please", ", thanks"])),
            ]
        case "phone":
            area = rng.choice(["01332", "0115", "07700", "020", "01298", "0161"])
            rest = _digits(rng, 11 - len(area))
            number = rng.choice([
                area + rest, f"{area} {rest}", f"({area}) {rest}", f"{area}-{rest[:3]}-{rest[3:]}", f"+44 {area[1:]} {rest}", f"+44 (0){area[1:]} {rest}",
                f"{area} {rest[:3]} {rest[3:]}", f"{area}.{rest[:3]}.{rest[3:]}", f"0044 {area[1:]} {rest}", " ".join(area + rest), (area + " " + rest).replace("0", "O", 1),
                f"{area} {rest} ext {_digits(rng, 3)}",
            ])  # fmt: skip
            return [
                Piece(rng.choice(["Ring ", "my number is ", "Tel: ", "Call us on ", "mobile "])),
                Piece(number, "phone"),
                Piece(rng.choice([".", " after six", ""])),
            ]
        case "postcode":
            area = rng.choice(["DE", "NG", "S", "LE", "B", "ST", "SW", "EH", "CF", "BT"]) + rng.choice(
                ["1", "7", "22", "14"]
            )
            inward = rng.choice("123456789") + letter("ABDEFGHJLNPQ") + letter("RSTUWXYZ")
            code = rng.choice(
                [
                    f"{area} {inward}",
                    f"{area}{inward}",
                    f"{area}  {inward}",
                    f"{area} {inward}".lower(),
                    f"{area}{inward}".lower(),
                    f"{area} {inward}".replace("1", "I"),
                ]
            )
            return [
                Piece(rng.choice(["I live at ", "my postcode is ", "Postcode: ", "We are in "])),
                Piece(code, "postcode"),
                Piece(rng.choice([".", ", near the park.", ""])),
            ]
        case "date of birth":
            day, month, year = rng.randint(1, 28), rng.randint(1, 12), rng.randint(1920, 2005)
            written = rng.choice(
                [
                    f"{day}/{month}/{year}",
                    f"{day:02}.{month:02}.{year}",
                    f"{day}-{month}-{year % 100:02}",
                    f"{day}th May {year}",
                    f"{day} January {year}",
                    f"March {day}, {year}",
                    f"{year}-{month:02}-{day:02}",
                ]
            )
            return [
                Piece(
                    rng.choice(
                        ["I was born on ", "DOB ", "Date of birth: ", "d.o.b. ", "my date of birth is ", "born "]
                    )
                ),
                Piece(written, "date of birth"),
                Piece("."),
            ]
        case "nhs":
            return [
                Piece(rng.choice(["My NHS number is ", "NHS no. ", "NHS: ", "his NHS number, "])),
                Piece(_nhs_number(rng), "id"),
                Piece("."),
            ]
        case "ni":
            number = letter("ABCEHJLMPRSTWXYZ") + letter("ABCEHJLMPRSWXYZ") + _digits(rng, 6) + letter("ABCD")
            spaced = f"{number[:2]} {number[2:4]} {number[4:6]} {number[6:8]} {number[8]}"
            return [
                Piece(rng.choice(["My NI number is ", "National Insurance ", "NINO: ", "I am "])),
                Piece(rng.choice([number, spaced, number.lower()]), "id"),
                Piece("."),
            ]
        case "plate":
            plate = (
                letter("ABCDEFGHKLMNOPRSTVWXY")
                + letter("ABCDEFGHJKLMNOPRSTUVWXY")
                + rng.choice(["07", "56", "54", "12"])
                + " "
                + "".join(rng.choices("ABCDEFGHJKLMNOPRSTUVWXYZ", k=3))
            )
            return [
                Piece(rng.choice(["The car is ", "registration ", "A van, ", "reg: "])),
                Piece(plate, "id"),
                Piece(rng.choice([" parks there.", "."])),
            ]
        case "bank":
            return [
                Piece("sort code "),
                Piece(f"{_digits(rng, 2)}-{_digits(rng, 2)}-{_digits(rng, 2)}", "id"),
                Piece(rng.choice([" account ", ", account number ", " a/c "])),
                Piece(_digits(rng, 8), "id"),
                Piece("."),
            ]
    return [
        Piece(
            rng.choice(
                [
                    "council tax account number ",
                    "Blue Badge number ",
                    "council tax ref ",
                    "housing benefit claim number ",
                    "patient number ",
                ]
            )
        ),
        Piece(_digits(rng, rng.randint(6, 10)), "id"),
        Piece("."),
    ]


def words_in(text: str) -> Iterator[tuple[int, int]]:
    """The words of a text, as they are counted here."""
    return (match.span() for match in re.finditer(r"\w+", text))

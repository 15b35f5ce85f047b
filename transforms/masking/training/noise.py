"""What hands do to sentences: wrong case, slips of the keys, lost accents and signs."""
# ruff: noqa: E501 - word lists and expressions are read whole

import random
import unicodedata

from transforms.masking.training.fill import Piece

_NEAR = {
    "a": "sq", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj", "i": "uo", "j": "hk", "k": "jl", "l": "k",
    "m": "n", "n": "bm", "o": "ip", "p": "o", "q": "w", "r": "et", "s": "ad", "t": "ry", "u": "yi", "v": "cb", "w": "qe", "x": "zc", "y": "tu", "z": "x",
}  # fmt: skip


def with_noise(pieces: list[Piece], rng: random.Random) -> list[Piece]:
    """The pieces as somebody in a hurry, or with the wrong key down, would have written them."""
    chance = rng.random()
    if chance < 0.13:
        pieces = [Piece(piece.text.lower(), piece.label) for piece in pieces]
    elif chance < 0.18:
        pieces = [Piece(piece.text.upper(), piece.label) for piece in pieces]
    elif chance < 0.21:
        pieces = [Piece(piece.text.upper() if piece.label == "P" else piece.text, piece.label) for piece in pieces]
    elif chance < 0.26:
        pieces = [Piece(piece.text.lower() if piece.label in "PA" else piece.text, piece.label) for piece in pieces]
    if rng.random() < 0.3:
        pieces = [Piece(_plain(piece.text), piece.label) for piece in pieces]
    if rng.random() < 0.22:
        pieces = [Piece(_slips(piece.text, rng, 0.35 if piece.label == "P" else 0.06), piece.label) for piece in pieces]
    if rng.random() < 0.08:
        pieces = [Piece(piece.text.replace("'", "’"), piece.label) for piece in pieces]
    if rng.random() < 0.06:
        pieces = [
            Piece(piece.text.replace(",", "").replace(".", "") if piece.label == "O" else piece.text, piece.label)
            for piece in pieces
        ]
    return pieces


def _slips(text: str, rng: random.Random, chance: float) -> str:
    return " ".join(_slip(word, rng) if len(word) > 3 and rng.random() < chance else word for word in text.split(" "))


def _slip(word: str, rng: random.Random) -> str:
    at = rng.randrange(1, len(word) - 1)
    match rng.randrange(4):
        case 0:
            return word[:at] + word[at + 1 :]
        case 1:
            return word[:at] + word[at] + word[at:]
        case 2:
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return word[:at] + rng.choice(_NEAR.get(word[at].lower(), word[at])) + word[at + 1 :]


def _plain(text: str) -> str:
    return "".join(
        character for character in unicodedata.normalize("NFD", text) if not unicodedata.combining(character)
    )

"""Fitting the tagger to sentences that are made up for it."""

import ctypes
import hashlib
import random
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import faker
import pycrfsuite

from transforms.masking.features import Features, is_shouted
from transforms.masking.lexicon import without_names
from transforms.masking.model import Model
from transforms.masking.tagger import LABELS
from transforms.masking.tokens import segments_of, tokens_of
from transforms.masking.training.dictionary import Dictionary, load_dictionary
from transforms.masking.training.fill import Piece, Sentences
from transforms.masking.training.names import Names, load_names
from transforms.masking.training.noise import with_noise

SEED = 20070301


@dataclass(frozen=True)
class Recipe:
    """How much is made up and how the model is fitted to it."""

    seed: int = SEED
    texts: int = 70_000
    # The share of names that three sentences of five do not know from the lists.
    unlisted: float = 0.65
    passes: int = 10
    smoothing: float = 0.5
    rarest_feature: int = 2


def train(recipe: Recipe, names: Names | None = None) -> Model:
    """Make up sentences and fit the tagger to them. The same recipe, names and packages give the same model.

    `names` are all there are by default; a test leaves some out.
    """
    names = names or load_names()
    dictionary = load_dictionary(names)
    listed = Features(dictionary.lexicon)
    dropped = {word: kind for word, kind in dictionary.unlisted.items() if _chance(word) < recipe.unlisted}
    unlisted = Features(without_names(dictionary.lexicon, dropped))
    trainer = pycrfsuite.Trainer(algorithm="l2sgd", verbose=False)
    trainer.set_params(
        {
            "c2": recipe.smoothing,
            "max_iterations": recipe.passes,
            "feature.minfreq": recipe.rarest_feature,
            "calibration.max_trials": 4,
            "calibration.samples": 500,
        }
    )
    words = 0
    for n, (sentence, labels) in enumerate(islice(labelled_sentences(names, dictionary, recipe.seed), recipe.texts)):
        trainer.append((listed if n % 5 < 2 else unlisted).of(sentence, shouting=is_shouted(sentence)), labels)
        words += len(sentence)
    with tempfile.TemporaryDirectory(prefix="yoursay-masking-") as folder:
        file = Path(folder) / "crf"
        # CRFsuite shuffles by the C library's random numbers and sets no seed of its own.
        ctypes.CDLL(None).srand(recipe.seed % (1 << 31))
        trainer.train(str(file))
        crf = file.read_bytes()
    given, family = names.words()
    card: dict[str, Any] = {
        "recipe": asdict(recipe), "sentences": recipe.texts, "words": words,
        "given_names": len(given), "family_names": len(family),
        "origins": names.origins(), "faker": faker.VERSION,
    }  # fmt: skip
    return Model(crf, dictionary.lexicon, card)


def made_up_texts(names: Names, dictionary: Dictionary, seed: int) -> Iterator[list[Piece]]:
    """Texts as they are learnt from, without end."""
    sentences = Sentences(names, dictionary, seed)
    for pieces in sentences:
        yield with_noise(pieces, sentences.rng)


def labelled_sentences(names: Names, dictionary: Dictionary, seed: int) -> Iterator[tuple[list[str], list[str]]]:
    """Sentences as the tagger reads them, word by word, with the label of each."""
    for pieces in made_up_texts(names, dictionary, seed):
        text = "".join(piece.text for piece in pieces)
        label_of = list(_labels(pieces))
        for start, end in segments_of(text):
            tokens = tokens_of(text[start:end])
            if tokens:
                yield [word for word, _, _ in tokens], [label_of[start + at] for _, at, _ in tokens]


def _labels(pieces: Iterable[Piece]) -> Iterator[str]:
    for piece in pieces:
        label = piece.label if piece.label in LABELS else "O"
        yield from (label for _ in piece.text)


def _chance(word: str) -> float:
    return random.Random(hashlib.sha256(word.encode()).digest()).random()  # noqa: S311 - which names, not secrets

"""The tagger: how likely each word of a sentence is part of a name, an address, an organisation, a role or a place."""

from dataclasses import dataclass
from functools import cache

import pycrfsuite

from transforms.masking.features import Features, is_shouted
from transforms.masking.lexicon import Lexicon
from transforms.masking.model import Model, read_model

LABELS = ("P", "A", "G", "R", "L")
_SIGNIFICANT = 0.01


@dataclass(frozen=True)
class Tagged:
    """A word with the chances of each label that is not negligible."""

    word: str
    start: int
    end: int
    chances: dict[str, float]


class Tagger:
    """A loaded model. One sentence at a time; equal sentences give equal answers."""

    def __init__(self, model: Model) -> None:
        self.lexicon: Lexicon = model.lexicon
        self._features = Features(model.lexicon)
        # CRFsuite reads the bytes where they are, so they have to stay.
        self._bytes = model.crf
        self._crf = pycrfsuite.Tagger()
        self._crf.open_inmemory(self._bytes)
        self._labels = [label for label in LABELS if label in self._crf.labels()]

    def tag(self, tokens: list[tuple[str, int, int]]) -> list[Tagged]:
        """The chances of each word of a sentence."""
        words = [word for word, _, _ in tokens]
        self._crf.set(self._features.of(words, shouting=is_shouted(words)))
        marginal = self._crf.marginal
        tagged = []
        for n, (word, start, end) in enumerate(tokens):
            chances = {}
            if marginal("O", n) < 1 - _SIGNIFICANT:
                chances = {label: chance for label in self._labels if (chance := marginal(label, n)) > _SIGNIFICANT}
            tagged.append(Tagged(word, start, end, chances))
        return tagged


@cache
def shipped_tagger() -> Tagger:
    """The tagger of the shipped model, loaded once."""
    return Tagger(read_model())

"""The one way in to masking: a text or a response in, the same masked out, whatever way it came."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt

from schemas.decisions import Redaction
from transforms.masking.find import Finder
from transforms.masking.language import ENGLISH, language_of
from transforms.masking.prefilter import FEW_ENGLISH_WORDS, Bytes, Places
from transforms.masking.response import Masked, mask_found
from transforms.masking.spans import Span
from transforms.masking.tagger import Tagger, shipped_tagger

_KEPT_TEXTS = 50_000


@dataclass(frozen=True)
class Found:
    """What is found in one text by itself, and the language it is in."""

    spans: tuple[Span, ...]
    language: str


NOTHING = Found((), ENGLISH)


class Masker:
    """Masks texts with a tagger, the shipped one by default. Equal texts are looked at once."""

    def __init__(self, tagger: Tagger | None = None) -> None:
        tagger = tagger or shipped_tagger()
        self._lexicon = tagger.lexicon
        self._finder = Finder(tagger)
        self._found = lru_cache(_KEPT_TEXTS)(self._look)

    def candidates(self, letters: Bytes, starts: Places) -> npt.NDArray[np.intp]:
        """Which texts, whose UTF-8 stands one after another, `find` may find something in or withhold."""
        return np.flatnonzero(self._finder.look_at_bytes(letters, starts))

    def find(self, text: str) -> Found:
        """All finds in a text by itself, those that only an officer is shown too, and its language."""
        return self._found(text)

    def mask(self, texts: Mapping[str, str]) -> dict[str, Masked]:
        """The texts of one response, masked together."""
        return self.mask_found(texts, {name: self.find(text) for name, text in texts.items()})

    def mask_found(
        self,
        texts: Mapping[str, str],
        found: Mapping[str, Found],
        decisions: Mapping[str, Sequence[Redaction]] | None = None,
    ) -> dict[str, Masked]:
        """The same where it is known what each text holds (nothing, where `found` lacks it), as officers decided."""
        return mask_found(texts, {name: one.spans for name, one in found.items()}, self._lexicon, decisions)

    def _look(self, text: str) -> Found:
        may_hold = int(self._finder.look([text])[0])
        language = language_of(text) if may_hold & FEW_ENGLISH_WORDS else ENGLISH
        return Found(self._finder.find(text, may_hold), language)


@cache
def shipped_masker() -> Masker:
    """The masker with the shipped model, loaded once."""
    return Masker()

"""The one way in to masking: a text or a response in, the same masked out, each text looked at once."""

from collections.abc import Mapping
from functools import lru_cache

from transforms.masking.find import find_in
from transforms.masking.response import Masked, mask_found
from transforms.masking.spans import Span
from transforms.masking.tagger import Tagger, shipped_tagger

_KEPT_TEXTS = 50_000


class Masker:
    """Masks texts with a tagger, the shipped one by default."""

    def __init__(self, tagger: Tagger | None = None) -> None:
        self._tagger = tagger or shipped_tagger()
        self._find = lru_cache(_KEPT_TEXTS)(self._look)

    def find(self, text: str) -> tuple[Span, ...]:
        """All finds in a text by itself, with those that only an officer is shown."""
        return self._find(text)

    def mask(self, texts: Mapping[str, str]) -> dict[str, Masked]:
        """The texts of one response, masked together."""
        return mask_found(texts, {name: list(self.find(text)) for name, text in texts.items()}, self._tagger.lexicon)

    def _look(self, text: str) -> tuple[Span, ...]:
        return tuple(find_in(text, self._tagger))

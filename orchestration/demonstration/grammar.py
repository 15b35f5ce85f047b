"""A small grammar: templates whose alternatives and slots are chosen by a given source of chance.

`[a|b]` is one of the two (either may be empty; they may nest); `{slot}` is one of the slot's fillers, which are
templates too. Nothing else has a meaning.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

TEXTS = Path(__file__).parent / "texts"
_INNERMOST = re.compile(r"\[([^\[\]]*)\]")
_SLOT = re.compile(r"\{([A-Za-z_]+)\}")

Slots = Mapping[str, Sequence[str]]


def read_texts(name: str) -> dict[str, Any]:
    """The content of one of the files in `texts/`."""
    return tomllib.loads((TEXTS / name).read_text("utf-8"))


def expand(template: str, slots: Slots, chance: Random) -> str:
    """One sentence of `template`, tidied: single spaces, a capital at the start of each sentence.

    Raises:
        KeyError: the template names a slot that is not given.
    """
    text = template
    while True:
        chosen = _INNERMOST.sub(lambda match: chance.choice(match[1].split("|")), text)
        filled = _SLOT.sub(lambda match: chance.choice(slots[match[1]]), chosen)
        if filled == text:
            return _tidy(filled)
        text = filled


def _tidy(text: str) -> str:
    single = re.sub(r" +([,.?])", r"\1", re.sub(r"\s+", " ", text)).strip().replace(",,", ",")
    return re.sub(r"(^|[.?!] )([a-z])", lambda match: match[1] + match[2].upper(), single)

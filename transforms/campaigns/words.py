"""What a sender added to a letter, changed in it or left out, word by word: for officers alone."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from transforms.campaigns.letters import DROPPED, SPACE, TABLE_SIZE, letter_table

# Comparing costs the product of both lengths at worst; what is beyond is given as one change.
MOST_WORDS = 3_000
_WORD = re.compile(r"\S+")
Kind = Literal["added", "left_out", "changed"]
_KINDS: dict[str, Kind] = {"insert": "added", "delete": "left_out", "replace": "changed"}


@dataclass(frozen=True)
class Change:
    """Words of the template, and the words that stand in their place; one of the two may be empty."""

    kind: Kind
    template: str
    text: str


def changes(template: str, text: str) -> tuple[Change, ...]:
    """What differs, in the text's order; capitals, accents, punctuation and line ends are no difference."""
    of_template, of_text = _words(template), _words(text)
    compared_template = [word for word, _ in of_template[:MOST_WORDS]]
    compared_text = [word for word, _ in of_text[:MOST_WORDS]]
    matcher = SequenceMatcher(None, compared_template, compared_text, autojunk=False)
    found = []
    for how, start, end, text_start, text_end in matcher.get_opcodes():
        if how != "equal":
            found.append(_change(_KINDS[how], template, of_template[start:end], text, of_text[text_start:text_end]))
    beyond_template, beyond_text = of_template[MOST_WORDS:], of_text[MOST_WORDS:]
    if [word for word, _ in beyond_template] != [word for word, _ in beyond_text]:
        kind: Kind = "changed" if beyond_template and beyond_text else "added" if beyond_text else "left_out"
        found.append(_change(kind, template, beyond_template, text, beyond_text))
    return tuple(found)


_Words = list[tuple[str, tuple[int, int]]]


def _words(text: str) -> _Words:
    """The words as they are compared, and from where to where each stands in the text."""
    words = ((_compared(match.group()), match.span()) for match in _WORD.finditer(text))
    return [(word, span) for word, span in words if word]


def _compared(word: str) -> str:
    table = letter_table()
    folded = (int(table[ord(one)]) if ord(one) < TABLE_SIZE else ord(one) for one in word)
    return "".join(chr(one) for one in folded if one not in (DROPPED, SPACE))


def _change(kind: Kind, template: str, left_out: _Words, text: str, added: _Words) -> Change:
    return Change(kind, _between(template, left_out), _between(text, added))


def _between(text: str, words: _Words) -> str:
    return text[words[0][1][0] : words[-1][1][1]] if words else ""

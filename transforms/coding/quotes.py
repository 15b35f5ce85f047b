"""The words of an answer that show a position or a theme: named by the number of a sentence, or by themselves."""

import re

# A dot inside a word or a number ends nothing. The ends are those of Latin, Chinese, Arabic and Indic script.
_SENTENCE = re.compile(r"""\s*\S(?:[^.!?。！？؟।\n]|\.(?=\w))*[.!?。！？؟।]*["')\]’”»]*""")
_NUMBERS = re.compile(r"(\d{1,4})(?:\s*(?:-|–|to)\s*(\d{1,4}))?")
NOT_THERE = "These words are not in the answer; copy them from it, or give the number of a sentence."
NO_SENTENCE = "There is no such sentence in the answer."
NOTHING = "Say which words show it: the number of a sentence, or the words themselves."


class QuoteError(ValueError):
    """The words cannot be found; says what to do, never which words."""


def sentences_of(text: str) -> tuple[str, ...]:
    """The sentences of an answer in their order, without the space around them; a line ends one, too."""
    return tuple(part for found in _SENTENCE.findall(text) if (part := found.strip()))


def quote_of(text: str, given: str) -> str:
    """The words of `text` that are meant: sentence `2`, sentences `2-3`, or the words themselves.

    Where nothing is given and the answer is one sentence, it is that. Case and space do not count.

    Raises:
        QuoteError: nothing is given of a longer answer, or the words are not there.
    """
    sentences, given = sentences_of(text), given.strip()
    if not given:
        if len(sentences) == 1:
            return sentences[0]
        raise QuoteError(NOTHING)
    numbers = _NUMBERS.fullmatch(given)
    if numbers:
        first = int(numbers[1])
        last = int(numbers[2] or first)
        if 1 <= first <= last <= len(sentences):
            return _from_to(text, sentences, first - 1, last - 1)
    found = _words(text, given)
    if found is None:
        raise QuoteError(NO_SENTENCE if numbers else NOT_THERE)
    return found


def _words(text: str, given: str) -> str | None:
    """The first place of these words, as they are written there."""
    pattern = r"\s+".join(re.escape(word) for word in given.split())
    found = re.search(pattern, text, re.IGNORECASE)
    return found[0] if found else None


def _from_to(text: str, sentences: tuple[str, ...], first: int, last: int) -> str:
    """The text from one sentence to another; equal sentences before it are passed over."""
    start = end = 0
    for place, sentence in enumerate(sentences[: last + 1]):
        at = text.index(sentence, end)
        start = at if place == first else start
        end = at + len(sentence)
    return text[start:end]

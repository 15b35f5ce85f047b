"""Masking of a response: what is found once is masked in all its answers, under labels that tell persons apart."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from transforms.masking.lexicon import BOTH, COMMON, ORDINARY, TITLES, Lexicon
from transforms.masking.spans import MASK_FROM, Span, without_overlaps

_NAME_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]{2,})?")
_PARTICLES = frozenset(
    "de da do dos van von der den al el bin ibn ap ab ferch mac the of and la le du di del af zu ter ten st".split()
)


@dataclass(frozen=True)
class Masked:
    """A text with its labels, the spans that they stand for, and those that only an officer is shown."""

    text: str
    spans: tuple[Span, ...]
    shown: tuple[Span, ...]


def mask_response(texts: Mapping[str, str], find: Callable[[str], list[Span]], lexicon: Lexicon) -> dict[str, Masked]:
    """The texts of one response masked: by the finds of each, and by the names found in any of them."""
    return mask_found(texts, {name: find(text) for name, text in texts.items()}, lexicon)


def mask_found(texts: Mapping[str, str], found: Mapping[str, list[Span]], lexicon: Lexicon) -> dict[str, Masked]:
    """The same from what has been found in each text."""
    masked = {name: [span for span in spans if span.score >= MASK_FROM] for name, spans in found.items()}
    names = [(name, span) for name, spans in masked.items() for span in spans if span.label == "name"]
    carried = _carried_words([(texts[name][span.start : span.end], span.score) for name, span in names], lexicon)
    if carried:
        masked = {
            name: without_overlaps([*spans, *_carry(texts[name], spans, carried, lexicon)])
            for name, spans in masked.items()
        }
    numbers = _numbers(
        [texts[name][span.start : span.end] for name, spans in masked.items() for span in spans if span.label == "name"]
    )
    result = {}
    for name, text in texts.items():
        spans = tuple(masked[name])
        shown = tuple(
            span for span in found[name]
            if span.score < MASK_FROM and not any(span.start < one.end and one.start < span.end for one in spans)
        )  # fmt: skip
        result[name] = Masked(_with_labels(text, spans, numbers), spans, shown)
    return result


def _carried_words(names: list[tuple[str, float]], lexicon: Lexicon) -> dict[str, float]:
    """The words by which a name is known again, each with how sure its find was.

    An initial, a particle and an ordinary word tell nobody again; a word that is a name too does in capitals.
    """
    words: dict[str, float] = {}
    for name, score in names:
        for word in _NAME_WORD.findall(name):
            folded = _folded(word)
            ordinary = lexicon.class_of(folded) in (COMMON, ORDINARY)
            if len(folded) > 2 and folded not in _PARTICLES and folded not in TITLES and not ordinary:
                words[folded] = max(score, words.get(folded, 0.0))
    return words


def _carry(text: str, spans: list[Span], carried: Mapping[str, float], lexicon: Lexicon) -> list[Span]:
    """The words of names found elsewhere, where no span of this text holds them yet."""
    found = []
    for match in _NAME_WORD.finditer(text):
        folded = _folded(match[0])
        score = carried.get(folded)
        if score is None or (lexicon.class_of(folded) == BOTH and match[0].islower()):
            continue
        if not any(span.start < match.end() and match.start() < span.end for span in spans):
            found.append(Span(*match.span(), "name", "name", score, "carried"))
    return found


def _numbers(names: list[str]) -> dict[str, int]:
    """For each name (folded) the number of its person: a name whose words are all in another's is the same person's.

    No numbers where there is one person.
    """
    persons: list[set[str]] = []
    whose: list[int] = []
    for name in names:
        words = {_folded(word) for word in _NAME_WORD.findall(name)} - _PARTICLES
        long = {word for word in words if len(word) > 1} or words
        place = next((n for n, person in enumerate(persons) if long <= person or person <= long), None)
        if place is None:
            place = len(persons)
            persons.append(set())
        persons[place] |= long
        whose.append(place)
    if len(persons) < 2:
        return {}
    return {name.casefold(): place + 1 for name, place in zip(names, whose, strict=True)}


def _with_labels(text: str, spans: tuple[Span, ...], numbers: Mapping[str, int]) -> str:
    written = []
    at = 0
    for span in spans:
        number = numbers.get(text[span.start : span.end].casefold()) if span.label == "name" else None
        written += [text[at : span.start], f"[{span.shown} {number}]" if number else f"[{span.shown}]"]
        at = span.end
    return "".join([*written, text[at:]])


def _folded(word: str) -> str:
    return word.casefold().replace("’", "'")

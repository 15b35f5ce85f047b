"""Masking of a response: what is found once is masked in all its answers, under labels that tell persons apart."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from schemas.decisions import Redaction
from transforms.masking.lexicon import BOTH, COMMON, ORDINARY, TITLES, Lexicon
from transforms.masking.redactions import apply_redactions, standing
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


def mask_found(
    texts: Mapping[str, str],
    found: Mapping[str, Sequence[Span]],
    lexicon: Lexicon,
    decisions: Mapping[str, Sequence[Redaction]] | None = None,
) -> dict[str, Masked]:
    """The texts of one response masked: by what is found in each, by names found in any, and as officers decided.

    What an officer added is carried through the response as what the machine found is; what was removed stays in.
    """
    decided = decisions or {}
    added = {name: [one for one in standing(decided.get(name, ())) if one.change != "remove"] for name in texts}
    masked, shown = {}, {}
    for name, text in texts.items():
        spans = found.get(name, ())
        first = apply_redactions(text, [s for s in spans if s.score >= MASK_FROM], [], added[name])
        masked[name] = list(first.spans)
        shown[name] = [span for span in spans if span.score < MASK_FROM]
    names = [
        (texts[name][span.start : span.end], span.score)
        for name in texts
        for span in masked[name]
        if span.label == "name"
    ]
    carried = _carried_words(names, lexicon)
    for name, text in texts.items():
        if carried:
            masked[name] = without_overlaps([*masked[name], *_carry(text, masked[name], carried, lexicon)])
        waiting = [
            one
            for one in shown[name]
            if not any(one.start < span.end and span.start < one.end for span in masked[name])
        ]
        last = apply_redactions(text, masked[name], waiting, decided.get(name, ()))
        masked[name], shown[name] = list(last.spans), list(last.shown)
    numbers = _numbers(
        [texts[name][span.start : span.end] for name in texts for span in masked[name] if span.label == "name"]
    )
    return {
        name: Masked(_with_labels(text, masked[name], numbers), tuple(masked[name]), tuple(shown[name]))
        for name, text in texts.items()
    }


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


def _with_labels(text: str, spans: Sequence[Span], numbers: Mapping[str, int]) -> str:
    written = []
    at = 0
    for span in spans:
        number = numbers.get(text[span.start : span.end].casefold()) if span.label == "name" else None
        written += [text[at : span.start], f"[{span.shown} {number}]" if number else f"[{span.shown}]"]
        at = span.end
    return "".join([*written, text[at:]])


def _folded(word: str) -> str:
    return word.casefold().replace("’", "'")

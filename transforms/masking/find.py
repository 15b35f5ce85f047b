"""Everything that masking finds in one text: by pattern and by the tagger, those that only an officer is shown too."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from transforms.masking.lexicon import COMMON, ORDINARY, TITLES
from transforms.masking.patterns import find_patterns
from transforms.masking.prefilter import MAY_HOLD_NAME, MAY_HOLD_PATTERN, Bytes, Places, Prefilter
from transforms.masking.spans import MASK_FROM, SHOW_FROM, Span, without_overlaps
from transforms.masking.tagger import Tagged, Tagger
from transforms.masking.tokens import segments_of, tokens_of

_KEPT_SENTENCES = 100_000
_LABELS = {"P": "name", "A": "address"}
# Organisations that many people serve: a job at one names nobody.
_LARGE = frozenset(
    "council nhs police government university hospital commission department pct parliament county bbc".split()
)
_OWN = frozenset("i i'm im i've my me only sole as".split())


class Finder:
    """Looks at texts with a tagger. A sentence that comes again is tagged once."""

    def __init__(self, tagger: Tagger) -> None:
        self._tagger = tagger
        self._prefilter = Prefilter(tagger.lexicon)
        self._tagged = lru_cache(_KEPT_SENTENCES)(self._tag)

    def look(self, texts: Sequence[str]) -> npt.NDArray[np.uint8]:
        """What may be in each text, by a cheap look (see `transforms.masking.prefilter`)."""
        return self._prefilter.look(texts)

    def look_at_bytes(self, letters: Bytes, starts: Places) -> npt.NDArray[np.uint8]:
        return self._prefilter.look_at_bytes(letters, starts)

    def find(self, text: str, may_hold: int) -> tuple[Span, ...]:
        """The finds of a text in order, none over another. `may_hold` is what `look` said of it."""
        by_pattern = without_overlaps(find_patterns(text)) if may_hold & MAY_HOLD_PATTERN else []
        if not may_hold & MAY_HOLD_NAME:
            return tuple(by_pattern)
        by_tagger = _apart_from(by_pattern, text, self._by_tagger(text), self._tagger)
        return tuple(without_overlaps([*by_pattern, *by_tagger]))

    def _by_tagger(self, text: str) -> Iterator[Span]:
        segments = list(segments_of(text))
        looked = self.look([text[start:end] for start, end in segments])
        for (start, end), may_hold in zip(segments, looked, strict=True):
            if may_hold & MAY_HOLD_NAME:
                for span in self._tagged(text[start:end]):
                    yield replace(span, start=span.start + start, end=span.end + start)

    def _tag(self, sentence: str) -> tuple[Span, ...]:
        tokens = tokens_of(sentence)
        if not tokens:
            return ()
        tagged = self._tagger.tag(tokens)
        runs = [span for label in _LABELS for span in _runs(sentence, 0, tagged, label, self._tagger)]
        return (*runs, *_own_roles(0, tagged))


def _runs(text: str, offset: int, tagged: list[Tagged], label: str, tagger: Tagger) -> Iterator[Span]:
    """Neighbouring words that may each be of the label: masked ones together, others shown to an officer."""
    run: list[Tagged] = []
    for one in [*tagged, None]:
        chance = one.chances.get(label, 0.0) if one else 0.0
        if one and chance >= SHOW_FROM and (not run or _level(run[-1], label) == (chance >= MASK_FROM)):
            run.append(one)
            continue
        yield from _span(text, offset, run, label, tagger)
        run = [one] if one and chance >= SHOW_FROM else []


def _level(one: Tagged, label: str) -> bool:
    return one.chances.get(label, 0.0) >= MASK_FROM


def _span(text: str, offset: int, run: list[Tagged], label: str, tagger: Tagger) -> Iterator[Span]:
    while run and _is_edge(run[0], label, tagger):
        run = run[1:]
    while run and _is_edge(run[-1], label, tagger):
        run = run[:-1]
    if label == "P":
        while run and run[0].word.lower() in TITLES and len(run) > 1:
            run = run[1:]
    if not run or (label == "P" and all(len(one.word) == 1 and one.chances[label] < 0.5 for one in run)):
        return
    start, end = run[0].start, run[-1].end
    if label == "P" and text[offset + end : offset + end + 1] == "." and len(run[-1].word) == 1:
        end += 1
    shown = _LABELS[label]
    score = max(one.chances[label] for one in run)
    yield Span(offset + start, offset + end, shown, shown, round(score, 4), "tagger")


def _is_edge(one: Tagged, label: str, tagger: Tagger) -> bool:
    """Whether a word at the end of a run is none of it: a sign, or an ordinary word of which the tagger is not sure."""
    if not one.word[0].isalnum():
        return True
    kind, chance = tagger.lexicon.class_of(one.word.lower()), one.chances[label]
    return chance < 0.5 and (kind == COMMON or (kind == ORDINARY and not one.word.istitle()))


def _own_roles(offset: int, tagged: list[Tagged]) -> Iterator[Span]:
    """A role at a small organisation that the writer (or one person alone) has: together they name somebody."""
    if not any(one.word.lower() in _OWN for one in tagged) and not _is_sign_off(tagged):
        return
    for role, organisation in _neighbours(tagged):
        words = {one.word.lower() for one in organisation}
        if words & _LARGE:
            continue
        for run, label, name in ((role, "R", "role"), (organisation, "G", "organisation")):
            score = max(one.chances[label] for one in run)
            yield Span(offset + run[0].start, offset + run[-1].end, name, name, round(score, 4), "tagger")


def _neighbours(tagged: list[Tagged]) -> Iterator[tuple[list[Tagged], list[Tagged]]]:
    """Each role with the organisation that follows it after at most four other words."""
    role: list[Tagged] = []
    organisation: list[Tagged] = []
    between = 0
    for one in [*tagged, Tagged("", 0, 0, {})]:
        if one.chances.get("R", 0.0) >= 0.5 and not organisation:
            role = [*role, one] if not between else [one]
            between = 0
        elif role and one.chances.get("G", 0.0) >= 0.5:
            organisation.append(one)
        elif organisation:
            yield role, organisation
            role, organisation, between = [], [], 0
        elif role:
            between += 1
            if between > 4:
                role, between = [], 0


def _is_sign_off(tagged: list[Tagged]) -> bool:
    """Whether a role stands at the start of a line."""
    before = "\n"
    for one in tagged:
        if before == "\n" and one.chances.get("R", 0.0) >= 0.5:
            return True
        before = one.word
    return False


def _apart_from(taken: list[Span], text: str, spans: Iterator[Span], tagger: Tagger) -> Iterator[Span]:
    """The tagger's spans, without what a pattern has found: an address keeps its words around a postcode."""
    for span in spans:
        start, cut = span.start, False
        for other in [one for one in taken if one.start < span.end and span.start < one.end]:
            if other.label == "address" and span.label == "address":
                continue
            yield from _trimmed(text, start, other.start, span, tagger)
            start, cut = max(start, other.end), True
        if cut:
            yield from _trimmed(text, start, span.end, span, tagger)
        else:
            yield span


def _trimmed(text: str, start: int, end: int, span: Span, tagger: Tagger) -> Iterator[Span]:
    """What is left of a span beside a pattern's, unless it is signs and ordinary words alone."""
    stretch = text[start:end]
    start += len(stretch) - len(stretch.lstrip(" ,.;:\n-<>("))
    end -= len(stretch) - len(stretch.rstrip(" ,;:\n-<>("))
    words = [word.lower() for word, _, _ in tokens_of(text[start:end]) if len(word) > 1]
    if any(tagger.lexicon.class_of(word) not in (COMMON, ORDINARY) for word in words):
        yield Span(start, end, span.label, span.shown, span.score, span.source)

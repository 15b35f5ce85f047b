"""Officers' redactions put on a text again: by their words and what stood around them, whatever a model finds now."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from schemas.decisions import Redaction
from transforms.masking.spans import LABELS, Span

AROUND = 40
# Of words that stand in a text more often, the first so many are masked when an officer names them.
_MOST_PLACES = 50


@dataclass(frozen=True)
class Redacted:
    """The spans of a text after the officers' decisions, those still to be looked at, and decisions without a place."""

    spans: tuple[Span, ...]
    shown: tuple[Span, ...]
    unplaced: tuple[Redaction, ...]


def redaction_of(
    text: str, start: int, end: int, *, response: str, field: str, change: str, reason: str, label: str = ""
) -> Redaction:
    """The decision about a stretch of a text, anchored by its words and those around it."""
    return Redaction.model_validate(
        {
            "response": response, "field": field, "change": change, "reason": reason, "label": label,
            "words": text[start:end], "before": text[max(0, start - AROUND) : start], "after": text[end : end + AROUND],
        }
    )  # fmt: skip


def apply_redactions(
    text: str, spans: Iterable[Span], shown: Iterable[Span], decisions: Sequence[Redaction]
) -> Redacted:
    """Apply decisions, oldest first: of two about the same characters the later counts.

    What is accepted or added is masked though a model finds it no more; what is removed is not masked though a model
    finds it again. A decision whose words are not in the text any more has no place and changes nothing.
    """
    masked, waiting = list(spans), list(shown)
    unplaced = []
    for decision in standing(decisions):
        place = place_of(text, decision)
        if place is None:
            unplaced.append(decision)
            continue
        start, end = place
        met = [span for span in (*masked, *waiting) if span.start < end and start < span.end]
        waiting = [span for span in waiting if span not in met]
        masked = [part for span in masked for part in (_without(span, start, end, text) if span in met else [span])]
        if decision.change != "remove":
            masked.append(_by_officer(start, end, decision, met))
    return Redacted(tuple(sorted(masked)), tuple(sorted(waiting)), tuple(unplaced))


def standing(decisions: Sequence[Redaction]) -> list[Redaction]:
    """The decisions, oldest first, that nobody took back."""
    kept: list[Redaction] = []
    for one in decisions:
        if one.change == "undo":
            kept = [other for other in kept if _anchor(other) != _anchor(one)]
        else:
            kept.append(one)
    return kept


def places_of_words(text: str, given: str) -> list[tuple[int, int]]:
    """Where these words stand in a text, whatever their case and the space between them: as whole words, else anywhere.

    None where nothing is given or they are not there.
    """
    pattern = r"\s+".join(re.escape(word) for word in given.split())
    if not pattern:
        return []
    for whole in (rf"(?<!\w){pattern}(?!\w)", pattern):
        if found := [match.span() for match in re.finditer(whole, text, re.IGNORECASE)]:
            return found[:_MOST_PLACES]
    return []


def _anchor(decision: Redaction) -> tuple[str, str, str]:
    return decision.words, decision.before, decision.after


def place_of(text: str, decision: Redaction) -> tuple[int, int] | None:
    """Where the words of a decision stand: of several places the one with most of the same words around it."""
    places = []
    at = text.find(decision.words)
    while at >= 0:
        places.append(at)
        at = text.find(decision.words, at + 1)
    if not places:
        return None
    best = max(places, key=lambda place: (_alike(text, place, decision), -place))
    return best, best + len(decision.words)


def _alike(text: str, place: int, decision: Redaction) -> int:
    """How many characters around a place are those around the words when it was decided."""
    before = _shared(reversed(text[max(0, place - AROUND) : place]), reversed(decision.before))
    after = _shared(text[place + len(decision.words) :][:AROUND], decision.after)
    return before + after


def _shared(one: Iterable[str], other: Iterable[str]) -> int:
    count = 0
    for here, there in zip(one, other, strict=False):
        if here != there:
            break
        count += 1
    return count


def _without(span: Span, start: int, end: int, text: str) -> list[Span]:
    """What is left of a span outside a stretch, unless it is signs and spaces alone."""
    parts = [(span.start, min(span.end, start)), (max(span.start, end), span.end)]
    return [
        replace(span, start=left, end=right)
        for left, right in parts
        if left < right and any(character.isalnum() for character in text[left:right])
    ]


def _by_officer(start: int, end: int, decision: Redaction, met: Sequence[Span]) -> Span:
    """The span of an officer, with the label that was chosen or that the machine's had."""
    label = decision.label or (met[0].label if met else "name")
    shown = next((span.shown for span in met if span.label == label), label)
    return Span(start, end, label if label in LABELS else "id", shown if label in LABELS else label, 1.0, "officer")

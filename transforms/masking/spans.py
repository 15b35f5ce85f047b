"""What masking finds: a stretch of a text, what it is, and how sure that is."""

from collections.abc import Iterable
from dataclasses import dataclass

# What is masked, and what is only shown to an officer.
MASK_FROM = 0.10
SHOW_FROM = 0.03

# A find of a higher place keeps its ground where two overlap and none holds the other.
LABELS = (
    "email", "web address", "handle", "id", "phone", "date of birth", "postcode", "address", "name", "role",
    "organisation", "age",
)  # fmt: skip


@dataclass(frozen=True, order=True)
class Span:
    """Characters `start` to `end` of a text. `shown` is what stands in for them, without brackets.

    `source` is 'pattern', 'tagger', 'carried' (the same name, found elsewhere in the response) or 'officer'.
    """

    start: int
    end: int
    label: str
    shown: str
    score: float
    source: str


def without_overlaps(spans: Iterable[Span]) -> list[Span]:
    """The spans in order, each character in one of them: the longer wins, then the label that stands first."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda one: (one.start - one.end, LABELS.index(one.label), one.start)):
        if all(span.end <= other.start or span.start >= other.end for other in kept):
            kept.append(span)
    return sorted(kept)

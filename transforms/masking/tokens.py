"""Words of a text, and the stretches in which the tagger reads it."""

import re
from collections.abc import Iterator

# A word (with what hangs on an apostrophe, but for a genitive), figures, the end of a line, or one sign.
_TOKEN = re.compile(
    r"[^\W\d_]+(?![^\W_])(?:['’](?:[^\W\d_]{3,}|(?:t|ll|re|ve|d|m)\b))?|['’]s\b|[^\W_]*\d[^\W_]*|\n|[^\s\w]|_"
)
# After a sentence, and before a line that follows an empty one; not after a title, an initial or 'No.'.
_SENTENCE_END = re.compile(
    r"(?:(?<=[^\W\d_]{2}[.!?])|(?<=[0-9)\"'”’\]][.!?])|(?<=[!?]))(?<!\bmr\.)(?<!\bdr\.)(?<!\bms\.)(?<!\bst\.)(?<!\bno\.)(?<!\brd\.)"
    r"(?<!\bmrs\.)(?<!\brev\.)(?<!\bprof\.)(?<!\bcllr\.)(?<!\bmiss\.)(?=\s)",
    re.IGNORECASE,
)
_LONGEST = 600


def tokens_of(text: str) -> list[tuple[str, int, int]]:
    """Each token with its place."""
    return [(match[0], match.start(), match.end()) for match in _TOKEN.finditer(text)]


def segments_of(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each sentence; one without an end is cut at a space after 600 characters."""
    start = 0
    for match in [*_SENTENCE_END.finditer(text), None]:
        end = match.start() if match else len(text)
        while end - start > _LONGEST:
            cut = text.rfind(" ", start, start + _LONGEST)
            cut = start + _LONGEST if cut <= start else cut
            yield start, cut
            start = cut
        if text[start:end].strip():
            yield start, end
        start = end

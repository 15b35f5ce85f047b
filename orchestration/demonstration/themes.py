"""The themes that the demonstration's officers name, and where they find them: in answers that have certain words."""

import re
from collections.abc import Collection, Iterator
from functools import cache
from typing import Any

from orchestration.demonstration.grammar import read_texts
from schemas.decisions import ThemeChange, ThemeCoding, ThemeMark

_SENTENCE_END = re.compile(r"(?<=[.?!])\s+")


@cache
def _themes() -> dict[str, dict[str, Any]]:
    return read_texts("themes.toml")


def named_themes(fields: Collection[str]) -> Iterator[ThemeChange]:
    """The naming of every theme of these fields."""
    for field, themes in _themes().items():
        if field in fields:
            for theme, content in themes.items():
                yield ThemeChange(field=field, theme=theme, change="named", label=content["label"])


def themes_of(response: str, field: str, text: str) -> ThemeCoding | None:
    """What an officer marks in an answer; None where the question has no themes."""
    themes = _themes().get(field)
    if themes is None:
        return None
    marks = []
    for theme, content in themes.items():
        quote = next(
            (one for one in _SENTENCE_END.split(text) if any(w in one.lower() for w in content["words"])), None
        )
        if quote is not None:
            marks.append(ThemeMark(theme=theme, quote=quote.strip()))
    return ThemeCoding(response=response, field=field, themes=tuple(marks))

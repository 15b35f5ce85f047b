"""The words that mail is full of, in the languages that councils get it in: read once from `markers.toml`."""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path


@cache
def words_of(key: str) -> tuple[str, ...]:
    """Every language's entries under `key`, as they stand: patterns, longest first."""
    return tuple(sorted({word for table in _tables() for word in table[key]}, key=lambda word: (-len(word), word)))


@cache
def spelled_numbers() -> dict[str, int]:
    """'two' -> 2, in every language."""
    return {word: number for table in _tables() for number, word in enumerate(table["numbers"], 1)}


@cache
def closing_line() -> re.Pattern[str]:
    """A line that closes a letter, such as 'Kind regards,'."""
    return re.compile(rf"^\s{{0,8}}(?:{'|'.join(words_of('closing'))})[\s,.!،]{{0,8}}$", re.IGNORECASE)


@cache
def disclaimer_line() -> re.Pattern[str]:
    """A line with which an organisation's program begins what it adds to every message."""
    return re.compile(rf"^[\s*_>-]{{0,8}}(?:{'|'.join(words_of('disclaimer'))})", re.IGNORECASE)


def _tables() -> Iterator[dict[str, list[str]]]:
    content = tomllib.loads((Path(__file__).parent / "markers.toml").read_text("utf-8"))
    yield from content.values()

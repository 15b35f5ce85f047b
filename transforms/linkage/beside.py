"""Two responses side by side: what each says, masked, and the stretches in which two texts differ."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher

import duckdb

from transforms.layout import Layout
from transforms.linkage.evidence import create_source, roles_of
from transforms.sql import columns

# Comparing costs the product of both lengths at worst; a longer text is marked as a whole.
MOST_WORDS = 2_000
_WORD = re.compile(r"\S+")
_MASKED = """
SELECT response_id, channel, received_at, {answers} FROM masked WHERE response_id IN ($first, $second)
"""
_EVIDENCE = """
SELECT r.response_id, {evidence} FROM linkage_beside JOIN received AS r USING (rid)
WHERE r.response_id IN ($first, $second)
"""


@dataclass(frozen=True)
class Piece:
    """A stretch of a text, and whether it stands in this text alone."""

    text: str
    differs: bool


@dataclass(frozen=True)
class Told:
    """What one response says, masked: each answer that was given by its column."""

    response: str
    channel: str
    received_at: datetime
    answers: Mapping[str, object]


def read_told(
    connection: duckdb.DuckDBPyConnection, layout: Layout, first: str, second: str
) -> tuple[Told, Told] | None:
    """Both responses of the version that is open; None where it has not both with their answers.

    Answers that are evidence of who responds are left out.
    """
    shown = [name for name in layout.clean if name not in layout.definition.policy.linkage.roles]
    found = connection.execute(
        _MASKED.format(answers=columns(shown) if shown else "1"), {"first": first, "second": second}
    ).fetchall()
    told = {
        response: Told(
            response, channel, received_at, {n: v for n, v in zip(shown, answers, strict=False) if v is not None}
        )
        for response, channel, received_at, *answers in found
    }
    return (told[first], told[second]) if {first, second} <= told.keys() else None


def read_evidence(
    connection: duckdb.DuckDBPyConnection, layout: Layout, first: str, second: str
) -> list[tuple[str, str, str]]:
    """What identifies both: (role, the first's, the second's), of each role of which both say something."""
    create_source(connection, layout, "", "linkage_beside")
    of_columns = roles_of(layout).roles
    query = _EVIDENCE.format(evidence=columns(list(of_columns)))
    said: dict[str, dict[str, list[str]]] = {}
    for response, *values in connection.execute(query, {"first": first, "second": second}).fetchall():
        for name, value in zip(of_columns, values, strict=True):
            if value is not None:
                said.setdefault(of_columns[name], {}).setdefault(response, []).append(str(value))
    return [
        (role.replace("_", " "), "; ".join(by[first]), "; ".join(by[second]))
        for role, by in said.items()
        if {first, second} <= by.keys()
    ]


def pieces_of(one: str, other: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Both texts in pieces; capitals are no difference, nor is the space between words."""
    words, of_other = list(_WORD.finditer(one)), list(_WORD.finditer(other))
    if max(len(words), len(of_other)) > MOST_WORDS:
        is_same = one == other
        return (Piece(one, not is_same),), (Piece(other, not is_same),)
    folded, other_folded = [word[0].casefold() for word in words], [word[0].casefold() for word in of_other]
    blocks = SequenceMatcher(None, folded, other_folded, autojunk=False).get_opcodes()
    return (
        _pieces(one, words, [(start, end, kind != "equal") for kind, start, end, _, _ in blocks]),
        _pieces(other, of_other, [(start, end, kind != "equal") for kind, _, _, start, end in blocks]),
    )


def _pieces(text: str, words: list[re.Match[str]], runs: list[tuple[int, int, bool]]) -> tuple[Piece, ...]:
    """The text cut before the first word of each run."""
    filled = [(start, differs) for start, end, differs in runs if start < end]
    if not filled:
        return (Piece(text, differs=False),) if text else ()
    places = [words[start].start() for start, _ in filled]
    ends = [*places[1:], len(text)]
    return tuple(
        Piece(text[0 if n == 0 else place : end], differs)
        for n, ((_, differs), place, end) in enumerate(zip(filled, places, ends, strict=True))
    )

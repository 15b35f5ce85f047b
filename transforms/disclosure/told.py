"""What officers wrote and members read: what a campaign says, the names of themes, the outreach log.

Each was held against the answers when it was written; what has arrived since may say the same. So it passes the gate
again with each version, and what would tell a name or an answer is left out, or has a number in its place.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import duckdb
import pyarrow as pa

from schemas.definition import Definition
from transforms.coding.themes import themes_of
from transforms.disclosure.contract import table_of
from transforms.disclosure.prose import Prose, leaks_of
from transforms.disclosure.vocabulary import coded_fields
from transforms.outreach import Told, outreach_log
from transforms.theme_counts import changes_by_field

WITHHELD = "Withheld: it says a name or an answer; an officer has to word it anew."
_CAMPAIGNS = "SELECT description, members, unedited FROM campaigns ORDER BY ALL"


@dataclass(frozen=True)
class ThemeName:
    """A theme as it is shown. `theme` is its id in the decisions, which has words of a label and is not shown; `code`
    has a number in its place. `codes` are that one and those of all that were merged into it.
    """

    field: str
    theme: str
    code: str
    label: str
    codes: frozenset[str]


@dataclass(frozen=True)
class Words:
    """What officers wrote, fit to be read: campaigns (description, members, unedited), themes, and the outreach log."""

    campaigns: tuple[tuple[str | None, int, int], ...]
    themes: tuple[ThemeName, ...]
    outreach: tuple[Told, ...]


def words_of(private: duckdb.DuckDBPyConnection, definition: Definition) -> Words:
    """What officers wrote in the version that is open in `private`, without what the gate lets not pass."""
    campaigns = private.execute(_CAMPAIGNS).fetchall()
    themes = _themes(private, definition)
    log = outreach_log(private)
    texts = {f"campaign {words}": words for words, _, _ in campaigns if words}
    for one in themes:
        texts[f"theme {one.field} {one.code}"] = one.label
    for entry in log:
        texts |= {f"outreach {entry.seq} {part}": getattr(entry, part) for part in ("who", "how", "note")}
    leaking = {leak.where for leak in leaks_of(definition, Prose(texts, private))} if texts else set()
    return Words(
        tuple((None if f"campaign {words}" in leaking else words, *counts) for words, *counts in campaigns),
        tuple(_unless(one, leaking) for one in themes),
        tuple(_fit(entry, leaking) for entry in log),
    )


def prose_of(tables: Mapping[str, pa.Table]) -> dict[str, str]:
    """The words of officers in protected tables, by where they stand, for the gate."""
    found: dict[str, str] = {}
    written = {"campaigns": ("description",), "themes": ("label",), "outreach": ("who", "how", "note")}
    for name, columns in written.items():
        for place, row in enumerate(tables[name].to_pylist() if name in tables else (), 1):
            found |= {f"{name}, row {place}, {column}": row[column] for column in columns if row[column]}
    return {where: text for where, text in found.items() if text != WITHHELD}


def outreach_table(log: tuple[Told, ...]) -> pa.Table:
    """The protected table of the outreach log."""
    return table_of("outreach", [(one.day, one.who, one.how, one.note) for one in log])


def _themes(private: duckdb.DuckDBPyConnection, definition: Definition) -> list[ThemeName]:
    """The themes as they are, each with a number of its own: the place in which it was named first."""
    found, changes = [], changes_by_field(private)
    for one in coded_fields(definition):
        of_field = changes.get(one.id, [])
        themes = themes_of(of_field)
        order = dict.fromkeys(change.theme for change in of_field if change.change == "named")
        codes = {theme: f"theme_{number}" for number, theme in enumerate(order, 1)}
        for theme in themes.active:
            merged = frozenset(codes[id_] for id_, now in themes.now.items() if now == theme.id)
            found.append(ThemeName(one.id, theme.id, codes[theme.id], theme.label, merged))
    return found


def _unless(one: ThemeName, leaking: set[str]) -> ThemeName:
    if f"theme {one.field} {one.code}" not in leaking:
        return one
    return replace(one, label=one.code.replace("_", " ").capitalize())


def _fit(entry: Told, leaking: set[str]) -> Told:
    parts = {
        part: WITHHELD if f"outreach {entry.seq} {part}" in leaking else getattr(entry, part)
        for part in ("who", "how", "note")
    }
    return Told(entry.seq, entry.day, **parts)

"""The protected table of themes: of how many coded answers each theme is, as a table of yes and no for each.

A theme counts in steps, as positions do. Both its yes and its no must reach the threshold; so a theme that hardly
anybody, or nearly everybody, speaks of is hidden, be it nobody or all. Themes overlap and add up to nothing, so none
hides another. A theme moves by itself: it waits while fewer than a step of respondents differ from a view of it, or of
a theme that was merged into it, that was shown before.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa

from transforms.disclosure.contract import TABLES, table_of
from transforms.disclosure.counts import Counts
from transforms.disclosure.errors import DisclosureError
from transforms.disclosure.shown import THEMES, Exact, Part, Shown, exact_of
from transforms.disclosure.tables import round_to_base
from transforms.disclosure.told import ThemeName
from transforms.disclosure.vocabulary import Rule


@dataclass(frozen=True)
class Earlier:
    """All that was shown before and the key of its fingerprints; to whom, as at when and in which steps it is shown."""

    known: Mapping[Part, Sequence[Shown]]
    key: str
    audience: str
    as_at: datetime
    step: int


@dataclass(frozen=True)
class ThemesShown:
    """The table, what of it is to be noted in the register, and the parts that wait."""

    table: pa.Table
    noted: dict[Part, tuple[Exact, list[dict[str, Any]]]]
    waiting: tuple[Part, ...]


def theme_table(counts: Counts, names: Sequence[ThemeName], rule: Rule) -> pa.Table:
    """The table `themes` by itself.

    Raises:
        DisclosureError: the marts do not belong together.
    """
    return table_of("themes", [tuple(_row(one, counts, rule).values()) for one in names])


def themes_beside_earlier(
    counts: Counts, stepped: Counts, names: Sequence[ThemeName], rule: Rule, earlier: Earlier
) -> ThemesShown:
    """The table `themes`, protected together with all that was shown before.

    A field of which a step was seen falls back to the last whole step, where every response would tell of a few.

    Args:
        counts: as the rule takes them.
        stepped: of whole steps.
        names: the themes.
        rule: how counts are protected.
        earlier: what was shown before.

    Raises:
        DisclosureError: the marts do not belong together.
    """
    waits = {one.field for one in names if not _may_show(one, counts, earlier)}
    rows: list[dict[str, Any]] = []
    noted: dict[Part, tuple[Exact, list[dict[str, Any]]]] = {}
    waiting: list[Part] = []
    for one in names:
        used = stepped if one.field in waits else counts
        part, row = _part(one), _row(one, used, rule)
        if not _may_show(one, used, earlier):
            waiting.append(part)
            row |= _last(part, earlier)
        elif row["base"] is not None:
            noted[part] = (_exact(one, used, earlier.key), [row])
        rows.append(row)
    return ThemesShown(table_of("themes", [tuple(row.values()) for row in rows]), noted, tuple(waiting))


def _row(one: ThemeName, counts: Counts, rule: Rule) -> dict[str, Any]:
    yes, base = _counted(one, counts)
    if yes > base:
        raise DisclosureError(f"The marts of '{one.field}' count more of a theme than answers; run with --full.")
    if base % rule.step:
        raise DisclosureError(f"The themes of '{one.field}' do not hold back to a step; run with --full.")
    hidden = min(yes, base - yes) < rule.threshold
    shown = (
        None if hidden else round_to_base(yes, rule.rounding),
        hidden,
        None if 0 < base < rule.threshold else round_to_base(base, rule.rounding),
    )
    return dict(zip(TABLES["themes"].schema.names, (one.field, one.code, one.label, *shown), strict=True))


def _counted(one: ThemeName, counts: Counts) -> tuple[int, int]:
    return counts.themes.get((one.field, one.theme), 0), counts.themed.get(one.field, 0)


def _part(one: ThemeName) -> Part:
    return (THEMES, one.field, one.code)


def _exact(one: ThemeName, counts: Counts, key: str) -> Exact:
    yes, base = _counted(one, counts)
    return exact_of(_part(one), base, yes, key)


def _may_show(one: ThemeName, counts: Counts, earlier: Earlier) -> bool:
    """Whether the same, or a step of respondents more or fewer, was counted each time that this theme was shown."""
    yes, base = _counted(one, counts)
    exact = _exact(one, counts, earlier.key)
    for code in one.codes:
        for shown in earlier.known.get((THEMES, one.field, code), ()):
            was = shown.rows[0]["responses"]
            if shown.exact == exact or abs(shown.exact.base - base) >= earlier.step or was is None:
                continue
            # What a release shows is rounded, by less than half a step.
            if abs(was - yes) < earlier.step + earlier.step // 2:
                return False
    return True


def _last(part: Part, earlier: Earlier) -> dict[str, Any]:
    """As it was last shown to the same readers, or hidden."""
    before = [
        one for one in earlier.known.get(part, ()) if one.audience == earlier.audience and one.as_at <= earlier.as_at
    ]
    row = before[-1].rows[0] if before else {"responses": None, "hidden": True, "base": None}
    return {name: row[name] for name in ("responses", "hidden", "base")}

"""What must wait: the parts of a new view that differ from one shown before by fewer than ten respondents.

A part whose base moved by ten or more may be shown, and so may one with the very same counts. A breakdown has one rule
more: what is left of everybody when any of the rows that are shown anew are taken away must itself have moved by ten,
or not at all; otherwise the smallest of those rows waits too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from transforms.disclosure.across import Together, held_across
from transforms.disclosure.shown import Exact, Part, Shown, breakdown_of


@dataclass(frozen=True)
class Holds:
    """The parts of everybody that wait, and the rows of breakdowns that wait (field, respondent type)."""

    whole: frozenset[Part] = frozenset()
    rows: frozenset[tuple[str, str]] = frozenset()


def find_holds(
    parts: Mapping[Part, Exact],
    shown: Mapping[Part, Sequence[Shown]],
    groups: Sequence[Sequence[str]],
    step: int,
    together: Mapping[Part, Together],
) -> Holds:
    """Which parts of a new view wait, given all that was shown before.

    Args:
        parts: the exact counts of the new view.
        shown: all that was shown, by part.
        groups: what breakdowns have rows for: the respondent types, channels, who sent a campaign's letter or not.
        step: by how many respondents two views must differ.
        together: for each table of everybody how many are counted of each channel and side together.
    """
    whole = {
        part for part, exact in parts.items() if len(part) == 2 and not _may_show(exact, shown.get(part, ()), step)
    }
    rows: set[tuple[str, str]] = set()
    broken_down = [part for part in parts if len(part) == 2 and part[0] in ("positions", "closed_answers")]
    for part in broken_down:
        for group in groups:
            of_field = {of: (breakdown_of(part[0]), part[1], of) for of in group}
            held = group if part in whole else _rows_held(parts, shown, part, of_field, step)
            rows |= {(part[1], of) for of in held}
        fresh = [of for group in groups for of in group if (part[1], of) not in rows]
        rows |= {(part[1], of) for of in held_across(together.get(part, {}), shown, part, fresh, step)}
    return Holds(frozenset(whole), frozenset(rows))


def _may_show(exact: Exact, before: Sequence[Shown], step: int) -> bool:
    return all(one.exact == exact or abs(one.exact.base - exact.base) >= step for one in before)


def _rows_held(
    parts: Mapping[Part, Exact],
    shown: Mapping[Part, Sequence[Shown]],
    whole: Part,
    rows: Mapping[str, Part],
    step: int,
) -> set[str]:
    """The respondent types whose row waits."""
    held = {of for of, part in rows.items() if not _may_show(parts[part], shown.get(part, ()), step)}
    views = _views(shown, whole, rows)
    while len(held) < len(rows):
        fresh = [part for of, part in rows.items() if of not in held]
        if all(_rest_is_safe(parts, view, whole, fresh, step) for view in views):
            return held
        held.add(min((of for of in rows if of not in held), key=lambda of: (parts[rows[of]].base, of)))
    return held


def _views(shown: Mapping[Part, Sequence[Shown]], whole: Part, rows: Mapping[str, Part]) -> list[dict[Part, Exact]]:
    """The earlier views in which rows were shown beside the table of everybody."""
    found = []
    for of_all in shown.get(whole, ()):
        beside = {part: one.exact for part in rows.values() for one in shown.get(part, ()) if one.view == of_all.view}
        if beside:
            found.append({whole: of_all.exact} | beside)
    return found


def _rest_is_safe(
    parts: Mapping[Part, Exact], view: Mapping[Part, Exact], whole: Part, fresh: Sequence[Part], step: int
) -> bool:
    """Whether everybody but any of the rows shown anew moved by a step since an earlier view, or not at all."""
    moved = [part for part in fresh if part in view and view[part] != parts[part]]
    if view[whole] == parts[whole] and not moved:
        return True
    of_all = parts[whole].base - view[whole].base
    of_rows = [parts[part].base - view[part].base for part in moved]
    rest = parts[whole].base - sum(parts[part].base for part in fresh)
    # Where nobody is left beside the rows, before and now, there is nothing to subtract.
    nobody = rest == 0 and view[whole].base == sum(view[part].base for part in fresh if part in view)
    if min(of_rows, default=0) >= 0 and of_all - sum(of_rows) >= step:
        return True
    return all(
        abs(of_all - sum(some)) >= step or (nobody and len(some) == len(moved))
        for many in range(1, len(moved) + 1)
        for some in combinations(of_rows, many)
    )

"""A view protected together with all that was shown before: what must wait, waits as it was shown last."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pyarrow as pa

from schemas.definition import Definition
from transforms.disclosure.across import together_in
from transforms.disclosure.audited import audited_tables
from transforms.disclosure.contract import TABLES, table_of
from transforms.disclosure.counts import Counts
from transforms.disclosure.errors import UnprotectedError
from transforms.disclosure.findings import Measure, Protected
from transforms.disclosure.holds import Holds, find_holds
from transforms.disclosure.known import Before
from transforms.disclosure.linked import Key
from transforms.disclosure.overview import number_summary
from transforms.disclosure.shown import BOTH, THEMES, TYPES, Exact, Part, Register, Shown, exact_parts
from transforms.disclosure.stricter import key_of
from transforms.disclosure.theme_tables import Earlier, themes_beside_earlier
from transforms.disclosure.told import ThemeName
from transforms.disclosure.vocabulary import Rule, groups_of_rows

MEMBERS, RELEASE = "members", "release"
_WHY = "Fewer than {step} respondents differ from a view that was shown before."
_EMPTY = {"responses": None, "hidden": True, "base": None}


@dataclass(frozen=True)
class View:
    """A view that is to be shown: to whom, as at when, by which rule, beside which register."""

    register: Register
    audience: str
    as_at: datetime
    rule: Rule


def protect_view(
    counts_of: Callable[[bool], Counts], definition: Definition, view: View, themes: Sequence[ThemeName] = ()
) -> Protected:
    """The audited tables, the summary of numbers and the themes of a view; it is registered before anybody sees it.

    A part that differs from one shown before by fewer than a step is shown as it was last shown to the same readers,
    where that was not later than this view's moment; otherwise it is hidden. A release of every response falls back to
    whole steps first.

    Args:
        counts_of: the counts of the version: of whole steps (true), or of every response (false).
        definition: the consultation.
        view: to whom, as at when, and by which rule.
        themes: as they are now.

    Raises:
        DisclosureError: the tables cannot be protected, or the register was changed.
    """
    rule, known = view.rule, view.register.read()
    step = definition.policy.publication.member_step

    def holds_of(counts: Counts) -> tuple[dict[Part, Exact], Holds]:
        parts = exact_parts(counts, definition, rule.step, view.register.key)
        groups = [list(group.labels) for group in groups_of_rows(definition, counts.channels, counts.sides)]
        return parts, find_holds(parts, known, groups, step, _together(counts, parts))

    counts = counts_of(rule.step > 1)
    earlier = Earlier(known, view.register.key, view.audience, view.as_at, step)
    by_theme = themes_beside_earlier(counts, counts_of(True), themes, rule, earlier)
    parts, holds = holds_of(counts)
    if rule.step == 1 and holds.whole:
        counts = _in_steps(counts, counts_of(True), {part[1] for part in holds.whole if part != TYPES})
        parts, holds = holds_of(counts)
    holds, protected = _audited(counts, definition, view, holds, _told_before(parts, known, view))
    tables = protected.tables | {"number_summary": number_summary(counts, definition, rule)}
    waiting = sorted({*holds.whole, *_row_parts(parts, holds)})
    for part in waiting:
        tables[part[0]] = _as_last_shown(tables[part[0]], part, known.get(part, ()), view)
    noted = _noted(parts, tables, set(waiting), _together(counts, parts)) | by_theme.noted
    view.register.note(view.audience, view.as_at, noted)
    tables[THEMES] = by_theme.table
    waits = [*waiting, *by_theme.waiting]
    measures = [Measure(part[0], part[1], ", ".join(part[2:]), "waits", _WHY.format(step=step)) for part in waits]
    return replace(protected, tables=tables, measures=(*protected.measures, *measures))


def _audited(
    counts: Counts, definition: Definition, view: View, holds: Holds, before: Before
) -> tuple[Holds, Protected]:
    """The audited tables. A part that earlier views tell too much of, whatever is hidden, waits as well."""
    while True:
        # What waits is shown as before, so that earlier views tell nothing new of it.
        told = {key: bounds for key, bounds in before.items() if _part_of(key) not in holds.whole}
        try:
            return holds, audited_tables(counts, definition, view.rule, waiting=holds.rows, before=told)
        except UnprotectedError as error:
            part = _part_of(error.key)
            if part in holds.whole:
                raise
            groups = groups_of_rows(definition, counts.channels, counts.sides) if part != TYPES else []
            rows = {(part[1], of) for group in groups for of in group.labels}
            holds = Holds(holds.whole | {part}, holds.rows | rows)


def _part_of(key: Key) -> Part:
    """The part of everybody that a count belongs to."""
    if key[0] == "types":
        return TYPES
    return ("positions" if key[0] in ("position", "coded") else "closed_answers", key[1])


def _row_parts(parts: Mapping[Part, Exact], holds: Holds) -> list[Part]:
    return [part for part in parts if len(part) == 3 and (part[1], part[2]) in holds.rows]


def _in_steps(counts: Counts, stepped: Counts, fields: set[str]) -> Counts:
    """The counts, those of some fields as of the last whole step."""

    def mixed(whole: dict[Any, Any], in_steps: dict[Any, Any]) -> dict[Any, Any]:
        def field_of(key: Any) -> str:
            return key if isinstance(key, str) else key[0]

        kept = {key: n for key, n in whole.items() if field_of(key) not in fields}
        return kept | {key: n for key, n in in_steps.items() if field_of(key) in fields}

    return replace(
        counts,
        answered=mixed(counts.answered, stepped.answered),
        closed=mixed(counts.closed, stepped.closed),
        positions=mixed(counts.positions, stepped.positions),
        coded=mixed(counts.coded, stepped.coded),
        numbers=mixed(counts.numbers, stepped.numbers),
    )


def _told_before(parts: Mapping[Part, Exact], known: Mapping[Part, Sequence[Shown]], view: View) -> Before:
    """What earlier views tell whoever sees this one: members see releases too, the public sees releases alone."""
    found: dict[Key, tuple[int, int | None]] = {}
    for part, exact in parts.items():
        for one in known.get(part, ()):
            same = one.exact == exact
            if part[0] == "number_summary" or (one.audience == MEMBERS and view.audience != MEMBERS):
                continue
            if not same and one.exact.base > exact.base:
                continue
            for row in one.rows:
                if row["responses"] is None:
                    continue
                spread = view.rule.rounding // 2 if one.audience == RELEASE else 0
                low, high = max(0, row["responses"] - spread), row["responses"] + spread
                was_low, was_high = found.get(key_of(row), (0, None))
                highs = [bound for bound in (was_high, high if same else None) if bound is not None]
                found[key_of(row)] = (max(low, was_low), min(highs, default=None))
    return found


def _as_last_shown(table: pa.Table, part: Part, known: Sequence[Shown], view: View) -> pa.Table:
    """The table with the rows of a part as they were shown last, or hidden."""
    earlier = [one for one in known if one.audience == view.audience and one.as_at <= view.as_at]
    last = {_name(row): row for row in earlier[-1].rows} if earlier else {}
    rows = table.to_pylist()
    own = [row for row in rows if _is_of(row, part)]
    if last and part[0] == "positions" and set(last) != {_name(row) for row in own}:
        # Shown last with codes that were joined, or not: the table has those rows instead.
        place = rows.index(own[0]) if own else len(rows)
        others = [row for row in rows if not _is_of(row, part)]
        rows = [*others[:place], *last.values(), *others[place:]]
    else:
        rows = [last.get(_name(row), _hidden(row)) if _is_of(row, part) else row for row in rows]
    names = TABLES[part[0]].schema.names
    return table_of(part[0], [tuple(row[name] for name in names) for row in rows])


def _hidden(row: Mapping[str, Any]) -> dict[str, Any]:
    if "responses" in row:
        return {**row, **_EMPTY}
    return {name: value if name == "field" else None for name, value in row.items()}


def _together(counts: Counts, parts: Iterable[Part]) -> dict[Part, dict[str, int]]:
    """For each question's table of everybody how many are counted of each channel and side together."""
    whole = (part for part in parts if len(part) == 2 and part[0] in ("positions", "closed_answers"))
    return {part: together for part in whole if (together := together_in(counts, part))}


def _noted(
    parts: Mapping[Part, Exact],
    tables: Mapping[str, pa.Table],
    waiting: set[Part],
    together: Mapping[Part, dict[str, int]],
) -> dict[Part, tuple[Exact, list[dict[str, Any]]]]:
    """What the register is to hold of a view: each part that is shown, but for what waits."""
    by_part: dict[Part, list[dict[str, Any]]] = {}
    for name in {part[0] for part in parts}:
        for row in tables[name].to_pylist():
            for part in ((name, row.get("field", "")), (name, row.get("field", ""), row.get("type_code", ""))):
                by_part.setdefault(part, []).append(row)
    shown = {
        part: (exact, by_part[part])
        for part, exact in parts.items()
        if part not in waiting and any(_tells(row) for row in by_part.get(part, ()))
    }
    both = {(BOTH, *part): (parts[part], [of]) for part, of in together.items() if part in shown}
    return {**shown, **both}


def _tells(row: Mapping[str, Any]) -> bool:
    return row["base"] is not None


def _is_of(row: Mapping[str, Any], part: Part) -> bool:
    return row.get("field", "") == part[1] and (len(part) == 2 or row["type_code"] == part[2])


def _name(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row.get(name) for name in ("limb", "code", "type_code", "collapsed"))

"""Exact counts to protected tables of positions, choices and respondent types."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import pyarrow as pa

from schemas.definition import Definition
from schemas.questionnaire import POSTCODE_DISTRICT, MultipleChoice
from transforms.disclosure.breakdowns import hidden_in_breakdown, hidden_in_two_sides
from transforms.disclosure.contract import CLOSED_KINDS, OTHER_DISTRICTS, table_of
from transforms.disclosure.counts import EVERYBODY, Counts
from transforms.disclosure.errors import DisclosureError
from transforms.disclosure.linked import Key
from transforms.disclosure.stricter import Stricter
from transforms.disclosure.tables import collapse, hidden_cells, round_down, round_to_base
from transforms.disclosure.vocabulary import (
    OTHER_DISTRICTS_LABEL,
    Group,
    Rule,
    coded_fields,
    codes_of,
    groups_of_rows,
    limbs_of,
    may_be_broken_down,
    position_codes,
    tabulated_fields,
    type_codes,
)

_Row = tuple[object, ...]
_AS_RULED = Stricter()


@dataclass(frozen=True)
class _Shown:
    """One count as it is published."""

    responses: int | None
    hidden: bool
    base: int | None

    @property
    def row(self) -> _Row:
        return (self.responses, self.hidden, self.base)


def respondent_types(counts: Counts, definition: Definition, rule: Rule, more: Stricter = _AS_RULED) -> pa.Table:
    """Respondents by the types they ticked. The base is the included ones as of the last step."""
    labels = type_codes(definition)
    base = round_down(counts.included, rule.step)
    cells = _in_order(counts.types, labels, "the respondent type") if labels else []
    _check_counts("the respondent type", cells, base, several=True)
    shown = _one_way(cells, base, rule, [("types", code) in more.cells for code in labels])
    rows = zip(labels.items(), shown, strict=True)
    return table_of("respondent_types", [(code, label, *cell.row) for (code, label), cell in rows])


def positions(
    counts: Counts, definition: Definition, rule: Rule, more: Stricter = _AS_RULED
) -> tuple[pa.Table, pa.Table]:
    """The tables `positions` and `positions_by_type`."""
    whole: list[_Row] = []
    by_type: list[_Row] = []
    groups = _rows_of_breakdowns(counts, definition, rule, more)
    for one in coded_fields(definition):
        base = counts.coded.get((one.id, EVERYBODY), 0)
        _check_step(one.id, base, rule)
        collapsed = base < rule.detail_from or one.id in more.joined
        labels = position_codes(definition, one.id, collapsed=collapsed)
        for limb, limb_label in limbs_of(definition, one.id).items():
            by_code = _by_type(counts.positions.items(), one.id, limb)
            cells = _positions_of(definition, one.id, by_code.get(EVERYBODY, {}), collapsed=collapsed)
            _check_counts(one.id, cells, base)
            keys: list[Key] = [("position", one.id, limb, f"{code} joined" if collapsed else code) for code in labels]
            shown = _one_way(cells, base, rule, [key in more.cells for key in keys])
            whole += [
                (one.id, limb, limb_label, code, label, *cell.row, collapsed)
                for (code, label), cell in zip(labels.items(), shown, strict=True)
            ]
            if collapsed:
                continue
            for rows in _of_field(groups, one.id, more):
                table = _Breakdown(
                    one.id,
                    counts=[
                        _positions_of(definition, one.id, by_code.get(of, {}), collapsed=False) for of in rows.codes
                    ],
                    bases=[counts.coded.get((one.id, of), 0) for of in rows.codes],
                    several=False,
                    also=_also(more, keys, rows.codes),
                    rows=rows,
                )
                for of, row in zip(rows.group.labels.items(), _two_way(table, shown, rule), strict=True):
                    cells_of_type = zip(labels.items(), row, strict=True)
                    by_type += [(one.id, limb, *code, *of, *cell.row) for code, cell in cells_of_type]
    return table_of("positions", whole), table_of("positions_by_type", by_type)


def closed_answers(
    counts: Counts, definition: Definition, rule: Rule, more: Stricter = _AS_RULED
) -> tuple[pa.Table, pa.Table]:
    """The tables `closed_answers` and `closed_by_type`.

    The field of the respondent types is left out: `respondent_types` shows it, with steps of its own, and two tables of
    the same answers with different steps could be subtracted.
    """
    whole: list[_Row] = []
    by_type: list[_Row] = []
    groups = _rows_of_breakdowns(counts, definition, rule, more)
    for one in tabulated_fields(definition, CLOSED_KINDS):
        if one.id == definition.policy.respondent_type_field:
            continue
        base = counts.answered.get((one.id, EVERYBODY), 0)
        _check_step(one.id, base, rule)
        by_code = _by_type(counts.closed.items(), one.id)
        several = isinstance(one, MultipleChoice)
        if one.kind == "postcode_district":
            districts = by_code.get(EVERYBODY, {})
            _check_counts(one.id, list(districts.values()), base, several=several)
            whole += [(one.id, *row) for row in _districts(one.id, districts, base, rule, more)]
            continue
        labels = codes_of(one)
        cells = _in_order(by_code.get(EVERYBODY, {}), labels, one.id)
        _check_counts(one.id, cells, base, several=several)
        keys: list[Key] = [("closed", one.id, code) for code in labels]
        shown = _one_way(cells, base, rule, [key in more.cells for key in keys])
        whole += [(one.id, *code, *cell.row) for code, cell in zip(labels.items(), shown, strict=True)]
        if base < rule.detail_from or not may_be_broken_down(definition, one):
            continue
        for rows in _of_field(groups, one.id, more):
            table = _Breakdown(
                one.id,
                counts=[_in_order(by_code.get(of, {}), labels, one.id) for of in rows.codes],
                bases=[counts.answered.get((one.id, of), 0) for of in rows.codes],
                several=several,
                also=_also(more, keys, rows.codes),
                rows=rows,
            )
            for of, row in zip(rows.group.labels.items(), _two_way(table, shown, rule), strict=True):
                by_type += [(one.id, *code, *of, *cell.row) for code, cell in zip(labels.items(), row, strict=True)]
    return table_of("closed_answers", whole), table_of("closed_by_type", by_type)


@dataclass(frozen=True)
class _Rows:
    """What a question is broken down by, and which rows are hidden whole."""

    group: Group
    hidden: Sequence[bool]

    @property
    def codes(self) -> list[str]:
        return list(self.group.labels)


@dataclass(frozen=True)
class _Breakdown:
    """Exact counts of one question, rows by codes, the base of each row, and what is hidden besides."""

    field: str
    counts: Sequence[Sequence[int]]
    bases: Sequence[int]
    several: bool
    also: Sequence[Sequence[bool]]
    rows: _Rows


def _rows_of_breakdowns(counts: Counts, definition: Definition, rule: Rule, more: Stricter) -> list[_Rows]:
    """The rows of every breakdown: respondent types, channels, and who sent a campaign's letter or not.

    Of a channel or a side by which few came nothing is shown; that it is small everybody knows from the ledger.
    """
    found = []
    for group in groups_of_rows(definition, counts.channels, counts.sides):
        if group.name == "types":
            hidden = _hidden_types(counts, group.labels, rule, more)
        else:
            many = counts.channels | counts.sides
            hidden = tuple(many.get(code, 0) < rule.threshold for code in group.labels)
        found.append(_Rows(group, hidden))
    return found


def _of_field(groups: Iterable[_Rows], field: str, more: Stricter) -> Iterator[_Rows]:
    """Those by which this field may be broken down."""
    for rows in groups:
        if (rows.group.name, field) not in more.without:
            yield rows


def _hidden_types(counts: Counts, labels: Mapping[str, str], rule: Rule, more: Stricter) -> tuple[bool, ...]:
    """The respondent types that their own table hides, and so every other one must."""
    if not labels:
        return ()
    hidden = hidden_cells(_in_order(counts.types, labels, "the respondent type"), rule.threshold)
    return tuple(one or ("types", code) in more.cells for one, code in zip(hidden, labels, strict=True))


def _also(more: Stricter, keys: Iterable[Key], types: Iterable[str]) -> list[list[bool]]:
    """What is hidden of a breakdown beyond the rules; `keys` are those of the table of everybody."""
    of_all = list(keys)
    return [[(*key, of) in more.cells or (key[1], of) in more.rows | more.waiting for key in of_all] for of in types]


def _one_way(cells: Sequence[int], base: int, rule: Rule, also: Sequence[bool]) -> list[_Shown]:
    if 0 < base < rule.threshold:
        return [_Shown(None, True, None) for _ in cells]
    shown_base = round_to_base(base, rule.rounding)
    hidden = [one or other for one, other in zip(hidden_cells(cells, rule.threshold), also, strict=True)]
    return [
        _Shown(None if is_hidden else round_to_base(count, rule.rounding), is_hidden, shown_base)
        for count, is_hidden in zip(cells, hidden, strict=True)
    ]


def _two_way(table: _Breakdown, whole: Sequence[_Shown], rule: Rule) -> list[list[_Shown]]:
    """The rows of a breakdown; a row of which nothing is shown has no base either."""
    for cells, base in zip(table.counts, table.bases, strict=True):
        _check_counts(table.field, cells, base, several=table.several)
    parts_everybody = table.rows.group.name != "types"
    two_sides = parts_everybody and len(table.counts) == 2
    hide = hidden_in_two_sides if two_sides else partial(hidden_in_breakdown, open_bases=parts_everybody)
    mask = hide(
        table.counts,
        table.bases,
        rule.threshold,
        hidden_rows=table.rows.hidden,
        hidden_columns=[cell.hidden for cell in whole],
        also=table.also,
    )
    return [
        [
            _Shown(
                None if hidden else round_to_base(count, rule.rounding),
                hidden,
                None if all(hidden_row) else round_to_base(base, rule.rounding),
            )
            for count, hidden in zip(cells, hidden_row, strict=True)
        ]
        for cells, base, hidden_row in zip(table.counts, table.bases, mask, strict=True)
    ]


def _districts(field: str, districts: Mapping[str, int], base: int, rule: Rule, more: Stricter) -> list[_Row]:
    """Districts with enough responses by name, the rest together: the name of a hidden one would tell it is there."""
    if any(not POSTCODE_DISTRICT.fullmatch(code) for code in districts):
        raise DisclosureError(f"The marts hold a code that '{field}' does not have; run the pipeline with --full.")
    if 0 < base < rule.threshold:
        return [(OTHER_DISTRICTS, OTHER_DISTRICTS_LABEL, None, True, None)]
    named = {
        code: count
        for code, count in sorted(districts.items())
        if count >= rule.threshold and ("closed", field, code) not in more.cells
    }
    others = sum(districts.values()) - sum(named.values())
    while 0 < others < rule.threshold and named:
        smallest = min(named, key=lambda code: (named[code], code))
        others += named.pop(smallest)
    rows = [*((code, code, count) for code, count in named.items()), (OTHER_DISTRICTS, OTHER_DISTRICTS_LABEL, others)]
    shown_base = round_to_base(base, rule.rounding)
    return [(code, label, round_to_base(count, rule.rounding), False, shown_base) for code, label, count in rows]


def _by_type(counts: Iterable[tuple[tuple[str, ...], int]], *path: str) -> dict[str, dict[str, int]]:
    """Counts below `path` as respondent type -> code -> count; keys are (*path, code, type)."""
    found: dict[str, dict[str, int]] = {}
    for key, count in counts:
        if key[:-2] == path:
            found.setdefault(key[-1], {})[key[-2]] = count
    return found


def _positions_of(definition: Definition, field: str, by_code: Mapping[str, int], *, collapsed: bool) -> list[int]:
    cells = _in_order(by_code, position_codes(definition, field, collapsed=False), field)
    if not collapsed:
        return cells
    frame = definition.policy.frames[field]
    return list(collapse(dict(zip(frame.code_ids, cells, strict=True)), frame).values())


def _in_order(by_code: Mapping[str, int], labels: Mapping[str, str], what: str) -> list[int]:
    """The counts of these codes, zeros included. An unknown code would be a word that is not the definition's."""
    if any(count and code not in labels for code, count in by_code.items()):
        raise DisclosureError(
            f"The marts hold a code that {_quoted(what)} does not have; restore it or run the pipeline with --full."
        )
    return [by_code.get(code, 0) for code in labels]


def _check_counts(what: str, cells: Sequence[int], base: int, *, several: bool = False) -> None:
    """Each respondent counts once, or once in each cell where `several` may be ticked."""
    if max(cells, default=0) > base or (not several and sum(cells) > base):
        raise DisclosureError(
            f"The marts of {_quoted(what)} do not add up to their base; run the pipeline with --full."
        )


def _check_step(field: str, base: int, rule: Rule) -> None:
    if base % rule.step:
        raise DisclosureError(
            f"The marts of '{field}' do not hold back to a step of {rule.step}; run the pipeline with --full."
        )


def _quoted(what: str) -> str:
    return what if " " in what else f"'{what}'"

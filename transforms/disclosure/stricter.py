"""What is hidden or joined beyond the rules, and what to hide next where the audit finds a count too closely known."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import pyarrow as pa

from transforms.disclosure.contract import OTHER_DISTRICTS
from transforms.disclosure.errors import DisclosureError, UnprotectedError
from transforms.disclosure.findings import Measure
from transforms.disclosure.linked import Key, LinkedTables
from transforms.disclosure.shown import BOTH
from transforms.disclosure.vocabulary import GroupName, group_of
from transforms.marts import CAMPAIGN

_WHY = "Otherwise a hidden count could be worked out from what is shown."
# So many rounds hide one more count for each that is known too closely; then whole breakdowns go.
_GENTLE_ROUNDS = 8
_ALL_OF: dict[GroupName, str] = {"types": "all types", "channels": "all channels", "sides": "campaigns and own words"}


@dataclass(frozen=True)
class Stricter:
    """What goes beyond the rules.

    Attributes:
        cells: counts that are hidden, by their keys (see `known.py`).
        rows: respondent types of a field that are hidden whole.
        without: fields that are not broken down, by respondent type, by channel, or by who sent a campaign's letter.
        joined: coded fields whose codes are joined into broader ones.
        waiting: respondent types of a field that wait for the next step: hidden whole, whatever else is.
    """

    cells: frozenset[Key] = frozenset()
    rows: frozenset[tuple[str, str]] = frozenset()
    without: frozenset[tuple[GroupName, str]] = frozenset()
    joined: frozenset[str] = frozenset()
    waiting: frozenset[tuple[str, str]] = frozenset()

    def measures(self) -> tuple[Measure, ...]:
        """What was done, for the risk report."""
        found = [Measure(_table(key), _field(key), _part(key), "hidden", _WHY) for key in self.cells]
        found += [Measure("breakdowns", field, of, "type hidden", _WHY) for field, of in self.rows]
        found += [
            Measure("breakdowns", field, _ALL_OF[group], "not broken down", _WHY) for group, field in self.without
        ]
        found += [Measure("positions", field, "all codes", "codes joined", _WHY) for field in self.joined]
        return tuple(sorted(found, key=lambda one: (one.table, one.field, one.part, one.what)))


def stricter_still(
    so_far: Stricter,
    failures: Iterable[Key],
    linked: LinkedTables,
    tables: Mapping[str, pa.Table],
    round_: int,
    *,
    newest: GroupName = "types",
) -> Stricter:
    """One step more for each count that is known too closely: one more count hidden, then the breakdown, then codes.

    Args:
        so_far: what goes beyond the rules until now.
        failures: the counts that are known too closely.
        linked: what the tables tell.
        tables: the tables.
        round_: how often this was done.
        newest: the rows that came last. Without them nothing was known too closely, so they alone give way.

    Raises:
        DisclosureError: nothing is left to hide.
    """
    cells, rows, joined, without = set(so_far.cells), set(so_far.rows), set(so_far.joined), set(so_far.without)
    shown = _Shown(linked, tables)
    for key in sorted(failures):
        field = _field(key)
        group = group_of(key[-1]) if _is_breakdown(key) else None
        if newest not in {"types", group}:
            further = _beside_both(key) if key[0] == BOTH and round_ < _GENTLE_ROUNDS else None
            if further is None or further in cells:
                without.add((newest, field))
            else:
                cells.add(further)
            continue
        if group is not None:
            further = shown.smallest_beside(key) if round_ < _GENTLE_ROUNDS else None
            if further is None:
                without.add((group, field))
            elif further[0] in ("coded", "answered"):
                rows.add((further[1], further[2]))
            else:
                cells.add(further)
            continue
        further = shown.smallest_of_table(key)
        if further is not None:
            cells.add(further)
        elif key[0] == "position" and field not in joined:
            joined.add(field)
            cells = {one for one in cells if one[:2] != key[:2]}
        else:
            raise UnprotectedError(
                f"The counts of '{field}' cannot be protected: what is shown beside them tells too much. "
                "Take the field out of the tables in the policy, or join its codes.",
                key,
            )
    further_on = replace(
        so_far,
        cells=frozenset(cells),
        rows=frozenset(rows),
        joined=frozenset(joined),
        without=frozenset(without),
    )
    if further_on == so_far:
        raise DisclosureError("The tables cannot be protected further, and hidden counts can still be worked out.")
    return further_on


def _beside_both(key: Key) -> Key | None:
    """The count of those who sent a letter that goes with one of a channel and a side; none for how many they are."""
    return (*key[1:-1], CAMPAIGN) if key[1] in ("position", "closed") else None


class _Shown:
    """The counts that are shown, to find the next to hide: those whose exact or rounded value the attacker has."""

    def __init__(self, linked: LinkedTables, tables: Mapping[str, pa.Table]) -> None:
        self._true = {key: number.true for key, number in linked.numbers.items()}
        self._shown = {key for table in tables.values() if "hidden" in table.schema.names for key in shown_keys(table)}

    def smallest_beside(self, key: Key) -> Key | None:
        """The smallest shown count of the same row or column, else of the same breakdown; for a base, a base.

        Types, channels and the two sides are breakdowns of their own: what one hides protects nothing of the others.
        """
        of_group = [other for other in self._shown if group_of(other[-1]) == group_of(key[-1])]
        if key[0] in ("coded", "answered"):
            return self._smallest(other for other in of_group if other[:2] == key[:2] and len(other) == 3)
        *table, code, of = key
        same = [other for other in of_group if len(other) == len(key) and list(other[:-2]) == table]
        beside = self._smallest(other for other in same if other[-1] == of or other[-2] == code)
        return beside or self._smallest(same)

    def smallest_of_table(self, key: Key) -> Key | None:
        """The smallest shown count of the same table of everybody."""
        return self._smallest(
            other
            for other in self._shown
            if len(other) == len(key)
            and other[:-1] == key[:-1]
            and self._true[other]
            # All other districts are what a hidden district goes to.
            and other[-1] != OTHER_DISTRICTS
        )

    def _smallest(self, keys: Iterable[Key]) -> Key | None:
        return min(keys, key=lambda key: (self._true[key], key), default=None)


def shown_keys(table: pa.Table) -> Iterable[Key]:
    """The keys of the counts and of the respondent types' bases that a protected table shows."""
    names = set(table.schema.names)
    for row in table.to_pylist():
        key = key_of(row)
        if not row["hidden"]:
            yield key
        if "type_code" in names and row["base"] is not None:
            yield ("coded" if "limb" in names else "answered", row["field"], row["type_code"])


def key_of(row: Mapping[str, object]) -> Key:
    """The key of the count in a row of `respondent_types`, `positions`, `closed_answers` or their breakdowns."""
    if "field" not in row:
        return ("types", str(row["code"]))
    kind = ("position", str(row["field"]), str(row["limb"])) if "limb" in row else ("closed", str(row["field"]))
    code = f"{row['code']} joined" if row.get("collapsed") else str(row["code"])
    return (*kind, code, str(row["type_code"])) if "type_code" in row else (*kind, code)


def _is_breakdown(key: Key) -> bool:
    return len(key) == {"position": 5, "closed": 4, "coded": 3, "answered": 3}.get(key[0], 0)


def _table(key: Key) -> str:
    names = {"position": "positions", "closed": "closed_answers", "types": "respondent_types"}
    by_type = {"position": "positions_by_type", "closed": "closed_by_type"}
    return by_type[key[0]] if _is_breakdown(key) else names[key[0]]


def _field(key: Key) -> str:
    if key[0] == BOTH:
        return key[2]
    return "the respondent type" if key[0] == "types" else key[1]


def _part(key: Key) -> str:
    return ", ".join(key[1:] if key[0] == "types" else key[2:])

"""Where the figures of a report come from: the tables of one release, and nothing else."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from transforms.ledger_words import number
from transforms.report.document import Figure
from transforms.report.errors import ReportError

NOT_SHOWN = "not shown"
# By which columns a row is found, and which of its columns are figures.
KEYS: Mapping[str, tuple[str, ...]] = {
    "ledger": ("channel", "line"),
    "of_which": ("channel", "kind"),
    "questions": ("field",),
    "respondent_types": ("code",),
    "positions": ("field", "limb", "code"),
    "positions_by_type": ("field", "limb", "code", "type_code"),
    "closed_answers": ("field", "code"),
    "closed_by_type": ("field", "code", "type_code"),
    "number_summary": ("field",),
    "themes": ("field", "theme"),
    "quality": ("area", "measure"),
    "received_over_time": ("day",),
}
_OF_MANIFEST = "manifest"
_ADDRESS = re.compile(r"[a-z_]+(?:/[^/{}\s]+)+")


@dataclass(frozen=True)
class Sources:
    """The rows of a release's tables by name, and its manifest."""

    release: str
    manifest: Mapping[str, Any]
    tables: Mapping[str, Sequence[dict[str, Any]]]

    def rows(self, table: str, **where: str) -> list[dict[str, Any]]:
        """The rows of a table that have these keys, in its order; none where the release has no such table."""
        found = self.tables.get(table, ())
        return [row for row in found if all(str(row[key]) == value for key, value in where.items())]

    def cell(self, table: str, row: Mapping[str, Any], column: str) -> Figure:
        """The figure of one cell."""
        where = tuple((key, str(row[key])) for key in KEYS[table])
        return _figure(table, where, column, "value", row[column])

    def total(self, table: str, column: str, **where: str) -> Figure:
        """The sum of a column over the rows that have these keys."""
        rows = self.rows(table, **where)
        return _figure(table, tuple(where.items()), column, "sum", sum(row[column] for row in rows))

    def of_manifest(self, *path: str) -> Figure:
        """A figure that the release's manifest says, such as how counts are protected."""
        return _figure(_OF_MANIFEST, (("path", ".".join(path)),), path[-1], "value", _at(self.manifest, path))

    def at(self, address: str) -> Figure:
        """The figure of an address, as an officer writes it: `positions/q2_place/all_levels/support/responses`.

        Raises:
            ReportError: there is none.
        """
        table, *rest = address.split("/") if _ADDRESS.fullmatch(address) else [""]
        keys = KEYS.get(table, ())
        if len(rest) == len(keys) + 1 and table in self.tables:
            *values, column = rest
            rows = self.rows(table, **dict(zip(keys, values, strict=True)))
            if len(rows) == 1 and isinstance(rows[0].get(column), int | float | None) and column in rows[0]:
                return self.cell(table, rows[0], column)
        raise ReportError(
            f"There is no figure '{address}' in {self.release}; write a table, its keys and a column, such as "
            "'questions/<question>/coded'."
        )

    def again(self, figure: Figure) -> Figure:
        """The same figure read anew."""
        where = dict(figure.where)
        if figure.table == _OF_MANIFEST:
            return self.of_manifest(*where["path"].split("."))
        if figure.how == "sum":
            return self.total(figure.table, figure.column, **where)
        (row,) = self.rows(figure.table, **where)
        return self.cell(figure.table, row, figure.column)


def _figure(table: str, where: tuple[tuple[str, str], ...], column: str, how: str, value: int | float | None) -> Figure:
    keys = [value for _, value in where] if how == "value" else [f"{key}={value}" for key, value in where] or ["all"]
    text = NOT_SHOWN if value is None else _printed(value)
    return Figure("/".join((table, *keys, column)), table, where, column, how, value, text)


def _printed(value: int | float) -> str:
    return f"{value:.2f}" if 0 < abs(value) < 1 else number(value)


def _at(content: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    found: Any = content
    for key in path:
        found = found[key]
    return found

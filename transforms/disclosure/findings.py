"""What was found and done when tables and rows were protected: for the risk report, and to decide what may leave."""

from dataclasses import dataclass

import pyarrow as pa


@dataclass(frozen=True)
class Audit:
    """What an attacker who knows the tables, their margins and the ledger can work out, by linear programming.

    Attributes:
        tables: how many tables were looked at together.
        examined: how many hidden counts were tried.
        rounded: how many rounded counts were tried: one that has one possible value is as good as exact.
        recoverable: how many of all these have one possible value.
        narrow: how many hidden ones have more than one, but fewer than the rule asks for.
        narrowest: the fewest possible values of a hidden count; None where nothing is hidden.
        asked: how many possible values the rule asks for, where the count's base is that large.
        programs: how many linear programs were solved.
    """

    tables: int
    examined: int
    rounded: int
    recoverable: int
    narrow: int
    narrowest: int | None
    asked: int
    programs: int

    @property
    def passed(self) -> bool:
        return self.recoverable == 0 and self.narrow == 0


@dataclass(frozen=True)
class Measure:
    """One thing done beyond hiding small counts, to which part of which table, and why (a sentence)."""

    table: str
    field: str
    part: str
    what: str
    why: str


@dataclass(frozen=True)
class Protected:
    """Protected tables by name, what the audit of all of them found, and what was done beyond the rules."""

    tables: dict[str, pa.Table]
    audit: Audit
    measures: tuple[Measure, ...] = ()


@dataclass(frozen=True)
class ColumnLoss:
    """What anonymising took from one column: how far it was generalised, and how many of its values were removed."""

    column: str
    level: int
    levels: int
    removed: int


@dataclass(frozen=True)
class RowsFindings:
    """What anonymising rows came to.

    Attributes:
        rows: how many rows there are.
        k: how many rows share the rarest combination of quasi-identifiers.
        l: how many values the sensitive columns have at least within one combination; None where none is sensitive.
        classes: how many combinations there are.
        suppressed_rows: in how many rows a value was removed.
        information_lost: the share of the detail of the quasi-identifiers that was lost, from 0 to 1.
        columns: the same for each column.
    """

    rows: int
    k: int
    l: int | None  # noqa: E741 - the field's own name for it
    classes: int
    suppressed_rows: int
    information_lost: float
    columns: tuple[ColumnLoss, ...]

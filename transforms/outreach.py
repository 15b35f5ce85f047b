"""The outreach log: whom the council told of a consultation, when and how, as officers' decisions have made it.

It says who was told, never who belongs to which group: no form asked that.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import duckdb

from schemas.decisions import OutreachEntry
from transforms.sql import identifier

_ENTRIES = "SELECT seq, day, who, how, note, corrects, withdrawn FROM {table} ORDER BY seq"


@dataclass(frozen=True)
class Told:
    """One entry: its number, the day if it is known, the group that was told, how, and what else is to be known.

    The number is that of the decision in the journal that says it as it stands now.
    """

    seq: int
    day: date | None
    who: str
    how: str
    note: str


def outreach_log(connection: duckdb.DuckDBPyConnection, table: str = "outreach") -> list[Told]:
    """The entries that stand in a version, in their order (see `standing_entries`)."""
    query = _ENTRIES.format(table=identifier(table))
    names = [column[0] for column in connection.execute(query).description or ()]
    rows = (dict(zip(names, row, strict=True)) for row in connection.execute(query).fetchall())
    return standing_entries((row.pop("seq"), OutreachEntry(**row)) for row in rows)


def standing_entries(decided: Iterable[tuple[int, OutreachEntry]]) -> list[Told]:
    """The entries that stand, by day, those without a day last; what was corrected or taken back is not among them.

    `decided` are entries with their numbers in the journal, in its order.
    """
    standing: dict[int, Told] = {}
    for seq, one in decided:
        if one.corrects is not None and standing.pop(one.corrects, None) is None:
            continue
        if not one.withdrawn:
            standing[seq] = Told(seq, one.day, one.who, one.how, one.note)
    return sorted(standing.values(), key=lambda one: (one.day is None, one.day or date.min, one.seq))

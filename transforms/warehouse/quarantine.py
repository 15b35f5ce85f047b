"""What waits for an officer as a whole: responses in quarantine or in review, with the rules they break. Never a value.

A response of which single answers wait is not here but in the keying queue (`transforms.warehouse.readings`).
"""

from dataclasses import asdict, dataclass
from typing import Any

from transforms.warehouse.read import open_private
from transforms.warehouse.versions import Warehouse

_HELD = """
SELECT response_id, channel, line, received_at, coalesce(reason, '')
FROM responses WHERE line IN ('in_quarantine', 'in_review') AND state <> 'response' ORDER BY received_at, response_id
"""
_BROKEN = """
SELECT response_id, "column", rule FROM quarantine ORDER BY ALL
"""


@dataclass(frozen=True)
class Broken:
    """One rule that one column of a response breaks; the column is empty where it is the response as a whole."""

    column: str
    rule: str


@dataclass(frozen=True)
class Held:
    """A response that waits."""

    response: str
    channel: str
    line: str
    received_at: str
    reason: str
    broken: tuple[Broken, ...]

    @property
    def why(self) -> str:
        """In words: the reason it was given, else the rules by column."""
        return self.reason or "; ".join(f"{one.column}: {one.rule}" if one.column else one.rule for one in self.broken)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {"why": self.why}


def read_quarantine(warehouse: Warehouse) -> list[Held]:
    """Everything that waits in the current version, first come first.

    Raises:
        TransformError: nothing is published yet.
    """
    with open_private(warehouse) as connection:
        broken: dict[str, list[Broken]] = {}
        for response, column, rule in connection.execute(_BROKEN).fetchall():
            broken.setdefault(response, []).append(Broken(column, rule))
        return [
            Held(response, channel, line, received_at.isoformat(), reason, tuple(broken.get(response, ())))
            for response, channel, line, received_at, reason in connection.execute(_HELD).fetchall()
        ]

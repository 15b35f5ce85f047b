"""The inbox for a person: messages that came by e-mail and are no response, or not yet. Never a value."""

from dataclasses import asdict, dataclass
from typing import Any

from transforms.warehouse.read import open_private
from transforms.warehouse.versions import Warehouse

# What a person wrote stands first; automatic replies and reports about delivery last.
_INBOX = """
SELECT response_id, artefact_id, received_at, line, coalesce(reason, '')
FROM responses
WHERE channel = 'email' AND line IN ('in_review', 'in_quarantine', 'not_a_response') AND state <> 'response'
ORDER BY list_position(['in_review', 'in_quarantine', 'not_a_response'], line), received_at, response_id
"""


@dataclass(frozen=True)
class Letter:
    """A message for a person: its ids, when it came, its line in the ledger, and what it is in words."""

    message: str
    response: str
    received_at: str
    line: str
    kind: str

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def read_mail_inbox(warehouse: Warehouse) -> list[Letter]:
    """The inbox of the current version.

    Raises:
        TransformError: nothing is published yet.
    """
    with open_private(warehouse) as connection:
        return [
            Letter(artefact, response, received_at.isoformat(), line, kind)
            for response, artefact, received_at, line, kind in connection.execute(_INBOX).fetchall()
        ]

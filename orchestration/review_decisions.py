"""Officers' decisions of a few kinds, read from the journal, which may be ahead of the warehouse."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import pyarrow.compute as pc

from ingest.journal import Journal
from orchestration.intake import recipients_of
from schemas.data_folder import DataFolder
from schemas.decisions import Decided, Decision
from schemas.definition import Definition
from schemas.errors import YourSayError
from schemas.sealing import Identity, opener
from transforms.warehouse.versions import Warehouse, current_manifest

_MOST_OF_A_REASON = 1_000


class ReviewError(YourSayError):
    """Something cannot be reviewed as asked."""


@dataclass(frozen=True)
class Officer:
    """Who decides, about which consultation, in which data folder."""

    name: str
    data: DataFolder
    definition: Definition

    def decides(self, decisions: Sequence[Decision]) -> int:
        """Append decisions to the journal, sealed; they take effect with the next pipeline run.

        Returns the number of the last one.
        """
        journal = Journal(self.data.journal(self.definition.id), self.data.clock)
        return journal.append(self.name.strip(), decisions, recipients_of(self.data, self.definition))


def decisions_of(journal: Journal, identity: Identity, kinds: Collection[str], after: int = 0) -> list[Decided]:
    """The decisions of these kinds with seq > `after`, in order; no other body is opened."""
    seqs: list[int] = []
    for part in journal.log.read_batches(after, columns=["seq", "kind"]):
        for kind in kinds:
            seqs += part.filter(pc.equal(part["kind"], kind))["seq"].to_pylist()
    newer = [seq for seq in seqs if seq > after]
    return list(journal.opened(journal.log.read_records(newer), opener(identity))) if newer else []


def known_until(warehouse: Warehouse) -> int:
    """The last decision that the current version knows; 0 where there is no version."""
    manifest = current_manifest(warehouse)
    return manifest.decisions_seq if manifest else 0


def reason_of(given: str) -> str:
    """A reason as it is kept: in one line.

    Raises:
        ReviewError: none is given, or more than anybody reads.
    """
    reason = " ".join(given.split())
    if not reason:
        raise ReviewError("Say what shows it: give a reason.")
    if len(reason) > _MOST_OF_A_REASON:
        raise ReviewError(f"Give a reason of at most {_MOST_OF_A_REASON} characters.")
    return reason

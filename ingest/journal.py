"""The journal of officers' decisions: append-only, sealed, chained. `schemas.decisions` says what they are."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from ingest.chained_log import ChainedLog, Problem
from ingest.errors import IngestError
from schemas.clock import Clock
from schemas.decisions import Decided, Decision, DecisionError, decode_decision, encode_decision, subjects_of
from schemas.sealing import Identity, Recipients, opener, seal

HEADER = (
    pa.field("kind", pa.string(), nullable=False),
    pa.field("officer", pa.string(), nullable=False),
    pa.field("subjects", pa.list_(pa.string()), nullable=False),
)


class Journal:
    """The decisions of one consultation."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.log = ChainedLog(folder, HEADER)
        self._clock = clock

    def append(self, officer: str, decisions: Sequence[Decision], recipients: Recipients) -> int:
        """Seal and commit; returns the last sequence number."""
        records = [
            {
                "kind": decision.kind,
                "officer": officer,
                "subjects": list(subjects_of(decision)),
                "body": seal(encode_decision(decision), recipients),
            }
            for decision in decisions
        ]
        if not records:
            return self.log.last_seq()
        with self.log.writing():
            return self.log.append(records, self._clock.now())[1]

    def read(self, identity: Identity, after: int = 0, known_until: datetime | None = None) -> Iterator[Decided]:
        """Decisions with seq > `after`, opened, in order; one whose body was erased is passed over.

        Raises:
            SealingError: a decision was sealed for another key.
            IngestError: a body is no decision that this version knows.
        """
        open_body = opener(identity)
        open_body = opener(identity)
        for part in self.log.read_batches(after, known_until):
            for row in part.to_pylist():
                if row["body"] is not None:
                    decision = self._decoded(row["seq"], open_body(row["body"]))
                    yield Decided(row["seq"], row["known_at"], row["officer"], decision)

    def _decoded(self, seq: int, body: bytes) -> Decision:
        try:
            return decode_decision(body)
        except DecisionError as error:
            raise IngestError(f"{self.log.folder}, record {seq}: {error}") from None

    def verify(self) -> list[Problem]:
        return self.log.verify()

"""The journal of officers' decisions: append-only, sealed, chained. `schemas.decisions` says what they are."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

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

_KEYED = pa.array(["keyed_answer", "keying_undo"])


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
        for part in self.log.read_batches(after, known_until):
            yield from self.opened(part, open_body)

    def opened(self, records: pa.Table, open_body: Callable[[bytes], bytes]) -> Iterator[Decided]:
        """The decisions in records of the log, opened."""
        for row in records.to_pylist():
            if row["body"] is not None:
                decision = self._decoded(row["seq"], open_body(row["body"]))
                yield Decided(row["seq"], row["known_at"], row["officer"], decision)

    def _decoded(self, seq: int, body: bytes) -> Decision:
        try:
            return decode_decision(body)
        except DecisionError as error:
            raise IngestError(f"{self.log.folder}, record {seq}: {error}") from None

    def keyed_answers(
        self, identity: Identity, last: int | None = None, known_until: datetime | None = None
    ) -> "KeyedAnswers":
        """What was keyed, and undone, among the decisions with seq <= `last`, to be opened as it is asked for."""
        seqs: dict[str, list[int]] = {}
        for part in self.log.read_batches(0, known_until, ["seq", "kind", "subjects"]):
            for row in part.filter(pc.is_in(part["kind"], _KEYED)).to_pylist():
                if last is None or row["seq"] <= last:
                    for response in row["subjects"]:
                        seqs.setdefault(response, []).append(row["seq"])
        return KeyedAnswers(self, identity, seqs)

    def verify(self) -> list[Problem]:
        return self.log.verify()


@dataclass(frozen=True)
class KeyedAnswers:
    """What people keyed of each response; a body is opened only when its response is asked for."""

    journal: Journal
    identity: Identity = field(repr=False)
    seqs: dict[str, list[int]]

    def of(self, response_id: str) -> list[Decided]:
        """The keyed answers of one response, in the order of the journal."""
        seqs = self.seqs.get(response_id)
        if not seqs:
            return []
        return list(self.journal.opened(self.journal.log.read_records(seqs), opener(self.identity)))

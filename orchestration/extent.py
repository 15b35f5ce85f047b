"""Which records of a log a build takes in, fixed before it starts: what arrives meanwhile waits for the next."""

from dataclasses import dataclass
from datetime import datetime

from ingest.chained_log import GENESIS, ChainedLog


@dataclass(frozen=True)
class Extent:
    """The records with `after` < seq <= `last`; `head` is the chain's link at `last`.

    Those known later than `known_until` are beyond `last`, because known_at grows with seq.
    """

    after: int
    last: int
    head: str
    known_until: datetime | None = None


def extent_of(log: ChainedLog, after: int = 0, known_until: datetime | None = None) -> Extent:
    """Everything of `log` after a record, or until a moment."""
    if known_until is None:
        line = log.last_line()
        return Extent(after, line.last_seq, line.chain) if line else Extent(after, 0, GENESIS)
    links = log.read(known_until=known_until, columns=["seq", "chain"])
    if not links.num_rows:
        return Extent(after, 0, GENESIS, known_until)
    return Extent(after, links["seq"][-1].as_py(), links["chain"][-1].as_py(), known_until)


def chain_holds(log: ChainedLog, seq: int, head: str) -> bool:
    """Whether the link at `seq` is still `head`: a log that was cut or rewritten fails this."""
    if seq == 0:
        return head == GENESIS
    found = log.read_records([seq])
    return bool(found.num_rows == 1 and found["chain"][0].as_py() == head)

"""What reading messages costs and withstands: `./run bench mail [--mutations 20000] [--processes 2]`.

A corpus of ugly messages, one of each kind for each of several seeds that the readers were not tuned on, is read the
way the pipeline does, each message in the child process. Then messages of it are mutated at random and read, over
several processes. One JSON line for each measurement, then a table with the limits; exit code 1 when one is not kept.

* Each message of the corpus becomes exactly the lines that its kind says: states, reasons, answers, what waits.
* Of the mutated ones each becomes at least one line, none raises, and none takes longer than its limit.
"""

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field

from benchmarks._mail_corpus import KINDS, REPORTED_SEEDS, corpus, mutations
from benchmarks._mail_sample import Editions, Sample, line_of
from benchmarks._table import Limit, print_table
from ingest.mail.child import TOO_MUCH, MessageReader
from ingest.mail.limits import WALL_SECONDS
from ingest.parsed import unsealed
from ingest.parsed_response import ParsedResponse
from schemas.sealing import Identity, new_identity, opener

_CHUNK = 250


def main() -> int:
    parser = argparse.ArgumentParser(prog="./run bench mail", description="What reading messages costs and withstands.")
    parser.add_argument("--mutations", type=int, default=20_000, help="how many mutated messages are read")
    parser.add_argument("--processes", type=int, default=2, help="over how many, each with a child")
    parser.add_argument("--seed", type=int, default=1, help="what the mutations are drawn from")
    given = parser.parse_args()
    identity = new_identity()
    samples = list(corpus(REPORTED_SEEDS, identity, Editions()))
    limits = [*of_corpus(samples, identity)]
    limits += of_mutations(samples, identity, given.mutations, given.processes, given.seed)
    print_table(limits)
    return 0 if all(limit.kept for limit in limits) else 1


def of_corpus(samples: list[Sample], identity: Identity) -> Iterable[Limit]:
    """The messages as they were written."""
    with Readers(identity) as readers:
        readers.read(samples[0])  # the child starts
        started = time.perf_counter()
        wrong = [one.kind for one in samples if tuple(map(line_of, readers.read(one))) != one.lines]
        seconds = time.perf_counter() - started
    said = {"corpus": len(samples), "kinds": len(KINDS), "seconds": round(seconds, 2), "wrong": wrong}
    print(json.dumps(said), flush=True)
    yield Limit("messages in the corpus", len(samples), at_least=150)
    yield Limit("of them not as expected", len(wrong), at_most=0)
    yield Limit("messages a second", len(samples) / seconds, at_least=10)


@dataclass
class Outcome:
    """What became of some mutated messages."""

    messages: int = 0
    lines: int = 0
    without_a_line: int = 0
    errors: int = 0
    ended: int = 0
    longest: float = 0.0
    states: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Outcome") -> None:
        for name in ("messages", "lines", "without_a_line", "errors", "ended"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.longest = max(self.longest, other.longest)
        self.states.update(other.states)


def of_mutations(samples: list[Sample], identity: Identity, count: int, processes: int, seed: int) -> Iterable[Limit]:
    """The mutated messages."""
    sizes = [min(_CHUNK, count - done) for done in range(0, count, _CHUNK)]
    total = Outcome()
    started = time.perf_counter()
    with ProcessPoolExecutor(processes, initializer=_prepare, initargs=(samples, identity)) as pool:
        for outcome in pool.map(read_mutations, [(seed, number, size) for number, size in enumerate(sizes)]):
            total.add(outcome)
    seconds = time.perf_counter() - started
    print(json.dumps(vars(total) | {"seconds": round(seconds, 1), "a_second": round(count / seconds, 1)}), flush=True)
    yield Limit("mutated messages", total.messages, at_least=count)
    yield Limit("of them without a line", total.without_a_line, at_most=0)
    yield Limit("of them raised an error", total.errors, at_most=0)
    yield Limit("longest, s", total.longest, at_most=WALL_SECONDS)
    yield Limit("share that ended its reader", total.ended / max(1, total.messages), at_most=0.001)


class Readers:
    """A reader for each consultation, as the pipeline of each has one."""

    def __init__(self, identity: Identity) -> None:
        self._open = opener(identity)
        self._readers: dict[str, MessageReader] = {}

    def __enter__(self) -> "Readers":
        return self

    def __exit__(self, *_: object) -> None:
        for reader in self._readers.values():
            reader.end()

    def read(self, sample: Sample) -> list[ParsedResponse]:
        about = sample.about
        reader = self._readers.get(about.id) or self._readers.setdefault(about.id, MessageReader(about))
        return [unsealed(one, about, self._open) for one in reader.read(sample.raw)]


_samples: list[Sample] = []
_readers: Readers | None = None


def _prepare(samples: list[Sample], identity: Identity) -> None:
    """In each process: what is mutated, and readers of its own."""
    global _samples, _readers
    _samples, _readers = samples, Readers(identity)


def read_mutations(order: tuple[int, int, int]) -> Outcome:
    """Read one chunk of mutations: (seed, number of the chunk, how many)."""
    seed, number, count = order
    assert _readers is not None
    outcome = Outcome()
    for sample in mutations(_samples, seed * 1_000_003 + number, count):
        started = time.perf_counter()
        try:
            found = _readers.read(sample)
        except Exception as error:  # noqa: BLE001 - that there is none is what is measured
            print(json.dumps({"error": type(error).__name__, "kind": sample.kind, "chunk": number}), flush=True)
            outcome.errors += 1
            continue
        outcome.messages += 1
        outcome.lines += len(found)
        outcome.without_a_line += not found
        outcome.ended += any(one.reason == TOO_MUCH for one in found)
        outcome.longest = max(outcome.longest, time.perf_counter() - started)
        outcome.states.update(one.state for one in found)
    return outcome


if __name__ == "__main__":
    sys.exit(main())

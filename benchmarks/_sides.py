"""The sides that a benchmark compares, each run as a process of its own: `python -m benchmarks._sides SIDE ARGUMENTS`.

A side prints one JSON line: CPU seconds (user and system, all threads) of its work after the imports, and the process's
peak memory. It works in folders that the benchmark made.
"""

import json
import resource
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pyrage

import schemas.frames
import transforms.disclosure.members
import transforms.warehouse.build
from schemas.definition import BUILT_IN, load_definition
from schemas.sealing import Identity, opener
from transforms.opened import EVENTS_SCHEMA
from transforms.sql import literal
from transforms.warehouse.build import Source, building, stage
from transforms.warehouse.plan import plan_build
from transforms.warehouse.publish import publish
from transforms.warehouse.steps import STEPS
from transforms.warehouse.versions import Warehouse, current_version

CONSULTATION = "third-sector-2007"
_MOMENT = datetime(2007, 6, 15, tzinfo=UTC)
_LOADED = (schemas.frames, transforms.disclosure.members)


def warehouse_in(root: Path) -> Warehouse:
    """A warehouse for the benchmark, with keys that protect nothing."""
    definition = load_definition(BUILT_IN / CONSULTATION)
    return Warehouse(root / "private", root / "public", definition, "aa" * 32)


def chunks_in(folder: Path) -> Iterator[pa.Table]:
    """The opened rows of a folder, one chunk in memory at a time."""
    for file in sorted(folder.glob("*.arrow")):
        yield pa.ipc.open_file(pa.memory_map(str(file))).read_all()


def bare(folder: Path, out: Path) -> dict[str, object]:
    """DuckDB alone: the same rows from newline-delimited JSON, explicit types, into a table of a file."""
    types = schemas.frames.parsed_struct(load_definition(BUILT_IN / CONSULTATION))
    columns = ", ".join(f"{literal(name)}: {literal(kind)}" for name, kind in types.items())
    with duckdb.connect(str(out)) as connection:
        connection.execute(
            f"CREATE TABLE responses AS SELECT * FROM read_json({literal(f'{folder}/*.ndjson')},"
            f" format = 'newline_delimited', columns = {{{columns}}})"
        )
    return {"bytes": out.stat().st_size}


def build(folder: Path, root: Path) -> dict[str, object]:
    """The pipeline: opened rows to published marts. A full build where nothing is there, else an increment."""
    warehouse = warehouse_in(root)
    plan = plan_build(warehouse, EVENTS_SCHEMA.empty_table())
    last = int((folder / "last").read_text("utf-8"))
    source = Source(last, f"landing-{last}", 0, "none", _MOMENT, _MOMENT)
    steps: dict[str, float] = {"masking": 0.0}
    began = _cpu()

    def timed_masking(*arguments: object) -> None:
        at = _cpu()
        masking(*arguments)
        steps["masking"] += _cpu() - at

    masking = transforms.warehouse.build.mask_chunk
    transforms.warehouse.build.mask_chunk = timed_masking
    with building(warehouse, plan, source, [], EVENTS_SCHEMA.empty_table()) as staging:
        steps["begin"] = _cpu() - began
        for step in (lambda s: stage(s, chunks_in(folder)), *STEPS, publish):
            at = _cpu()
            step(staging)
            name = getattr(step, "__name__", "")
            steps["stage" if name == "<lambda>" else name] = _cpu() - at
    size = sum(f.stat().st_size for f in (warehouse.private / str(current_version(warehouse))).iterdir())
    # What the pipeline's promise leaves out, because each has promises of its own.
    beside = steps["masking"] + steps["link"] + steps["find_campaigns"]
    rounded = {name: round(value, 3) for name, value in steps.items()}
    return {"kind": plan.kind, "bytes": size, "beside": beside, "steps": rounded}


def dashboard(root: Path, times: str) -> dict[str, object]:
    """What the pages of the results read: every table of the public version, `times` times."""
    warehouse = warehouse_in(root)
    file = warehouse.public / f"{current_version(warehouse)}.duckdb"
    with duckdb.connect(str(file), read_only=True) as connection:
        tables = [
            row[0] for row in connection.execute("SELECT table_name FROM duckdb_tables() ORDER BY ALL").fetchall()
        ]
        for _ in range(int(times)):
            for table in tables:
                connection.execute(f"SELECT * FROM {table}").fetchall()
    return {"tables": len(tables)}


def pyrage_alone(sealed: Path, identity: Path) -> dict[str, object]:
    """Opening sealed bodies with pyrage and nothing else."""
    key = pyrage.x25519.Identity.from_str(identity.read_text("utf-8"))
    bodies = _bodies(sealed)
    at = _cpu()
    for body in bodies:
        pyrage.decrypt(body, [key])
    return {"rows": len(bodies), "cpu": _cpu() - at}


def unseal(sealed: Path, identity: Path) -> dict[str, object]:
    """Opening them the project's way."""
    bodies = _bodies(sealed)
    at = _cpu()
    open_body = opener(Identity(identity.read_text("utf-8")))
    for body in bodies:
        open_body(body)
    return {"rows": len(bodies), "cpu": _cpu() - at}


def _bodies(file: Path) -> list[bytes]:
    return [bytes(body) for body in pa.ipc.open_file(file.read_bytes()).read_all()["body"].to_pylist()]


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


SIDES: dict[str, Callable[..., dict[str, object]]] = {
    "bare": bare,
    "build": build,
    "dashboard": dashboard,
    "pyrage": pyrage_alone,
    "unseal": unseal,
}


def main() -> None:
    side, *arguments = sys.argv[1:]
    given = [argument if argument.isdecimal() else Path(argument) for argument in arguments]
    began, at = _cpu(), time.perf_counter()
    found = SIDES[side](*given)
    measured = {"cpu": _cpu() - began, "wall": time.perf_counter() - at}
    measured["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps(measured | found))


if __name__ == "__main__":
    main()

"""Taking bodies out of a committed batch, so that the chain over their hashes still holds.

The batch is written anew beside the old one, then `chain.jsonl` names its new SHA-256 (the commit point), then it takes
the old one's place. A process killed in between leaves what the next writer finishes, or throws away.
"""

import os
from collections.abc import Collection
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ingest.chain_file import BatchLine, ChainFile, file_sha256, sync_folder

_BESIDE = ".erased-"


def write_batch(table: pa.Table, file: Path) -> None:
    """Write a batch; it is on the disk when this returns."""
    pq.write_table(table, file, compression="zstd", use_dictionary=False, write_statistics=["seq", "known_at"])
    with file.open("rb") as handle:
        os.fsync(handle.fileno())


def remove_bodies(folder: Path, chain_file: ChainFile, line: BatchLine, seqs: Collection[int]) -> int:
    """Remove the bodies of these records of one batch; returns how many were there."""
    table = pq.read_table(folder / line.file)
    gone = pc.is_in(table["seq"], pa.array(seqs, pa.int64()))
    removed = pc.sum(pc.and_(gone, pc.is_valid(table["body"]))).as_py() or 0
    if removed:
        place = table.schema.get_field_index("body")
        body = pc.if_else(gone, pa.scalar(None, pa.binary()), table["body"])
        beside = folder / f"{_BESIDE}{line.file}"
        write_batch(table.set_column(place, table.schema.field(place), body), beside)
        chain_file.replace(line, file_sha256(beside))
        _take_place(folder, beside)
    return int(removed)


def removal_is_pending(folder: Path, line: BatchLine) -> bool:
    """Whether the batch without its bodies is committed, and the old one still in its place."""
    beside = folder / f"{_BESIDE}{line.file}"
    return beside.exists() and file_sha256(beside) == line.sha256


def finish_removals(folder: Path, chain_file: ChainFile) -> None:
    """Finish or throw away what a killed process left; nothing where there is none."""
    left = list(folder.glob(f"{_BESIDE}*"))
    if not left:
        return
    lines = {line.file: line for line in chain_file.lines()}
    for beside in left:
        line = lines.get(beside.name.removeprefix(_BESIDE))
        if line and removal_is_pending(folder, line):
            _take_place(folder, beside)
        else:
            beside.unlink()


def _take_place(folder: Path, beside: Path) -> None:
    beside.replace(folder / beside.name.removeprefix(_BESIDE))
    sync_folder(folder)

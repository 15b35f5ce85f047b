"""Reads versions that show final results, and what was frozen for them."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import duckdb

from schemas.data_folder import DataFolder
from transforms.disclosure.shown import Register
from transforms.signoff.frozen import MARTS_FILE, Frozen, lay_over
from transforms.signoff.life import read_standing
from transforms.warehouse.publish import shown_register
from transforms.warehouse.read import open_private, read_about
from transforms.warehouse.versions import Warehouse


def frozen_folder(data: DataFolder, frozen: Frozen) -> Path:
    """Where the two files of what was frozen lie."""
    return data.frozen(frozen.consultation) / frozen.folder_name


@contextmanager
def open_results(data: DataFolder, warehouse: Warehouse, version: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that reads a version; the exact tables of one that shows final results are those that were frozen.

    Raises:
        TransformError: there is no such version, or what was frozen is missing.
    """
    shown = read_about(warehouse, version).get("final_hash")
    final = read_standing(data.sign_off(warehouse.definition.id)).final
    with open_private(warehouse, version) as private:
        if shown and final:
            lay_over(private, frozen_folder(data, final.frozen) / MARTS_FILE, warehouse.warehouse_key)
        yield private


@contextmanager
def copy_of_shown(warehouse: Warehouse, first: int | None = None) -> Iterator[Register]:
    """A register of its own with the first so many views, or all: what is noted in it is noted nowhere else."""
    register = shown_register(warehouse)
    lines = register.file.read_bytes().splitlines(keepends=True) if register.file.exists() else []
    with tempfile.TemporaryDirectory() as folder:
        copy = replace(register, file=Path(folder) / register.file.name)
        copy.file.write_bytes(b"".join(lines[:first]))
        yield copy

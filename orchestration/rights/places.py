"""The places where copies of what arrived lie, beside the two logs and the inbox; each is emptied by one function."""

import json
import os
from collections.abc import Sequence

import duckdb

from ingest.web.settings import PublicSettings
from ingest.web.store.choose import VARIABLE, open_store
from orchestration.builds import Request, is_up_to_date
from orchestration.kept_readings import KeptReadings
from orchestration.rights.needles import Needles
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from schemas.sealing import read_identity
from transforms.errors import TransformError
from transforms.warehouse.versions import (
    Warehouse,
    as_at_versions,
    current_manifest,
    current_version,
    one_writer,
    prune,
    write_whole,
)


def store_is_here(data: DataFolder) -> bool:
    """Whether the public server's store can be reached from this machine."""
    return bool(os.environ.get(VARIABLE)) or PublicSettings.of(data).store.exists()


def erase_in_store(data: DataFolder, definition: Definition, artefacts: Sequence[str]) -> int:
    """Remove the sealed bodies of these artefacts from the public server's store; returns how many were there.

    Raises:
        StoreUnavailableError: the store cannot be used now.
    """
    if not store_is_here(data):
        return 0
    store = open_store(PublicSettings.of(data).store)
    try:
        return store.erase(definition.id, artefacts)
    finally:
        store.close()


def forget_readings(data: DataFolder, definition: Definition, artefacts: Sequence[str]) -> int:
    """Delete what readers made of these artefacts; returns how many files went."""
    folder = data.readings(definition.id)
    if not folder.is_dir():
        return 0
    before = len(list(folder.iterdir()))
    kept = KeptReadings(folder, read_identity(data.keys(definition.id)), "")
    for name in artefacts:
        kept.forget(name)
    return before - len(list(folder.iterdir()))


def rebuild(data: DataFolder, definition: Definition, warehouse: Warehouse) -> int:
    """Make the current version anew without what was erased, and remove every other private one.

    Returns how many versions went. Where nothing was ever built, nothing is.

    Raises:
        RunError: the build failed; the versions from before are still there.
        BusyError: another build is running.
    """
    if current_version(warehouse) is None:
        return 0
    before = _private_versions(warehouse)
    if not is_up_to_date(data, definition):
        # Dagster takes seconds to import.
        from orchestration.running import build_warehouse

        build_warehouse(data, Request(definition.id))
    if current_manifest(warehouse) is None:
        raise TransformError("The version without what was erased is not there; run 'yoursay erase --again'.")
    with one_writer(warehouse):
        prune(warehouse, erase=True)
    return len(before - _private_versions(warehouse))


def drop_quoting_views(warehouse: Warehouse, needles: Needles) -> int:
    """Take away views as at a moment that quote what was erased; counts alone stay. Returns how many went."""
    shown = as_at_versions(warehouse)
    quoting = {moment for moment, version in shown.items() if _quotes(warehouse, version, needles)}
    if not quoting:
        return 0
    with one_writer(warehouse):
        left = {moment: version for moment, version in shown.items() if moment not in quoting}
        write_whole(warehouse.public / "as-at.json", json.dumps(left, indent=1, sort_keys=True))
        for moment in quoting:
            (warehouse.public / f"{shown[moment]}.duckdb").unlink(missing_ok=True)
    return len(quoting)


def _quotes(warehouse: Warehouse, version: str, needles: Needles) -> bool:
    file = warehouse.public / f"{version}.duckdb"
    if not file.exists():
        return False
    with duckdb.connect(str(file), read_only=True) as connection:
        return any(needles.are_in(str(row[0])) for row in connection.execute("SELECT text FROM quotes").fetchall())


def _private_versions(warehouse: Warehouse) -> set[str]:
    return {folder.name for folder in warehouse.private.iterdir() if (folder / "manifest.json").exists()}

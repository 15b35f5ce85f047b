"""What is checked of a release before anybody approves it: that it is whole, follows from its tables, and may leave."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from schemas.definition import Definition
from transforms.disclosure.contract import TABLES
from transforms.disclosure.errors import DisclosureError
from transforms.disclosure.promises import check_promises
from transforms.release.files import MANIFEST
from transforms.release.package import package_files
from transforms.release.verify import verify_release

_ROWS = "rows/rows.parquet"


def package_problems(folder: Path, definition: Definition) -> list[str]:
    """Why the release in `folder` must not leave; empty where nothing was found.

    The tables are read from the Parquet files, pass the gate again, and give every other file anew: so no file holds
    what the tables do not.
    """
    damaged = [str(problem) for problem in verify_release(folder)]
    if damaged:
        return damaged
    manifest = read_manifest(folder)
    for key, current in (
        ("consultation", definition.id),
        ("questionnaire_hash", definition.questionnaire_hash),
        ("policy_hash", definition.policy_hash),
    ):
        if manifest.get(key) != current:
            return [f"{MANIFEST}: it was made with another {key}; run the pipeline and draft a new release"]
    try:
        tables = {name: _read_table(folder, name) for name in manifest["tables"]}
        rows = pq.read_table(folder / _ROWS) if manifest["rows"]["included"] else None
        check_promises(definition, tables, rows.column_names if rows else None, purpose=manifest["purpose"])
    except DisclosureError as error:
        return [str(error)]
    except (KeyError, OSError, pa.ArrowException):
        return [f"{MANIFEST}: it names tables that cannot be read"]
    again = package_files(definition, manifest, tables, rows)
    other = sorted(name for name, content in again.items() if _content(folder / name) != content)
    return [f"{name}: it is not what its tables give" for name in other]


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a release that was verified."""
    manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_bytes())
    return manifest


def _read_table(folder: Path, name: str) -> pa.Table:
    table = pq.read_table(folder / f"tables/{name}.parquet")
    # Parquet has no columns that are never empty in a table's own schema; the contract says which those are.
    return (
        table.cast(TABLES[name].schema) if name in TABLES and table.schema.names == TABLES[name].schema.names else table
    )


def _content(file: Path) -> bytes | None:
    return file.read_bytes() if file.is_file() else None

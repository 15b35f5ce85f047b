"""What is frozen for a sign-off: the exact counts and the tables that will be shown, in two files, and one hash.

The hash is over the ends of landing and decisions, the definition, the code, and the rows of every table. The exact
counts stay encrypted with the warehouse's key; releases of final results are made from them, so that neither what
arrives later nor an erasure changes a figure that was signed.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Self

import duckdb
import pyarrow as pa

from transforms.errors import TransformError
from transforms.marts import MARTS, WHOLE_MARTS
from transforms.sql import identifier
from transforms.warehouse.connection import attach, connect

RESULTS_FILE, MARTS_FILE = "results.duckdb", "marts.duckdb"
# What releases and screens are made from: the marts, what is told of campaigns, and the words of officers.
_EXACT = {name: f"SELECT * FROM {{of}}{name}" for name in (*MARTS, *WHOLE_MARTS)}
_EXACT["campaigns"] = "SELECT description, members, unedited FROM {of}campaigns"
_EXACT |= {name: f"SELECT * FROM {{of}}{name}" for name in ("theme_changes", "outreach")}
_FROZEN = "frozen"


@dataclass(frozen=True)
class Frozen:
    """What is signed: `hash` is over all of it but `files`, which are the SHA-256 of the two files.

    Attributes:
        correction: 0 for the first results, then the number of the correction.
        marts: exact tables, and the SHA-256 of their rows.
        results: the tables that are shown, and the SHA-256 of their rows.
        shown_before: how many views had been shown before: the tables are protected together with them.
    """

    consultation: str
    correction: int
    version: str
    as_at: str
    landing_seq: int
    landing_head: str
    decisions_seq: int
    decisions_head: str
    questionnaire_hash: str
    policy_hash: str
    code_version: str
    shown_before: int
    marts: Mapping[str, str]
    results: Mapping[str, str]
    files: Mapping[str, str]

    @property
    def hash(self) -> str:
        content = {name: value for name, value in self.as_dict().items() if name not in ("files", "version")}
        canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()

    @property
    def folder_name(self) -> str:
        """Where its files lie, in the consultation's folder of the sign-off."""
        return f"{self.correction}-{self.hash[:16]}"

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Self:
        return cls(**{one.name: content[one.name] for one in fields(cls)})


def hash_of_rows(table: pa.Table) -> str:
    """SHA-256 over the names of the columns and every row in order."""
    digest = hashlib.sha256(_line(table.column_names))
    for row in zip(*(column.to_pylist() for column in table.columns), strict=True):
        digest.update(_line(row))
    return digest.hexdigest()


def _line(values: Any) -> bytes:
    return json.dumps(list(values), ensure_ascii=False, separators=(",", ":"), default=str).encode() + b"\n"


def exact_hashes(connection: duckdb.DuckDBPyConnection, prefix: str = "") -> dict[str, str]:
    """The hash of each exact table that is a view `<prefix><table>`; the order of its rows does not matter."""
    return {
        name: hash_of_rows(connection.execute(f"{query.format(of=prefix)} ORDER BY ALL").to_arrow_table())
        for name, query in _EXACT.items()
    }


def write_exact(connection: duckdb.DuckDBPyConnection, file: Path, key: str) -> None:
    """Copy the exact tables into an encrypted file of their own.

    Raises:
        TransformError: the file cannot be written.
    """
    attach(connection, file, _FROZEN, key, read_only=False)
    try:
        for name, query in _EXACT.items():
            connection.execute(f"CREATE TABLE {_FROZEN}.{identifier(name)} AS {query.format(of='')} ORDER BY ALL")
        connection.execute(f"CHECKPOINT {_FROZEN}")
    finally:
        connection.execute(f"DETACH {_FROZEN}")


def lay_over(connection: duckdb.DuckDBPyConnection, file: Path, key: str) -> None:
    """Read the exact tables of a connection from a frozen file from now on.

    Raises:
        TransformError: the file is missing, damaged, or of another key.
    """
    attach(connection, file, _FROZEN, key)
    for name in _EXACT:
        connection.execute(
            f"CREATE OR REPLACE TEMP VIEW {identifier(name)} AS SELECT * FROM {_FROZEN}.{identifier(name)}"
        )


def hashes_of_exact_file(file: Path, key: str) -> dict[str, str]:
    """The hash of each exact table in a frozen file.

    Raises:
        TransformError: the file is missing, damaged, or of another key.
    """
    with connect(file.with_suffix(".spill")) as connection:
        lay_over(connection, file, key)
        try:
            return exact_hashes(connection)
        except duckdb.Error:
            raise TransformError(f"{file}: cannot be read; restore it from a backup.") from None


def read_results(file: Path) -> dict[str, pa.Table]:
    """Every table of a public file.

    Raises:
        TransformError: it is missing or damaged.
    """
    if not file.is_file():
        raise TransformError(f"{file}: the file is missing; restore it from a backup.")
    try:
        with duckdb.connect(str(file), read_only=True, config={"autoinstall_known_extensions": "false"}) as connection:
            names = [name for (name,) in connection.execute("SHOW TABLES").fetchall()]
            return {name: connection.table(name).to_arrow_table() for name in names}
    except duckdb.Error:
        raise TransformError(f"{file}: cannot be read; restore it from a backup.") from None


def result_hashes(tables: Mapping[str, pa.Table]) -> dict[str, str]:
    """The hash of each table that is shown; what a version says of itself is none of the results."""
    return {name: hash_of_rows(table) for name, table in tables.items() if name != "about"}


def sha256_of(file: Path) -> str:
    """The SHA-256 of a file, or nothing where it is missing."""
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else ""

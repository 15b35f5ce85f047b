"""DuckDB connections for the private warehouse: encrypted files, nothing loaded over the network, no spill in clear."""

from functools import cache
from importlib.util import find_spec
from pathlib import Path

import duckdb

from transforms.errors import TransformError
from transforms.opened import CHUNK_ROWS
from transforms.sql import identifier, literal

MEMORY_LIMIT = "800MB"
_NO_NETWORK: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}


def connect(spill: Path, threads: int | None = None) -> duckdb.DuckDBPyConnection:
    """An in-memory database that can attach encrypted files; what does not fit in memory goes to `spill`, encrypted.

    `threads` is DuckDB's choice where it is not given.

    Raises:
        TransformError: the package with the cipher is missing, of another version, or not as DuckDB signed it.
    """
    cipher = _signed(_httpfs())
    connection = duckdb.connect(
        config=_NO_NETWORK
        | {
            # Its signature has been checked, once for this process.
            "allow_unsigned_extensions": True,
            "temp_directory": str(spill),
            "temp_file_encryption": True,
            "memory_limit": MEMORY_LIMIT,
        }
    )
    connection.execute(f"LOAD {literal(str(cipher))}")
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET enable_progress_bar = false")
    # With one thread a query over several parts waits for ever when its result fills the buffer before it is fetched.
    connection.execute(f"SET streaming_buffer_size = {literal(MEMORY_LIMIT)}")
    if threads:
        connection.execute(f"SET threads = {threads}")
    return connection


def attach(connection: duckdb.DuckDBPyConnection, file: Path, name: str, key: str, read_only: bool = True) -> None:
    """Attach an encrypted database file under `name`.

    Raises:
        TransformError: it is missing, damaged, or encrypted with another key.
    """
    # A file that is being made is thrown away when its build is killed, so it needs no write-ahead log.
    # Row groups of one chunk are written to disk as they come, and not kept in memory until they are full.
    mode = "READ_ONLY" if read_only else f"RECOVERY_MODE no_wal_writes, ROW_GROUP_SIZE {CHUNK_ROWS}"
    options = f"ENCRYPTION_KEY {literal(key)}, {mode}"
    try:
        connection.execute(f"ATTACH {literal(str(file))} AS {identifier(name)} ({options})")
    except duckdb.Error:
        raise TransformError(f"{file}: cannot be opened; missing, damaged, or encrypted with another key.") from None


def _httpfs() -> Path:
    """The extension that holds the cipher, from its wheel."""
    found = find_spec("duckdb_extension_httpfs")
    if found is None or found.origin is None:
        raise TransformError("The package duckdb-extension-httpfs is missing; set the project up again.")
    file = Path(found.origin).parent / "extensions" / f"v{duckdb.__version__}" / "httpfs.duckdb_extension"
    if not file.exists():
        raise TransformError(
            f"duckdb-extension-httpfs is not of version {duckdb.__version__}; set the project up again."
        )
    return file


@cache
def _signed(extension: Path) -> Path:
    """The same file, once DuckDB has checked its signature: ninety milliseconds, where loading alone takes one."""
    with duckdb.connect(config=_NO_NETWORK) as connection:
        try:
            connection.execute(f"LOAD {literal(str(extension))}")
        except duckdb.Error:
            raise TransformError(
                "duckdb-extension-httpfs cannot be loaded as DuckDB signed it; set the project up again."
            ) from None
    return extension

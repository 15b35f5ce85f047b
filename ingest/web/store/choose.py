"""Which store a public server uses."""

import os
from pathlib import Path

from ingest.errors import IngestError
from ingest.web.store.base import Store

VARIABLE = "YOURSAY_STORE"


def open_store(file: Path) -> Store:
    """PostgreSQL where YOURSAY_STORE holds its address (`postgresql://...`), else SQLite in `file`.

    Raises:
        IngestError: the address is of another kind.
        StoreUnavailableError: the store cannot be used.
    """
    address = os.environ.get(VARIABLE, "")
    if not address:
        from ingest.web.store.sqlite import SqliteStore

        return SqliteStore(file)
    if not address.startswith(("postgresql://", "postgres://")):
        raise IngestError(f"{VARIABLE} must be an address such as postgresql://user@host/database, or not be set.")
    from ingest.web.store.postgres import PostgresStore

    return PostgresStore(address)

"""The public server with one of the stores that the intake benchmark compares, as a process of its own:
`python -m benchmarks._intake_server STORE FOLDER`. It prints its address and serves until it is ended.

* null: does the same checks and signing and keeps nothing.
* group: SQLite as in use, whatever is queued in one commit.
* single: SQLite with a commit for each request.
* group-slow, single-slow: the same on a disk that takes 5 ms longer for each sync.
"""

import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks._null_store import NullStore
from ingest.web.app import create_app
from ingest.web.serve import listen, server_of
from ingest.web.settings import prepare_public_server
from ingest.web.store import writer
from ingest.web.store.base import Store
from ingest.web.store.records import Stored, Submission
from ingest.web.store.sqlite import SqliteStore
from schemas.data_folder import DataFolder

CONSULTATION = "third-sector-2007"
SYNC_SECONDS = 0.005


class SlowDisk(SqliteStore):
    """SQLite on a disk that takes longer for each sync (WAL with synchronous=FULL syncs once a commit)."""

    def _commit(self, submissions: Sequence[Submission]) -> list[Stored]:
        stored = super()._commit(submissions)
        time.sleep(SYNC_SECONDS)
        return stored


def store_named(kind: str, file: Path) -> Store:
    """The store of a side, over the file that the benchmark prepared."""
    if kind.startswith("single"):
        writer.MAX_GROUP = 1
    if kind == "null":
        prepared = SqliteStore(file)
        (token,) = prepared.tokens(CONSULTATION)
        prepared.close()
        return NullStore(token)
    return SlowDisk(file) if kind.endswith("slow") else SqliteStore(file)


def main() -> None:
    kind, folder = sys.argv[1], DataFolder(Path(sys.argv[2]))
    settings = prepare_public_server(folder)
    app = create_app(settings, folder.clock, store_named(kind, settings.store))
    listening = listen("127.0.0.1", 0)
    print(listening.getsockname()[1], flush=True)
    server_of(app).run(sockets=[listening])


if __name__ == "__main__":
    main()

"""A process that writes to a store: `python -m tests.contract.store_writer ADDRESS_OR_FILE PREFIX COUNT`.

It queues that many submissions of the consultation `one` and prints the id of each once it is acknowledged.
"""

import sys
from pathlib import Path

from ingest.web.store.base import Store
from ingest.web.store.postgres import PostgresStore
from ingest.web.store.records import Submission
from ingest.web.store.sqlite import SqliteStore


def store_at(where: str) -> Store:
    return PostgresStore(where) if where.startswith("postgresql://") else SqliteStore(Path(where))


def submission(submission_id: str, **changed: object) -> Submission:
    """A submission of the consultation `one`; `changed` are its other fields."""
    given: dict[str, object] = {
        "consultation": "one",
        "id": submission_id,
        "questionnaire_hash": "hash",
        "media_type": "type",
        "received_at": "2007-05-01T00:00:00+00:00",
        "sha256": f"sha256 of {submission_id}",
        "fingerprint": "same",
        "reference": "ABCD-2345",
        "sealed": b"sealed",
    }
    return Submission(**(given | changed))  # type: ignore[arg-type]


def main() -> None:
    where, prefix, count = sys.argv[1:]
    store = store_at(where)
    # A few at a time, so that groups of both writers take turns.
    for start in range(0, int(count), 10):
        futures = [store.put(submission(f"{prefix}{number}")) for number in range(start, min(start + 10, int(count)))]
        for future in futures:
            print(future.result().record.id, flush=True)
    store.close()


if __name__ == "__main__":
    main()

"""A store that holds many rows already, made in one statement: a benchmark asks what one more costs."""

import sqlite3
from contextlib import closing
from pathlib import Path

from ingest.web.store.sqlite import SqliteStore

SEALED_BYTES = 2_000
# Ids and hashes are random, as real ones are, so that every index is as large and as scattered.
_FILL = """
WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < :rows)
INSERT INTO submissions (
    consultation, sequence, id, event, channel, questionnaire_hash, media_type, received_at, sha256, fingerprint,
    reference, chain, sealed
)
SELECT
    :consultation, n, lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2)
    || '-a' || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))), 'submission', 'web',
    lower(hex(randomblob(32))), 'application/vnd.yoursay.response+json', '2007-05-01T00:00:00+00:00',
    lower(hex(randomblob(32))), lower(hex(randomblob(32))),
    substr(hex(randomblob(2)), 1, 4) || '-' || substr(hex(randomblob(2)), 1, 4), lower(hex(randomblob(32))),
    randomblob(:sealed_bytes)
FROM number
"""
_HEAD = """
INSERT INTO consultations (consultation, last_sequence, chain)
SELECT consultation, sequence, chain FROM submissions WHERE consultation = ? ORDER BY sequence DESC LIMIT 1
"""


def fill_store(file: Path, consultation: str, rows: int) -> None:
    """Make the store in `file` hold that many submissions; their bodies are noise."""
    SqliteStore(file).close()
    with closing(sqlite3.connect(file)) as connection, connection:
        # Nothing here has to outlive a power cut.
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -500000")
        connection.execute(_FILL, {"rows": rows, "consultation": consultation, "sealed_bytes": SEALED_BYTES})
        connection.execute(_HEAD, [consultation])

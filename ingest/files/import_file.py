"""`yoursay import`: responses that were collected elsewhere, each row sealed as an artefact of its own."""

import hashlib
import json
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

from ingest.files.mapping import Mapper, read_map
from ingest.files.tables import Row, open_table
from ingest.files.versions import latest_versions, superseding, version_id
from ingest.landing import Arrival, Landing
from schemas.clock import Clock
from schemas.definition import Definition
from schemas.response import MEDIA_TYPE, ResponseDocument, encode_response
from schemas.sealing import Recipients, seal

_BATCH_ROWS = 5_000


@dataclass(frozen=True)
class ImportResult:
    """What an import did. `unused_columns` are those of the file that the map does not name."""

    rows: int
    new: int
    already: int
    superseding: int
    last_seq: int
    unused_columns: tuple[str, ...]
    cpu_seconds: float


def import_file(
    file: Path, map_file: Path, definition: Definition, landing: Landing, recipients: Recipients, *, clock: Clock
) -> ImportResult:
    """Land every row of `file` (CSV, XLSX, JSON array, NDJSON) by the map in `map_file`.

    The same row again is not landed again. A row that says something else than before (the map was mended, or the
    row with that id was changed) supersedes its earlier version. The whole file is checked before the first row is
    landed; a run that was killed goes on where it stopped when it is started again.

    Raises:
        MapError: the map is wrong, or a row has no id or no moment of receipt; nothing was landed.
        TableError: the file cannot be read; nothing was landed.
    """
    started = time.process_time()
    mapping = read_map(map_file, definition)
    table = open_table(file, mapping.file.layout())
    mapper = Mapper(mapping, map_file, table, file, definition)
    for number, row in table.rows():
        mapper.received_at(row, number)
        mapper.id_of(row, number)
    prefix = f"import-{mapping.name}-"
    latest = latest_versions(landing, prefix)
    arrivals = superseding(_arrivals(table.rows(), mapper, prefix, recipients, clock.now()), latest)
    rows = new = already = replaced = 0
    while batch := list(islice(arrivals, _BATCH_ROWS)):
        landed = landing.append(batch)
        rows, new, already = rows + len(batch), new + landed.new, already + landed.already
        replaced += sum(arrival.event == "supersede" for arrival in batch)
    used = time.process_time() - started
    return ImportResult(rows, new, already, replaced, landing.log.last_seq(), mapper.unused, used)


def _arrivals(
    rows: Iterator[tuple[int, Row]], mapper: Mapper, prefix: str, recipients: Recipients, now: datetime
) -> Iterator[Arrival]:
    definition = mapper.definition
    seen: Counter[bytes] = Counter()
    for number, row in rows:
        key = _key_of(row, mapper.id_of(row, number))
        seen[key] += 1
        stem = prefix + hashlib.sha256(b"%s#%d" % (key, seen[key])).hexdigest()[:32]
        document = ResponseDocument(
            id=stem,
            consultation=definition.id,
            questionnaire_hash=definition.questionnaire_hash,
            language=mapper.language(row),
            answers=mapper.answers(row),
            sender=mapper.sender(row),
            source_row=row,
        )
        artefact_id = version_id(stem, encode_response(document))
        body = encode_response(document.model_copy(update={"id": artefact_id}))
        yield Arrival(
            artefact_id=artefact_id,
            consultation=definition.id,
            questionnaire_hash=definition.questionnaire_hash,
            channel="import",
            media_type=MEDIA_TYPE,
            received_at=min(mapper.received_at(row, number), now),
            source=prefix.rstrip("-"),
            source_sequence=number,
            body=seal(body, recipients),
        )


def _key_of(row: Row, row_id: str | None) -> bytes:
    """What tells a row from others: its id, else all it says. Equal rows are told apart by their order."""
    content = ["id", row_id] if row_id is not None else ["row", row]
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).digest()

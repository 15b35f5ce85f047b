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
from ingest.files.versions import latest_versions, stem_of, superseding, version_id
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


def import_file(  # noqa: PLR0917 - the file, how to read it, what it answers, and where to: each is one thing
    file: Path, map_file: Path, definition: Definition, landing: Landing, recipients: Recipients, clock: Clock
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
    rows = new = already = replaced = 0
    documents = _documents(table.rows(), mapper, prefix)
    while chunk := list(islice(documents, _BATCH_ROWS)):
        # Of what was landed before, nothing is sealed again.
        fresh = [one for one in chunk if latest.get(stem_of(one[1].id)) != one[1].id]
        batch = list(superseding((_arrival(*one, mapper, recipients, clock.now()) for one in fresh), latest))
        changed = [arrival.artefact_id for arrival in batch if arrival.event == "supersede"]
        replaced += len(changed) - len(landing.seqs_of(changed))
        landed = landing.append(batch)
        rows, new = rows + len(chunk), new + landed.new
        already += len(chunk) - len(fresh) + landed.already
    used = time.process_time() - started
    return ImportResult(rows, new, already, replaced, landing.log.last_seq(), mapper.unused, used)


def _documents(rows: Iterator[tuple[int, Row]], mapper: Mapper, prefix: str) -> Iterator[tuple[int, ResponseDocument]]:
    """(row number, document) of each row; its id says which row it is and, in a digest, what is made of it."""
    seen: Counter[bytes] = Counter()
    for number, row in rows:
        key = _key_of(row, mapper.id_of(row, number))
        seen[key] += 1
        document = ResponseDocument(
            id=prefix + hashlib.sha256(b"%s#%d" % (key, seen[key])).hexdigest()[:32],
            consultation=mapper.definition.id,
            questionnaire_hash=mapper.definition.questionnaire_hash,
            language=mapper.language(row),
            answers=mapper.answers(row),
            sender=mapper.sender(row),
            source_row=row,
        )
        yield number, document.model_copy(update={"id": version_id(document.id, encode_response(document))})


def _arrival(number: int, document: ResponseDocument, mapper: Mapper, recipients: Recipients, now: datetime) -> Arrival:
    assert document.source_row is not None
    return Arrival(
        artefact_id=document.id,
        consultation=document.consultation,
        questionnaire_hash=document.questionnaire_hash,
        channel="import",
        media_type=MEDIA_TYPE,
        received_at=min(mapper.received_at(document.source_row, number), now),
        source=f"import-{mapper.name}",
        source_sequence=number,
        body=seal(encode_response(document), recipients),
    )


def _key_of(row: Row, row_id: str | None) -> bytes:
    """What tells a row from others: its id, else all it says. Equal rows are told apart by their order."""
    content = ["id", row_id] if row_id is not None else ["row", row]
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).digest()

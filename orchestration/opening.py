"""From landing to opened responses: bodies are unsealed and parsed here, in memory, and nowhere else."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import pyarrow as pa
import pyarrow.compute as pc

from ingest.erasure import tombstones
from ingest.journal import KeyedAnswers
from ingest.landing import Landing
from ingest.parsed import parse_artefact
from ingest.parsed_response import ParsedResponse, quarantined, readings_json
from ingest.post.keyed.settling import settle_response
from ingest.post.sheets.sheet import KEYED_MEDIA_TYPE
from orchestration.extent import Extent
from orchestration.kept_readings import KeptReadings
from schemas.definition import Definition
from schemas.response import MEDIA_TYPE
from schemas.sealing import Identity, SealingError, opener
from transforms.opened import EVENTS_SCHEMA, OPENED_SCHEMA

RESPONSE_EVENTS = ("submission", "supersede")
CHUNK_ROWS = 20_000
# Read in no time; what else arrives is a message or a scan.
QUICK_MEDIA_TYPES = (MEDIA_TYPE, KEYED_MEDIA_TYPE)
_COPIED = (
    "artefact_id",
    "seq",
    "known_at",
    "event",
    "relates_to",
    "channel",
    "questionnaire_hash",
    "received_at",
    "device_time",
)
_PARSED = ("started_at", "postmark", "language", "sender", "state", "reason", "same_as")


@dataclass(frozen=True)
class Opening:
    """What it takes to open bodies: the log, the key, the definition, what people keyed, and what was read before."""

    landing: Landing
    identity: Identity = field(repr=False)
    definition: Definition
    keyed: KeyedAnswers
    kept: KeptReadings

    @cached_property
    def erased_responses(self) -> dict[str, int]:
        """How many responses each erased artefact held: they still count as received."""
        return {artefact_id: stone.responses for artefact_id, stone in tombstones(self.landing).items()}


def open_responses(opening: Opening, extent: Extent) -> Iterator[pa.Table]:
    """Opened responses (`OPENED_SCHEMA`) of the records in `extent`, in order, a chunk at a time."""
    open_body = opener(opening.identity)
    for records in _in_chunks(opening.landing.log.read_batches(extent.after, extent.known_until)):
        yield _open(records.filter(pc.less_equal(records["seq"], extent.last)), open_body, opening)


def open_again(opening: Opening, artefact_ids: Sequence[str]) -> Iterator[pa.Table]:
    """The same for single artefacts that a decision has touched; nothing where there are none."""
    if artefact_ids:
        records = opening.landing.log.read_records(list(opening.landing.seqs_of(artefact_ids).values()))
        yield _open(records, opener(opening.identity), opening)


def read_events(landing: Landing, extent: Extent) -> pa.Table:
    """Withdrawals and tombstones (`EVENTS_SCHEMA`), which hold no response."""
    records = landing.log.read(extent.after, extent.known_until, EVENTS_SCHEMA.names)
    is_event = pc.invert(pc.is_in(records["event"], pa.array(RESPONSE_EVENTS)))
    return records.filter(pc.and_(is_event, pc.less_equal(records["seq"], extent.last))).cast(EVENTS_SCHEMA)


def _in_chunks(batches: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """The same records in tables of about `CHUNK_ROWS`: a table costs the steps after this one the same at any size."""
    waiting: list[pa.Table] = []
    for batch in batches:
        for start in range(0, batch.num_rows, CHUNK_ROWS):
            waiting.append(batch.slice(start, CHUNK_ROWS))
            if sum(part.num_rows for part in waiting) >= CHUNK_ROWS:
                yield pa.concat_tables(waiting)
                waiting = []
    if waiting:
        yield pa.concat_tables(waiting)


def _open(records: pa.Table, open_body: Callable[[bytes], bytes], opening: Opening) -> pa.Table:
    rows: dict[str, list[object]] = {name: [] for name in OPENED_SCHEMA.names}
    headers = {name: records[name].to_pylist() for name in (*_COPIED, "media_type")}
    for position, body in enumerate(records["body"].to_pylist()):
        if headers["event"][position] not in RESPONSE_EVENTS:
            continue
        artefact_id = headers["artefact_id"][position]
        parsed = _parse(body, headers["media_type"][position], artefact_id, open_body, opening)
        for ordinal, one in enumerate(parsed, 1):
            response_id = f"{artefact_id}.{ordinal}"
            response = _settled(one, response_id, opening) if one.readings else one
            rows["response_id"].append(response_id)
            rows["ordinal"].append(ordinal)
            rows["answers"].append(response.answers_json)
            rows["readings"].append(readings_json(response.readings))
            for name in _COPIED:
                rows[name].append(headers[name][position])
            for name in _PARSED:
                rows[name].append(getattr(response, name))
    return pa.Table.from_pydict(rows, schema=OPENED_SCHEMA)


def _settled(response: ParsedResponse, response_id: str, opening: Opening) -> ParsedResponse:
    """The response with what people keyed of it."""
    return settle_response(response, response_id, opening.keyed.of(response_id), opening.definition)


def _parse(
    body: bytes | None,
    media_type: str | None,
    artefact_id: str,
    open_body: Callable[[bytes], bytes],
    opening: Opening,
) -> list[ParsedResponse]:
    if body is None:
        # Erased: its tombstone is among the events.
        opening.kept.forget(artefact_id)
        return [ParsedResponse()] * opening.erased_responses.get(artefact_id, 1)
    try:
        plaintext = open_body(body)
    except SealingError:
        return [quarantined("the seal cannot be opened: damaged, or made for another key")]
    if media_type in QUICK_MEDIA_TYPES:
        return parse_artefact(media_type, plaintext, artefact_id, opening.definition)
    parsed = opening.kept.of(artefact_id, body)
    if parsed is None:
        parsed = parse_artefact(media_type, plaintext, artefact_id, opening.definition, open_body)
        # What a reader gave up on is tried again: the machine may have been busy.
        if not any(one.state == "quarantined" for one in parsed):
            opening.kept.keep(artefact_id, body, parsed)
    return parsed

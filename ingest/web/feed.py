"""One line of the feed: how a stored submission travels from the public server to landing. Both sides use it."""

import base64
from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from ingest.web.store.records import Record

MEDIA_TYPE = "application/x-ndjson"


class FeedLine(BaseModel):
    """A submission, supersede or withdraw; `sealed` is base64 (null once purged), `relates_to` the id that it is about,
    `chain` the hash chain after it."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    sequence: int = Field(ge=1)
    event: Literal["submission", "supersede", "withdraw"]
    id: str = Field(min_length=1, max_length=128)
    channel: Literal["web", "assisted"]
    relates_to: str | None
    questionnaire_hash: str
    media_type: str
    received_at: AwareDatetime
    device_time: AwareDatetime | None
    device_offset_minutes: int | None
    sha256: str
    chain: str
    sealed: str | None


def feed_line(record: Record, sealed: bytes | None) -> bytes:
    """The line of a stored record, with its line end."""
    line = FeedLine.model_validate(
        {
            "sequence": record.sequence,
            "event": record.event,
            "id": record.id,
            "channel": record.channel,
            "relates_to": record.relates_to,
            "questionnaire_hash": record.questionnaire_hash,
            "media_type": record.media_type,
            "received_at": datetime.fromisoformat(record.received_at),
            "device_time": datetime.fromisoformat(record.device_time) if record.device_time else None,
            "device_offset_minutes": record.device_offset_minutes,
            "sha256": record.sha256,
            "chain": record.chain,
            "sealed": base64.b64encode(sealed).decode() if sealed is not None else None,
        }
    )
    return line.model_dump_json().encode() + b"\n"

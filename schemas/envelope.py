"""The envelope that a device sends: what the public server may know of a response, and the sealed body."""

import base64
import binascii
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field, field_validator

from schemas.response import MEDIA_TYPE

MAX_SEALED_BYTES = 4 * 1024 * 1024


class Envelope(BaseModel):
    """One sealed response on its way to the server."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    id: str = Field(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")
    consultation: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")
    questionnaire_hash: str = Field(pattern=r"^[0-9a-f]{64}$")
    media_type: str = Field(default=MEDIA_TYPE, pattern=r"^application/vnd\.yoursay\.response\+json$")
    device_time: datetime | None = None
    device_offset_minutes: int | None = Field(default=None, ge=-14 * 60, le=14 * 60)
    sealed: str = Field(max_length=MAX_SEALED_BYTES * 4 // 3 + 4, description="age file, base64")

    @field_validator("sealed")
    @classmethod
    def _is_age(cls, value: str) -> str:
        try:
            start = base64.b64decode(value, validate=True)[:21]
        except (binascii.Error, ValueError):
            raise ValueError("is not base64") from None
        if start != b"age-encryption.org/v1":
            raise ValueError("is not an age file")
        return value

    def sealed_bytes(self) -> bytes:
        return base64.b64decode(self.sealed)

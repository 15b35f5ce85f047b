"""The envelope that a device sends: what the public server may know of a response, and the sealed body.

A sealed file holds envelopes that travel another way: exported from a device's outbox, or made by the single-file
edition, and sent on by staff.
"""

import base64
import binascii
from datetime import datetime
from functools import cached_property
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from schemas.change_code import ChangeCode, ChangeKey
from schemas.response import MEDIA_TYPE

UUID = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
REFERENCE = r"^[A-HJKMNP-TV-Z2-9]{4}-[A-HJKMNP-TV-Z2-9]{4}$"
MAX_SEALED_BYTES = 4 * 1024 * 1024


class EarlierResponse(BaseModel):
    """An earlier response of the same respondent: its reference, and the change code that was given with it."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    reference: str = Field(pattern=REFERENCE)
    change_code: ChangeCode = Field(repr=False)


class Envelope(BaseModel):
    """One sealed response on its way to the server.

    `change_key` is what the change code of this response is checked against later; `replaces` names the response that
    this one takes the place of.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    id: str = Field(pattern=UUID)
    consultation: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")
    questionnaire_hash: str = Field(pattern=r"^[0-9a-f]{64}$")
    media_type: str = Field(default=MEDIA_TYPE, pattern=r"^application/vnd\.yoursay\.response\+json$")
    device_time: datetime | None = None
    device_offset_minutes: int | None = Field(default=None, ge=-14 * 60, le=14 * 60)
    change_key: ChangeKey | None = None
    replaces: EarlierResponse | None = None
    sealed: str = Field(max_length=MAX_SEALED_BYTES * 4 // 3 + 4, description="age file, base64")

    @model_validator(mode="after")
    def _is_age(self) -> Self:
        try:
            start = self.sealed_bytes[:21]
        except (binascii.Error, ValueError):
            raise ValueError("sealed: is not base64") from None
        if start != b"age-encryption.org/v1":
            raise ValueError("sealed: is not an age file")
        return self

    @cached_property
    def sealed_bytes(self) -> bytes:
        """The age file."""
        return base64.b64decode(self.sealed, validate=True)


class SealedFile(BaseModel):
    """Envelopes as a file."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    format: Literal["yoursay-sealed-1"] = "yoursay-sealed-1"
    envelopes: tuple[Envelope, ...] = Field(min_length=1, max_length=1_000)

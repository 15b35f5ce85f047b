"""A sealed file (.yoursay) that came with a message: its envelopes, which only the holder of the key can open.

The key never enters the process that reads messages; it hands the sealed bodies over as they are.
"""

from dataclasses import dataclass, field

from pydantic import ValidationError

from ingest.mail.documents.outcome import DocumentOutcome
from ingest.parsed_response import Reading
from schemas.definition import Definition
from schemas.envelope import SealedFile

REPLACES = "the sealed response says that it takes the place of an earlier one: an officer decides"
DAMAGED = "a sealed file is damaged"
OTHER_CONSULTATION = "a sealed file is of another consultation"
OTHER_VERSION = "a sealed file is of another version of the questionnaire"
_MAX_BYTES = 25 * 1024 * 1024


@dataclass(frozen=True)
class SealedBody:
    """One sealed response of a message: its own id, and why a person must look at it (None where nobody must)."""

    id: str
    sealed: bytes = field(repr=False)
    sender: str | None = field(default=None, repr=False)
    review: str | None = None
    readings: tuple[Reading, ...] = ()


def read_sealed(content: bytes, definition: Definition, sender: str | None) -> list[SealedBody] | DocumentOutcome:
    """The sealed responses in a file, or why there is none. Never raises on its content."""
    if len(content) > _MAX_BYTES:
        return DocumentOutcome("unreadable", reason=DAMAGED)
    try:
        envelopes = SealedFile.model_validate_json(content).envelopes
    except (ValidationError, ValueError, RecursionError):
        return DocumentOutcome("unreadable", reason=DAMAGED)
    if any(one.consultation != definition.id for one in envelopes):
        return DocumentOutcome("unreadable", reason=OTHER_CONSULTATION)
    if any(one.questionnaire_hash != definition.questionnaire_hash for one in envelopes):
        return DocumentOutcome("unreadable", reason=OTHER_VERSION)
    unique = {one.id: one for one in reversed(envelopes)}
    return [
        SealedBody(one.id, one.sealed_bytes, sender, REPLACES if one.replaces else None)
        for one in reversed(unique.values())
    ]

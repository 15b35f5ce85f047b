"""What was read of messages and scans, kept sealed beside the warehouse, so that a build reads each of them once.

A page costs a tenth of a second, and every keyed answer opens its scan again. What is kept is derived: it may be
deleted at any time, it is read anew when the readers or the definition change, and it goes with an erased body.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ingest.parsed_response import ParsedResponse, decode_parsed, encode_parsed
from schemas.sealing import Identity, Recipients, SealingError, opener, seal


@dataclass(frozen=True)
class KeptReadings:
    """The kept readings of one consultation. `made_by` names the readers and the definition that made them."""

    folder: Path
    identity: Identity = field(repr=False)
    made_by: str

    def of(self, artefact_id: str, body: bytes) -> list[ParsedResponse] | None:
        """What was read of this sealed body; None where it was not, or by other readers."""
        try:
            sealed = self._file(artefact_id).read_bytes()
            kept = json.loads(opener(self.identity)(sealed))
        except (FileNotFoundError, SealingError):
            return None
        return decode_parsed(kept["responses"]) if kept["made_of"] == self._made_of(body) else None

    def keep(self, artefact_id: str, body: bytes, responses: Sequence[ParsedResponse]) -> None:
        """Keep what was read of this sealed body."""
        content = json.dumps({"made_of": self._made_of(body), "responses": encode_parsed(responses)})
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = self._file(artefact_id)
        beside = file.with_suffix(".new")
        recipient = self.identity.recipient
        beside.write_bytes(seal(content.encode(), Recipients(recipient, recipient)))
        beside.replace(file)

    def forget(self, artefact_id: str) -> None:
        """Delete what was read of a body that is erased."""
        self._file(artefact_id).unlink(missing_ok=True)

    def _file(self, artefact_id: str) -> Path:
        return self.folder / f"{hashlib.sha256(artefact_id.encode()).hexdigest()}.age"

    def _made_of(self, body: bytes) -> list[str]:
        return [self.made_by, hashlib.sha256(body).hexdigest()]

"""Who looked at what arrived, and why: a line of JSON for each time, written before anything is shown."""

import json
import os
from datetime import datetime
from pathlib import Path

from ingest.errors import IngestError


def note_access(file: Path, *, officer: str, reason: str, artefact_id: str, what: str, at: datetime) -> None:
    """Append a line; it is on the disk when this returns. The file is its owner's alone.

    Raises:
        IngestError: no officer or no reason is named, or it cannot be written: then nothing may be shown.
    """
    if not officer.strip() or not reason.strip():
        raise IngestError("Say who looks and why, with --officer and --reason; nothing is shown without.")
    line = {"at": at.isoformat(), "officer": officer, "reason": reason, "artefact": artefact_id, "what": what}
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "ab") as handle:
            # One write, so that lines of two officers never mix.
            handle.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
            handle.flush()
            os.fsync(handle.fileno())
    except OSError as error:
        raise IngestError(f"{file}: cannot be written ({type(error).__name__}); nothing is shown.") from error

"""One person's data in a folder: a page to read, the same as JSON, and what they sent as it came."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import jinja2

from ingest.access_log import note_access
from orchestration.rights.subject import Subject
from orchestration.rights.subject_data import gather_data, originals
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from schemas.errors import YourSayError

PAGE, DATA, ORIGINALS = "your-data.html", "your-data.json", "as-it-came"
_PAGES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
)


class SubjectAccessError(YourSayError):
    """One person's data cannot be written."""


def write_subject_access(
    data: DataFolder, definition: Definition, subject: Subject, out: Path, *, officer: str, reason: str
) -> list[Path]:
    """Write what is held about a subject into a new folder that is its owner's alone; the access is logged first.

    Raises:
        SubjectAccessError: the folder is there already, or cannot be made; nothing was shown.
        IngestError: no officer or reason is named, or the access cannot be logged; nothing was shown.
    """
    try:
        out.mkdir(mode=0o700, parents=True)
    except OSError as error:
        raise SubjectAccessError(f"{out}: cannot be made ({error.strerror}); name a new folder.") from error
    try:
        log, now = data.access_log(definition.id), data.clock.now()
        found = gather_data(data, definition, subject)
        for artefact in subject.artefacts:
            note_access(log, officer=officer, reason=reason, artefact_id=artefact, what="subject access", at=now)
        files = [_write(out / PAGE, _PAGES.get_template("subject_access.html").render(data=found).encode())]
        files.append(_write(out / DATA, _as_json(found)))
        for name, content in originals(data, definition, subject):
            (out / ORIGINALS).mkdir(mode=0o700, exist_ok=True)
            files.append(_write(out / ORIGINALS / name, content))
    except BaseException:
        shutil.rmtree(out)
        raise
    return files


def _as_json(found: dict[str, Any]) -> bytes:
    return json.dumps(found, indent=1, ensure_ascii=False, default=str).encode()


def _write(file: Path, content: bytes) -> Path:
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as handle:
        handle.write(content)
    return file

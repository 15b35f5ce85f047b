"""The consultations that the public server offers, read from the published definitions."""

import contextlib
import logging
import re
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from ingest.web.errors import RefusedError
from ingest.web.settings import PublicSettings
from schemas.definition import EASY_READ, Definition, DefinitionError, load_definition
from schemas.sealing import Recipients, SealingError, read_recipients

State = Literal["not_yet", "open", "closed"]
_log = logging.getLogger(__name__)
# So long a definition that was just looked at is taken as unchanged.
_LOOK_SECONDS = 1.0
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_UNKNOWN = "There is no such consultation here; see the list of consultations."


@dataclass(frozen=True)
class Offered:
    """A consultation with the keys that its answers are sealed for."""

    definition: Definition
    recipients: Recipients

    @property
    def id(self) -> str:
        return self.definition.id

    @property
    def on_the_web(self) -> bool:
        return "web" in self.definition.policy.channels

    def state_at(self, moment: datetime) -> State:
        """The state by the calendar alone."""
        if moment < self.definition.opens_at():
            return "not_yet"
        return "open" if moment < self.definition.closes_at() else "closed"


class Consultations:
    """Looks up what is published and prepared; a changed definition is read again, without a restart."""

    def __init__(self, settings: PublicSettings) -> None:
        self._settings = settings
        self._loaded: dict[str, tuple[tuple[int, ...], Offered]] = {}
        self._looked: dict[str, float] = {}

    def all(self) -> list[Offered]:
        """Every consultation that can be offered, by id; one in disorder is named in the log."""
        folders = sorted(self._settings.definitions.iterdir()) if self._settings.definitions.exists() else []
        found = []
        for folder in folders:
            with contextlib.suppress(RefusedError):
                found.append(self.find(folder.name))
        return found

    def find(self, consultation: str) -> Offered:
        """The consultation of that id.

        Raises:
            RefusedError: 404 where it is not published or not prepared, 503 where its files are in disorder.
        """
        if not _ID.fullmatch(consultation):
            raise RefusedError(_UNKNOWN, 404)
        now = time.monotonic()
        if now - self._looked.get(consultation, -_LOOK_SECONDS) < _LOOK_SECONDS:
            return self._loaded[consultation][1]
        files = [
            self._settings.definitions / consultation / "questionnaire.toml",
            self._settings.definitions / consultation / "policy.toml",
            self._settings.recipients(consultation),
        ]
        try:
            changed = tuple(file.stat().st_mtime_ns for file in files)
            changed += tuple(file.stat().st_mtime_ns for file in [files[0].with_name(EASY_READ)] if file.exists())
        except (OSError, ValueError):
            raise RefusedError(_UNKNOWN, 404) from None
        loaded = self._loaded.get(consultation)
        if loaded is None or loaded[0] != changed:
            loaded = self._loaded[consultation] = (changed, _load(files[0].parent, files[2], consultation))
        self._looked[consultation] = now
        return loaded[1]


def _load(folder: Path, recipients: Path, consultation: str) -> Offered:
    try:
        return Offered(load_definition(folder), read_recipients(recipients))
    except (DefinitionError, SealingError) as error:
        _log.warning("'%s' cannot be offered: %s", consultation, error)
        raise RefusedError("This consultation is not available just now; please try later.", 503) from error

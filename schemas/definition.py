"""A consultation's definition: questionnaire and policy, loaded from a folder, validated together and hashed apart.

A definition folder holds `questionnaire.toml` and `policy.toml`, and `easy_read.toml` where there is such an edition.
Publishing copies it into the data folder, one sub-folder for each consultation, and refuses changed questions under a
published id.
"""

import hashlib
import json
import shutil
import tempfile
import tomllib
import zoneinfo
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from schemas.consistency import Fault, inconsistencies
from schemas.easy_read import EasyRead, easy_read_faults
from schemas.errors import YourSayError
from schemas.key_paths import faults_of, first_difference, key_at_fault
from schemas.policy import Policy
from schemas.questionnaire import Questionnaire

EASY_READ = "easy_read.toml"
BUILT_IN = Path(__file__).parent / "consultations"
_AnyModel = TypeVar("_AnyModel", bound=BaseModel)


class DefinitionError(YourSayError):
    """A definition is invalid; the message names file, key and what is wrong."""


@dataclass(frozen=True)
class Definition:
    """One consultation, whole."""

    questionnaire: Questionnaire
    policy: Policy
    questionnaire_hash: str
    policy_hash: str
    easy_read: EasyRead | None = None

    @property
    def id(self) -> str:
        return self.questionnaire.id

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.policy.dates.time_zone)

    def opens_at(self) -> datetime:
        """The first instant of the first day, UTC."""
        return self._midnight(self.policy.dates.opens)

    def closes_at(self) -> datetime:
        """The first instant after the last day, UTC: what is received before it is in time."""
        return self._midnight(self.policy.dates.closes + timedelta(days=1))

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.zone).astimezone(UTC)


def load_definition(folder: Path) -> Definition:
    """Load and validate the definition in `folder` (the folder, or either of its two files).

    Raises:
        DefinitionError: a file is missing or wrong; says file, key and what.
    """
    folder = folder.parent if folder.is_file() else folder
    questionnaire = _read(folder / "questionnaire.toml", Questionnaire)
    policy = _read(folder / "policy.toml", Policy)
    _check_together(folder / "policy.toml", questionnaire, policy)
    easy_read = _read_easy_read(folder / EASY_READ, questionnaire)
    return Definition(questionnaire, policy, hash_of(questionnaire), hash_of(policy), easy_read)


def _read_easy_read(file: Path, questionnaire: Questionnaire) -> EasyRead | None:
    if not file.exists():
        return None
    easy_read = _read(file, EasyRead)
    faults = list(easy_read_faults(easy_read, questionnaire))
    if faults:
        raise DefinitionError(_sentence(file, faults))
    return easy_read


def hash_of(model: BaseModel) -> str:
    """SHA-256 (hex) over the canonical JSON of what the file says, so that comments and layout do not count."""
    content = json.dumps(model.model_dump(mode="json"), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(content.encode()).hexdigest()


def _read(file: Path, model: type[_AnyModel]) -> _AnyModel:
    try:
        text = file.read_text("utf-8")
        return model.model_validate(tomllib.loads(text))
    except FileNotFoundError as error:
        raise DefinitionError(f"{file}: the file is missing; see docs/definition.md.") from error
    except OSError as error:
        raise DefinitionError(f"{file}: cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise DefinitionError(f"{file}: not valid TOML: the file is not UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise DefinitionError(f"{file}: {key_at_fault(text, str(error))}not valid TOML: {error}.") from error
    except ValidationError as error:
        raise DefinitionError(_sentence(file, faults_of(error))) from error


def _check_together(file: Path, questionnaire: Questionnaire, policy: Policy) -> None:
    faults = list(inconsistencies(questionnaire, policy))
    if faults:
        raise DefinitionError(_sentence(file, faults))


def _sentence(file: Path, faults: Sequence[Fault]) -> str:
    key, what = faults[0]
    more = f" ({len(faults) - 1} more)" if len(faults) > 1 else ""
    return f"{file}: {f'{key}: ' if key else ''}{what}{more}."


def publish_definition(folder: Path, definitions: Path) -> Definition:
    """Copy a valid definition into `definitions/<id>/`; the same again is fine, a changed policy replaces the old.

    Raises:
        DefinitionError: invalid, or the questionnaire differs from the one published; names the key that does.
    """
    definition = load_definition(folder)
    folder = folder.parent if folder.is_file() else folder
    target = definitions / definition.id
    if target.is_dir():
        published = load_definition(target)
        _refuse_change(folder / "questionnaire.toml", published, published.questionnaire, definition.questionnaire)
        if published.easy_read:
            _refuse_change(folder / EASY_READ, published, published.easy_read, definition.easy_read)
        elif definition.easy_read:
            _copy(folder / EASY_READ, target / EASY_READ)
        _copy(folder / "policy.toml", target / "policy.toml")
    else:
        # Both files appear at once, so that a reader never sees half a definition.
        definitions.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=definitions, prefix=".") as made:
            whole = Path(made) / "definition"
            whole.mkdir()
            for name in ("questionnaire.toml", "policy.toml", *([EASY_READ] if definition.easy_read else [])):
                shutil.copyfile(folder / name, whole / name)
            whole.replace(target)
    return definition


def _refuse_change(file: Path, published: Definition, before: BaseModel, now: BaseModel | None) -> None:
    changed = first_difference(before.model_dump(mode="json"), now.model_dump(mode="json") if now else None)
    if changed is not None:
        raise DefinitionError(
            f"{file}: {changed}: differs from version {published.questionnaire.version} of "
            f"'{published.id}', which is published and cannot change; undo it, or use an id of its own."
        )


def _copy(source: Path, target: Path) -> None:
    """Replace a file as a whole."""
    temporary = target.with_name(f".{target.name}.part")
    shutil.copyfile(source, temporary)
    temporary.replace(target)


def published_definitions(definitions: Path) -> dict[str, Definition]:
    """Every published definition by id.

    Raises:
        DefinitionError: one of them is invalid.
    """
    if not definitions.exists():
        return {}
    return {name: load_definition(definitions / name) for name in _published_names(definitions)}


def published_definition(definitions: Path, consultation: str) -> Definition:
    """The published definition of that id.

    Raises:
        DefinitionError: there is none.
    """
    names = _published_names(definitions)
    if consultation not in names:
        known = ", ".join(names) or "none"
        raise DefinitionError(f"No consultation '{consultation}' is published here; known: {known}.")
    return load_definition(definitions / consultation)


def _published_names(definitions: Path) -> list[str]:
    if not definitions.exists():
        return []
    return sorted(f.name for f in definitions.iterdir() if f.is_dir() and not f.name.startswith("."))

"""A consultation's definition: questionnaire and policy, loaded from a folder, validated together and hashed apart.

A definition folder holds `questionnaire.toml` and `policy.toml`. Publishing copies it into the data folder,
one sub-folder for each consultation, and refuses a changed questionnaire under a published version.
"""

import hashlib
import json
import shutil
import tomllib
import zoneinfo
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from schemas.errors import YourSayError
from schemas.policy import Policy
from schemas.questionnaire import Questionnaire

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
    return Definition(questionnaire, policy, hash_of(questionnaire), hash_of(policy))


def hash_of(model: BaseModel) -> str:
    """SHA-256 (hex) over the canonical JSON of what the file says, so that comments and layout do not count."""
    content = json.dumps(model.model_dump(mode="json"), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(content.encode()).hexdigest()


def _read(file: Path, model: type[_AnyModel]) -> _AnyModel:
    try:
        content = tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError as error:
        raise DefinitionError(f"{file}: the file is missing; see docs/definition.md.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DefinitionError(f"{file}: not valid TOML: {error}.") from error
    try:
        return model.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        key = _key_path(first["loc"])
        what = first["msg"].removeprefix("Value error, ")
        more = f" ({error.error_count() - 1} more)" if error.error_count() > 1 else ""
        raise DefinitionError(f"{file}: {f'{key}: ' if key else ''}{what}{more}.") from error


def _key_path(location: tuple[int | str, ...]) -> str:
    """`('questions', 2, 'fields', 0, 'open_text', 'label')` as `questions[3].fields[1].label`."""
    from schemas.questionnaire import KINDS

    path = ""
    for part in location:
        if isinstance(part, int):
            path += f"[{part + 1}]"
        elif part not in KINDS:
            path += f".{part}"
    return path.lstrip(".")


def _check_together(file: Path, questionnaire: Questionnaire, policy: Policy) -> None:
    def fail(key: str, what: str) -> None:
        raise DefinitionError(f"{file}: {key}: {what}.")

    if policy.consultation != questionnaire.id:
        fail("consultation", f"'{policy.consultation}' is not the questionnaire's id '{questionnaire.id}'")
    columns = questionnaire.answer_columns()
    try:
        zoneinfo.ZoneInfo(policy.dates.time_zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        fail("dates.time_zone", f"'{policy.dates.time_zone}' is not a time zone")
    if policy.dates.closes != questionnaire.return_by:
        fail("dates.closes", f"{policy.dates.closes} is not the day printed on the form, {questionnaire.return_by}")
    for column in columns:
        if column not in policy.disclosure:
            fail("disclosure", f"'{column}' has no disclosure class")
    named: list[tuple[str, Any]] = [("disclosure", policy.disclosure), ("linkage.roles", policy.linkage.roles)]
    named += [("frames", policy.frames)]
    for key, mapping in named:
        for name in mapping:
            if name not in columns:
                fail(f"{key}.{name}", "the questionnaire has no such field")
    for name, one in columns.items():
        if one.kind in ("open_text", "short_text", "contact") and policy.disclosure[name] in ("tabulated",):
            fail(f"disclosure.{name}", "a text cannot be 'tabulated'")
    for name in policy.frames:
        if columns[name].kind not in ("open_text", "short_text"):
            fail(f"frames.{name}", "only a text is coded")
    respondent_type = policy.respondent_type_field
    if respondent_type is not None:
        if respondent_type not in columns:
            fail("respondent_type_field", f"the questionnaire has no field '{respondent_type}'")
        if columns[respondent_type].kind not in ("single_choice", "multiple_choice"):
            fail("respondent_type_field", "must be a field with choices")
    permission = policy.publication.permission_field
    if permission is not None and (permission not in columns or columns[permission].kind != "permission"):
        fail("publication.permission_field", f"'{permission}' is not a field of the kind permission")
    if (policy.publication.verbatim or policy.publication.rows) and permission is None:
        fail("publication.permission_field", "verbatim answers or rows need a field that asks for permission")


def publish_definition(folder: Path, definitions: Path) -> Definition:
    """Copy a valid definition into `definitions/<id>/`; the same again is fine, a changed policy replaces the old.

    Raises:
        DefinitionError: invalid, or the questionnaire differs from the one published under this version.
    """
    definition = load_definition(folder)
    target = definitions / definition.id
    if (target / "questionnaire.toml").exists():
        published = load_definition(target)
        same_version = published.questionnaire.version == definition.questionnaire.version
        if published.questionnaire_hash != definition.questionnaire_hash:
            what = f"version {published.questionnaire.version} of '{definition.id}' is published and cannot change"
            advice = "undo the change" if same_version else "publish it under an id of its own"
            raise DefinitionError(f"{folder / 'questionnaire.toml'}: {what}; {advice}.")
    target.mkdir(parents=True, exist_ok=True)
    for name in ("questionnaire.toml", "policy.toml"):
        if (folder / name).resolve() != (target / name).resolve():
            shutil.copyfile(folder / name, target / name)
    return definition


def published_definitions(definitions: Path) -> dict[str, Definition]:
    """Every published definition by id.

    Raises:
        DefinitionError: one of them is invalid.
    """
    if not definitions.exists():
        return {}
    found = (load_definition(folder) for folder in sorted(definitions.iterdir()) if folder.is_dir())
    return {definition.id: definition for definition in found}


def published_definition(definitions: Path, consultation: str) -> Definition:
    """The published definition of that id.

    Raises:
        DefinitionError: there is none.
    """
    folder = definitions / consultation
    if "/" in consultation or not folder.is_dir():
        known = ", ".join(sorted(p.name for p in definitions.iterdir())) if definitions.exists() else ""
        raise DefinitionError(f"No consultation '{consultation}' is published here; known: {known or 'none'}.")
    return load_definition(folder)

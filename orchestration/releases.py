"""Releases of a data folder: which version one is made of, whether it may be approved, and who may do what."""

import hashlib
import tempfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from dashboards.accounts import Role, list_accounts
from ingest.erasure import erased_after
from ingest.landing import Landing
from orchestration.builds import warehouse_of
from orchestration.final_results import copy_of_shown, open_results
from orchestration.report_check import is_report, report_problems
from orchestration.rights.retention_state import read_state
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from schemas.errors import YourSayError
from schemas.register import entries
from transforms.disclosure.promises import check_promises
from transforms.disclosure.prose import Prose
from transforms.disclosure.shown import Register
from transforms.release.build import Release, build_release
from transforms.release.check import package_problems, read_manifest
from transforms.release.files import MANIFEST
from transforms.release.life import Standing, standings
from transforms.release.risk_answers import RiskAnswers
from transforms.warehouse.publish import shown_register
from transforms.warehouse.read import open_private, read_about
from transforms.warehouse.versions import Warehouse, as_at_versions, current_version

OFFICERS: frozenset[Role] = frozenset({"officer", "publisher"})
PUBLISHERS: frozenset[Role] = frozenset({"publisher"})


class ReleasesError(YourSayError):
    """A release cannot be dealt with as asked."""


@dataclass(frozen=True)
class Made:
    """A release that was made, and how many views had been shown before it."""

    release: Release
    shown_before: int


def preview_of(data: DataFolder, definition: Definition, as_at: str | None) -> Release:
    """Make the release of the current version, or of the view as at a moment, without counting it as shown.

    Raises:
        ReleasesError: there is no such view.
    """
    warehouse = warehouse_of(data, definition)
    version = _asked_version(warehouse, as_at)
    with copy_of_shown(warehouse) as register:
        return _build(data, warehouse, definition, version, out=data.releases(definition.id), register=register)


def make_release(data: DataFolder, definition: Definition, as_at: str | None, risk: RiskAnswers | None = None) -> Made:
    """The same, to be drafted: from now on every view is protected together with it.

    Raises:
        ReleasesError: there is no such view.
    """
    warehouse = warehouse_of(data, definition)
    version, register = _asked_version(warehouse, as_at), shown_register(warehouse)
    before = len(entries(register.file))
    release = _build(
        data, warehouse, definition, version, out=data.releases(definition.id), register=register, risk=risk
    )
    return Made(release, before)


@dataclass(frozen=True)
class Checked:
    """What the checks came to: why a release must not be approved, and whether its version gave it again."""

    problems: tuple[str, ...]
    made_again: bool = False


def check_release(data: DataFolder, definition: Definition, release: str) -> Checked:
    """Check a release's files, and make it again from its version where that is still there."""
    folder = folder_of(data, definition, release)
    if is_report(folder):
        problems = report_problems(data, definition, folder)
        return Checked(tuple(problems), made_again=not problems)
    problems = package_problems(folder, definition)
    if problems:
        return Checked(tuple(problems))
    warehouse, manifest = warehouse_of(data, definition), read_manifest(folder)
    version = _version_of(warehouse, manifest)
    if version is None:
        return Checked(())
    standing = standings(data.releases(definition.id)).get(release)
    before = standing.shown_before if standing else None
    with (
        tempfile.TemporaryDirectory(dir=data.releases(definition.id), prefix=".check-") as again,
        copy_of_shown(warehouse, before) as register,
    ):
        risk = RiskAnswers.model_validate(manifest["risk"])
        made = _build(data, warehouse, definition, version, out=Path(again), register=register, risk=risk)
        if made.id != release:
            return Checked((f"version {version} gives another release; draft that one",))
    return Checked((), made_again=True)


def manifest_sha256(data: DataFolder, definition: Definition, release: str) -> str:
    """Of the manifest as it lies there now."""
    return hashlib.sha256((folder_of(data, definition, release) / MANIFEST).read_bytes()).hexdigest()


def folder_of(data: DataFolder, definition: Definition, release: str) -> Path:
    """The folder of a release.

    Raises:
        ReleasesError: there is none of that id.
    """
    folder = data.releases(definition.id) / release
    if Path(release).name != release or not (folder / MANIFEST).is_file():
        raise ReleasesError(f"There is no release '{release}' of {definition.id}; see 'yoursay release list'.")
    return folder


def check_text(data: DataFolder, definition: Definition, texts: dict[str, str]) -> None:
    """Pass texts that are to be published: no name from the vault, no six words in a row of an answer.

    Raises:
        PromiseError: one breaks a promise; the message says where.
    """
    with open_private(warehouse_of(data, definition)) as private:
        check_promises(definition, prose=Prose(texts, private))


def check_role(data: DataFolder, name: str, roles: Collection[Role]) -> None:
    """Who has an account here needs one of these roles; another name is taken on the command line as it is given.

    Raises:
        ReleasesError: the account has another role.
    """
    accounts = list_accounts(data.accounts) if data.accounts.exists() else []
    found = [account.role for account in accounts if account.name == name.strip().casefold()]
    if found:
        refuse_role(name, found[0], roles)


def refuse_role(name: str, role: Role, roles: Collection[Role]) -> None:
    """Pass who has one of these roles.

    Raises:
        ReleasesError: the role is another.
    """
    if role not in roles:
        raise ReleasesError(f"{name} is {_with_article(role)}; this is for {_with_article(min(roles))}.")


@dataclass(frozen=True)
class Known:
    """What a data folder knows of a release beyond its files.

    Attributes:
        standing: None where it was never drafted here.
        erased_since: how many responses were erased since; None where landing never stood where the release says.
        raw_destroyed: when the keys to the answers were destroyed, or None.
    """

    standing: Standing | None
    erased_since: int | None
    raw_destroyed: str | None


def known_of(data: DataFolder, definition: Definition, folder: Path) -> Known:
    """What the data folder knows of the release in `folder`, which was verified and may lie anywhere.

    Raises:
        ReleasesError: another manifest was drafted under this id.
    """
    manifest = read_manifest(folder)
    standing = standings(data.releases(definition.id)).get(str(manifest["release"]))
    if standing and standing.manifest_sha256 != hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest():
        raise ReleasesError(f"{folder}: what was drafted under this id has another manifest.")
    landing = Landing(data.landing(definition.id), data.clock)
    erased = erased_after(landing, str(manifest["landing_head"]))
    return Known(standing, erased, read_state(data, definition).destroyed_at)


def _asked_version(warehouse: Warehouse, as_at: str | None) -> str:
    version = as_at_versions(warehouse).get(as_at) if as_at else current_version(warehouse)
    if version is None and as_at is None:
        raise ReleasesError("Nothing is published yet; run 'yoursay pipeline run' first.")
    if version is None:
        raise ReleasesError(f"There is no view as at {as_at}; build it with 'yoursay pipeline run --as-at {as_at}'.")
    return version


def _build(
    data: DataFolder,
    warehouse: Warehouse,
    definition: Definition,
    version: str,
    *,
    out: Path,
    register: Register,
    risk: RiskAnswers | None = None,
) -> Release:
    with open_results(data, warehouse, version) as private:
        return build_release(private, definition, read_about(warehouse, version), out, risk=risk, register=register)


def _version_of(warehouse: Warehouse, manifest: dict[str, object]) -> str | None:
    """The version that is as at the same moment, of the same landing and decisions, where it was not pruned yet.

    Results that are final and what was frozen for them differ in their status alone.
    """
    same = ("as_at", "landing_head", "decisions_head", "status")
    for version in sorted(file.stem for file in warehouse.public.glob("*.duckdb")):
        if (warehouse.private / version).is_dir():
            about = read_about(warehouse, version)
            if all(about.get(key) == manifest.get(key) for key in same):
                return version
    return None


def _with_article(role: str) -> str:
    return f"{'an' if role[0] in 'aeiou' else 'a'} {role}"

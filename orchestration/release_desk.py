"""The life of releases at the desk: the same steps as `yoursay release`, taken by who is signed in."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dashboards.accounts import Account, Role
from orchestration.builds import warehouse_of
from orchestration.open_work import open_work
from orchestration.publication import correct_release, publish_release, withdraw_release
from orchestration.releases import (
    OFFICERS,
    PUBLISHERS,
    ReleasesError,
    check_release,
    folder_of,
    make_release,
    manifest_sha256,
    refuse_role,
)
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from schemas.register import entries
from transforms.release import life
from transforms.release.audit import note_export
from transforms.release.check import read_manifest
from transforms.release.diff import TableChange, diff_releases
from transforms.release.life import Audience, Deed, Standing
from transforms.warehouse.versions import as_at_versions


@dataclass(frozen=True)
class Step:
    """One step of a release as the register has it; `problems` are those that a check found."""

    what: str
    officer: str
    at: str
    reason: str
    problems: tuple[str, ...]


@dataclass(frozen=True)
class Detail:
    """All that is shown of one release.

    Attributes:
        manifest_sha256: of the manifest that lies there now; the release's id and every file follow from it.
        is_as_drafted: whether that is what was drafted.
        compared_with: the release that was published last before this one, empty where there is none.
        open_work: why it may not go to the public yet.
    """

    standing: Standing
    manifest: Mapping[str, Any]
    manifest_sha256: str
    is_as_drafted: bool
    steps: tuple[Step, ...]
    compared_with: str
    changes: tuple[TableChange, ...]
    open_work: tuple[str, ...]
    successors: tuple[str, ...]


class ReleaseDesk:
    """The releases of one consultation. What is refused is a `YourSayError` with a sentence."""

    def __init__(self, data: DataFolder, definition: Definition) -> None:
        self._data, self._definition = data, definition
        self._releases = data.releases(definition.id)

    def standings(self) -> list[Standing]:
        """Every release, the latest draft first."""
        return list(reversed(life.standings(self._releases).values()))

    def kinds(self) -> Mapping[str, str]:
        """What each release is: a dataset or a report."""
        return {one.release: self._manifest(one.release).get("kind", "dataset") for one in self.standings()}

    def moments(self) -> list[str]:
        """The views as at a moment, of which a release can be drafted beside the current one."""
        return sorted(as_at_versions(warehouse_of(self._data, self._definition)))

    def detail(self, release: str) -> Detail:
        """One release with what changed since the last one.

        Raises:
            ReleasesError: there is none of that id.
        """
        folder = folder_of(self._data, self._definition, release)
        known = life.standings(self._releases)
        if release not in known:
            raise ReleasesError(f"{release} was never drafted; draft it first.")
        standing, sha256 = known[release], manifest_sha256(self._data, self._definition, release)
        before = self._last_before(release)
        return Detail(
            standing,
            read_manifest(folder),
            sha256,
            sha256 == standing.manifest_sha256,
            self._steps(release),
            before,
            self._changes(before, folder),
            open_work(self._data, self._definition),
            tuple(one.release for one in known.values() if one.state == "published" and one.release != release),
        )

    def draft(self, account: Account, reason: str, as_at: str) -> str:
        """Write the dataset of the current version, or of a view, and ask for its release; its id.

        Raises:
            ReleasesError: there is no such view, or it is for other roles.
            ReleaseError: it was drafted before.
        """
        self._refuse(account, OFFICERS)
        made, now = make_release(self._data, self._definition, as_at or None), self._data.clock.now()
        name = made.release.id
        sha256 = manifest_sha256(self._data, self._definition, name)
        deed = Deed(account.name, now, reason)
        life.draft(self._releases, name, deed, manifest_sha256=sha256, shown_before=made.shown_before)
        what = f"release {name} drafted"
        note_export(self._data.audit(self._definition.id), who=account.name, why=reason, what=what, at=now)
        return name

    def check(self, account: Account, release: str) -> tuple[str, ...]:
        """Check a draft; the problems that were found."""
        self._refuse(account, OFFICERS)
        problems = check_release(self._data, self._definition, release).problems
        life.take_checks(self._releases, release, self._deed(account), problems=problems)
        return problems

    def approve(self, account: Account, release: str, reason: str) -> None:
        """Approve a checked release, as a second person."""
        self._refuse(account, PUBLISHERS)
        sha256 = manifest_sha256(self._data, self._definition, release)
        life.approve(self._releases, release, self._deed(account, reason), manifest_sha256=sha256)

    def publish(self, account: Account, release: str, audience: Audience, reason: str) -> None:
        """Publish an approved release to members or the public."""
        self._refuse(account, PUBLISHERS)
        publish_release(self._data, self._definition, release, self._deed(account, reason), audience=audience)

    def correct(self, account: Account, release: str, successor: str, reason: str) -> None:
        """Say that another published release takes the place of this one, and why."""
        self._refuse(account, PUBLISHERS)
        correct_release(self._data, self._definition, release, self._deed(account, reason), successor=successor)

    def withdraw(self, account: Account, release: str, reason: str) -> None:
        """Withdraw a release, and say why."""
        self._refuse(account, PUBLISHERS)
        withdraw_release(self._data, self._definition, release, self._deed(account, reason))

    def _refuse(self, account: Account, roles: Collection[Role]) -> None:
        refuse_role(account.name, account.role, roles)

    def _deed(self, account: Account, reason: str = "") -> Deed:
        return Deed(account.name, self._data.clock.now(), reason)

    def _manifest(self, release: str) -> Mapping[str, Any]:
        return read_manifest(folder_of(self._data, self._definition, release))

    def _steps(self, release: str) -> tuple[Step, ...]:
        return tuple(
            Step(one["what"], one["officer"], one["at"], one.get("reason", ""), tuple(one.get("problems", ())))
            for one in entries(life.register_of(self._releases))
            if one["release"] == release
        )

    def _last_before(self, release: str) -> str:
        """The release of the same kind that somebody else than officers had last before this one was drafted."""
        kinds, before = self.kinds(), []
        for one in life.standings(self._releases).values():
            if one.release == release:
                break
            if one.was_published and kinds[one.release] == kinds[release]:
                before.append(one.release)
        return before[-1] if before else ""

    def _changes(self, before: str, folder: Path) -> tuple[TableChange, ...]:
        if not before or "tables" not in read_manifest(folder):
            return ()
        changes = diff_releases(folder_of(self._data, self._definition, before), folder)
        return tuple(one for one in changes if one.is_changed)

"""Releases on disk: which there are, who may have their files, and the route that hands a file out."""

import hashlib
import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote
from zoneinfo import ZoneInfo

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from dashboards.accounts import Account, Role
from dashboards.errors import DashboardError
from dashboards.results import wording
from dashboards.results.settings import ResultsSettings
from schemas.local_time import local_moment
from schemas.register import RegisterError
from transforms.release.audit import note_export
from transforms.release.errors import ReleaseError
from transforms.release.files import MANIFEST, SUMS, checksums_of, sha256
from transforms.release.life import Standing, standings

_LOGGER = logging.getLogger(__name__)

_OFFICERS: frozenset[Role] = frozenset({"officer", "publisher"})
# A release is for officers until it is published; for whom then, its register says.
_AUDIENCES: dict[str, frozenset[Role]] = {
    "officers": _OFFICERS,
    "members": _OFFICERS | {"member"},
    "public": _OFFICERS | {"member"},
}
_PUBLISHED = frozenset({"published", "corrected"})


@dataclass(frozen=True)
class ReleaseFile:
    """One file of a release; `name` is its path inside the release, `size` in bytes."""

    name: str
    size: int


@dataclass(frozen=True)
class Release:
    """One release that is complete: its manifest is there.

    Attributes:
        as_at: an ISO moment, empty where the manifest says none.
        standing: what became of it; None where it was never drafted.
        files: empty for who may not have them, as those of a withdrawn release.
        is_report: whether it is a report on another release, and no dataset.
    """

    consultation: str
    id: str
    as_at: str
    standing: Standing | None
    files: tuple[ReleaseFile, ...]
    is_report: bool = False

    @property
    def audience(self) -> str:
        return self.standing.audience if self.standing and self.standing.state in _PUBLISHED else "officers"


def list_releases(settings: ResultsSettings, consultation: str, role: Role) -> tuple[Release, ...]:
    """The releases of a consultation that this role may have, and those withdrawn that it had, the latest first.

    Raises:
        DashboardError: the register of the releases was changed.
    """
    folder = settings.releases.get(consultation)
    if folder is None or not folder.is_dir() or role not in _AUDIENCES["public"]:
        return ()
    try:
        known = standings(folder)
    except RegisterError:
        raise DashboardError("The register of the releases was changed; restore it from a backup.") from None
    found = (_release(consultation, one, known) for one in folder.iterdir() if one.is_dir() and not one.is_symlink())
    allowed = [one for one in (_for_role(one, role) for one in found if one is not None) if one is not None]
    return tuple(sorted(allowed, key=lambda release: (release.as_at, release.id), reverse=True))


def _for_role(release: Release, role: Role) -> Release | None:
    """The release as this role may have it: of one that was published and withdrawn, a member learns that it was."""
    if role in _AUDIENCES[release.audience]:
        return release
    withdrawn = release.standing is not None and release.standing.state == "withdrawn"
    return replace(release, files=()) if withdrawn and release.standing and release.standing.was_published else None


def standing_sentence(release: Release) -> str:
    """What became of a release, where that matters to who would use it; empty where nothing did."""
    standing = release.standing
    if standing is None or standing.state not in ("corrected", "withdrawn"):
        return ""
    if standing.state == "corrected":
        return f"Corrected by release {standing.corrected_by}, which takes its place: {standing.reason}"
    return f"Withdrawn: {standing.reason}"


def release_title(release: Release, zone: ZoneInfo) -> str:
    """`Release r-1234, as at 4 April 2007, 17:00, for officers`; a report is called one."""
    try:
        as_at = f", as at {wording.moment(local_moment(release.as_at, zone))}"
    except ValueError:
        as_at = ""
    return f"{'Report' if release.is_report else 'Release'} {release.id}{as_at}, for {release.audience}"


def download_address(release: Release, file: ReleaseFile) -> str:
    return f"/releases/{quote(release.consultation)}/{quote(release.id)}/{quote(file.name)}"


def release_route(settings: ResultsSettings) -> Route:
    """`/releases/<consultation>/<release>/<file>`: a listed file, to who may have it. All else is not found.

    What leaves is what was drafted and approved, byte by byte, and is noted in the audit first.
    """

    async def download(request: Request) -> Response:
        try:
            path = await run_in_threadpool(_hand_out, settings, request.state.account, request.path_params)
        except (DashboardError, ReleaseError, RegisterError) as error:
            _LOGGER.warning("%s", error)
            return PlainTextResponse("This file is not handed out now; tell an officer.", 503)
        if path is None:
            return PlainTextResponse("There is no such file, or your role does not open it.", 404)
        return FileResponse(path, filename=path.name, content_disposition_type="attachment")

    return Route("/releases/{consultation}/{release}/{file:path}", download, methods=["GET"])


def _hand_out(settings: ResultsSettings, account: Account, wanted: Mapping[str, str]) -> Path | None:
    """The file that is wanted, noted. Only a name that was listed is opened: a path from outside is never joined.

    Raises:
        DashboardError: the file is not the one that was released.
        ReleaseError, RegisterError: it cannot be noted.
    """
    for release in list_releases(settings, wanted["consultation"], account.role):
        if release.id == wanted["release"] and wanted["file"] in {file.name for file in release.files}:
            folder = settings.releases[release.consultation] / release.id
            _check_bytes(folder, release, wanted["file"])
            note_export(
                settings.audits[release.consultation],
                who=account.name,
                why="downloaded from the results pages",
                what=f"release {release.id}: {wanted['file']}",
                at=settings.clock.now(),
            )
            return folder / wanted["file"]
    return None


def _check_bytes(folder: Path, release: Release, name: str) -> None:
    """Hold a file against the manifest, and the manifest against the one that was drafted."""
    manifest = (folder / MANIFEST).read_bytes()
    own = sha256(manifest)
    expected = {one: str(said["sha256"]) for one, said in json.loads(manifest).get("files", {}).items()}
    expected[MANIFEST] = release.standing.manifest_sha256 if release.standing else own
    expected[SUMS] = sha256(checksums_of(expected))
    if own != expected[MANIFEST] or _sha256(folder / name) != expected.get(name):
        raise DashboardError(f"{folder.name}: {name} is not the file that was released; run 'yoursay release verify'.")


def _sha256(file: Path) -> str:
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _release(consultation: str, folder: Path, known: Mapping[str, Standing]) -> Release | None:
    try:
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(manifest, dict):
        return None
    as_at, standing = str(manifest.get("as_at", "")), known.get(folder.name)
    is_report = manifest.get("kind") == "report"
    return Release(consultation, folder.name, as_at, standing, tuple(_files(folder)), is_report)


def _files(folder: Path) -> Iterator[ReleaseFile]:
    """Regular files only: a link could lead out of the release."""
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_file() and not path.is_symlink() and not any(part.startswith(".") for part in inside.parts):
            yield ReleaseFile(inside.as_posix(), path.stat().st_size)

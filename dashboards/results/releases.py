"""Releases on disk: which there are, who may have their files, and the route that hands a file out."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote
from zoneinfo import ZoneInfo

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from dashboards.accounts import Role
from dashboards.results import wording
from dashboards.results.read import local_moment
from dashboards.results.settings import ResultsSettings

_MANIFEST = "manifest.json"
_OFFICERS: frozenset[Role] = frozenset({"officer", "publisher"})
# A new release is for officers; who else may have it is a second person's decision, and stands in its manifest.
_AUDIENCES: dict[str, frozenset[Role]] = {
    "officers": _OFFICERS,
    "members": _OFFICERS | {"member"},
    "public": _OFFICERS | {"member"},
}


@dataclass(frozen=True)
class ReleaseFile:
    """One file of a release; `name` is its path inside the release, `size` in bytes."""

    name: str
    size: int


@dataclass(frozen=True)
class Release:
    """One release that is complete: its manifest is there. `as_at` is an ISO moment, empty where it says none."""

    consultation: str
    id: str
    as_at: str
    audience: str
    files: tuple[ReleaseFile, ...]


def list_releases(settings: ResultsSettings, consultation: str, role: Role) -> tuple[Release, ...]:
    """The releases of a consultation that this role may have, the latest first.

    One whose manifest names no audience that is known is for officers.
    """
    folder = settings.releases.get(consultation)
    if folder is None or not folder.is_dir():
        return ()
    found = (_release(consultation, one) for one in folder.iterdir() if one.is_dir() and not one.is_symlink())
    allowed = [one for one in found if one is not None and role in _AUDIENCES.get(one.audience, _OFFICERS)]
    return tuple(sorted(allowed, key=lambda release: (release.as_at, release.id), reverse=True))


def release_title(release: Release, zone: ZoneInfo) -> str:
    """`Release r-1234, as at 4 April 2007, 17:00, for officers`."""
    try:
        as_at = f", as at {wording.moment(local_moment(release.as_at, zone))}"
    except ValueError:
        as_at = ""
    return f"Release {release.id}{as_at}, for {release.audience or 'officers'}"


def download_address(release: Release, file: ReleaseFile) -> str:
    return f"/releases/{quote(release.consultation)}/{quote(release.id)}/{quote(file.name)}"


def release_route(settings: ResultsSettings) -> Route:
    """`/releases/<consultation>/<release>/<file>`: a listed file, to who may have it. All else is not found."""

    async def download(request: Request) -> Response:
        path = await run_in_threadpool(_find, settings, request.state.account.role, request.path_params)
        if path is None:
            return PlainTextResponse("There is no such file, or your role does not open it.", 404)
        return FileResponse(path, filename=path.name, content_disposition_type="attachment")

    return Route("/releases/{consultation}/{release}/{file:path}", download, methods=["GET"])


def _find(settings: ResultsSettings, role: Role, wanted: Mapping[str, str]) -> Path | None:
    """The file that is wanted. Only a name that was listed is opened: a path from outside is compared, never joined."""
    for release in list_releases(settings, wanted["consultation"], role):
        if release.id == wanted["release"] and wanted["file"] in {file.name for file in release.files}:
            return settings.releases[release.consultation] / release.id / wanted["file"]
    return None


def _release(consultation: str, folder: Path) -> Release | None:
    try:
        manifest = json.loads((folder / _MANIFEST).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(manifest, dict):
        return None
    said = {key: str(manifest.get(key, "")) for key in ("as_at", "audience")}
    return Release(consultation, folder.name, said["as_at"], said["audience"], tuple(_files(folder)))


def _files(folder: Path) -> Iterator[ReleaseFile]:
    """Regular files only: a link could lead out of the release."""
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_file() and not path.is_symlink() and not any(part.startswith(".") for part in inside.parts):
            yield ReleaseFile(inside.as_posix(), path.stat().st_size)

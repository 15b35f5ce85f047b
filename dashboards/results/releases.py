"""Releases on disk: which there are, who may have their files, and the route that hands a file out."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from dashboards.accounts import Role
from dashboards.results.settings import ResultsSettings

_MANIFEST = "manifest.json"
_HANDLES_UNPUBLISHED: frozenset[Role] = frozenset({"officer", "publisher"})
_READS_PUBLISHED: frozenset[Role] = frozenset({"member", "officer", "publisher"})


@dataclass(frozen=True)
class ReleaseFile:
    """One file of a release; `name` is its path inside the release, `size` in bytes."""

    name: str
    size: int


@dataclass(frozen=True)
class Release:
    """One release that is complete: its manifest is written last."""

    consultation: str
    id: str
    is_published: bool
    files: tuple[ReleaseFile, ...]


def list_releases(settings: ResultsSettings, consultation: str) -> tuple[Release, ...]:
    """The complete releases of a consultation, newest id first."""
    folder = settings.releases.get(consultation)
    if folder is None or not folder.is_dir():
        return ()
    found = (_release(consultation, one) for one in sorted(folder.iterdir(), reverse=True) if one.is_dir())
    return tuple(release for release in found if release is not None)


def may_download(role: Role, release: Release) -> bool:
    """Officers and publishers handle every release; members read those that are published."""
    return role in (_READS_PUBLISHED if release.is_published else _HANDLES_UNPUBLISHED)


def download_address(release: Release, file: ReleaseFile) -> str:
    return f"/releases/{quote(release.consultation)}/{quote(release.id)}/{quote(file.name)}"


def release_route(settings: ResultsSettings) -> Route:
    """`/releases/<consultation>/<release>/<file>`: a listed file, to who may have it. All else is not found."""

    async def download(request: Request) -> Response:
        wanted = request.path_params
        releases = await run_in_threadpool(list_releases, settings, wanted["consultation"])
        for release in releases:
            if release.id == wanted["release"] and may_download(request.state.account.role, release):
                # Only a name that was listed is opened: a path from outside is compared, never joined.
                for file in release.files:
                    if file.name == wanted["file"]:
                        path = settings.releases[release.consultation] / release.id / file.name
                        return FileResponse(path, filename=path.name, content_disposition_type="attachment")
        return PlainTextResponse("There is no such file, or your role does not open it.", 404)

    return Route("/releases/{consultation}/{release}/{file:path}", download, methods=["GET"])


def _release(consultation: str, folder: Path) -> Release | None:
    try:
        manifest = json.loads((folder / _MANIFEST).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    published = isinstance(manifest, dict) and manifest.get("status") == "published"
    return Release(consultation, folder.name, published, tuple(_files(folder)))


def _files(folder: Path) -> Iterator[ReleaseFile]:
    """Regular files only: a link could lead out of the release."""
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_file() and not path.is_symlink() and not any(part.startswith(".") for part in inside.parts):
            yield ReleaseFile(inside.as_posix(), path.stat().st_size)

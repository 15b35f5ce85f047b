"""Published results: pages and files that were made before, looked up in an index and handed out as they are.

An address from outside is a key of the index and never becomes a path. Nothing is drawn here but the sentence that
there are no results yet.
"""

import gzip
import logging
from dataclasses import dataclass
from datetime import datetime

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route

from ingest.web.chrome import FALLBACK
from ingest.web.errors import RefusedError
from ingest.web.service import service_of
from ingest.web.visit import Visit, visit_of
from schemas.published import PublishedError, PublishedFile, PublishedIndex

_LOG = logging.getLogger(__name__)
_NONE = "There is no such page of results; see the consultation's results."
_UNAVAILABLE = "These results are not available just now; please try later."
_STRICT = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_PAGE_POLICY = f"{_STRICT}; style-src 'self'; font-src 'self'; img-src 'self'"
# A report holds its own style and pictures; whatever else is in it does nothing.
_REPORT_POLICY = f"{_STRICT}; style-src 'unsafe-inline'; img-src data:; font-src data:; sandbox"
# What an address of a release holds never changes; but a day after a withdrawal no cache should have it any more.
_FOR_GOOD = "public, max-age=86400, immutable"
_CHECKED = "no-cache"
_FRESH_ADDRESS = {"cache-control": _CHECKED}
# While the site is replaced, a file may go between the look into the index and the reading.
_TRIES = 3


@dataclass(frozen=True)
class Results:
    """The results that count now, for the pages around them; `language` is that of the page at `address`."""

    interim: bool
    moment: str
    address: str
    language: str


def results_of(visit: Visit) -> Results | None:
    """What a consultation's page says of its results; None where there are none."""
    index = visit.service.published.known(visit.offered.id)
    if index is None or index.latest is None:
        return None
    found = index.latest
    language = visit.chrome.language if f"{visit.chrome.language}/" in index.files else FALLBACK
    rest = "" if language == FALLBACK else f"{language}/"
    moment = visit.chrome.moment(datetime.fromisoformat(found.as_at).astimezone(visit.offered.definition.zone))
    return Results(found.interim, moment, f"/results/{visit.offered.id}/{rest}", language)


async def stylesheet(request: Request) -> Response:
    """The public form's style sheet or picture under an address that stays, for pages that were made before."""
    renderer = service_of(request).renderer
    return RedirectResponse(renderer.address_of(request.url.path.rpartition("/")[2]), 302, _FRESH_ADDRESS)


async def without_slash(request: Request) -> Response:
    """The address as people type it."""
    visit = visit_of(request)
    return RedirectResponse(f"/results/{visit.offered.id}/", 302, _FRESH_ADDRESS)


async def latest(request: Request) -> Response:
    """The release that counts now."""
    visit = visit_of(request)
    found = await run_in_threadpool(_index_of, visit)
    if found is None or found.latest is None:
        raise RefusedError("No results of this consultation are published at the moment; see its page.", 404)
    return RedirectResponse(f"/results/{visit.offered.id}/releases/{found.latest.release}/", 302, _FRESH_ADDRESS)


async def published(request: Request) -> Response:
    """Whatever is published under an address."""
    visit, address = visit_of(request), request.path_params["address"]
    for _ in range(_TRIES):
        index = await run_in_threadpool(_index_of, visit)
        if index is None and not address:
            return visit.page("results_awaited.html")
        file, status = _find(index, address) if index else (None, 404)
        if file is None:
            break
        try:
            return await run_in_threadpool(_hand_out, visit, address, file, status)
        except FileNotFoundError:
            continue
    raise RefusedError(_NONE, 404)


def _index_of(visit: Visit) -> PublishedIndex | None:
    try:
        return visit.service.published.index(visit.offered.id)
    except PublishedError as error:
        _LOG.warning("%s", error)
        raise RefusedError(_UNAVAILABLE, 503) from None


def _find(index: PublishedIndex, address: str) -> tuple[PublishedFile | None, int]:
    """The file of an address; for what was below a withdrawn release, the page that says why, as gone."""
    if address in index.files:
        return index.files[address], 200
    for release in index.withdrawn:
        before, found, _ = address.partition(f"releases/{release}/")
        if found:
            return index.files.get(before + found), 410
    return None, 404


def _hand_out(visit: Visit, address: str, file: PublishedFile, status: int) -> Response:
    headers = {"etag": f'"{file.sha256[:32]}"', "cache-control": _CHECKED, "content-security-policy": _PAGE_POLICY}
    if status == 200 and file.use not in ("page", "feed"):
        headers["cache-control"] = _FOR_GOOD
    if file.use == "document":
        is_report = file.media_type.startswith("text/html")
        headers["content-security-policy"] = _REPORT_POLICY if is_report else "frame-ancestors 'none'"
    if status == 200 and _has(visit.request, headers["etag"]):
        return Response(status_code=304, headers=headers)
    if file.use in ("page", "feed", "style"):
        return _page(visit, file, status, headers)
    path, found = visit.service.published.path(visit.offered.id, file)
    name = address.rpartition("/")[2]
    kind = "inline" if file.use == "document" else "attachment"
    return FileResponse(
        path, status, headers, file.media_type, filename=name, stat_result=found, content_disposition_type=kind
    )


def _page(visit: Visit, file: PublishedFile, status: int, headers: dict[str, str]) -> Response:
    content = visit.service.published.content(visit.offered.id, file)
    headers |= {"vary": "accept-encoding", "etag": f"W/{headers['etag']}"}
    if "gzip" in visit.request.headers.get("accept-encoding", ""):
        content, headers["content-encoding"] = gzip.compress(content, 6, mtime=0), "gzip"
    return Response(content, status, headers, file.media_type)


def _has(request: Request, tag: str) -> bool:
    """Whether the asker has this content already, whatever encoding it came in."""
    given = [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]
    return tag in given


ROUTES = [
    *(Route(f"/results/{name}", stylesheet) for name in ("app.css", "app-rtl.css", "icon.svg")),
    Route("/results/{consultation}", without_slash),
    Route("/results/{consultation}/latest", latest),
    Route("/results/{consultation}/{address:path}", published),
]

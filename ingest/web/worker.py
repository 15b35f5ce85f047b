"""The service worker of the offline form: at the root, because it may only look after what is below its own address."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.staticfiles import NotModifiedResponse

from ingest.web.render import BUILT
from ingest.web.static_files import compressed_file


def service_worker(request: Request) -> Response:
    """The worker's script. A browser asks for it anew each time, so that a new one is found."""
    response = compressed_file(BUILT / "worker.js", request.headers)
    response.set_stat_headers(Path(response.path).stat())
    response.headers["cache-control"] = "no-cache"
    if request.headers.get("if-none-match") == response.headers["etag"]:
        return NotModifiedResponse(response.headers)
    return response


ROUTES = [Route("/sw.js", service_worker)]

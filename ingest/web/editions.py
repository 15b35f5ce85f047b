"""The forms to download: built files, served as they are. Nothing is drawn when one is asked for."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from ingest.web.errors import RefusedError
from ingest.web.service import count_page, service_of

_NONE = "There is no such form to download; see the consultation's page."


async def download(request: Request) -> Response:
    """One edition's file."""
    count_page(request)
    service = service_of(request)
    offered = service.consultations.find(request.path_params["consultation"])
    built = await run_in_threadpool(service.editions.built, offered)
    found = next((one for one in built.files if one.name == request.path_params["file"]), None) if built else None
    if found is None or not (file := service.editions.folder(offered) / found.name).is_file():
        raise RefusedError(_NONE, 404)
    headers = {"etag": f'"{found.sha256[:32]}"', "cache-control": "no-cache"}
    if request.headers.get("if-none-match") == headers["etag"]:
        return Response(status_code=304, headers=headers)
    return FileResponse(file, headers=headers, media_type=found.media_type, filename=found.name)


ROUTES = [Route("/{consultation}/editions/{file}", download)]

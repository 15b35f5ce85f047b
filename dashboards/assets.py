"""The style sheet, scripts and fonts of the council's screens, as the front-end build left them."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from dashboards.errors import DashboardError

ASSETS_PATH = "/assets"
_BUILT = Path(__file__).parent / "static" / "built"
# A file's name holds the hash of its content.
_FOR_EVER = "public, max-age=31536000, immutable"


def address_of(name: str) -> str:
    """The address of a built file by its plain name.

    Raises:
        DashboardError: the front end is not built.
    """
    return f"{ASSETS_PATH}/{_files()[name]}"


def asset_route() -> Route:
    """Serves what was built and nothing beside it; open without a session, for the sign-in page needs it."""
    known = frozenset(_files().values())

    async def asset(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in known:
            return PlainTextResponse("There is nothing here.", 404)
        return FileResponse(_BUILT / name, headers={"Cache-Control": _FOR_EVER})

    return Route(ASSETS_PATH + "/{name}", asset, methods=["GET"])


@cache
def _files() -> Mapping[str, str]:
    """Plain name -> the name with its hash."""
    try:
        found: dict[str, str] = json.loads((_BUILT / "manifest.json").read_text("utf-8"))
    except FileNotFoundError:
        raise DashboardError(
            f"The council's screens have no style sheet in {_BUILT}: run './run demo', or 'npm ci && npm run build'."
        ) from None
    return found

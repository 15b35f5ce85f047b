"""Runs the public server."""

import socket
from collections.abc import Callable

import uvicorn

from ingest.errors import IngestError
from ingest.web.app import create_app
from ingest.web.settings import prepare_public_server
from schemas.data_folder import DataFolder


def serve_public(data: DataFolder, host: str, port: int, announce: Callable[[str], None] | None = None) -> None:
    """Prepare the public server's folder and serve until stopped.

    Addresses of visitors are neither logged nor believed from proxy headers. `announce` is told the address once the
    port is bound; port 0 takes a free one.

    Raises:
        IngestError: the port cannot be bound, or see `create_app`.
    """
    app = create_app(prepare_public_server(data), data.clock)
    listening = _listen(host, port)
    if announce:
        announce(f"http://{host}:{listening.getsockname()[1]}")
    config = uvicorn.Config(
        app, access_log=False, server_header=False, proxy_headers=False, log_level="warning", ws="none", lifespan="on"
    )
    uvicorn.Server(config).run(sockets=[listening])


def _listen(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), backlog=2048)
    except OSError as error:
        raise IngestError(f"{host}:{port} cannot be listened on ({error.strerror}); choose another port.") from error

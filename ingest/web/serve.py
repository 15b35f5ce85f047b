"""Runs the public server."""

import socket
from collections.abc import Callable

import uvicorn
from starlette.applications import Starlette

from ingest.errors import IngestError
from ingest.web.app import create_app
from ingest.web.settings import prepare_public_server
from ingest.web.store.choose import open_store
from schemas.data_folder import DataFolder


def serve_public(data: DataFolder, host: str, port: int, announce: Callable[[str], None] | None = None) -> None:
    """Prepare the public server's folder and serve until stopped.

    Addresses of visitors are neither logged nor believed from proxy headers. `announce` is told the address once the
    port is bound; port 0 takes a free one.

    Raises:
        IngestError: the port cannot be bound, or see `create_app`.
    """
    settings = prepare_public_server(data)
    app = create_app(settings, data.clock, open_store(settings.store))
    listening = listen(host, port)
    if announce:
        announce(f"http://{host}:{listening.getsockname()[1]}")
    server_of(app).run(sockets=[listening])


def server_of(app: Starlette) -> uvicorn.Server:
    """The server that runs the application as it runs in use."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            log_level="warning",
            ws="none",
            lifespan="on",
        )
    )


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one.

    Raises:
        IngestError: the port cannot be bound.
    """
    try:
        return socket.create_server((host, port), backlog=2048)
    except OSError as error:
        raise IngestError(f"{host}:{port} cannot be listened on ({error.strerror}); choose another port.") from error

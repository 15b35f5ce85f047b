"""Runs the public server."""

import ipaddress
import socket
from collections.abc import Callable, Sequence

import uvicorn
from starlette.applications import Starlette

from ingest.errors import IngestError
from ingest.web.app import create_app
from ingest.web.settings import prepare_public_server
from ingest.web.store.choose import open_store
from schemas.data_folder import DataFolder


def serve_public(
    data: DataFolder,
    host: str,
    port: int,
    announce: Callable[[str], None] | None = None,
    behind: Sequence[str] = (),
) -> None:
    """Prepare the public server's folder and serve until stopped.

    Addresses of visitors are not logged. `announce` is told the address once the port is bound; port 0 takes a free
    one. `behind` are the addresses of proxies: see `server_of`.

    Raises:
        IngestError: the port cannot be bound, a proxy is not named by its address, or see `create_app`.
    """
    for proxy in behind:
        _check_address(proxy)
    settings = prepare_public_server(data)
    app = create_app(settings, data.clock, open_store(settings.store))
    listening = listen(host, port)
    if announce:
        announce(f"http://{host}:{listening.getsockname()[1]}")
    server_of(app, behind).run(sockets=[listening])


def server_of(app: Starlette, behind: Sequence[str] = ()) -> uvicorn.Server:
    """The server that runs the application as it runs in use.

    Only proxies at the addresses in `behind` are believed when they say for whom, and by which scheme, they ask.
    """
    return uvicorn.Server(
        uvicorn.Config(
            app,
            access_log=False,
            server_header=False,
            proxy_headers=bool(behind),
            forwarded_allow_ips=list(behind),
            log_level="warning",
            ws="none",
            lifespan="on",
        )
    )


def _check_address(proxy: str) -> None:
    try:
        ipaddress.ip_address(proxy)
    except ValueError:
        raise IngestError(f"'{proxy}' is no IP address; name the proxy by the address that it asks from.") from None


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one.

    Raises:
        IngestError: the port cannot be bound.
    """
    try:
        return socket.create_server((host, port), backlog=2048)
    except OSError as error:
        raise IngestError(f"{host}:{port} cannot be listened on ({error.strerror}); choose another port.") from error

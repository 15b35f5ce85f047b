"""Runs the desk, on this machine's own address: its process can open answers."""

import socket
from collections.abc import Callable

import uvicorn

from dashboards.desk.app import create_desk_app
from dashboards.desk.forms import Desk
from dashboards.errors import DashboardError
from dashboards.sign_in_settings import SignInSettings

LOOPBACK = "127.0.0.1"


def desk_server(sign_in: SignInSettings, desk: Desk) -> uvicorn.Server:
    """The server of the desk's pages, not yet running."""
    return uvicorn.Server(
        uvicorn.Config(
            create_desk_app(sign_in, desk),
            access_log=False,
            log_level="warning",
            lifespan="off",
            server_header=False,
            timeout_graceful_shutdown=5,
        )
    )


def serve_desk(
    sign_in: SignInSettings, desk: Desk, *, port: int, announce: Callable[[str], None] | None = None
) -> None:
    """Serve until stopped. `announce` is told the address once the port is bound; port 0 takes a free one.

    Raises:
        DashboardError: the port cannot be used.
    """
    try:
        listener = socket.create_server((LOOPBACK, port))
    except OSError as error:
        raise DashboardError(f"{LOOPBACK} port {port} cannot be used; choose another port.") from error
    server = desk_server(sign_in, desk)
    if announce:
        announce(f"http://{LOOPBACK}:{listener.getsockname()[1]}")
    server.run(sockets=[listener])

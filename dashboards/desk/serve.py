"""Runs the desk, on this machine's own address: its process can open answers."""

import socket
from collections.abc import Callable
from pathlib import Path

import uvicorn

from dashboards.desk.app import create_desk_app
from dashboards.desk.forms import Desk
from dashboards.errors import DashboardError

LOOPBACK = "127.0.0.1"


def serve_desk(store: Path, desk: Desk, *, port: int, announce: Callable[[str], None] | None = None) -> None:
    """Serve until stopped; `store` holds the accounts.

    `announce` is told the address once the port is bound; port 0 takes a free one.

    Raises:
        DashboardError: the port cannot be used.
    """
    try:
        listener = socket.create_server((LOOPBACK, port))
    except OSError as error:
        raise DashboardError(f"{LOOPBACK} port {port} cannot be used; choose another port.") from error
    config = uvicorn.Config(
        create_desk_app(store, desk),
        access_log=False,
        log_level="warning",
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    if announce:
        announce(f"http://{LOOPBACK}:{listener.getsockname()[1]}")
    uvicorn.Server(config).run(sockets=[listener])

"""Runs the results server."""

import os
import socket
from collections.abc import Callable

import uvicorn

from dashboards.accounts import list_accounts
from dashboards.errors import DashboardError
from dashboards.oidc_settings import is_loopback
from dashboards.results.app import create_results_app
from dashboards.results.settings import ResultsSettings

LOOPBACK = "127.0.0.1"
_MAX_WEBSOCKET_BYTES = 1024 * 1024
_OWN_ENVIRONMENT = "YOURSAY_"


def serve_results(
    settings: ResultsSettings,
    host: str = LOOPBACK,
    port: int = 8502,
    announce: Callable[[str], None] | None = None,
) -> None:
    """Serve until stopped. `announce` is told the address once the port is bound; port 0 takes a free one.

    The process forgets YourSay's own environment first: where the data folder is, is nothing that it needs. A proxy
    on the same machine may say with its headers that the visitor came by TLS, and from where.

    Raises:
        DashboardError: the address cannot be used, or demo accounts would be reachable from another machine.
    """
    demo = settings.sign_in.passwords or any(account.demo for account in list_accounts(settings.store))
    if demo and not is_loopback(host):
        raise DashboardError(f"Demo accounts work on this machine alone: serve on {LOOPBACK} instead of {host}.")
    for name in [name for name in os.environ if name.startswith(_OWN_ENVIRONMENT)]:
        del os.environ[name]
    try:
        listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise DashboardError(f"{host} port {port} cannot be used; choose another port.") from error
    config = uvicorn.Config(
        create_results_app(settings),
        access_log=False,
        log_level="warning",
        lifespan="on",
        ws="websockets-sansio",
        ws_max_size=_MAX_WEBSOCKET_BYTES,
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    if announce:
        shown = f"[{host}]" if ":" in host else host
        announce(f"http://{shown}:{listener.getsockname()[1]}")
    uvicorn.Server(config).run(sockets=[listener])

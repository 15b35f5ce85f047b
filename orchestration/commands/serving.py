"""`yoursay serve` and `yoursay up`: the servers.

Each server's libraries are imported when it is started, so that no other command waits for them.
"""

from typing import Annotated

import typer

from orchestration.commands.desk import DESK_PORT, desk
from orchestration.commands.shared import DataOption, data_folder
from orchestration.processes import Running, Server, environment, free_port, module
from schemas.data_folder import DataFolder
from schemas.definition import published_definitions

app = typer.Typer(no_args_is_help=True, help="The servers.")
HostOption = Annotated[str, typer.Option(help="The address to listen on.")]
PortOption = Annotated[int, typer.Option(help="The port to listen on.", min=1, max=65535)]
PUBLIC_PORT, RESULTS_PORT, DAGSTER_PORT = 8701, 8702, 8703
app.command("desk")(desk)


@app.command("public")
def public(
    data: DataOption = None,
    host: HostOption = "127.0.0.1",
    port: PortOption = PUBLIC_PORT,
    behind: Annotated[
        list[str] | None,
        typer.Option(help="The address of a proxy whose X-Forwarded-For is believed; may be repeated."),
    ] = None,
) -> None:
    """The public server: forms, receipts, and the sync API. It holds no private key."""
    from ingest.web.serve import serve_public

    serve_public(data_folder(data), host, port, announce=_say_where, behind=behind or ())


@app.command("results")
def results(data: DataOption = None, host: HostOption = "127.0.0.1", port: PortOption = RESULTS_PORT) -> None:
    """The results server: the Commission's dashboard, behind a sign-in. It reads protected tables alone."""
    from dashboards.results.serve import serve_results
    from dashboards.results.settings import results_settings

    folder = data_folder(data)
    by_opening = sorted(published_definitions(folder.definitions).values(), key=lambda one: one.opens_at())
    settings = results_settings(folder, [one.id for one in by_opening])
    serve_results(settings, host, port, announce=_say_where)


def _say_where(address: str) -> None:
    """On standard error, because it is no result; a supervisor prints the addresses itself."""
    typer.echo(f"Listening on {address}", err=True)


def up(data: DataOption = None) -> None:
    """Start every server on loopback: public, results, a desk for each consultation, and Dagster. Ctrl-C stops them."""
    from orchestration.home import prepare_dagster_home

    folder = data_folder(data)
    prepare_dagster_home(folder).dispose()
    council = council_servers(folder)
    servers = [*council, *dagster_servers(folder, public_url=council[0].address)]
    typer.echo(f"Dagster's own output goes to {folder.dagster_home}/*.log.")
    with Running(servers) as running:
        print_addresses(servers)
        running.wait()


def council_servers(folder: DataFolder) -> list[Server]:
    """The public and the results server of a data folder, what counts live totals, and a desk for each consultation."""
    public = _server("The public server", folder, "public", free_port(PUBLIC_PORT))
    counting = module("orchestration.cli", "live", "--data", str(folder.root))
    desks = [
        _server(f"The desk of {name}", folder, "desk", free_port(port), "--consultation", name)
        for port, name in enumerate(published_definitions(folder.definitions), DESK_PORT)
    ]
    return [
        public,
        _server("The results server", folder, "results", free_port(RESULTS_PORT)),
        Server("The live totals", counting, environment(YOURSAY_PUBLIC_URL=public.address)),
        *desks,
    ]


def dagster_servers(folder: DataFolder, public_url: str) -> list[Server]:
    """Dagster's webserver and daemon for a data folder; they pull from the public server at `public_url`."""
    port = free_port(DAGSTER_PORT)
    surroundings = environment(
        DAGSTER_HOME=str(folder.dagster_home), YOURSAY_DATA=str(folder.root), YOURSAY_PUBLIC_URL=public_url
    )
    code = ("-m", "orchestration.definitions")
    webserver = module("dagster_webserver", *code, "-h", "127.0.0.1", "-p", str(port))
    daemon = module("dagster._daemon", "run", *code)
    home = folder.dagster_home
    return [
        Server("Dagster", webserver, surroundings, f"http://127.0.0.1:{port}", "/server_info", home / "webserver.log"),
        Server("Dagster's daemon", daemon, surroundings, log=home / "daemon.log"),
    ]


def print_addresses(servers: list[Server]) -> None:
    """Where each server answers."""
    width = max(len(server.name) for server in servers) + 2
    for server in servers:
        if server.address:
            typer.echo(f"{server.name + ':':{width}} {server.address}/")


def _server(name: str, folder: DataFolder, kind: str, port: int, *more: str) -> Server:
    command = module("orchestration.cli", "serve", kind, "--data", str(folder.root), "--port", str(port), *more)
    return Server(name, command, environment(), f"http://127.0.0.1:{port}")

"""`yoursay serve desk`: the officers' pages."""

from typing import Annotated

import typer

from orchestration.commands.shared import ConsultationOption, DataOption, data_folder, the_consultation
from schemas.data_folder import DataFolder

DESK_PORT = 8704


def desk(
    port: Annotated[int, typer.Option(help="The port to listen on.", min=1, max=65535)] = DESK_PORT,
    consultation: ConsultationOption = None,
    data: DataOption = None,
) -> None:
    """The officers' desk: keying, coding and the work list, on loopback; this process holds the private key."""
    run_desk(data_folder(data), consultation, port)


def run_desk(folder: DataFolder, consultation: str | None, port: int) -> None:
    """Serve the desk until stopped."""
    from dashboards.desk.serve import serve_desk
    from dashboards.sign_in_settings import sign_in_settings
    from orchestration.desk import desk_of

    definition = the_consultation(folder, consultation)
    sign_in = sign_in_settings(folder, "desk", definition.id)
    pages = desk_of(folder, definition)
    serve_desk(sign_in, pages, port=port, announce=lambda address: typer.echo(f"Listening on {address}", err=True))

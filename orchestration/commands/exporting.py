"""`yoursay export`: a layer of the warehouse as files, for officers."""

import getpass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from orchestration.builds import warehouse_of
from orchestration.commands.shared import ConsultationOption, DataOption, data_folder, the_consultation, warn
from transforms.release.audit import note_export
from transforms.warehouse.read import export_layer


class LayerName(StrEnum):
    """The layers that can be exported."""

    clean = "clean"
    masked = "masked"
    marts = "marts"


class FormatName(StrEnum):
    """The formats that can be written."""

    parquet = "parquet"
    csv = "csv"


def export(
    *,
    out: Annotated[Path, typer.Argument(help="The file to write; a folder for the marts.")],
    layer: Annotated[LayerName, typer.Option(help="clean: answers as given; masked; marts: exact counts.")],
    format_: Annotated[FormatName, typer.Option("--format", help="The format.")] = FormatName.parquet,
    officer: Annotated[
        str, typer.Option(help="Who takes it out; it is noted (else your user name).", envvar="YOURSAY_OFFICER")
    ] = "",
    reason: Annotated[str, typer.Option(help="Why; it is noted.")] = "",
    consultation: ConsultationOption = None,
    data: DataOption = None,
) -> None:
    """Write a layer to files. It needs the warehouse's key, and what it writes is confidential: for officers only."""
    folder = data_folder(data)
    definition = the_consultation(folder, consultation)
    what, now = f"layer {layer.value} as {format_.value}", folder.clock.now()
    note_export(folder.audit(definition.id), who=officer or os_user(), why=reason, what=what, at=now)
    files = export_layer(warehouse_of(folder, definition), layer.value, format_.value, out)
    if not reason:
        warn("No reason was given; say one with --reason, for the audit shows it.")
    warn("Confidential: exact figures or answers. Keep these files where only officers can read them.")
    for file in files:
        typer.echo(str(file))


def os_user() -> str:
    """The name of the account that runs this process."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown user"

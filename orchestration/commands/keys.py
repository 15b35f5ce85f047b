"""`yoursay keys`: the keys of a consultation."""

from pathlib import Path
from typing import Annotated

import typer

from orchestration.commands.shared import ConsultationOption, DataOption, data_folder, the_consultation, warn
from orchestration.rights.backup import RECIPIENTS
from schemas.sealing import make_keys, new_identity, write_secret

app = typer.Typer(no_args_is_help=True, help="Keys that seal and open responses.")


@app.callback()
def keys() -> None:
    """Keys that seal and open responses."""


@app.command("new")
def new(
    consultation: ConsultationOption = None,
    recovery: Annotated[
        Path | None, typer.Option(help="Where the recovery key goes (else the data folder's recovery/).")
    ] = None,
    data: DataOption = None,
) -> None:
    """Make the keys of a consultation: the pipeline's, the warehouse's, the pseudonyms', and a recovery key."""
    folder = data_folder(data)
    name = the_consultation(folder, consultation).id
    recovery_file = recovery or folder.recovery(name)
    recipients = make_keys(folder.keys(name), recovery_file)
    warn(f"Keys are in {folder.keys(name)} (readable by you alone).")
    warn(f"Take {recovery_file} offline now: it opens everything if the keys are lost.")
    typer.echo(recipients.pipeline)
    typer.echo(recipients.recovery)


@app.command("backup")
def backup(
    file: Annotated[Path, typer.Argument(help="Where the private key goes; keep it offline, in two places.")],
    data: DataOption = None,
) -> None:
    """Make the key that opens backups, and note its public half in the data folder: backups are sealed for it."""
    folder = data_folder(data)
    identity = new_identity()
    write_secret(file, identity.secret)
    noted = folder.root / RECIPIENTS
    with noted.open("a", encoding="utf-8") as lines:
        lines.write(identity.recipient + "\n")
    warn(f"Take {file} offline now: it alone opens the backups that are made from now on.")
    typer.echo(identity.recipient)

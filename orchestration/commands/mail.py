"""`yoursay mail`: taking in e-mail."""

from pathlib import Path
from typing import Annotated

import typer

from orchestration.commands.shared import ConsultationOption, DataOption, data_folder, the_consultation
from orchestration.intake import describe
from orchestration.mail_intake import take_in_mail

app = typer.Typer(invoke_without_command=True, help="Take in e-mail, and see to what is no response.")


@app.callback()
def mail(
    context: typer.Context,
    folder: Annotated[
        Path | None, typer.Option(help="A folder of .eml and .mbox files or Maildirs, in the place of all else.")
    ] = None,
    consultation: ConsultationOption = None,
    data: DataOption = None,
) -> None:
    """Land every message of the mailbox and of the inbox, sealed whole; each is put away afterwards."""
    if context.invoked_subcommand:
        return
    of = data_folder(data)
    typer.echo(describe(take_in_mail(of, the_consultation(of, consultation), folder)))

"""`yoursay keying`: paper forms, keyed by officers."""

from pathlib import Path
from typing import Annotated

import typer

from ingest.post.keying import land_keying_batch
from ingest.post.template import keying_template
from orchestration.commands.shared import ConsultationOption, DataOption, data_folder, the_consultation
from orchestration.intake import describe, landing_of, recipients_of

app = typer.Typer(no_args_is_help=True, help="Paper forms, keyed by officers.")


@app.command("template")
def template(
    out: Annotated[Path, typer.Argument(help="The file to write, .xlsx or .csv.")],
    consultation: ConsultationOption = None,
    data: DataOption = None,
) -> None:
    """Write an empty keying batch: a row for each keying of each sheet."""
    keying_template(the_consultation(data_folder(data), consultation), out)
    typer.echo(str(out))


@app.command("land")
def land(
    file: Annotated[Path, typer.Argument(help="A keying batch, .xlsx or .csv.")],
    consultation: ConsultationOption = None,
    data: DataOption = None,
) -> None:
    """Take in a keying batch; the same batch again adds nothing."""
    folder = data_folder(data)
    definition = the_consultation(folder, consultation)
    landing, recipients = landing_of(folder, definition), recipients_of(folder, definition)
    typer.echo(describe(land_keying_batch(file, landing, recipients, definition, folder.clock)))

"""`yoursay definition`: check a consultation's definition, and publish it."""

from pathlib import Path
from typing import Annotated

import typer

from orchestration.commands.shared import DataOption, data_folder, telling_missing_letters
from orchestration.public_editions import build_public_editions, has_public_editions
from schemas.definition import load_definition, publish_definition
from schemas.editions.xform import build_xform
from schemas.editions.xlsform import write_xlsform

app = typer.Typer(no_args_is_help=True, help="A consultation's definition.")
FileArgument = Annotated[Path, typer.Argument(help="The definition's folder, or one of its two files.")]


@app.command("check")
def check(file: FileArgument) -> None:
    """Say whether a definition is valid, and its two hashes."""
    definition = load_definition(file)
    fields = sum(1 for _ in definition.questionnaire.fields())
    typer.echo(f"{definition.id}, version {definition.questionnaire.version}: valid, {fields} fields.")
    typer.echo(f"questionnaire {definition.questionnaire_hash}")
    typer.echo(f"policy        {definition.policy_hash}")


@app.command("publish")
def publish(
    file: FileArgument,
    data: DataOption = None,
    *,
    editions: Annotated[bool, typer.Option(help="Build the forms that the public server offers for download.")] = True,
) -> None:
    """Publish a definition into the data folder; a questionnaire that is published never changes."""
    folder = data_folder(data, must_exist=False)
    definition = publish_definition(file, folder.definitions)
    typer.echo(f"{definition.id}, version {definition.questionnaire.version}: published.")
    if editions and not has_public_editions(folder, definition):
        with telling_missing_letters():
            where, _ = build_public_editions(folder, definition)
        typer.echo(f"Its editions are in {where}.")


@app.command("xlsform")
def xlsform(
    file: FileArgument,
    out: Annotated[Path, typer.Option(help="The workbook to write, .xlsx.", metavar="FILE.xlsx")],
) -> None:
    """Write the definition's form as an XLSForm, for ODK and its relatives; pyxform checks it first."""
    definition = load_definition(file)
    build_xform(definition)
    write_xlsform(definition, out)
    typer.echo(str(out))

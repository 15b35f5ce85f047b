"""`yoursay release`: anonymised datasets for publication."""

from pathlib import Path
from typing import Annotated

import typer

from orchestration.builds import warehouse_of
from orchestration.commands.shared import (
    CommandError,
    ConsultationOption,
    DataOption,
    JsonOption,
    data_folder,
    print_json,
    the_consultation,
)
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from transforms.release.build import Release, build_release
from transforms.release.verify import verify_release
from transforms.warehouse.read import open_private, read_about
from transforms.warehouse.versions import as_at_versions, current_version

app = typer.Typer(no_args_is_help=True, help="Anonymised datasets.")


@app.command("build")
def build(
    consultation: ConsultationOption = None,
    as_at: Annotated[
        str | None,
        typer.Option(help="Of the view as at this moment, which 'pipeline run --as-at' built.", metavar="MOMENT"),
    ] = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the anonymised dataset of the current version: protected tables, codebook, checksums, manifest."""
    folder = data_folder(data)
    release = build_of(folder, the_consultation(folder, consultation), as_at)
    if as_json:
        print_json({"release": release.id, "folder": str(release.folder)})
    else:
        typer.echo(f"{release.id}: {release.folder}")


@app.command("verify")
def verify(folder: Annotated[Path, typer.Argument(help="The folder of a release.")]) -> None:
    """Check a release's files against its checksums and manifest; anybody can, offline."""
    problems = verify_release(folder)
    for problem in problems:
        typer.echo(f"{problem}", err=True)
    if problems:
        raise CommandError(f"{folder}: not the release that was built; get it again.")
    typer.echo(f"{folder}: every file is as it was released.")


def build_of(folder: DataFolder, definition: Definition, as_at: str | None) -> Release:
    """Build the release of the current version, or of the view as at a moment.

    Raises:
        CommandError: there is no such view.
    """
    warehouse = warehouse_of(folder, definition)
    version = as_at_versions(warehouse).get(as_at) if as_at else current_version(warehouse)
    if version is None and as_at is None:
        raise CommandError("Nothing is published yet; run 'yoursay pipeline run' first.")
    if version is None:
        raise CommandError(f"There is no view as at {as_at}; build it with 'yoursay pipeline run --as-at {as_at}'.")
    with open_private(warehouse, version) as private:
        about = read_about(warehouse, version)
        return build_release(private, definition, about, folder.releases(definition.id))

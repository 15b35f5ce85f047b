"""`yoursay pipeline`: from landing and decisions to a published version."""

from datetime import datetime
from typing import Annotated

import typer

from orchestration.builds import Request, is_up_to_date, moment_name
from orchestration.commands.shared import CommandError, DataOption, data_folder, the_consultation, warn
from schemas.data_folder import DataFolder
from schemas.definition import Definition, published_definitions

app = typer.Typer(no_args_is_help=True, help="The pipeline.")


@app.callback()
def pipeline() -> None:
    """The pipeline."""


@app.command("run")
def run(
    consultation: Annotated[
        str | None, typer.Option("--consultation", "-c", help="Which one; all that are published where none is named.")
    ] = None,
    as_at: Annotated[
        str | None,
        typer.Option(
            help="Build what was known at this moment, local to the consultation.", metavar="YYYY-MM-DDTHH:MM"
        ),
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="Build everything anew instead of what is new.")] = False,
    data: DataOption = None,
) -> None:
    """Build the warehouse: what is new since the last version, everything, or what was known at a moment."""
    folder = data_folder(data)
    if consultation is None:
        definitions = list(published_definitions(folder.definitions).values())
        if not definitions:
            raise CommandError("No consultation is published here; publish one with 'yoursay definition publish'.")
    else:
        definitions = [the_consultation(folder, consultation)]
    for definition in definitions:
        build(folder, definition, _moment(as_at, folder, definition), full=full)


def build(folder: DataFolder, definition: Definition, as_at: datetime | None, *, full: bool) -> None:
    """Build one consultation's warehouse unless it is up to date."""
    if as_at is None and not full and is_up_to_date(folder, definition):
        warn(f"{definition.id}: up to date.")
        return
    # Dagster takes seconds to import; a warehouse that is up to date needs none of it.
    from orchestration.running import build_warehouse

    warn(f"{definition.id}: as at {moment_name(definition, as_at)}" if as_at else f"{definition.id}: building")
    build_warehouse(folder, Request(definition.id, as_at, full))


def _moment(text: str | None, folder: DataFolder, definition: Definition) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"--as-at: '{text}' is not a moment; write it as 2007-04-04T17:00.") from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=definition.zone)
    if moment > folder.clock.now():
        raise CommandError(f"--as-at: {text} has not come yet.")
    return moment

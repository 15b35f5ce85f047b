"""`yoursay audit`: who took which data out, when and why."""

from typing import Annotated

import typer

from orchestration.commands.shared import (
    ConsultationOption,
    DataOption,
    JsonOption,
    data_folder,
    print_json,
    print_table,
    the_consultation,
)
from schemas.local_time import moment_in_words
from schemas.register import head
from transforms.release.audit import exports

app = typer.Typer(no_args_is_help=True, help="Who took which data out.")


@app.callback()
def audit() -> None:
    """Who took which data out."""


@app.command("list")
def list_(
    last: Annotated[int, typer.Option(help="How many of the latest to show; 0 for all.", min=0)] = 0,
    consultation: ConsultationOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Every export, checked against the chain; the head tells later whether the end was cut off."""
    folder = data_folder(data)
    definition = the_consultation(folder, consultation)
    file = folder.audit(definition.id)
    found = exports(file)
    shown = found[-last:] if last else found
    if as_json:
        print_json({"exports": [vars(one) for one in shown], "total": len(found), "head": head(file)})
        return
    print_table(
        f"Exports of {definition.id}",
        ["at", "who", "what", "why"],
        [[moment_in_words(one.at, definition.zone), one.who, one.what, one.why] for one in shown],
    )
    typer.echo(f"{len(found)} exports; head of the chain {head(file)}")

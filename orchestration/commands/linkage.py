"""`yoursay linkage`: the weights of the linkage."""

from pathlib import Path
from typing import Annotated

import typer

from orchestration.commands.link import RolesOption, TableArgument
from orchestration.commands.shared import print_table
from transforms.linkage.engine.estimate import estimate as estimate_weights
from transforms.linkage.engine.files import counted_file
from transforms.linkage.engine.roles import load_roles
from transforms.linkage.engine.weights import load_weights, write_weights

app = typer.Typer(no_args_is_help=True, help="How responses of one respondent are found.")


@app.command("estimate")
def estimate(
    table: TableArgument,
    roles: RolesOption,
    out: Annotated[Path, typer.Option(help="The weights file to write.", metavar="WEIGHTS.toml")],
    weights: Annotated[
        Path | None, typer.Option(help="A weights file to begin with instead of the project's.", metavar="WEIGHTS.toml")
    ] = None,
) -> None:
    """Fit the weights to a table by expectation-maximisation and write them as a weights file."""
    given = load_roles(roles)
    assumed = load_weights(weights)
    with counted_file(table, given, assumed) as (connection, engine):
        fitted = estimate_weights(connection, "link_sample_prepared", engine)
    write_weights(fitted.weights, out)
    rows = [
        (name, level, f"{chances.m:.4f}", chances.u if isinstance(chances.u, str) else f"{chances.u:.6f}")
        for name in ("given_name", "family_name", "email", "phone", "address", "postcode", "organisation")
        for level, chances in fitted.weights.of(name).items()
    ]
    print_table("Fitted chances", ("comparison", "level", "m", "u"), rows)
    typer.echo(f"{fitted.pairs} pairs, {fitted.matches:.1%} of them matches; written to {out}.")

"""`yoursay linkage`: pairs that wait for an officer, why two responses count as one, and fitting the weights."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from orchestration.builds import warehouse_of
from orchestration.commands.link import RolesOption, TableArgument
from orchestration.commands.shared import (
    ConsultationOption,
    DataOption,
    JsonOption,
    data_folder,
    print_json,
    print_table,
    the_consultation,
)
from orchestration.review_decisions import Officer
from orchestration.review_links import decide_link
from transforms.layout import Layout
from transforms.linkage.engine.estimate import estimate as estimate_weights
from transforms.linkage.engine.files import counted_file
from transforms.linkage.engine.roles import load_roles
from transforms.linkage.engine.weights import load_weights, write_weights
from transforms.linkage.explained import explain_pair
from transforms.warehouse.read import open_private

app = typer.Typer(no_args_is_help=True, help="How responses of one respondent are found.")
FirstArgument = Annotated[str, typer.Argument(help="A response's id.", metavar="A")]
SecondArgument = Annotated[str, typer.Argument(help="Another response's id.", metavar="B")]
_CANDIDATES = "SELECT first, second, round(weight, 1), band FROM link_candidates ORDER BY weight DESC, first, second"


@app.command("list")
def list_(consultation: ConsultationOption = None, data: DataOption = None, as_json: JsonOption = False) -> None:
    """List the pairs that an officer should look at, the likeliest first. Ids and weights, never an answer."""
    folder = data_folder(data)
    with open_private(warehouse_of(folder, the_consultation(folder, consultation))) as connection:
        rows = connection.execute(_CANDIDATES).fetchall()
    columns = ("first", "second", "weight", "band")
    if as_json:
        print_json([dict(zip(columns, row, strict=True)) for row in rows])
    else:
        print_table("Pairs that wait for an officer", columns, rows)


@app.command("explain")
def explain(
    first: FirstArgument,
    second: SecondArgument,
    consultation: ConsultationOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say why two responses count as one respondent or as two: a table of comparisons and a sentence."""
    folder = data_folder(data)
    definition = the_consultation(folder, consultation)
    with open_private(warehouse_of(folder, definition)) as connection:
        explained = explain_pair(connection, Layout(definition), first, second)
    columns = ("comparison", "level", "weight")
    if as_json:
        rows = [dict(zip(columns, row, strict=True)) for row in explained.rows]
        print_json({"comparisons": rows, "sentences": list(explained.sentences)})
        return
    if explained.rows:
        print_table(f"{first} and {second}", columns, explained.rows)
    typer.echo(" ".join(explained.sentences))


@app.command("decide")
def decide(
    first: FirstArgument,
    second: SecondArgument,
    verdict: Annotated[
        Literal["same", "different", "undo"], typer.Argument(help="Of one respondent, of two, or as if never said.")
    ],
    *,
    reason: Annotated[str, typer.Option(help="What shows it.")],
    officer: Annotated[str, typer.Option(help="Who decides.", envvar="YOURSAY_OFFICER")],
    consultation: ConsultationOption = None,
    data: DataOption = None,
) -> None:
    """Say whether two responses are of one respondent; it takes effect with the next pipeline run."""
    folder = data_folder(data)
    definition = the_consultation(folder, consultation)
    decide_link(Officer(officer, folder, definition), (first, second), verdict, reason)
    typer.echo(f"{first} and {second}: {verdict}; run 'yoursay pipeline run' to take it in.")


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

"""`yoursay link`: which responses of a table are of one respondent."""

from pathlib import Path
from typing import Annotated

import typer

from orchestration.commands.shared import warn
from transforms.linkage.engine.files import link_file
from transforms.linkage.engine.roles import Roles, load_roles
from transforms.linkage.engine.weights import load_weights

RolesOption = Annotated[
    Path, typer.Option(help="Which column is evidence of what; see docs/linkage.md.", metavar="ROLES.toml")
]
TableArgument = Annotated[Path, typer.Argument(help="The responses, one a row.", metavar="INPUT.parquet")]


def link(
    table: TableArgument,
    roles: RolesOption,
    out: Annotated[
        Path, typer.Option(help="The clusters to write: response_id, cluster_id.", metavar="CLUSTERS.parquet")
    ],
    pairs: Annotated[
        Path | None, typer.Option(help="The weighed pairs to write, with their band.", metavar="PAIRS.parquet")
    ] = None,
    weights: Annotated[
        Path | None, typer.Option(help="A weights file instead of the project's.", metavar="WEIGHTS.toml")
    ] = None,
) -> None:
    """Link the responses of a table: one cluster for each respondent, and the pairs that an officer should look at."""
    given = load_roles(roles)
    linked = link_file(table, given, load_weights(weights), out, pairs)
    for remark in remarks(given):
        warn(remark)
    answers = linked.engine.answers
    warn(
        f"Answers: {len(answers.texts)} columns of text, {len(answers.codes)} of codes or short answers, "
        f"{len(answers.numbers)} whose values nearly nobody shares."
    )
    typer.echo(
        f"{linked.responses} responses of {linked.respondents} respondents; "
        f"{linked.merged_pairs} pairs merged, {linked.review_pairs} pairs to review."
    )


def remarks(roles: Roles) -> list[str]:
    """What the roles do not name, and what is done without it."""
    said = []
    if roles.received_at is None:
        said.append("No received_at is named: responses are taken to have arrived in the order of their ids.")
    if roles.channel is None:
        said.append("No channel is named: a column that holds one is compared like any other answer.")
    if not roles.columns("given_name") and not roles.columns("family_name"):
        said.append("No column holds a name: e-mail, organisation, answers and texts have to tell who responds.")
    elif not roles.columns("given_name"):
        said.append("No column holds a given name: the words before the last of the family name are taken for it.")
    strong = ("family_name", "email", "phone", "address", "postcode", "organisation", "ip_hash")
    if not any(roles.columns(role) for role in strong):  # type: ignore[arg-type]
        said.append(f"None of {', '.join(strong)} is named: the evidence will hardly be enough to merge any two.")
    return said

"""`yoursay publication`: the public site's pages of results."""

import typer

from orchestration.commands.shared import CommandError, DataOption, JsonOption, data_folder, print_json
from orchestration.publication import build_publication
from schemas.definition import published_definitions

app = typer.Typer(no_args_is_help=True, help="The public site's pages of results.")


@app.command("build")
def build(data: DataOption = None, as_json: JsonOption = False) -> None:
    """Make the pages of results of every consultation anew from its releases and their register."""
    folder = data_folder(data)
    made = [build_publication(folder, one) for one in published_definitions(folder.definitions).values()]
    if as_json:
        print_json([vars(one) for one in made])
    else:
        for one in made:
            what = f"{one.addresses} pages and files" if one.addresses else "no release is published for the public"
            typer.echo(f"{one.consultation}: {what}.")
    problems = [problem for one in made for problem in one.problems]
    if problems:
        raise CommandError(f"A release was left out: {problems[0]}")

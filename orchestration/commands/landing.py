"""`yoursay landing`: the append-only log of what arrived, and the journal of decisions."""

import typer

from ingest.journal import Journal
from ingest.landing import Landing
from orchestration.commands.shared import (
    CommandError,
    ConsultationOption,
    DataOption,
    JsonOption,
    data_folder,
    print_json,
    the_consultation,
)

app = typer.Typer(no_args_is_help=True, help="What arrived, as it arrived.")


@app.callback()
def landing() -> None:
    """What arrived, as it arrived."""


@app.command("verify")
def verify(consultation: ConsultationOption = None, data: DataOption = None, as_json: JsonOption = False) -> None:
    """Check every byte and link of landing and of the decisions; exit code 1 where anything was changed."""
    folder = data_folder(data)
    definition = the_consultation(folder, consultation)
    logs = {
        "landing": Landing(folder.landing(definition.id), folder.clock).log,
        "decisions": Journal(folder.journal(definition.id), folder.clock).log,
    }
    problems = {name: log.verify() for name, log in logs.items()}
    if as_json:
        print_json(
            {
                name: {"records": log.last_seq(), "problems": [f"{p.where}: {p.what}" for p in problems[name]]}
                for name, log in logs.items()
            }
        )
    for name, log in logs.items():
        if not as_json:
            typer.echo(f"{name}: {log.last_seq()} records, {len(problems[name])} problems")
        for problem in problems[name]:
            typer.echo(f"  {name}, {problem.where}: {problem.what}", err=True)
    if any(problems.values()):
        raise CommandError("The log is not as it was written; restore it from a backup before anything else.")

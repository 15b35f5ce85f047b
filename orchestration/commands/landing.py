"""`yoursay landing`: the append-only log of what arrived, and the journal of decisions."""

import typer

from ingest.chained_log import Problem
from ingest.erasure import check_erasures
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
from orchestration.rights.retention_state import read_state
from orchestration.rights.tombstone_keys import tombstone_keys

app = typer.Typer(no_args_is_help=True, help="What arrived, as it arrived.")


@app.callback()
def landing() -> None:
    """What arrived, as it arrived."""


@app.command("verify")
def verify(consultation: ConsultationOption = None, data: DataOption = None, as_json: JsonOption = False) -> None:
    """Check every byte and link of landing and of the decisions; exit code 1 where anything was changed."""
    folder = data_folder(data)
    definition = the_consultation(folder, consultation)
    landing, journal = (
        Landing(folder.landing(definition.id), folder.clock),
        Journal(folder.journal(definition.id), folder.clock),
    )
    logs = {"landing": landing.log, "decisions": journal.log}
    problems = {"landing": landing.verify(), "decisions": journal.verify()}
    erased = None
    if not any(problems.values()):
        erased = check_erasures(landing, journal, tombstone_keys(folder, definition.id))
        problems["erasures"] = list(erased.problems)
        problems["erasures"] += [
            Problem(one, "its erasure is not finished; run 'yoursay erase --again'") for one in erased.unfinished
        ]
    destroyed_at = read_state(folder, definition).destroyed_at
    if as_json:
        print_json(
            {
                name: {
                    "records": logs[name].last_seq() if name in logs else len(erased.tombstones if erased else ()),
                    "problems": [f"{p.where}: {p.what}" for p in problems[name]],
                }
                for name in problems
            }
            | {"erased": len(erased.tombstones) if erased else None, "raw_destroyed_at": destroyed_at}
        )
    for name, found in problems.items():
        if not as_json and name in logs:
            typer.echo(f"{name}: {logs[name].last_seq()} records, {len(found)} problems")
        for problem in found:
            typer.echo(f"  {name}, {problem.where}: {problem.what}", err=True)
    if not as_json and erased and erased.tombstones:
        typer.echo(f"erased: {len(erased.tombstones)} artefacts, each with a signed tombstone")
    if not as_json and destroyed_at:
        typer.echo(f"raw destroyed: the keys went on {destroyed_at[:10]}; hashes alone were checked")
    if any(problems.values()):
        raise CommandError("The log is not as it was written; restore it from a backup before anything else.")

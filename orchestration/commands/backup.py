"""`yoursay backup` and `yoursay restore`: sealed copies of a data folder."""

import os
from pathlib import Path
from typing import Annotated

import typer

from ingest.web.store.choose import VARIABLE
from orchestration.commands.shared import DataOption, JsonOption, data_folder, print_json, warn
from orchestration.rights.backup import make_backup, recipients_for
from orchestration.rights.restore import restore_backup


def backup(
    file: Annotated[Path, typer.Argument(help="The file to write, such as yoursay-2007-06-01.age.")],
    *,
    recipient: Annotated[
        list[str] | None,
        typer.Option(help="An age recipient who may open it (else those of 'yoursay keys backup'); may be repeated."),
    ] = None,
    keys: Annotated[bool, typer.Option("--keys", help="Back up the keys alone; keep it apart from the rest.")] = False,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a sealed backup of the data folder, without its keys, while everything runs; or of the keys alone."""
    folder = data_folder(data)
    made = make_backup(folder, file, recipients_for(folder, recipient or []), "keys" if keys else "data")
    if not keys:
        warn("The keys are not in it: back them up apart, with --keys. Both are needed to read an answer.")
    if os.environ.get(VARIABLE) and not keys:
        warn("The public server's database is not in it; PostgreSQL's own means back it up.")
    if as_json:
        print_json({"file": str(made.file), "files": made.files, "bytes": made.bytes, "sha256": made.sha256})
    else:
        typer.echo(f"{made.file}: {made.files} files, {made.bytes} bytes, SHA-256 {made.sha256}")


def restore(
    file: Annotated[Path, typer.Argument(help="A backup.")],
    *,
    identity: Annotated[Path, typer.Option(help="The backup's private key, as 'yoursay keys backup' made it.")],
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put a backup back where nothing is yet, after every byte of it is checked; nothing is ever replaced."""
    folder = data_folder(data, must_exist=False)
    done = restore_backup(file, identity, folder)
    if as_json:
        print_json({"part": done.part, "made_at": done.made_at, "files": done.files, "logs": done.logs})
        return
    typer.echo(f"{folder.root}: {done.files} files of {done.made_at} are back.")
    for log, records in done.logs.items():
        typer.echo(f"{log}: {records} records, 0 problems")
    if done.part == "data":
        warn(
            "Restore the keys too, then 'yoursay pipeline run', and erase again what was erased since the backup."
            " 'yoursay publication build' makes the public results again; withdraw first what was withdrawn since."
        )

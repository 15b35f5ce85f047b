"""`yoursay outreach`: the log of who was told of a consultation, when and how."""

from datetime import datetime
from typing import Annotated

import typer

from orchestration.commands.shared import (
    CommandError,
    ConsultationOption,
    DataOption,
    JsonOption,
    OfficerOption,
    data_folder,
    print_json,
    print_table,
    the_consultation,
)
from orchestration.outreach import entries, write_entry
from schemas.decisions import OutreachEntry

app = typer.Typer(no_args_is_help=True, help="Who was told of the consultation, when and how.")
WhoOption = Annotated[str, typer.Option(help="The group that was told, in words; never who belongs to it.")]
HowOption = Annotated[str, typer.Option(help="How it was told: a letter, a meeting, a notice.")]
NoteOption = Annotated[str, typer.Option(help="What else is to be known.")]
DayOption = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day, where it is known.")]
NumberArgument = Annotated[int, typer.Argument(help="The entry's number, as 'outreach list' prints it.")]
_TAKES_EFFECT = "run 'yoursay pipeline run' to show it."


@app.command("add")
def add(
    *,
    who: WhoOption,
    how: HowOption,
    note: NoteOption = "",
    day: DayOption = None,
    officer: OfficerOption,
    consultation: ConsultationOption = None,
    data: DataOption = None,
) -> None:
    """Write down that a group was told of the consultation. It is shown with the next pipeline run."""
    folder = data_folder(data)
    definition = the_consultation(folder, consultation)
    entry = OutreachEntry(day=day.date() if day else None, who=who, how=how, note=note)
    seq = write_entry(folder, definition, officer, entry)
    typer.echo(f"Entry {seq} is written; {_TAKES_EFFECT}")


@app.command("list")
def list_(consultation: ConsultationOption = None, data: DataOption = None, as_json: JsonOption = False) -> None:
    """List the entries that stand, by day, those without a day last."""
    folder = data_folder(data)
    log = entries(folder, the_consultation(folder, consultation))
    columns = ("entry", "day", "who", "how", "note")
    rows = [(one.seq, one.day.isoformat() if one.day else None, one.who, one.how, one.note) for one in log]
    if as_json:
        print_json([dict(zip(columns, row, strict=True)) for row in rows])
    else:
        print_table("Outreach", columns, rows)


@app.command("correct")
def correct(
    entry: NumberArgument,
    *,
    who: Annotated[str | None, typer.Option(help="The group that was told, in words.")] = None,
    how: Annotated[str | None, typer.Option(help="How it was told.")] = None,
    note: Annotated[str | None, typer.Option(help="What else is to be known.")] = None,
    day: DayOption = None,
    no_day: Annotated[bool, typer.Option("--no-day", help="The day is not known after all.")] = False,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Take the entry back.")] = False,
    officer: OfficerOption,
    consultation: ConsultationOption = None,
    data: DataOption = None,
) -> None:
    """Put an entry right, or take it back. What is not given stays as it was; the old entry stays in the journal."""
    folder = data_folder(data)
    definition = the_consultation(folder, consultation)
    old = next((one for one in entries(folder, definition) if one.seq == entry), None)
    if old is None:
        raise CommandError(f"There is no entry {entry}; see 'yoursay outreach list'.")
    new_day = None if no_day else day.date() if day else old.day
    changed = OutreachEntry(
        day=new_day,
        who=old.who if who is None else who,
        how=old.how if how is None else how,
        note=old.note if note is None else note,
        corrects=entry,
        withdrawn=withdraw,
    )
    seq = write_entry(folder, definition, officer, changed)
    done = "is taken back" if withdraw else f"stands corrected as entry {seq}"
    typer.echo(f"Entry {entry} {done}; {_TAKES_EFFECT}")

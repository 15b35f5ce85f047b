"""`yoursay report`: the report to the council, 'You said, we did', and the update for a meeting."""

from datetime import date
from pathlib import Path
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
    warn,
)
from transforms.release.life import Deed

app = typer.Typer(no_args_is_help=True, help="The report to the council.")
said_did = typer.Typer(no_args_is_help=True, help="'You said, we did'.")
app.add_typer(said_did, name="said-did")


@app.command("draft")
def draft(
    *,
    officer: OfficerOption,
    release: Annotated[str, typer.Option(help="The release of a dataset that the figures are of.", metavar="RELEASE")],
    sections: Annotated[
        Path | None, typer.Option(help="A TOML file with what officers write; it is kept first.", metavar="FILE")
    ] = None,
    reason: Annotated[str, typer.Option(help="Why; it is noted.")] = "",
    consultation: ConsultationOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the report on a release, as HTML, tagged PDF and Word, and ask for its release."""
    from orchestration import reports

    folder = data_folder(data)
    definition = the_consultation(folder, consultation)
    if sections:
        reports.take_sections(folder, definition, sections)
    drafted = reports.draft_report(folder, definition, release, Deed(officer, folder.clock.now(), reason))
    if as_json:
        print_json(
            {
                "release": drafted.release.id,
                "folder": str(drafted.release.folder),
                "unfilled": list(drafted.unfilled),
            }
        )
        return
    for heading in drafted.unfilled:
        warn(f"Still to be written: {heading}")
    typer.echo(f"{drafted.release.id}: {drafted.release.folder}")


@app.command("sections")
def sections(
    take: Annotated[Path | None, typer.Option("--from", help="Keep the sections of this file.", metavar="FILE")] = None,
    consultation: ConsultationOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """What officers write: where it is kept, and what the report still needs."""
    from orchestration import reports
    from transforms.report.sections import FILE, read_sections, sections_of, write_sections

    folder = data_folder(data)
    definition = the_consultation(folder, consultation)
    home = folder.reports(definition.id)
    if take:
        reports.take_sections(folder, definition, take)
    kept = read_sections(home, definition)
    if not (home / FILE).exists():
        write_sections(home, definition, kept)
    found = [(one.id, one.heading, one.needed, bool(kept.text(one.id))) for one in sections_of(definition)]
    if as_json:
        print_json([dict(zip(("section", "heading", "needed", "written"), one, strict=True)) for one in found])
        return
    rows = [(name, heading, "yes" if written else "to be written" if needed else "no")
            for name, heading, needed, written in found]  # fmt: skip
    print_table(f"{home / FILE}", ["section", "heading", "written"], rows)


@app.command("update")
def update(
    *,
    officer: OfficerOption,
    meeting: Annotated[str, typer.Option(help="The meeting's id in the policy.", metavar="ID")],
    since: Annotated[str | None, typer.Option(help="The earlier one; else the one before it.", metavar="ID")] = None,
    consultation: ConsultationOption = None,
    data: DataOption = None,
) -> None:
    """Write the page for a meeting that says what has changed since the papers were sent."""
    from orchestration import reports

    folder = data_folder(data)
    definition = the_consultation(folder, consultation)
    typer.echo(f"{reports.write_update(folder, definition, meeting, since, officer)}")


@said_did.command("add")
def add(
    *,
    field: Annotated[str, typer.Option(help="The question's field.", metavar="FIELD")],
    said: Annotated[str, typer.Option(help="What respondents said, in an officer's words.")],
    did: Annotated[str, typer.Option(help="What was decided.")],
    paragraph: Annotated[list[str] | None, typer.Option(help="A paragraph that changed; may be repeated.")] = None,
    figure: Annotated[str, typer.Option(help="The address of the count that stands with it.")] = "",
    decided_on: Annotated[str | None, typer.Option(help="The day of the decision.", metavar="YYYY-MM-DD")] = None,
    consultation: ConsultationOption = None,
    data: DataOption = None,
) -> None:
    """Add what was said and what was done about it; it passes the gate first."""
    from orchestration import reports
    from transforms.report.said_did import YouSaid

    folder = data_folder(data)
    definition = the_consultation(folder, consultation)
    try:
        entry = YouSaid(
            field=field,
            said=said,
            did=did,
            paragraphs=tuple(paragraph or ()),
            figure=figure,
            decided_on=date.fromisoformat(decided_on) if decided_on else None,
        )
    except ValueError:
        raise CommandError("Give --said and --did of 600 characters at most, and a day as 2007-09-01.") from None
    typer.echo(f"{definition.id}: {reports.add_said_did(folder, definition, entry)} entries.")


@said_did.command("list")
def list_(consultation: ConsultationOption = None, data: DataOption = None, as_json: JsonOption = False) -> None:
    """Every entry of 'You said, we did'."""
    from transforms.report.said_did import read_entries

    folder = data_folder(data)
    definition = the_consultation(folder, consultation)
    found = read_entries(folder.reports(definition.id), definition)
    if as_json:
        print_json([one.model_dump(mode="json") for one in found])
        return
    rows = [(str(number), one.field, one.said, one.did) for number, one in enumerate(found, 1)]
    print_table(f"You said, we did: {definition.id}", ["entry", "question", "said", "did"], rows)


@said_did.command("remove")
def remove(
    number: Annotated[int, typer.Argument(help="The entry's number in the list.")],
    consultation: ConsultationOption = None,
    data: DataOption = None,
) -> None:
    """Take an entry out; reports that were drafted before keep it."""
    from orchestration import reports

    folder = data_folder(data)
    definition = the_consultation(folder, consultation)
    typer.echo(f"{definition.id}: {reports.remove_said_did(folder, definition, number)} entries.")

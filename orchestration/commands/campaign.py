"""`yoursay campaign`: the campaigns that were found among responses, and what officers say of them."""

from pathlib import Path
from typing import Annotated

import typer

from ingest.access_log import note_access
from orchestration.builds import warehouse_of
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
from orchestration.review_campaigns import (
    campaign_meant,
    changes_that_stand,
    exclude_responses,
    join_campaigns,
    name_campaign,
    register_letter,
    reject_campaign,
    split_campaign,
    undo_change,
)
from orchestration.review_decisions import Officer
from schemas.decisions import CampaignChange
from schemas.sealing import read_identity
from transforms.campaigns.told import members_of
from transforms.layout import Layout
from transforms.warehouse.read import open_private

app = typer.Typer(no_args_is_help=True, help="Letters that many respondents sent.")
CampaignArgument = Annotated[str, typer.Argument(help="The campaign, by its id or by any of its members.")]
ReasonOption = Annotated[str, typer.Option(help="What shows it.")]
_LIST = "SELECT campaign, members, unedited, coalesce(description, '') FROM campaigns ORDER BY members DESC, campaign"


@app.command("list")
def list_(consultation: ConsultationOption = None, data: DataOption = None, as_json: JsonOption = False) -> None:
    """List the campaigns, the largest first: how many sent the letter, how many of them as it is."""
    folder = data_folder(data)
    with open_private(warehouse_of(folder, the_consultation(folder, consultation))) as connection:
        rows = connection.execute(_LIST).fetchall()
    columns = ("campaign", "members", "unedited", "description")
    if as_json:
        print_json([dict(zip(columns, row, strict=True)) for row in rows])
    else:
        print_table("Campaigns", columns, rows)


@app.command("show")
def show(
    campaign: CampaignArgument,
    *,
    reason: ReasonOption,
    officer: OfficerOption,
    consultation: ConsultationOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a campaign's members, and what each added, changed or left out: respondents' words, for officers alone."""
    folder = data_folder(data)
    definition = the_consultation(folder, consultation)
    known = campaign_meant(folder, definition, campaign)
    note_access(
        folder.access_log(definition.id),
        officer=officer,
        reason=reason,
        artefact_id=known,
        what="the members of a campaign and what they changed",
        at=folder.clock.now(),
    )
    with open_private(warehouse_of(folder, definition)) as connection:
        found = members_of(connection, Layout(definition), known, "clean")
    columns = ("response", "variant", "similarity", "changes")
    if as_json:
        print_json([{name: getattr(one, name) for name in columns} for one in found])
    else:
        rows = [(one.response, one.variant, one.similarity, "\n".join(one.changes)) for one in found]
        print_table(f"Campaign {known}", columns, rows)


@app.command("name")
def name(
    campaign: CampaignArgument,
    description: Annotated[str, typer.Argument(help="How it is called: all that anybody but officers is told of it.")],
    *,
    reason: ReasonOption = "described",
    officer: OfficerOption,
    consultation: ConsultationOption = None,
    data: DataOption = None,
) -> None:
    """Describe a campaign in words of your own, which say no name and quote no answer."""
    folder = data_folder(data)
    definition = the_consultation(folder, consultation)
    _tell(name_campaign(Officer(officer, folder, definition), campaign, description, reason))


@app.command("join")
def join(
    campaign: CampaignArgument,
    other: Annotated[str, typer.Argument(help="Another campaign, which belongs to the first.")],
    *,
    reason: ReasonOption,
    officer: OfficerOption,
    consultation: ConsultationOption = None,
    data: DataOption = None,
) -> None:
    """Say that two campaigns are one."""
    folder = data_folder(data)
    definition = the_consultation(folder, consultation)
    _tell(join_campaigns(Officer(officer, folder, definition), campaign, other, reason))


@app.command("split")
def split(
    campaign: CampaignArgument,
    responses: Annotated[list[str], typer.Argument(help="The members that are another campaign.")],
    *,
    reason: ReasonOption,
    officer: OfficerOption,
    consultation: ConsultationOption = None,
    data: DataOption = None,
) -> None:
    """Say that some members of a campaign are another one."""
    folder = data_folder(data)
    definition = the_consultation(folder, consultation)
    _tell(split_campaign(Officer(officer, folder, definition), campaign, responses, reason))


@app.command("reject")
def reject(
    campaign: CampaignArgument,
    *,
    reason: ReasonOption,
    officer: OfficerOption,
    consultation: ConsultationOption = None,
    data: DataOption = None,
) -> None:
    """Say that what was found is no campaign: its members count as texts of their own."""
    folder = data_folder(data)
    definition = the_consultation(folder, consultation)
    _tell(reject_campaign(Officer(officer, folder, definition), campaign, reason))


@app.command("exclude")
def exclude(
    responses: Annotated[list[str], typer.Argument(help="Responses that are of no campaign, whatever they are like.")],
    *,
    reason: ReasonOption,
    officer: OfficerOption,
    consultation: ConsultationOption = None,
    data: DataOption = None,
) -> None:
    """Say that responses are of no campaign."""
    folder = data_folder(data)
    definition = the_consultation(folder, consultation)
    _tell(exclude_responses(Officer(officer, folder, definition), responses, reason))


@app.command("register")
def register(
    campaign: Annotated[str, typer.Argument(help="A new id for the campaign, such as 'sunday-opening'.")],
    letter: Annotated[Path, typer.Argument(help="A text file with the letter as it was sent round.")],
    *,
    description: Annotated[str, typer.Option(help="How it is called.")] = "",
    reason: ReasonOption = "known in advance",
    officer: OfficerOption,
    consultation: ConsultationOption = None,
    data: DataOption = None,
) -> None:
    """Register a letter that is known in advance: whoever sends it is of this campaign, however few they are."""
    folder = data_folder(data)
    definition = the_consultation(folder, consultation)
    try:
        text = letter.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise CommandError(f"{letter}: cannot be read as text; name a text file in UTF-8.") from None
    _tell(register_letter(Officer(officer, folder, definition), campaign, text, description, reason))


@app.command("said")
def said(consultation: ConsultationOption = None, data: DataOption = None, as_json: JsonOption = False) -> None:
    """List what officers said of campaigns and nobody took back, oldest first, each with its number."""
    folder = data_folder(data)
    definition = the_consultation(folder, consultation)
    found = changes_that_stand(folder, definition, read_identity(folder.keys(definition.id)))
    columns = ("number", "officer", "change", "about", "reason")
    rows = [(one.seq, one.officer, change.change, _about(change), change.reason) for one, change in found]
    if as_json:
        print_json([dict(zip(columns, row, strict=True)) for row in rows])
    else:
        print_table("Said of campaigns", columns, rows)


@app.command("undo")
def undo(
    number: Annotated[int, typer.Argument(help="The change's number, as 'campaign said' prints it.")],
    *,
    reason: ReasonOption,
    officer: OfficerOption,
    consultation: ConsultationOption = None,
    data: DataOption = None,
) -> None:
    """Take one change back as if it had never been said; the others stand."""
    folder = data_folder(data)
    definition = the_consultation(folder, consultation)
    identity = read_identity(folder.keys(definition.id))
    undo_change(Officer(officer, folder, definition), identity, number, reason)
    typer.echo(f"{number}: undone; run 'yoursay pipeline run' to take it in.")


def _tell(change: CampaignChange) -> None:
    typer.echo(f"{_about(change)}: {change.change}; run 'yoursay pipeline run' to take it in.")


def _about(change: CampaignChange) -> str:
    return ", ".join(one for one in (change.campaign, change.joined, *change.responses) if one)

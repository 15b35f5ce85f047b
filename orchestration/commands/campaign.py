"""`yoursay campaign`: the campaigns that were found among responses, and what officers say of them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from ingest.access_log import note_access
from ingest.journal import Journal
from orchestration.builds import warehouse_of
from orchestration.commands.shared import (
    CommandError,
    ConsultationOption,
    DataOption,
    JsonOption,
    data_folder,
    print_json,
    print_table,
    the_consultation,
)
from orchestration.intake import recipients_of
from orchestration.releases import check_text
from schemas.data_folder import DataFolder
from schemas.decisions import CampaignChange
from schemas.definition import Definition
from transforms.campaigns.texts import FEWEST_LETTERS
from transforms.campaigns.told import member_changes
from transforms.layout import Layout
from transforms.warehouse.read import open_private

app = typer.Typer(no_args_is_help=True, help="Letters that many respondents sent.")
CampaignArgument = Annotated[str, typer.Argument(help="The campaign, by its id or by any of its members.")]
ReasonOption = Annotated[str, typer.Option(help="What shows it.")]
OfficerOption = Annotated[str, typer.Option(help="Who decides.", envvar="YOURSAY_OFFICER")]
_LIST = "SELECT campaign, members, unedited, coalesce(description, '') FROM campaigns ORDER BY members DESC, campaign"
_KNOWN = """
SELECT r.response_id, m.campaign FROM campaign_members AS m JOIN received AS r USING (rid)
"""


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
    campaign = _known(folder, definition, campaign)
    note_access(
        folder.access_log(definition.id),
        officer=officer,
        reason=reason,
        artefact_id=campaign,
        what="the members of a campaign and what they changed",
        at=folder.clock.now(),
    )
    with open_private(warehouse_of(folder, definition)) as connection:
        rows = member_changes(connection, Layout(definition), campaign)
    columns = ("response", "variant", "similarity", "changes")
    if as_json:
        print_json([dict(zip(columns, row, strict=True)) for row in rows])
    else:
        print_table(f"Campaign {campaign}", columns, [(*row[:3], "\n".join(row[3])) for row in rows])


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
    campaign = _known(folder, definition, campaign)
    check_text(folder, definition, {"the description": description})
    change = CampaignChange(campaign=campaign, change="named", description=description, reason=reason)
    _decide(folder, definition, officer, change)


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
    first, second = _known(folder, definition, campaign), _known(folder, definition, other)
    if first == second:
        raise CommandError(f"{campaign} and {other} are of one campaign already.")
    _decide(folder, definition, officer, CampaignChange(campaign=first, change="joined", joined=second, reason=reason))


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
    campaign = _known(folder, definition, campaign)
    strangers = [one for one in responses if _campaign_of(folder, definition).get(one) != campaign]
    if strangers:
        raise CommandError(f"{', '.join(strangers)}: not of campaign {campaign}; see 'yoursay campaign show'.")
    change = CampaignChange(campaign=campaign, change="split", responses=tuple(responses), reason=reason)
    _decide(folder, definition, officer, change)


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
    campaign = _known(folder, definition, campaign)
    _decide(folder, definition, officer, CampaignChange(campaign=campaign, change="rejected", reason=reason))


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
    strangers = [one for one in responses if one not in _campaign_of(folder, definition)]
    if strangers:
        raise CommandError(f"{', '.join(strangers)}: of no campaign; see 'yoursay campaign list'.")
    change = CampaignChange(change="excluded", responses=tuple(responses), reason=reason)
    _decide(folder, definition, officer, change)


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
    if sum(character.isalnum() for character in text) < FEWEST_LETTERS:
        raise CommandError(f"{letter}: fewer than {FEWEST_LETTERS} letters; register all of the letter.")
    if description:
        check_text(folder, definition, {"the description": description})
    change = CampaignChange(campaign=campaign, change="registered", text=text, description=description, reason=reason)
    _decide(folder, definition, officer, change)


def _campaign_of(folder: DataFolder, definition: Definition) -> dict[str, str]:
    with open_private(warehouse_of(folder, definition)) as connection:
        return dict(connection.execute(_KNOWN).fetchall())


def _known(folder: DataFolder, definition: Definition, named: str) -> str:
    """The campaign that is meant, by its id or by a member's."""
    of = _campaign_of(folder, definition)
    if named not in of and named not in of.values():
        raise CommandError(f"There is no campaign '{named}'; see 'yoursay campaign list'.")
    return named if named in of.values() else of[named]


def _decide(folder: DataFolder, definition: Definition, officer: str, change: CampaignChange) -> None:
    subjects: Sequence[str] = [change.campaign, *change.responses]
    Journal(folder.journal(definition.id), folder.clock).append(officer, [change], recipients_of(folder, definition))
    typer.echo(
        f"{', '.join(one for one in subjects if one)}: {change.change}; run 'yoursay pipeline run' to take it in."
    )

"""`yoursay release`: anonymised datasets from draft to publication, and after."""

import re
from pathlib import Path
from typing import Annotated, Any

import typer

from orchestration.commands.exporting import os_user
from orchestration.commands.shared import (
    CommandError,
    ConsultationOption,
    DataOption,
    JsonOption,
    OfficerOption,
    ReasonOption,
    data_folder,
    print_json,
    print_table,
    the_consultation,
    warn,
)
from orchestration.publication import correct_release, publish_release, withdraw_release
from orchestration.releases import (
    OFFICERS,
    PUBLISHERS,
    Known,
    check_release,
    check_role,
    check_text,
    known_of,
    make_release,
    manifest_sha256,
    preview_of,
)
from schemas.data_folder import DataFolder, find_data_folder
from schemas.definition import Definition, published_definitions
from schemas.local_time import moment_in_words
from transforms.release import life
from transforms.release.audit import note_export
from transforms.release.check import read_manifest
from transforms.release.life import Audience, Deed
from transforms.release.risk_answers import read_risk_answers
from transforms.release.verify import verify_release

app = typer.Typer(no_args_is_help=True, help="Anonymised datasets.")
ReleaseArgument = Annotated[str, typer.Argument(help="The release's id.", metavar="RELEASE")]
AsAtOption = Annotated[
    str | None,
    typer.Option(help="Of the view as at this moment, which 'pipeline run --as-at' built.", metavar="MOMENT"),
]


@app.command("build")
def build(
    consultation: ConsultationOption = None,
    as_at: AsAtOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the anonymised dataset of the current version, and draft nothing: to look at it first."""
    folder = data_folder(data)
    definition = the_consultation(folder, consultation)
    release = preview_of(folder, definition, as_at)
    _note(folder, definition, os_user(), "to look at it", f"release {release.id} built")
    _say(release.id, release.folder, as_json)


@app.command("draft")
def draft(
    *,
    officer: OfficerOption,
    reason: ReasonOption = "",
    risk: Annotated[
        Path | None, typer.Option(help="A TOML file: the motivated-intruder test, and decisions against the rules.")
    ] = None,
    consultation: ConsultationOption = None,
    as_at: AsAtOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the anonymised dataset of the current version and ask for its release."""
    folder = data_folder(data)
    definition = the_consultation(folder, consultation)
    check_role(folder, officer, OFFICERS)
    answers = read_risk_answers(risk, officer, folder.clock.now()) if risk else None
    made = make_release(folder, definition, as_at, answers)
    deed, made_id = Deed(officer, folder.clock.now(), reason), made.release.id
    sha256 = manifest_sha256(folder, definition, made_id)
    releases = folder.releases(definition.id)
    life.draft(releases, made_id, deed, manifest_sha256=sha256, shown_before=made.shown_before)
    _note(folder, definition, officer, reason, f"release {made_id} drafted")
    _say(made_id, made.release.folder, as_json)


@app.command("check")
def check(
    release: ReleaseArgument, officer: OfficerOption, consultation: ConsultationOption = None, data: DataOption = None
) -> None:
    """Check a draft: its files, the promises, and that its version gives the same again."""
    folder = data_folder(data)
    definition = the_consultation(folder, consultation)
    check_role(folder, officer, OFFICERS)
    checked = check_release(folder, definition, release)
    deed = Deed(officer, folder.clock.now())
    life.take_checks(folder.releases(definition.id), release, deed, problems=checked.problems)
    for problem in checked.problems:
        typer.echo(f"{release}: {problem}", err=True)
    if checked.problems:
        raise CommandError(f"{release}: it must not be approved; mend what is named, and draft it again.")
    if not checked.made_again:
        warn(f"{release}: the version that it was made of is gone, so it was not made again from there.")
    typer.echo(f"{release}: checked; a second person may approve it.")


@app.command("approve")
def approve(
    release: ReleaseArgument,
    officer: OfficerOption,
    reason: ReasonOption = "",
    consultation: ConsultationOption = None,
    data: DataOption = None,
) -> None:
    """Approve a checked release, as a second person."""
    folder = data_folder(data)
    definition = the_consultation(folder, consultation)
    check_role(folder, officer, PUBLISHERS)
    sha256, deed = manifest_sha256(folder, definition, release), Deed(officer, folder.clock.now(), reason)
    life.approve(folder.releases(definition.id), release, deed, manifest_sha256=sha256)
    typer.echo(f"{release}: approved by {officer}.")


@app.command("publish")
def publish(
    *,
    release: ReleaseArgument,
    officer: OfficerOption,
    audience: Annotated[Audience, typer.Option(help="Who may have it: members, or the public.")] = "public",
    reason: ReasonOption = "",
    consultation: ConsultationOption = None,
    data: DataOption = None,
) -> None:
    """Publish an approved release to members or the public."""
    folder = data_folder(data)
    definition = the_consultation(folder, consultation)
    check_role(folder, officer, PUBLISHERS)
    publish_release(folder, definition, release, Deed(officer, folder.clock.now(), reason), audience=audience)
    typer.echo(f"{release}: published for {audience}.")


@app.command("correct")
def correct(
    *,
    release: ReleaseArgument,
    officer: OfficerOption,
    by: Annotated[str, typer.Option("--by", help="The published release that takes its place.", metavar="RELEASE")],
    reason: ReasonOption = "",
    consultation: ConsultationOption = None,
    data: DataOption = None,
) -> None:
    """Say that another published release takes the place of this one, and why."""
    folder = data_folder(data)
    definition = the_consultation(folder, consultation)
    check_role(folder, officer, PUBLISHERS)
    correct_release(folder, definition, release, Deed(officer, folder.clock.now(), reason), successor=by)
    typer.echo(f"{release}: corrected by {by}.")


@app.command("withdraw")
def withdraw(
    release: ReleaseArgument,
    officer: OfficerOption,
    reason: ReasonOption = "",
    consultation: ConsultationOption = None,
    data: DataOption = None,
) -> None:
    """Withdraw a release: its files stay here for officers alone, and its page says when and why."""
    folder = data_folder(data)
    definition = the_consultation(folder, consultation)
    check_role(folder, officer, PUBLISHERS)
    withdraw_release(folder, definition, release, Deed(officer, folder.clock.now(), reason))
    typer.echo(f"{release}: withdrawn.")


@app.command("list")
def list_(consultation: ConsultationOption = None, data: DataOption = None, as_json: JsonOption = False) -> None:
    """Every release: how it stands, for whom it is, and who drafted and approved it."""
    folder = data_folder(data)
    definition = the_consultation(folder, consultation)
    found = life.standings(folder.releases(definition.id)).values()
    if as_json:
        print_json([vars(one) for one in found])
        return
    columns = ["release", "state", "for", "drafted by", "approved by", "at", "why"]
    rows = [
        (s.release, s.state, s.audience, s.drafted_by, s.approved_by, moment_in_words(s.at, definition.zone), _why(s))
        for s in found
    ]
    print_table(f"Releases of {definition.id}", columns, rows)


@app.command("prose")
def prose(
    file: Annotated[Path, typer.Argument(help="A text; its paragraphs are parted by empty lines.")],
    consultation: ConsultationOption = None,
    data: DataOption = None,
) -> None:
    """Check a text before it is published: no name from the vault, no six words in a row of an answer."""
    folder = data_folder(data)
    try:
        paragraphs = re.split(r"\n\s*\n", file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        raise CommandError(f"{file}: cannot be read as a text; name a file in UTF-8.") from None
    texts = {f"paragraph {number}": text for number, text in enumerate(paragraphs, 1)}
    check_text(folder, the_consultation(folder, consultation), texts)
    typer.echo(f"{file}: {len(texts)} paragraphs, no name and no answer in them.")


@app.command("verify")
def verify(
    folder: Annotated[Path, typer.Argument(help="The folder of a release.")],
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check a release's files against its checksums and manifest; anybody can, offline.

    Where the data folder of its consultation is at hand, it also says how the release stands and what was erased since.
    """
    problems = verify_release(folder)
    known = None if problems else _known(folder, data)
    if as_json:
        print_json({"problems": [str(problem) for problem in problems]} | (_as_json(known) if known else {}))
    for problem in problems:
        typer.echo(f"{problem}", err=True)
    if problems:
        raise CommandError(f"{folder}: not the release that was built; get it again.")
    if not as_json:
        typer.echo(f"{folder}: every file is as it was released.")
        for line in _in_words(known) if known else ():
            typer.echo(line)


def _known(folder: Path, data: Path | None) -> Known | None:
    """What the data folder says of a release, where there is one that has its consultation."""
    here = find_data_folder(data)
    published = published_definitions(here.definitions) if here.root.is_dir() else {}
    definition = published.get(str(read_manifest(folder)["consultation"]))
    if definition is None and data is not None:
        raise CommandError(f"{here.root}: the consultation of this release is not published there.")
    return known_of(here, definition, folder) if definition else None


def _in_words(known: Known) -> list[str]:
    standing = known.standing
    lines = [f"It is {standing.state}, for {standing.audience}." if standing else "It was never drafted here."]
    if standing and standing.state in ("corrected", "withdrawn"):
        lines.append(_why(standing))
    if known.erased_since is None:
        lines.append("Landing here never stood where this release says: it is of another data folder.")
    else:
        lines.append(f"{known.erased_since} erased since; the figures are frozen and stay.")
    if known.raw_destroyed:
        lines.append(f"Raw destroyed: the keys to the answers went on {known.raw_destroyed[:10]}.")
    return lines


def _as_json(known: Known) -> dict[str, Any]:
    standing = vars(known.standing) if known.standing else None
    return {"standing": standing, "erased_since": known.erased_since, "raw_destroyed_at": known.raw_destroyed}


def _why(standing: life.Standing) -> str:
    by = f"corrected by {standing.corrected_by}: " if standing.state == "corrected" else ""
    return f"{by}{standing.reason}"


def _note(folder: DataFolder, definition: Definition, who: str, why: str, what: str) -> None:
    note_export(folder.audit(definition.id), who=who, why=why, what=what, at=folder.clock.now())


def _say(release: str, at: Path, as_json: bool) -> None:
    if as_json:
        print_json({"release": release, "folder": str(at)})
    else:
        typer.echo(f"{release}: {at}")

"""`yoursay demo`: play a whole consultation, build its results, and show them."""

from pathlib import Path
from typing import Annotated

import typer

from dashboards.demo_accounts import create_demo_accounts
from ingest.web.settings import prepare_public_server
from orchestration.builds import moment_name, warehouse_of
from orchestration.commands.ledger import print_ledger
from orchestration.commands.pipeline import build
from orchestration.commands.serving import council_servers, print_addresses
from orchestration.commands.shared import CommandError, DataOption, data_folder, print_table, warn
from orchestration.processes import Running
from orchestration.public_editions import build_public_editions, has_public_editions
from orchestration.releases import check_release, make_release, manifest_sha256
from schemas.data_folder import DataFolder
from schemas.definition import Definition, published_definitions
from transforms.release.audit import note_export
from transforms.release.life import Deed, approve, draft, publish, standings, take_checks
from transforms.warehouse.versions import as_at_versions

_PARTS = 6
_OFFICER, _PUBLISHER = "officer", "publisher"


def demo(
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Start the servers in the end.")] = True,
    data: DataOption = None,
) -> None:
    """Play the demonstration, build its results, print ledger and accounts, and start the servers."""
    # What draws the forms takes a second to import, which no other command should wait for.
    from orchestration.demonstration.play import NOTICE, play_demonstration

    folder = data_folder(data, must_exist=False)
    _say(1, f"playing the demonstration into {folder.root}")
    play_demonstration(folder, _progress)
    definitions = list(published_definitions(folder.definitions).values())
    _say(2, "building the warehouse (Dagster)")
    for definition in definitions:
        _build_views(folder, definition)
    _say(3, "releasing anonymised datasets: drafted, checked, approved by a second person, published for members")
    for definition in definitions:
        warn(f"  {_release(folder, definition)}")
    _say(4, "building the forms to download")
    for definition in definitions:
        if not has_public_editions(folder, definition):
            build_public_editions(folder, definition)
    _say(5, "making accounts")
    accounts = create_demo_accounts(folder)
    prepare_public_server(folder)
    for definition in definitions:
        print_ledger(folder, definition)
    typer.echo(NOTICE)
    print_table(
        "Demonstration accounts", ["name", "role", "password"], [[a.name, a.role, a.password] for a in accounts]
    )
    if serve:
        _say(6, "starting the servers; Ctrl-C stops them")
        servers = council_servers(folder)
        with Running(servers) as running:
            print_addresses(servers)
            running.wait()


def _build_views(folder: DataFolder, definition: Definition) -> None:
    """The current view, and that of each meeting which has passed."""
    known = as_at_versions(warehouse_of(folder, definition))
    for meeting in definition.policy.meetings:
        if meeting.at <= folder.clock.now() and moment_name(definition, meeting.at) not in known:
            build(folder, definition, meeting.at, full=False)
    build(folder, definition, None, full=False)


def _release(folder: DataFolder, definition: Definition) -> Path:
    """The release of the current view, as an officer and a publisher make one; an earlier run's is left as it is."""
    releases, now = folder.releases(definition.id), folder.clock.now()
    published = [one.release for one in standings(releases).values() if one.state == "published"]
    if published:
        return releases / published[-1]
    made = make_release(folder, definition, None)
    release = made.release
    drafted, approved = Deed(_OFFICER, now, "the demonstration"), Deed(_PUBLISHER, now, "the demonstration")
    sha256 = manifest_sha256(folder, definition, release.id)
    draft(releases, release.id, drafted, manifest_sha256=sha256, shown_before=made.shown_before)
    problems = check_release(folder, definition, release.id).problems
    take_checks(releases, release.id, drafted, problems=problems)
    if problems:
        raise CommandError(f"{release.id}: {problems[0]}; run 'yoursay demo' again.")
    approve(releases, release.id, approved, manifest_sha256=sha256)
    publish(releases, release.id, approved, audience="members")
    said = f"release {release.id} to members"
    note_export(folder.audit(definition.id), who=_PUBLISHER, why=approved.reason, what=said, at=now)
    return release.folder


def _say(number: int, what: str) -> None:
    warn(f"[{number}/{_PARTS}] {what}")


def _progress(what: str, done: int, of: int) -> None:
    typer.echo(f"\r  {what}: {done} of {of}\033[K", err=True, nl=done >= of)

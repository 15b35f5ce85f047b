"""`yoursay purge`: bodies that landing holds need not stay on the server that the public can reach."""

from datetime import UTC, timedelta
from typing import Annotated

import typer

from orchestration.commands.shared import DataOption, JsonOption, data_folder, print_json, public_store


def purge(
    days: Annotated[int, typer.Option(min=0, max=36_500, help="Keep what was received within so many days.")] = 30,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Remove old sealed bodies from the public server's store, of every consultation, once they are landed."""
    folder = data_folder(data)
    before = folder.clock.now().astimezone(UTC) - timedelta(days=days)
    with public_store(folder) as store:
        purged = store.purge(before.isoformat())
    if as_json:
        print_json({"purged": purged, "received_before": before.isoformat()})
    else:
        typer.echo(f"Bodies removed: {purged} (landed, and received more than {days} days ago).")

"""`yoursay live`: keeps the live totals of the results pages."""

import time

import typer

from orchestration.commands.shared import DataOption, data_folder, warn


def live(data: DataOption = None) -> None:
    """Count every two seconds how many responses arrived since the published figures were made; Ctrl-C stops it.

    The results pages add the count to what they show as received. It needs the feed token, and no key.
    """
    from orchestration.live_totals import count_for_ever

    typer.echo("Counting what arrives.", err=True)
    count_for_ever(data_folder(data), time.sleep, warn)

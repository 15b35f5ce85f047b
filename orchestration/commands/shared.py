"""What commands share: the data folder, the public server's store, the consultation, and how tables are printed."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from ingest.web.settings import PublicSettings
from ingest.web.store.base import Store
from ingest.web.store.choose import open_store
from orchestration.missing_letters import missing_letters
from schemas.data_folder import DataFolder, find_data_folder
from schemas.definition import Definition, published_definitions
from schemas.errors import YourSayError

DataOption = Annotated[
    Path | None,
    typer.Option("--data", help="The data folder (else YOURSAY_DATA, else a folder of yours).", metavar="DIR"),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
ConsultationOption = Annotated[
    str | None, typer.Option("--consultation", "-c", help="Which one; not needed where only one is published.")
]
OfficerOption = Annotated[str, typer.Option(help="Who decides; it is noted.", envvar="YOURSAY_OFFICER")]
ReasonOption = Annotated[str, typer.Option(help="Why; it is noted.")]


class CommandError(YourSayError):
    """A command cannot do what was asked."""


def data_folder(given: Path | None, *, must_exist: bool = True) -> DataFolder:
    """The data folder of a command.

    Raises:
        CommandError: it is not there and the command needs it.
    """
    data = find_data_folder(given)
    if must_exist and not data.root.is_dir():
        raise CommandError(
            f"There is no data folder at {data.root}; name one with --data, or make one with 'yoursay demo'."
        )
    return data


@contextmanager
def public_store(data: DataFolder) -> Iterator[Store]:
    """The public server's store; the server may be running.

    Raises:
        CommandError: there is none yet.
        StoreUnavailableError: it cannot be used.
    """
    settings = PublicSettings.of(data)
    if not settings.folder.is_dir():
        raise CommandError(f"{settings.folder} is missing; start the public server once with 'yoursay serve public'.")
    store = open_store(settings.store)
    try:
        yield store
    finally:
        store.close()


def the_consultation(data: DataFolder, given: str | None) -> Definition:
    """The published consultation that is meant: the one named, or the only one.

    Raises:
        CommandError: none of that id is published, or several are and none is named.
    """
    published = published_definitions(data.definitions)
    if given is None and len(published) == 1:
        return next(iter(published.values()))
    known = ", ".join(published) or "none"
    if given is None:
        raise CommandError(f"Say which consultation with --consultation; published here: {known}.")
    if given not in published:
        raise CommandError(f"No consultation '{given}' is published here; published: {known}.")
    return published[given]


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A plain table on standard output."""
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD)
    for position, column in enumerate(columns):
        numeric = bool(rows) and all(isinstance(row[position], int | float) for row in rows)
        table.add_column(column, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*("" if value is None else str(value) for value in row))
    Console(soft_wrap=False).print(table)


def print_json(value: Mapping[str, Any] | Sequence[Any]) -> None:
    """JSON on standard output, alone."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))


@contextmanager
def telling_missing_letters() -> Iterator[None]:
    """Say on standard error which letters of the forms that are drawn meanwhile no font has."""
    with missing_letters() as letters:
        yield
    if letters:
        shown = " ".join(list(letters)[:20])
        warn(
            f"No font here has these letters, which are printed as empty boxes: {shown}. "
            "Install one (Debian: fonts-noto-core, fonts-noto-cjk) and build the forms again."
        )


def warn(message: str) -> None:
    """A line on standard error: progress and remarks never mix with a command's result."""
    typer.echo(message, err=True)

"""`yoursay pull` and `import`: taking in what waits elsewhere."""

from pathlib import Path
from typing import Annotated

import typer

from ingest.errors import IngestError
from ingest.files.import_file import import_file
from ingest.web.clients import pull as web
from ingest.web.clients.reconcile import explain, reconcile
from ingest.web.clients.send import read_sealed_file, send_sealed
from orchestration.commands.shared import (
    ConsultationOption,
    DataOption,
    JsonOption,
    data_folder,
    print_json,
    print_table,
    the_consultation,
    warn,
)
from orchestration.intake import describe, landing_of, public_source, recipients_of


def pull(
    consultation: ConsultationOption = None,
    url: Annotated[str | None, typer.Option(help="The public server, if not the one in sources.toml.")] = None,
    data: DataOption = None,
) -> None:
    """Fetch what the public server has committed, in its order, land it, and hold both sides against each other."""
    folder = data_folder(data)
    definition = the_consultation(folder, consultation)
    source = public_source(folder)
    address, landing = url or source.url, landing_of(folder, definition)
    landed = web.pull(address, source.token(), landing, definition.id)
    typer.echo(describe(landed))
    found = reconcile(address, source.token(), landing, definition.id)
    if not found.agrees:
        raise IngestError(explain(found))


def import_(
    file: Annotated[Path, typer.Argument(help="CSV, XLSX, a JSON array, or NDJSON.")],
    map_file: Annotated[Path, typer.Option("--map", help="Which column is what (TOML); see docs/imports.md.")],
    consultation: ConsultationOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Land every row of another system's export, each sealed by itself; imported twice it adds nothing."""
    folder = data_folder(data)
    definition = the_consultation(folder, consultation)
    landing, recipients = landing_of(folder, definition), recipients_of(folder, definition)
    result = import_file(file, map_file, definition, landing, recipients, clock=folder.clock)
    if result.unused_columns:
        warn(f"Columns that the map does not name: {', '.join(result.unused_columns)}.")
    if as_json:
        print_json({"rows": result.rows, "new": result.new, "already": result.already, "last_seq": result.last_seq})
    else:
        typer.echo(f"{result.rows} rows: {result.new} new, {result.already} already there.")


def import_sealed(
    files: Annotated[
        list[Path], typer.Argument(help="Sealed files (.yoursay) that respondents gave.", metavar="FILE...")
    ],
    url: Annotated[str | None, typer.Option(help="The public server, if not the one in sources.toml.")] = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Send sealed files to the public server, for devices that had no connection; imported twice they add nothing."""
    folder = data_folder(data)
    envelopes = [one for file in files for one in read_sealed_file(file).envelopes]
    delivered = list(send_sealed(url or public_source(folder).url, envelopes))
    if as_json:
        print_json([vars(one) for one in delivered])
    else:
        print_table(
            "Sealed files",
            ("id", "outcome", "reference", "why"),
            [(one.id, one.outcome, one.reference, one.reason) for one in delivered],
        )
    refused = sum(one.outcome == "refused" for one in delivered)
    if refused:
        raise IngestError(f"{refused} of {len(delivered)} were refused; keep the files and see why above.")

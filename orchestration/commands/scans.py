"""`yoursay scans`: scanned paper."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from ingest.post.scans.land_scans import Batch, ScannedFile, ScansError, land_scans, read_envelopes
from ingest.post.scans.scan_summary import ScanSummary, remarks_on, summary_of
from orchestration.commands.shared import (
    ConsultationOption,
    DataOption,
    JsonOption,
    data_folder,
    print_json,
    print_table,
    the_consultation,
)
from orchestration.intake import describe, landing_of, recipients_of
from orchestration.scanned_batches import scanned_batches
from schemas.definition import Definition

app = typer.Typer(no_args_is_help=True, help="Scanned paper forms.")
_COLUMNS = {
    "pages": "pages",
    "forms": "forms",
    "form_pages": "of forms",
    "continuation_sheets": "continuation",
    "letters": "letters",
    "missing": "missing",
    "doubled": "doubled",
    "not_laid": "not laid on",
    "upside_down": "upside down",
    "other_version": "other version",
    "foreign": "foreign",
    "unreadable": "unreadable",
    "blank": "blank",
}


@app.command("add")
def add(
    files: Annotated[list[Path], typer.Argument(help="PDF, TIFF, PNG, JPEG or HEIC.", metavar="FILE...")],
    *,
    batch: Annotated[str, typer.Option(help="The batch's name, as it is written on the bundle of paper.")],
    postmark: Annotated[str, typer.Option(help="The envelopes' postmark: YYYY-MM-DD, none or illegible.")],
    received: Annotated[str, typer.Option(help="The day of receipt, YYYY-MM-DD.")],
    sheets: Annotated[int | None, typer.Option(help="The batch's sheets of paper, counted by hand.", min=1)] = None,
    envelopes: Annotated[
        Path | None, typer.Option(help="A CSV list with file, first_page, postmark and received of each envelope.")
    ] = None,
    consultation: ConsultationOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take in scanned forms, sealed as they are, and tell at once what was recognised; added twice they add nothing."""
    folder = data_folder(data)
    definition = the_consultation(folder, consultation)
    described = Batch(batch, postmark, _day(received), sheets, read_envelopes(envelopes) if envelopes else ())
    landing, recipients = landing_of(folder, definition), recipients_of(folder, definition)
    landed, scanned = land_scans(files, described, landing, recipients, definition=definition, clock=folder.clock)
    if as_json:
        print_json({"new": landed.new, "already": landed.already, "files": [_said(one, definition) for one in scanned]})
        return
    typer.echo(describe(landed))
    _print_files(scanned, definition)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ScansError("The day of receipt is written YYYY-MM-DD; give it with --received.") from None


def _said(scanned: ScannedFile, definition: Definition) -> dict[str, Any]:
    return {
        "file": scanned.file.name,
        "artefacts": list(scanned.artefacts),
        "counts": summary_of(scanned.reading, definition).as_counts(),
        "remarks": remarks_on(scanned.reading, definition),
    }


def _print_files(scanned: list[ScannedFile], definition: Definition) -> None:
    rows = [(one.file.name, summary_of(one.reading, definition)) for one in scanned]
    _print_counts("Recognised", [(name, summary, ()) for name, summary in rows], ("file",), ())
    for one in scanned:
        for remark in remarks_on(one.reading, definition):
            typer.echo(f"{one.file.name}: {remark}.")


def _print_counts(
    title: str,
    rows: list[tuple[str, ScanSummary, tuple[object, ...]]],
    before: tuple[str, ...],
    after: tuple[str, ...],
) -> None:
    """Only the columns in which anything is counted: a terminal has not room for all."""
    shown = [name for name in _COLUMNS if name in ("pages", "forms") or any(row[1].as_counts()[name] for row in rows)]
    print_table(
        title,
        (*before, *(_COLUMNS[name] for name in shown), *after),
        [(name, *(summary.as_counts()[one] for one in shown), *rest) for name, summary, rest in rows],
    )


@dataclass(frozen=True)
class _Line:
    """A batch as it is listed."""

    name: str
    files: int
    counts: ScanSummary
    sheets: int | None

    @property
    def agrees(self) -> str:
        """Whether the pages can be the sheets that were counted: each sheet is one page or two."""
        if self.sheets is None:
            return "not counted"
        least, most = self.counts.sheets
        return "yes" if least <= self.sheets <= most else "no"


@app.command("list")
def list_(consultation: ConsultationOption = None, data: DataOption = None, as_json: JsonOption = False) -> None:
    """What was recognised in each batch, held against the sheets that were counted by hand."""
    folder = data_folder(data)
    definition = the_consultation(folder, consultation)
    lines = [_Line(one.name, one.files, one.counts, one.sheets) for one in scanned_batches(folder, definition)]
    if as_json:
        print_json(
            [
                {"batch": one.name, "files": one.files, "sheets": one.sheets, "agrees": one.agrees}
                | {"counts": one.counts.as_counts()}
                for one in lines
            ]
        )
        return
    _print_counts(
        "Scanned batches",
        [(one.name, one.counts, (one.sheets, one.agrees)) for one in lines],
        ("batch",),
        ("sheets counted", "agrees"),
    )

"""`yoursay editions`: the forms as files, and runs of printed forms.

What draws editions is imported when a command needs it, so that no other command waits for it.
"""

import os
from pathlib import Path
from typing import Annotated

import typer

from orchestration.commands.shared import (
    CommandError,
    ConsultationOption,
    DataOption,
    JsonOption,
    data_folder,
    print_json,
    print_table,
    telling_missing_letters,
    the_consultation,
    warn,
)
from orchestration.print_runs import MOST_COPIES, note_print_run, read_print_runs
from orchestration.public_editions import build_public_editions
from schemas.definition import Definition
from schemas.editions.catalogue import BuiltEditions
from schemas.editions.print_layout import Variant

app = typer.Typer(no_args_is_help=True, help="The forms as files: to fill in on screen, to print, easy to read.")


@app.command("build")
def build(
    out: Annotated[
        Path | None,
        typer.Argument(help="The folder to write into; else the public server's, which offers them at once."),
    ] = None,
    consultation: ConsultationOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write every edition in every language of the definition. Built again, what is the same is left as it is."""
    folder = data_folder(data)
    definition = the_consultation(folder, consultation)
    with telling_missing_letters():
        target, built = build_public_editions(folder, definition) if out is None else _build_into(out, definition)
    if as_json:
        print_json({"folder": str(target), **built.model_dump(mode="json")})
    else:
        _print_files(target, built)


@app.command("print")
def print_(
    out: Annotated[Path, typer.Argument(help="The PDF to write.", metavar="OUT.pdf")],
    *,
    copies: Annotated[int, typer.Option(help="How many forms, each with a number of its own.", min=1, max=MOST_COPIES)],
    language: Annotated[str | None, typer.Option(help="The language; else the definition's first.")] = None,
    variant: Annotated[Variant, typer.Option(help="Type size and words.")] = "standard",
    double_sided: Annotated[
        bool,
        typer.Option(help="For printing on both sides: no sheet holds pages of two forms."),
    ] = True,
    consultation: ConsultationOption = None,
    data: DataOption = None,
) -> None:
    """Make a print run: a PDF of as many forms, numbered so that each form's sheets can be put together again."""
    from schemas.editions.build import write_whole
    from schemas.editions.print_edition import build_print_edition, print_layout

    folder = data_folder(data)
    definition = the_consultation(folder, consultation)
    language = language or definition.questionnaire.languages[0]
    pages = len(print_layout(definition, language, variant).pages)
    out = out.expanduser()
    if out.is_dir() or not os.access(out.parent, os.W_OK):
        raise CommandError(f"{out} cannot be written; name a file in a folder that is there.")
    run = note_print_run(folder, definition, language, variant, copies)
    warn(f"Run {run.run} of {definition.id}: {copies} forms of {pages} pages and a sheet for more room.")
    with telling_missing_letters():
        document = build_print_edition(definition, language, variant, run.serials(), double_sided=double_sided)
    write_whole(out, document)
    typer.echo(f"{out}: forms {run.first_serial} to {run.last_serial}")


@app.command("runs")
def runs(consultation: ConsultationOption = None, data: DataOption = None, as_json: JsonOption = False) -> None:
    """List the print runs of a consultation."""
    folder = data_folder(data)
    definition = the_consultation(folder, consultation)
    found = read_print_runs(folder, definition.id)
    if as_json:
        print_json([vars(run) for run in found])
        return
    columns = ("run", "copies", "language", "variant", "first", "last", "noted")
    rows = [
        (run.run, run.copies, run.language, run.variant, run.first_serial, run.last_serial, run.noted_at)
        for run in found
    ]
    print_table(f"Print runs of {definition.id}", columns, rows)


def _build_into(out: Path, definition: Definition) -> tuple[Path, BuiltEditions]:
    from schemas.editions.build import build_editions

    return out.expanduser(), build_editions(definition, out.expanduser())


def _print_files(folder: Path, built: BuiltEditions) -> None:
    rows = [(one.name, one.pages, f"{one.size / 1000:.0f} kB") for one in built.files]
    print_table(f"Editions in {folder}", ("file", "pages", "size"), rows)

"""`yoursay ledger`: every response in exactly one line."""

import typer

from orchestration.builds import warehouse_of
from orchestration.commands.shared import (
    ConsultationOption,
    DataOption,
    JsonOption,
    data_folder,
    print_json,
    print_table,
    the_consultation,
)
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from transforms.ledger import LINES
from transforms.ledger_words import KINDS, ledger_paragraph
from transforms.warehouse import read


def ledger(consultation: ConsultationOption = None, data: DataOption = None, as_json: JsonOption = False) -> None:
    """Print the ledger: for each channel what was received, and the line in which each response stands."""
    folder = data_folder(data)
    definition = the_consultation(folder, consultation)
    if as_json:
        print_json(read.ledger(warehouse_of(folder, definition)))
    else:
        print_ledger(folder, definition)


def print_ledger(folder: DataFolder, definition: Definition) -> None:
    """The ledger as a table: a column for each channel and one for all."""
    channels = read.ledger(warehouse_of(folder, definition))
    names = [str(channel["channel"]) for channel in channels]
    rows: list[list[object]] = [["received", *_and_sum([channel["received"] for channel in channels])]]
    rows += [[line.replace("_", " "), *_and_sum([channel["lines"][line] for channel in channels])] for line in LINES]
    for kind in KINDS:
        counts = _and_sum([channel["of_which"][kind] for channel in channels])
        rows.append([f"of which {KINDS[kind].lower()}", *counts])
    print_table(f"Ledger of {definition.questionnaire.title.in_language('en')}", ["line", *names, "all"], rows)
    lines = {(one["channel"], line): count for one in channels for line, count in one["lines"].items()}
    of_which = {(one["channel"], kind): count for one in channels for kind, count in one["of_which"].items()}
    typer.echo(ledger_paragraph(lines, of_which))


def _and_sum(counts: list[int]) -> list[int]:
    return [*counts, sum(counts)]

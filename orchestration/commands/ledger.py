"""`yoursay ledger`: every response in exactly one line."""

from typing import Annotated

import typer

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
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from transforms.ledger import LINES
from transforms.ledger_words import KINDS, ledger_paragraph
from transforms.ledger_words import LINES as LINES_IN_WORDS
from transforms.warehouse import read

_OF_LINE = """
SELECT response_id, channel, received_at::VARCHAR, respondent FROM responses WHERE line = $line
ORDER BY received_at, response_id
"""


def ledger(
    line: Annotated[
        str | None, typer.Option(help="List the responses of one line instead, by their ids.", metavar="LINE")
    ] = None,
    consultation: ConsultationOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print the ledger: for each channel what was received, and the line in which each response stands."""
    folder = data_folder(data)
    definition = the_consultation(folder, consultation)
    if line is not None:
        _print_line(folder, definition, line.replace(" ", "_"), as_json=as_json)
    elif as_json:
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


def _print_line(folder: DataFolder, definition: Definition, line: str, *, as_json: bool) -> None:
    """The responses of a line: their ids, how they came in, and for which respondent they count."""
    if line not in LINES:
        raise CommandError(f"The ledger has no line '{line}'; its lines are: {', '.join(LINES)}.")
    with read.open_private(warehouse_of(folder, definition)) as connection:
        rows = connection.execute(_OF_LINE, {"line": line}).fetchall()
    columns = ("response", "channel", "received_at", "respondent")
    if as_json:
        print_json([dict(zip(columns, row, strict=True)) for row in rows])
    else:
        print_table(f"{LINES_IN_WORDS[line]}: {len(rows)}", columns, rows)


def _and_sum(counts: list[int]) -> list[int]:
    return [*counts, sum(counts)]

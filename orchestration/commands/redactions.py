"""`yoursay redactions`: what masking found in answers, and what officers say of it."""

from typing import Annotated, Literal

import typer

from orchestration.builds import warehouse_of
from orchestration.commands.shared import (
    ConsultationOption,
    DataOption,
    JsonOption,
    OfficerOption,
    data_folder,
    print_json,
    print_table,
    the_consultation,
)
from orchestration.review_decisions import Officer
from orchestration.review_redactions import decide_words, note_look, read_answer
from transforms.layout import Layout
from transforms.masking.spans import LABELS
from transforms.warehouse.read import open_private

app = typer.Typer(no_args_is_help=True, help="Personal details that were found in answers.")
ResponseArgument = Annotated[str, typer.Argument(help="The response's id.")]
FieldArgument = Annotated[str, typer.Argument(help="The field whose answer it is.")]
_WAITING = """
SELECT response_id, field, label, round(score, 2) FROM text_finds WHERE NOT masked
ORDER BY score DESC, response_id, starts
"""
_FINDS = """
SELECT starts, ends, label, round(score, 2), source, masked FROM text_finds
WHERE response_id = $response AND field = $field ORDER BY starts
"""


@app.command("list")
def list_(consultation: ConsultationOption = None, data: DataOption = None, as_json: JsonOption = False) -> None:
    """List what masking is not sure of and left as it stands: where, and what it may be. Never a word of it."""
    folder = data_folder(data)
    with open_private(warehouse_of(folder, the_consultation(folder, consultation))) as connection:
        rows = connection.execute(_WAITING).fetchall()
    columns = ("response", "field", "label", "score")
    if as_json:
        print_json([dict(zip(columns, row, strict=True)) for row in rows])
    else:
        print_table("To be looked at by an officer", columns, rows)


@app.command("show")
def show(
    response: ResponseArgument,
    field: FieldArgument,
    *,
    reason: Annotated[str, typer.Option(help="Why you look.")],
    officer: OfficerOption,
    consultation: ConsultationOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show one answer with everything that was found in it. For officers: it is noted who looks, and why."""
    folder = data_folder(data)
    definition = the_consultation(folder, consultation)
    with open_private(warehouse_of(folder, definition)) as connection:
        text = read_answer(connection, Layout(definition), response, field)
        found = connection.execute(_FINDS, {"response": response, "field": field}).fetchall()
    note_look(Officer(officer, folder, definition), response, field, reason)
    columns = ("words", "label", "score", "source", "masked")
    rows = [(text[start:end], *others) for start, end, *others in found]
    if as_json:
        print_json({"text": text, "finds": [dict(zip(columns, row, strict=True)) for row in rows]})
        return
    typer.echo(text)
    print_table("Found", columns, rows)


@app.command("decide")
def decide(
    response: ResponseArgument,
    field: FieldArgument,
    change: Annotated[
        Literal["accept", "add", "remove"],
        typer.Argument(help="Mask what was found, mask what was not, or leave it as it stands."),
    ],
    words: Annotated[str, typer.Argument(help="The words of the answer, as they stand in it.")],
    *,
    label: Annotated[str, typer.Option(help=f"What an added redaction hides: {', '.join(LABELS)}.")] = "",
    reason: Annotated[str, typer.Option(help="Why.")],
    officer: OfficerOption,
    consultation: ConsultationOption = None,
    data: DataOption = None,
) -> None:
    """Say what is masked of an answer; it takes effect with the next pipeline run and survives a better model."""
    folder = data_folder(data)
    definition = the_consultation(folder, consultation)
    by = Officer(officer, folder, definition)
    decide_words(by, (response, field), change, words, label=label, reason=reason)
    typer.echo(f"{response}, {field}: {change}; run 'yoursay pipeline run' to take it in.")

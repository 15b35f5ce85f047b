"""`yoursay redactions`: what masking found in answers, and what officers say of it."""

from typing import Annotated, Literal

import duckdb
import typer

from ingest.access_log import note_access
from ingest.journal import Journal
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
from orchestration.intake import recipients_of
from transforms.layout import Layout
from transforms.masking.redactions import redaction_of
from transforms.masking.spans import LABELS
from transforms.sql import identifier
from transforms.warehouse.read import open_private

app = typer.Typer(no_args_is_help=True, help="Personal details that were found in answers.")
ResponseArgument = Annotated[str, typer.Argument(help="The response's id.")]
FieldArgument = Annotated[str, typer.Argument(help="The field whose answer it is.")]
OfficerOption = Annotated[str, typer.Option(help="Who decides.", envvar="YOURSAY_OFFICER")]
_WAITING = """
SELECT response_id, field, label, round(score, 2) FROM text_finds WHERE NOT masked
ORDER BY score DESC, response_id, starts
"""
_ANSWER = "SELECT {field} FROM clean WHERE response_id = $response"
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
        text = _text(connection, Layout(definition), response, field)
        found = connection.execute(_FINDS, {"response": response, "field": field}).fetchall()
    note_access(
        folder.access_log(definition.id),
        officer=officer,
        reason=reason,
        artefact_id=response,
        what=f"the answer to {field} with what masking found",
        at=folder.clock.now(),
    )
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
    if (change == "add") != bool(label) or (label and label not in LABELS):
        raise CommandError(f"Say with --label what is hidden, for 'add' alone: {', '.join(LABELS)}.")
    folder = data_folder(data)
    definition = the_consultation(folder, consultation)
    with open_private(warehouse_of(folder, definition)) as connection:
        text = _text(connection, Layout(definition), response, field)
    start = text.find(words)
    if not words or start < 0:
        raise CommandError(f"{response}: these words are not in the answer to {field}; see 'yoursay redactions show'.")
    decision = redaction_of(
        text, start, start + len(words), response=response, field=field, change=change, reason=reason, label=label
    )
    Journal(folder.journal(definition.id), folder.clock).append(officer, [decision], recipients_of(folder, definition))
    typer.echo(f"{response}, {field}: {change}; run 'yoursay pipeline run' to take it in.")


def _text(connection: duckdb.DuckDBPyConnection, layout: Layout, response: str, field: str) -> str:
    """The answer as it was given."""
    if field not in layout.texts:
        raise CommandError(f"'{field}' is no text that is masked; these are: {', '.join(layout.texts)}.")
    row = connection.execute(_ANSWER.format(field=identifier(field)), {"response": response}).fetchone()
    if row is None or row[0] is None:
        raise CommandError(f"{response}: there is no answer to {field}; see 'yoursay redactions list'.")
    return str(row[0])

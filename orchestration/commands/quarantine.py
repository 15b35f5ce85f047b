"""`yoursay quarantine`: responses that cannot go on by themselves, and how an officer lets them."""

import json
from pathlib import Path
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
from orchestration.review_decisions import Officer
from orchestration.review_quarantine import accept_late_response, invalidate_response, release_response, undo_verdict
from schemas.response import RawAnswer
from schemas.sealing import read_identity
from transforms.warehouse.quarantine import Held, read_late, read_quarantine

app = typer.Typer(no_args_is_help=True, help="Responses that wait for an officer.")
ResponseArgument = Annotated[str, typer.Argument(help="The response's id, as 'quarantine list' prints it.")]


@app.command("list")
def list_(consultation: ConsultationOption = None, data: DataOption = None, as_json: JsonOption = False) -> None:
    """List what is in quarantine or in review: the response, and why. Never an answer."""
    held = _held(consultation, data)
    if as_json:
        print_json([one.as_dict() for one in held])
    else:
        rows = [[one.response, one.channel, one.line.replace("_", " "), one.why] for one in held]
        print_table("Waiting for an officer", ["response", "channel", "line", "why"], rows)


@app.command("show")
def show(
    response: ResponseArgument,
    consultation: ConsultationOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show each rule that a response breaks, by column."""
    found = [one for one in _held(consultation, data) if one.response == response]
    if not found:
        raise CommandError(f"{response} is neither in quarantine nor in review; see 'yoursay quarantine list'.")
    if as_json:
        print_json(found[0].as_dict())
        return
    typer.echo(f"{response} by {found[0].channel}, received {found[0].received_at}: {found[0].why}")
    print_table("Rules broken", ["column", "rule"], [[broken.column, broken.rule] for broken in found[0].broken])


@app.command("release")
def release(
    response: ResponseArgument,
    *,
    reason: Annotated[str, typer.Option(help="Why it may go on.")],
    officer: Annotated[str, typer.Option(help="Who decides.", envvar="YOURSAY_OFFICER")],
    corrections: Annotated[
        Path | None,
        typer.Option(help="A JSON file: field -> the answer as it should read. Without it the rules are waived."),
    ] = None,
    consultation: ConsultationOption = None,
    data: DataOption = None,
) -> None:
    """Let a response go on, corrected or as it is; it takes effect with the next pipeline run."""
    folder = data_folder(data)
    definition = the_consultation(folder, consultation)
    given = _read_corrections(corrections, set(definition.questionnaire.answer_columns()))
    release_response(Officer(officer, folder, definition), response, given, reason)
    typer.echo(f"{response}: released; run 'yoursay pipeline run' to take it in.")


@app.command("invalid")
def invalid(
    response: ResponseArgument,
    *,
    reason: Annotated[str, typer.Option(help="Why it does not count: a test, abuse, nothing that can be read.")],
    officer: Annotated[str, typer.Option(help="Who decides.", envvar="YOURSAY_OFFICER")],
    consultation: ConsultationOption = None,
    data: DataOption = None,
) -> None:
    """Say that a response that waits does not count; it takes effect with the next pipeline run."""
    folder = data_folder(data)
    invalidate_response(Officer(officer, folder, the_consultation(folder, consultation)), response, reason)
    typer.echo(f"{response}: does not count; run 'yoursay pipeline run' to take it in.")


@app.command("late")
def late(consultation: ConsultationOption = None, data: DataOption = None, as_json: JsonOption = False) -> None:
    """List what came too late by the closing rule. Never an answer."""
    folder = data_folder(data)
    rows = read_late(warehouse_of(folder, the_consultation(folder, consultation)))
    columns = ("response", "channel", "received_at", "postmark")
    if as_json:
        print_json([dict(zip(columns, row, strict=True)) for row in rows])
    else:
        print_table("Came too late", columns, rows)


@app.command("accept-late")
def accept_late(
    response: ResponseArgument,
    *,
    reason: Annotated[str, typer.Option(help="Why it counts all the same.")],
    officer: Annotated[str, typer.Option(help="Who decides.", envvar="YOURSAY_OFFICER")],
    consultation: ConsultationOption = None,
    data: DataOption = None,
) -> None:
    """Let a response that came too late count all the same; it takes effect with the next pipeline run."""
    folder = data_folder(data)
    accept_late_response(Officer(officer, folder, the_consultation(folder, consultation)), response, reason)
    typer.echo(f"{response}: accepted; run 'yoursay pipeline run' to take it in.")


@app.command("undo")
def undo(
    response: ResponseArgument,
    *,
    reason: Annotated[str, typer.Option(help="Why it is taken back.")],
    officer: Annotated[str, typer.Option(help="Who decides.", envvar="YOURSAY_OFFICER")],
    consultation: ConsultationOption = None,
    data: DataOption = None,
) -> None:
    """Take back what was released, found invalid or accepted late of a response."""
    folder = data_folder(data)
    definition = the_consultation(folder, consultation)
    identity = read_identity(folder.keys(definition.id))
    undo_verdict(Officer(officer, folder, definition), identity, response, reason)
    typer.echo(f"{response}: taken back; run 'yoursay pipeline run' to take it in.")


def _held(consultation: str | None, data: Path | None) -> list[Held]:
    folder = data_folder(data)
    return read_quarantine(warehouse_of(folder, the_consultation(folder, consultation)))


def _read_corrections(file: Path | None, columns: set[str]) -> dict[str, RawAnswer]:
    if file is None:
        return {}
    try:
        content = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        raise CommandError(f"{file}: cannot be read as JSON.") from None
    if not isinstance(content, dict):
        raise CommandError(f"{file}: an object is expected, field -> answer.")
    for field, answer in content.items():
        if field not in columns:
            raise CommandError(f"{file}: the questionnaire has no field '{field}'.")
        if not isinstance(answer, str) and not (isinstance(answer, list) and all(isinstance(a, str) for a in answer)):
            raise CommandError(f"{file}: '{field}' must be a text or a list of texts.")
    return content

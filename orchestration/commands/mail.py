"""`yoursay mail`: taking in e-mail, acknowledging it, and what a person has to look at."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from ingest.access_log import note_access
from ingest.landing import Landing
from ingest.mail.intake.mailbox import TOO_LARGE_MEDIA_TYPE
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
from orchestration.intake import describe, landing_of
from orchestration.mail_intake import acknowledge_mail, describe_acknowledged, take_in_mail
from schemas.definition import Definition
from schemas.receipts import reference_of
from schemas.sealing import open_sealed, read_identity
from transforms.warehouse.mail_inbox import read_mail_inbox

app = typer.Typer(invoke_without_command=True, help="Take in e-mail, and see to what is no response.")


@app.callback()
def mail(
    context: typer.Context,
    folder: Annotated[
        Path | None, typer.Option(help="A folder of .eml and .mbox files or Maildirs, in the place of all else.")
    ] = None,
    consultation: ConsultationOption = None,
    data: DataOption = None,
) -> None:
    """Land every message of the mailbox and of the inbox, sealed whole; each is put away afterwards."""
    if context.invoked_subcommand:
        return
    of = data_folder(data)
    definition = the_consultation(of, consultation)
    typer.echo(describe(take_in_mail(of, definition, folder)))
    done = acknowledge_mail(of, definition)
    if done:
        typer.echo(describe_acknowledged(done))


@app.command("acknowledge")
def acknowledge(consultation: ConsultationOption = None, data: DataOption = None) -> None:
    """Acknowledge what was landed and is not acknowledged yet, where acknowledgements are set up."""
    of = data_folder(data)
    done = acknowledge_mail(of, the_consultation(of, consultation))
    if done is None:
        raise CommandError(
            f"Acknowledgements are off; a table [mail.acknowledgement] in {of.root / 'sources.toml'} turns them on."
        )
    typer.echo(describe_acknowledged(done))


@app.command("inbox")
def inbox(consultation: ConsultationOption = None, data: DataOption = None, as_json: JsonOption = False) -> None:
    """List the messages that a person has to look at, and those that are no response. Never what they say."""
    of = data_folder(data)
    letters = read_mail_inbox(warehouse_of(of, the_consultation(of, consultation)))
    if as_json:
        print_json([one.as_dict() for one in letters])
        return
    rows = [[one.response, one.received_at, one.line.replace("_", " "), one.kind] for one in letters]
    print_table("E-mail for a person", ["response", "received", "line", "what it is"], rows)


@app.command("export")
def export(
    message: Annotated[str, typer.Argument(help="The message's id, a response's of it, or its reference.")],
    out: Annotated[Path, typer.Argument(help="The file to write, such as letter.eml.")],
    *,
    reason: Annotated[str, typer.Option(help="Why it is looked at; it is logged.")],
    officer: Annotated[str, typer.Option(help="Who looks at it; it is logged.", envvar="YOURSAY_OFFICER")],
    consultation: ConsultationOption = None,
    data: DataOption = None,
) -> None:
    """Write one message as it came into a file, for a reason that is logged first."""
    of = data_folder(data)
    definition = the_consultation(of, consultation)
    landing = landing_of(of, definition)
    artefact_id = _find(message, landing, definition)
    (record,) = landing.log.read_records([landing.seqs_of([artefact_id])[artefact_id]]).to_pylist()
    if record["body"] is None:
        raise CommandError(f"{artefact_id} was erased; nothing of it is left.")
    content = open_sealed(record["body"], read_identity(of.keys(definition.id)))

    def log() -> None:
        file, now = of.access_log(definition.id), of.clock.now()
        note_access(file, officer=officer, reason=reason, artefact_id=artefact_id, what="mail export", at=now)

    _write(out, content, log)
    headers = " (its headers alone: it was too large)" if record["media_type"] == TOO_LARGE_MEDIA_TYPE else ""
    typer.echo(f"{artefact_id} is in {out}{headers}; remove the file when it is no longer needed.")


def _find(message: str, landing: Landing, definition: Definition) -> str:
    """The artefact id that is meant.

    Raises:
        CommandError: no message is.
    """
    table = landing.log.read(columns=["artefact_id", "channel", "event"])
    ids = [
        row["artefact_id"] for row in table.to_pylist() if row["channel"] == "email" and row["event"] == "submission"
    ]
    named = message.partition(".")[0]
    found = [one for one in ids if one == named or reference_of(definition.id, one) == message.strip().upper()]
    if not found:
        raise CommandError(f"No message '{message}' has come by e-mail; see 'yoursay mail inbox'.")
    return str(found[0])


def _write(out: Path, content: bytes, log: Callable[[], None]) -> None:
    """Log the access, then write the file, which is its owner's alone and replaces none.

    Raises:
        CommandError: the file is there, or cannot be made; nothing was shown.
        IngestError: the access cannot be logged; nothing was shown.
    """
    try:
        descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise CommandError(f"{out}: cannot be made ({error.strerror}); name a new file.") from error
    try:
        with os.fdopen(descriptor, "wb") as handle:
            log()
            handle.write(content)
    except BaseException:
        out.unlink()
        raise

"""`yoursay subject-access`: one person's data, for them."""

from pathlib import Path
from typing import Annotated

import typer

from orchestration.commands.shared import ConsultationOption, DataOption, data_folder, the_consultation, warn
from orchestration.rights.subject import find_subject
from orchestration.rights.subject_access import write_subject_access
from transforms.release.audit import note_export


def subject_access(
    *,
    out: Annotated[Path, typer.Option(help="The folder to write; a new one.", metavar="DIR")],
    officer: Annotated[str, typer.Option(help="Who looks; it is logged.", envvar="YOURSAY_OFFICER")],
    reason: Annotated[str, typer.Option(help="Why; it is logged.")] = "a subject access request",
    response: Annotated[
        str | None, typer.Option(help="A response: its id, its artefact's, or the reference on the receipt.")
    ] = None,
    respondent: Annotated[
        str | None, typer.Option(help="All that one person sent: the id of any response of theirs.")
    ] = None,
    consultation: ConsultationOption = None,
    data: DataOption = None,
) -> None:
    """Write what is held about one person into a folder: a page to read, the same as JSON, and what they sent."""
    folder = data_folder(data)
    definition = the_consultation(folder, consultation)
    subject = find_subject(folder, definition, response=response, respondent=respondent)
    now = folder.clock.now()
    note_export(folder.audit(definition.id), who=officer, why=reason, what="one person's data", at=now)
    for file in write_subject_access(folder, definition, subject, out, officer=officer, reason=reason):
        typer.echo(str(file))
    if subject.others:
        warn(f"{len(subject.others)} responses of others came in the same message or file; it is left out as it came.")
    warn("Confidential: read it through before you send it, for an answer may name other people.")

"""`yoursay erase`: what somebody sent is removed, and what is left where is said."""

import getpass
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
    the_consultation,
)
from orchestration.rights.erasing import Erased, finish_erasures
from orchestration.rights.erasing import erase as erase_subject
from orchestration.rights.subject import Subject, find_subject


def erase(
    *,
    response: Annotated[
        str | None, typer.Option(help="A response: its id, its artefact's, or the reference on the receipt.")
    ] = None,
    respondent: Annotated[
        str | None, typer.Option(help="All that one person sent: the id of any response of theirs.")
    ] = None,
    officer: Annotated[
        str, typer.Option(help="Who erases, for the tombstone (else your user name).", envvar="YOURSAY_OFFICER")
    ] = "",
    others_too: Annotated[
        bool, typer.Option("--others-too", help="Also other responses that came in the same message or file.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be erased, and erase nothing.")] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Finish every erasure so far: after one that broke off, or a restore.")
    ] = False,
    consultation: ConsultationOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Erase a response, or all that a respondent sent: the body goes everywhere, and a signed tombstone stays."""
    folder = data_folder(data)
    definition = the_consultation(folder, consultation)
    if again:
        if response or respondent:
            raise CommandError("--again goes over every erasure so far; leave out --response and --respondent.")
        _print(finish_erasures(folder, definition), as_json)
        return
    subject = find_subject(folder, definition, response=response, respondent=respondent)
    if dry_run:
        _print_subject(subject, as_json)
        return
    if subject.others and not others_too:
        raise CommandError(
            f"{len(subject.others)} other responses came in the same message or file and would go with it "
            f"({_few(subject.others)}); look at them, then say --others-too. Nothing was erased."
        )
    _print(erase_subject(folder, definition, subject, officer or getpass.getuser()), as_json)


def _print_subject(subject: Subject, as_json: bool) -> None:
    would = {
        "responses": list(subject.responses),
        "artefacts": list(subject.artefacts),
        "other_responses": list(subject.others),
    }
    if as_json:
        print_json(would)
        return
    typer.echo(f"Would erase {len(subject.responses)} responses: {_few(subject.responses)}.")
    if subject.others:
        typer.echo(f"{len(subject.others)} others came in the same message or file: {_few(subject.others)}.")


def _print(done: Erased, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "responses": list(done.responses),
                "artefacts": list(done.artefacts),
                "removed": done.removed,
                "left": [vars(one) for one in done.left],
                "needles": done.needles,
                "files_read": done.files_read,
                "files_with_needles": list(done.files_with_needles),
            }
        )
    else:
        typer.echo(f"Erased: {_few(done.responses) or 'nothing'}.")
        print_table("Removed", ["what", "how many"], [[what, count] for what, count in done.removed.items()])
        print_table("What is left", ["where", "what"], [[one.where, one.what] for one in done.left])
        typer.echo(_proof(done))


def _proof(done: Erased) -> str:
    if not done.needles:
        return "Nothing was looked for: what was erased could no longer be read."
    searched = f"{done.needles} pieces of it were looked for in every byte of the data folder's {done.files_read} files"
    return f"{searched}: {len(done.files_with_needles)} files hold one."


def _few(names: tuple[str, ...]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")

"""`yoursay results`: from closed to final, and verifying it."""

from datetime import tzinfo
from typing import Annotated

import typer

from orchestration.commands.pipeline import build
from orchestration.commands.shared import (
    CommandError,
    ConsultationOption,
    DataOption,
    JsonOption,
    OfficerOption,
    ReasonOption,
    data_folder,
    print_json,
    the_consultation,
    warn,
)
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from schemas.local_time import moment_in_words
from transforms.release.life import Deed
from transforms.signoff.life import SIGNATURES, Standing, read_standing

app = typer.Typer(no_args_is_help=True, help="Closing, freezing and signing off the results.")


@app.command("status")
def status(consultation: ConsultationOption = None, data: DataOption = None, as_json: JsonOption = False) -> None:
    """Where the results stand, what comes next, and what is open before it."""
    folder = data_folder(data)
    definition = the_consultation(folder, consultation)
    standing = read_standing(folder.sign_off(definition.id))
    still_open = [] if standing.state in ("final", "frozen", "signed") else _open(folder, definition)
    if as_json:
        print_json(_as_dict(standing) | {"open": still_open})
        return
    typer.echo(f"{definition.id}: {standing.state}; {standing.next_step}.")
    for line in _in_words(standing, definition.zone):
        typer.echo(line)
    for sentence in still_open:
        typer.echo(f"Open: {sentence}")


@app.command("close")
def close(
    officer: OfficerOption,
    reason: ReasonOption = "",
    consultation: ConsultationOption = None,
    data: DataOption = None,
) -> None:
    """Close the results: the closing rule has passed, and nothing waits for anybody."""
    from orchestration import signing_off
    from orchestration.desk import desk_of

    folder = data_folder(data)
    definition = the_consultation(folder, consultation)
    build(folder, definition, None, full=False)
    signing_off.close(folder, definition, Deed(officer, folder.clock.now(), reason), desk_of(folder, definition).work)
    typer.echo(f"{definition.id}: closed by {officer}.")


@app.command("freeze")
def freeze(
    *,
    officer: OfficerOption,
    reason: ReasonOption = "",
    consultation: ConsultationOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Freeze the results as they are now, and say the hash that two people sign."""
    from orchestration import signing_off
    from orchestration.desk import desk_of

    folder = data_folder(data)
    definition = the_consultation(folder, consultation)
    build(folder, definition, None, full=False)
    deed, work = Deed(officer, folder.clock.now(), reason), desk_of(folder, definition).work
    frozen = signing_off.freeze(folder, definition, deed, work)
    if as_json:
        print_json({"hash": frozen.hash, "correction": frozen.correction, "as_at": frozen.as_at})
    else:
        as_at = moment_in_words(frozen.as_at, definition.zone)
        typer.echo(f"{definition.id}: frozen as at {as_at}. Hash: {frozen.hash}")


@app.command("sign-off")
def sign_off(
    *,
    officer: OfficerOption,
    signed: Annotated[str, typer.Option("--hash", help="The hash that 'freeze' and 'status' say.")],
    reason: ReasonOption = "",
    consultation: ConsultationOption = None,
    data: DataOption = None,
) -> None:
    """Sign the frozen results. With a second person's signature they are final, and shown as such."""
    from orchestration import signing_off

    folder = data_folder(data)
    definition = the_consultation(folder, consultation)
    standing = signing_off.sign_off(folder, definition, Deed(officer, folder.clock.now(), reason), signed)
    if standing.state != "final":
        left = SIGNATURES - len(standing.signatures)
        typer.echo(f"{definition.id}: signed by {officer}; {left} more person has to.")
        return
    build(folder, definition, None, full=False)
    typer.echo(f"{definition.id}: final. Hash: {signed}")


@app.command("verify")
def verify(consultation: ConsultationOption = None, data: DataOption = None, as_json: JsonOption = False) -> None:
    """Make the frozen results again from landing and decisions, and compare; exit code 1 where anything differs."""
    from dataclasses import asdict

    from orchestration.result_verification import note_verified, verify_results

    folder = data_folder(data)
    definition = the_consultation(folder, consultation)
    verified = verify_results(folder, definition)
    note_verified(folder, definition, verified)
    if as_json:
        print_json(asdict(verified))
    else:
        for note in verified.notes:
            typer.echo(note)
    for problem in verified.problems:
        typer.echo(problem, err=True)
    if verified.problems:
        raise CommandError(f"{definition.id}: the results are not what was frozen; restore what is named.")
    if not as_json and verified.rebuilt:
        typer.echo(f"{definition.id}: made again, with the same hash: {verified.hash}")
    elif not as_json:
        typer.echo(f"{definition.id}: every file and chain is as it was frozen: {verified.hash}")


@app.command("correct")
def correct(
    officer: OfficerOption,
    reason: ReasonOption = "",
    consultation: ConsultationOption = None,
    data: DataOption = None,
) -> None:
    """Begin a correction of final results. They stay as they are until two people have signed off others."""
    from orchestration import signing_off

    folder = data_folder(data)
    definition = the_consultation(folder, consultation)
    number = signing_off.correct(folder, definition, Deed(officer, folder.clock.now(), reason))
    warn("Freeze the corrected results with 'yoursay results freeze' once they are right.")
    typer.echo(f"{definition.id}: correction {number} is under way.")


def _open(folder: DataFolder, definition: Definition) -> list[str]:
    from orchestration.desk import desk_of
    from orchestration.signing_off import what_is_open

    return what_is_open(folder, definition, desk_of(folder, definition).work)


def _in_words(standing: Standing, zone: tzinfo) -> list[str]:
    lines = []
    if standing.final:
        signed = " and ".join(one.officer for one in standing.final.signatures)
        lines.append(f"Final as at {moment_in_words(standing.final.frozen.as_at, zone)}, signed off by {signed}.")
        lines.append(f"Hash: {standing.final.frozen.hash}")
        if standing.final.frozen.correction:
            lines.append(f"Correction {standing.final.frozen.correction}: {standing.final.reason}")
    if standing.correction is not None:
        lines.append(f"Correction {standing.correction} is under way: {standing.reason}")
    if standing.frozen:
        signed = ", ".join(one.officer for one in standing.signatures) or "nobody yet"
        lines.append(f"Frozen as at {moment_in_words(standing.frozen.as_at, zone)}, signed by {signed}.")
        lines.append(f"Hash: {standing.frozen.hash}")
    return lines


def _as_dict(standing: Standing) -> dict[str, object]:
    final = standing.final
    shown = final.frozen.correction if final else 0
    return {
        "state": standing.state,
        "frozen_hash": standing.frozen.hash if standing.frozen else None,
        "signed_by": [one.officer for one in standing.signatures],
        "final_hash": final.frozen.hash if final else None,
        "final_as_at": final.frozen.as_at if final else None,
        "signed_off_by": [one.officer for one in final.signatures] if final else [],
        "correction": shown if standing.correction is None else standing.correction,
        "reason": standing.reason or (final.reason if final else ""),
    }

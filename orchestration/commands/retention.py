"""`yoursay retention`: how long what arrived is kept, and the end of its keeping."""

from datetime import date
from typing import Annotated

import typer

from orchestration.builds import warehouse_of
from orchestration.commands.shared import (
    CommandError,
    ConsultationOption,
    DataOption,
    JsonOption,
    OfficerOption,
    ReasonOption,
    data_folder,
    print_json,
    print_table,
    the_consultation,
    warn,
)
from orchestration.rights.destruction import (
    Attested,
    begin_destruction,
    check_destruction,
    destruction_under_way,
    finish_destruction,
    note_dry_run,
)
from orchestration.rights.retention_plan import Plan, plan_destruction
from orchestration.rights.retention_state import lift_hold, read_state, set_final, set_hold
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from transforms.warehouse.versions import Warehouse

app = typer.Typer(no_args_is_help=True, help="How long what arrived is kept.")


@app.command("status")
def status(consultation: ConsultationOption = None, data: DataOption = None, as_json: JsonOption = False) -> None:
    """Say when the keeping of what arrived ends, and whether a hold suspends it."""
    folder = data_folder(data)
    definition = the_consultation(folder, consultation)
    state = read_state(folder, definition)
    days = definition.policy.retention_days_after_final
    if as_json:
        hold = vars(state.hold) if state.hold else None
        said = {"days_after_final": days, "final_on": state.final_on, "due_on": state.due_on, "hold": hold}
        print_json(said | {"destroyed_at": state.destroyed_at})
        return
    if state.destroyed_at:
        typer.echo(f"{definition.id}: the keys were destroyed on {state.destroyed_at[:10]}.")
        return
    final = f"final on {state.final_on}, kept until {state.due_on}" if state.final_on else "not noted as final"
    typer.echo(f"{definition.id}: {final}; kept {days} days after the result is final.")
    if state.hold:
        typer.echo(f"On hold since {state.hold.at[:10]}, by {state.hold.officer}: {state.hold.reason}")


@app.command("final")
def final(
    day: Annotated[str, typer.Argument(help="The day on which the result was final, YYYY-MM-DD.")],
    *,
    officer: OfficerOption,
    reason: ReasonOption,
    consultation: ConsultationOption = None,
    data: DataOption = None,
) -> None:
    """Note on which day the result was final: the period runs from it."""
    folder = data_folder(data)
    definition = the_consultation(folder, consultation)
    try:
        given = date.fromisoformat(day)
    except ValueError:
        raise CommandError(f"'{day}' is not a day; write it as 2007-09-30.") from None
    set_final(folder, definition, given, officer, reason)
    typer.echo(f"{definition.id}: final on {day}, kept until {read_state(folder, definition).due_on}.")


@app.command("hold")
def hold(
    *,
    officer: OfficerOption,
    reason: ReasonOption,
    consultation: ConsultationOption = None,
    data: DataOption = None,
) -> None:
    """Suspend destruction and erasure, for a legal reason."""
    folder = data_folder(data)
    definition = the_consultation(folder, consultation)
    set_hold(folder, definition, officer, reason)
    typer.echo(f"{definition.id}: on hold; nothing is destroyed or erased until 'yoursay retention lift'.")


@app.command("lift")
def lift(
    *,
    officer: OfficerOption,
    reason: ReasonOption,
    consultation: ConsultationOption = None,
    data: DataOption = None,
) -> None:
    """Lift a hold."""
    folder = data_folder(data)
    definition = the_consultation(folder, consultation)
    lift_hold(folder, definition, officer, reason)
    typer.echo(f"{definition.id}: the hold is lifted.")


@app.command("run")
def run(
    *,
    destroy: Annotated[
        str | None, typer.Option(help="Destroy what a dry run has shown: its code. For ever.", metavar="CODE")
    ] = None,
    officer: Annotated[str, typer.Option(help="Who destroys.", envvar="YOURSAY_OFFICER")] = "",
    witness: Annotated[str, typer.Option(help="Who sees it: another person.")] = "",
    recovery_key_destroyed: Annotated[
        bool, typer.Option("--recovery-key-destroyed", help="Both attest that every copy of the recovery key is gone.")
    ] = False,
    consultation: ConsultationOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """End the keeping of what arrived: first a dry run; with its code the keys are destroyed and a certificate made."""
    folder = data_folder(data)
    definition = the_consultation(folder, consultation)
    state = read_state(folder, definition)
    if state.destroyed_at:
        raise CommandError(
            f"The keys of '{definition.id}' were destroyed on {state.destroyed_at[:10]}; nothing is left."
        )
    begun = destruction_under_way(folder, definition)
    if begun is None:
        warehouse = warehouse_of(folder, definition)
        plan = plan_destruction(folder, definition, warehouse)
        if destroy is None:
            note_dry_run(folder, definition, plan)
            _print_plan(plan, as_json)
            return
        attested = Attested(officer, witness, recovery_key_destroyed)
        check_destruction(folder, definition, plan, destroy, attested)
        begin_destruction(folder, definition, plan, attested)
        begun = destruction_under_way(folder, definition)
    elif destroy is None:
        raise CommandError(f"A destruction was broken off; finish it with --destroy {begun['plan']['code']}.")
    assert begun
    certificate = finish_destruction(folder, definition, begun, _without_keys(folder, definition))
    if as_json:
        typer.echo(certificate.read_text("utf-8"))
    else:
        typer.echo(certificate.with_suffix(".txt").read_text("utf-8"))
        warn(f"Keep {certificate} and the file beside it.")


def _without_keys(folder: DataFolder, definition: Definition) -> Warehouse:
    """The warehouse's place, for what needs no key."""
    private, public = folder.warehouse_private(definition.id), folder.warehouse_public(definition.id)
    return Warehouse(private, public, definition, "", "")


def _print_plan(plan: Plan, as_json: bool) -> None:
    if as_json:
        print_json(plan.as_dict())
        return
    due = f"due after {plan.due_on}" if plan.due_on else "not due: the result is not noted as final"
    typer.echo(f"Dry run: nothing was destroyed. {plan.consultation} is {due}.")
    rows: list[list[object]] = [[f"key: {key.name}", key.file or "offline: you attest it"] for key in plan.keys]
    rows += [
        ["private versions", plan.private_versions],
        ["files in the inbox", plan.inbox_files],
        ["kept readings", plan.readings],
        ["records that stay sealed for ever", sum(plan.records.values())],
    ]
    print_table("Would be destroyed", ["what", "where or how many"], rows)
    print_table("Outstanding afterwards", ["where", "what"], [[one.where, one.what] for one in plan.outstanding])
    typer.echo(f"To destroy this: yoursay retention run --destroy {plan.code} --officer NAME --witness NAME")

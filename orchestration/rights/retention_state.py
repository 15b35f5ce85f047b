"""How long what arrived is kept: the period, a hold that suspends its end, and whether it has ended."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from ingest.journal import Journal
from schemas.data_folder import DataFolder
from schemas.decisions import Extension
from schemas.definition import Definition
from schemas.errors import YourSayError
from schemas.register import entries, note
from schemas.sealing import read_identity


class RetentionError(YourSayError):
    """Something about keeping or destroying cannot be done now."""


@dataclass(frozen=True)
class Hold:
    """A legal hold: who set it, when, and why."""

    officer: str
    reason: str
    at: str


@dataclass(frozen=True)
class RetentionState:
    """Where a consultation stands. `final_on` is when its result was final, and `due_on` when its keeping ends."""

    final_on: date | None
    due_on: date | None
    hold: Hold | None
    destroyed_at: str | None


def register_file(data: DataFolder, consultation: str) -> Path:
    return data.root / "retention" / f"{consultation}.jsonl"


def read_state(data: DataFolder, definition: Definition) -> RetentionState:
    """Where a consultation stands today.

    Raises:
        RegisterError: the register is damaged.
    """
    noted = entries(register_file(data, definition.id))
    final = next((date.fromisoformat(one["day"]) for one in reversed(noted) if one["what"] == "final"), None)
    due = final + timedelta(days=definition.policy.retention_days_after_final) if final else None
    destroyed = next((str(one["at"]) for one in noted if one["what"] == "destroyed"), None)
    return RetentionState(final, due, _hold(noted), destroyed)


def set_hold(data: DataFolder, definition: Definition, officer: str, reason: str) -> None:
    """Suspend destruction and erasure, for a reason.

    Raises:
        RetentionError: a hold is set already, nobody or no reason is named, or all is destroyed.
    """
    state = read_state(data, definition)
    if state.destroyed_at:
        raise RetentionError(f"The keys of '{definition.id}' were destroyed on {state.destroyed_at[:10]}.")
    if state.hold:
        raise RetentionError(f"A hold is set since {state.hold.at[:10]}, by {state.hold.officer}; lift it first.")
    _note(data, definition, "hold", officer, reason)


def lift_hold(data: DataFolder, definition: Definition, officer: str, reason: str) -> None:
    """Let destruction and erasure go on, for a reason.

    Raises:
        RetentionError: no hold is set, or nobody or no reason is named.
    """
    if read_state(data, definition).hold is None:
        raise RetentionError(f"No hold is set for '{definition.id}'.")
    _note(data, definition, "hold_lifted", officer, reason)


def set_final(data: DataFolder, definition: Definition, day: date, officer: str, reason: str) -> None:
    """Say on which day the result was final: the period runs from it.

    Raises:
        RetentionError: the day has not come yet or the consultation was still open, or nobody or no reason is named.
    """
    today = data.clock.now().astimezone(definition.zone).date()
    closes = last_day(data, definition)
    if not closes < day <= today:
        raise RetentionError(f"{day}: the result is final on a day after {closes} and not later than {today}.")
    _note(data, definition, "final", officer, reason, day=day.isoformat())


def last_day(data: DataFolder, definition: Definition) -> date:
    """The last day on which the consultation is open, with the latest extension."""
    journal = Journal(data.journal(definition.id), data.clock)
    decided = [one.decision for one in journal.read(read_identity(data.keys(definition.id)))]
    return next((one.closes for one in reversed(decided) if isinstance(one, Extension)), definition.policy.dates.closes)


def refuse_under_hold(data: DataFolder, consultation: str, consequence: str) -> None:
    """Raises:
    RetentionError: a hold is set.
    """
    hold = _hold(entries(register_file(data, consultation)))
    if hold:
        raise RetentionError(
            f"A legal hold of {hold.at[:10]} by {hold.officer} suspends it ({hold.reason}). {consequence}; "
            "lift it with 'yoursay retention lift'."
        )


def note_in_register(data: DataFolder, definition: Definition, what: str, at: datetime, **said: Any) -> None:
    """Append an entry to the consultation's register."""
    note(register_file(data, definition.id), {"what": what, "at": at.isoformat(timespec="seconds"), **said})


def _note(data: DataFolder, definition: Definition, what: str, officer: str, reason: str, **said: Any) -> None:
    if not officer.strip() or not reason.strip():
        raise RetentionError("Say who decides and why, with --officer and --reason; nothing was noted.")
    note_in_register(data, definition, what, data.clock.now(), officer=officer, reason=reason, **said)


def _hold(noted: list[dict[str, Any]]) -> Hold | None:
    last = next((one for one in reversed(noted) if one["what"] in ("hold", "hold_lifted")), None)
    return Hold(last["officer"], last["reason"], last["at"]) if last and last["what"] == "hold" else None

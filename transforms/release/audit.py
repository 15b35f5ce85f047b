"""The audit of exports: who took which data out, when and why, in a chained register of each consultation."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from schemas.register import RegisterError, entries, note
from transforms.release.errors import ReleaseError

NO_REASON = "no reason given"


@dataclass(frozen=True)
class Export:
    """One time that data left: `who` took it, `why`, `what` it was, and when (`at`, an ISO moment)."""

    who: str
    why: str
    what: str
    at: str


def note_export(file: Path, *, who: str, why: str, what: str, at: datetime) -> None:
    """Note an export before it happens; it is on the disk when this returns.

    Raises:
        ReleaseError: nobody is named, or it cannot be noted: then nothing may leave.
        RegisterError: the register was changed.
    """
    if not who.strip():
        raise ReleaseError("Say who takes the data out, with --officer; nothing leaves without.")
    entry = {"who": who.strip(), "why": why.strip() or NO_REASON, "what": what, "at": at.isoformat()}
    try:
        note(file, entry)
    except OSError as error:
        raise ReleaseError(f"{file}: cannot be written ({type(error).__name__}), so nothing leaves.") from None


def exports(file: Path) -> list[Export]:
    """Every export noted, in order.

    Raises:
        RegisterError: the register was changed.
    """
    try:
        return [Export(**entry) for entry in entries(file)]
    except TypeError:
        raise RegisterError(f"{file}: it holds what is no export; restore it from a backup.") from None

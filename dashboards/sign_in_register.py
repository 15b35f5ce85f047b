"""The register of sign-ins: who came in, who was refused and why, who left, and what was done to accounts.

A chained register (`schemas.register`) for each year. What somebody typed is never in it: people type passwords as
names. Who was refused is named where an account has that name.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from schemas.register import entries, head, note

Event = Literal[
    "signed in",
    "refused",
    "signed out",
    "signed out everywhere",
    "account added",
    "account bound",
    "role changed",
    "account removed",
]


@dataclass(frozen=True)
class SignInNote:
    """What happened.

    Attributes:
        account: whose account it is about; empty where nobody's.
        screen: `results`, `desk`, or `command line`.
        address: where the request came from; empty for a command.
        what: the role, or why somebody was refused; in words of ours.
        by: who did it, where that is somebody else.
    """

    event: Event
    account: str = ""
    screen: str = ""
    address: str = ""
    what: str = ""
    by: str = ""


def note_sign_in(folder: Path, at: datetime, entry: SignInNote) -> None:
    """Note it; it is on the disk when this returns.

    Raises:
        RegisterError: the year's register is damaged.
    """
    said = {name: value for name, value in asdict(entry).items() if value}
    note(folder / f"{at.year}.jsonl", {"at": at.isoformat(timespec="seconds")} | said)


def noted_sign_ins(folder: Path) -> list[dict[str, Any]]:
    """Every entry of every year, in order.

    Raises:
        RegisterError: a line was changed, removed or put in another order.
    """
    return [entry for file in sorted(folder.glob("*.jsonl")) for entry in entries(file)]


def register_heads(folder: Path) -> dict[str, str]:
    """Year -> the hash of its last entry: who notes it elsewhere can tell later whether the end was cut off.

    Raises:
        RegisterError: as `noted_sign_ins`.
    """
    return {file.stem: head(file) for file in sorted(folder.glob("*.jsonl"))}

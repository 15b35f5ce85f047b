"""What the desk's pages about the results' end need: signing off, and the report to the council."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from transforms.release.life import Standing as ReleaseStanding
from transforms.report.said_did import YouSaid
from transforms.report.sections import Section, Sections
from transforms.signoff.life import Standing

FINAL_PATH = "/final"
REPORT_PATH = "/report"
SECTION_PATH = "/report/section"
SAID_DID_PATH = "/report/said-did"
RELEASES_PATH = "/releases"


@dataclass(frozen=True)
class LastVerified:
    """What the last `yoursay results verify` came to, and when."""

    at: str
    hash: str
    rebuilt: bool
    problems: tuple[str, ...]
    notes: tuple[str, ...]


class SignOff(Protocol):
    """Whoever keeps the register of the sign-off. What cannot be done is a `YourSayError` with a sentence."""

    def standing(self) -> Standing:
        """Where the results stand."""
        ...

    def open(self) -> Sequence[str]:
        """What is still open, a sentence each."""
        ...

    def verified(self) -> LastVerified | None:
        """What verifying came to last."""
        ...

    def close(self, officer: str, reason: str) -> None:
        """Close the results."""
        ...

    def freeze(self, officer: str, reason: str) -> None:
        """Freeze them as they are."""
        ...

    def sign(self, officer: str, signed: str) -> None:
        """Sign the hash."""
        ...

    def correct(self, officer: str, reason: str) -> None:
        """Begin a correction."""
        ...


class Reporting(Protocol):
    """Whoever keeps what officers write. What cannot be done is a `YourSayError` with a sentence."""

    def asked(self) -> Sequence[Section]:
        """Every section of the report, in order."""
        ...

    def sections(self) -> Sections:
        """What is written so far."""
        ...

    def keep(self, section: str, text: str) -> None:
        """Keep what was written in a section."""
        ...

    def entries(self) -> Sequence[YouSaid]:
        """What was said and done, in order."""
        ...

    def add(self, entry: YouSaid) -> None:
        """Add an entry."""
        ...

    def remove(self, number: int) -> None:
        """Take out the entry of this number, counted from one."""
        ...

    def datasets(self) -> Sequence[str]:
        """The releases that a report may be on, the latest first."""
        ...

    def drafts(self) -> Sequence[tuple[ReleaseStanding, str]]:
        """Every report that was drafted, the latest first, and the release that it is on."""
        ...

    def draft(self, officer: str, release: str, reason: str) -> None:
        """Draft the report on a release."""
        ...

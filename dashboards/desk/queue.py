"""What the pages need of the keying queue. Whoever starts the desk hands one over; the pages hold no key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

Outcome = Literal["answer", "blank", "illegible", "continued_elsewhere"]


class Job(Protocol):
    """One answer to key: its question and where it is."""

    @property
    def id(self) -> str: ...
    @property
    def response(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def number(self) -> str | None: ...
    @property
    def wording(self) -> str: ...
    @property
    def choices(self) -> tuple[tuple[str, str], ...]: ...
    @property
    def several(self) -> bool: ...
    @property
    def together_with(self) -> tuple[str, ...]: ...
    @property
    def part(self) -> str: ...
    @property
    def why(self) -> str | None: ...
    @property
    def suggestion(self) -> str | list[str] | None: ...


@dataclass(frozen=True)
class Entered:
    """What stands in a form of one answer: its text or its codes, or that it is blank or illegible."""

    outcome: Outcome
    text: str | None = field(default=None, repr=False)
    codes: tuple[str, ...] = field(default=(), repr=False)


class Form(Protocol):
    """What one response has for a person to key, and what they typed of it before."""

    @property
    def response(self) -> str: ...
    @property
    def jobs(self) -> Sequence[Job]: ...
    @property
    def drafts(self) -> Mapping[str, Entered]: ...


class Saved(Protocol):
    """How many answers of a form were taken, and by their jobs why others were not."""

    @property
    def answers(self) -> int: ...
    @property
    def faults(self) -> Mapping[str, str]: ...


class Batch(Protocol):
    """The forms of one batch of scanned paper, each counted in one place."""

    @property
    def name(self) -> str: ...
    @property
    def forms(self) -> int: ...
    @property
    def keyed(self) -> int: ...
    @property
    def waiting(self) -> int: ...
    @property
    def by_machine(self) -> int: ...
    @property
    def set_aside(self) -> int: ...
    @property
    def scanned(self) -> int | None: ...


class Forms(Protocol):
    """The keying queue, a response at a time. What it refuses is a `YourSayError` with a sentence for the person."""

    def next_form(self, officer: str) -> Form | None:
        """A form for this person, claimed."""
        ...

    def take_form(self, response: str, officer: str) -> Form:
        """One form in particular, claimed."""
        ...

    def save(self, officer: str, entries: Mapping[str, Entered]) -> Saved:
        """Record what a person keyed of a form."""
        ...

    def skip(self, response: str, officer: str) -> None:
        """Give a form back."""
        ...

    def undo(self, response: str, officer: str) -> None:
        """Take back what a person keyed of a form."""
        ...

    def keep_draft(self, job: str, officer: str, entered: Entered) -> None:
        """Keep what a person has typed so far."""
        ...

    def batches(self, *, count_again: bool = False) -> Sequence[Batch]:
        """The batches of scanned paper, on demand held against the paper."""
        ...


class Queue(Protocol):
    """The keying queue of one consultation. What it refuses is a `YourSayError` with a sentence for the person."""

    def next_job(self, officer: str) -> Job | None:
        """A job for this person, claimed."""
        ...

    def take(self, job: str, officer: str) -> Job:
        """One job in particular, claimed."""
        ...

    def differences(self, officer: str) -> Sequence[Job]:
        """What this person and another keyed differently."""
        ...

    def skip(self, job: str, officer: str) -> None:
        """Give a job back."""
        ...

    def answer(
        self,
        job: str,
        officer: str,
        outcome: Outcome,
        *,
        text: str | None = None,
        codes: tuple[str, ...] = (),
        settled_with: str | None = None,
    ) -> None:
        """Record what a person keyed."""
        ...

    def undo(self, job: str, officer: str) -> None:
        """Take back what a person keyed of an answer."""
        ...

    def pictures(self, job: str, officer: str) -> list[bytes]:
        """The pictures (PNG) of a job that this person is at."""
        ...

"""What the pages need of the keying queue. Whoever starts the desk hands one over; the pages hold no key."""

from collections.abc import Sequence
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

    def pictures(self, job: str, officer: str) -> list[bytes]:
        """The pictures (PNG) of a job that this person is at."""
        ...

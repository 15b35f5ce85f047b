"""What the pages need of the coding queue. Whoever starts the desk hands one over; the pages hold no key."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from transforms.coding.agreement import Agreement
from transforms.coding.jobs import Entry, Job
from transforms.coding.rules import Due
from transforms.coding.suggestions import Group, Suggested
from transforms.coding.themes import Themes
from transforms.coding.translating import TranslationJob


class OwnCoding(Protocol):
    """When a person coded an answer last, and whether the frame has changed since."""

    @property
    def at(self) -> datetime: ...
    @property
    def is_outdated(self) -> bool: ...


class Progress(Protocol):
    """How far one question is."""

    @property
    def field(self) -> str: ...
    @property
    def answers(self) -> int: ...
    @property
    def coded(self) -> int: ...
    @property
    def waiting(self) -> Mapping[Due, int]: ...


class State(Protocol):
    """How the answers stand."""

    def progress(self) -> Sequence[Progress]: ...
    def agreement(self, field: str) -> Sequence[Agreement]: ...


class CodingQueue(Protocol):
    """The coding queue of one consultation. What it refuses is a `YourSayError` with a sentence for the person."""

    @property
    def state(self) -> State: ...

    def questions(self) -> Sequence[tuple[str, str]]:
        """The fields that are coded with their questions."""
        ...

    def question(self, field: str) -> str:
        """The number and the words of a question."""
        ...

    def limbs(self, field: str) -> Mapping[str, str]:
        """The limbs of a question's frame with their labels; none where an answer is coded as a whole."""
        ...

    def next_job(self, officer: str, field: str | None = None) -> Job | None:
        """A job for this person, claimed."""
        ...

    def take(self, job: str, officer: str) -> Job:
        """One job in particular, claimed."""
        ...

    def skip(self, job: str, officer: str) -> None:
        """Give a job back."""
        ...

    def code(self, job: str, officer: str, entry: Entry) -> None:
        """Record what a person coded."""
        ...

    def undo(self, job: str, officer: str) -> None:
        """Take back what a person coded of an answer."""
        ...

    def differences(self, officer: str) -> Sequence[Job]:
        """What this person and another coded differently."""
        ...

    def own(self, officer: str) -> Sequence[tuple[Job, OwnCoding]]:
        """What this person coded, the latest first."""
        ...

    def sender(self, job: str, officer: str, reason: str) -> Mapping[str, str]:
        """Who sent an answer, once the reason is recorded."""
        ...

    def themes(self, field: str) -> Themes:
        """The themes of a question."""
        ...

    def name_theme(self, officer: str, field: str, label: str, words: Sequence[str] = ()) -> None:
        """Make a new theme."""
        ...

    def rename_theme(self, officer: str, field: str, theme: str, label: str) -> None:
        """Give a theme another label."""
        ...

    def merge_themes(self, officer: str, field: str, theme: str, into: str) -> None:
        """Make a theme part of another."""
        ...

    def retire_theme(self, officer: str, field: str, theme: str) -> None:
        """Take a theme out."""
        ...

    def groups(self, field: str, count: int | None = None) -> Sequence[Group]:
        """Groups of answers with their telling words."""
        ...

    def teach_theme(self, officer: str, field: str, theme: str, words: Sequence[str]) -> None:
        """Add telling words to a theme."""
        ...

    def suggestions_fared(self, field: str) -> Sequence[Suggested]:
        """How suggestions of each theme would have fared with coders who saw none."""
        ...


class TranslationQueue(Protocol):
    """The answers in other languages that wait for a translation."""

    def next_job(self, officer: str) -> TranslationJob | None:
        """An answer for this person, claimed."""
        ...

    def take(self, job: str, officer: str) -> TranslationJob:
        """The answer that this person is at."""
        ...

    def skip(self, job: str, officer: str) -> None:
        """Give an answer back."""
        ...

    def translate(self, job: str, officer: str, redacted: str, translation: str) -> None:
        """Record a redacted answer and its translation."""
        ...

"""What waits for officers: each queue behind one small interface, and the page that lists them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from schemas.errors import YourSayError

WORK_PATH = "/work"


@dataclass(frozen=True)
class Waiting:
    """How much of one kind of work waits, since when, and who is at how much of it.

    `address` is the page where it is done, or nothing where there is none yet; then `done_by` says how it is done.
    """

    title: str
    count: int
    oldest: datetime | None = None
    held: Sequence[tuple[str, int]] = ()
    address: str | None = None
    done_by: str = ""


class WorkQueue(Protocol):
    """Whoever has work for officers. A queue may have several kinds of it, and names those that are empty too."""

    def waiting(self) -> Sequence[Waiting]:
        """What waits now. What cannot be said is a `YourSayError` with a sentence."""
        ...


@dataclass(frozen=True)
class WorkList:
    """What waits in all queues, and what a queue could not say."""

    waiting: tuple[Waiting, ...]
    problems: tuple[str, ...]


def work_list(queues: Sequence[WorkQueue]) -> WorkList:
    """Ask every queue; one that cannot answer does not hide the others."""
    waiting: list[Waiting] = []
    problems: list[str] = []
    for queue in queues:
        try:
            waiting += queue.waiting()
        except YourSayError as error:
            problems.append(str(error))
    return WorkList(tuple(waiting), tuple(dict.fromkeys(problems)))


def age_in_words(since: datetime | None, now: datetime) -> str:
    """`today`, `1 day`, `12 days`."""
    if since is None:
        return ""
    days = max(0, (now - since).days)
    return "today" if days == 0 else f"{days} day{'s' if days > 1 else ''}"

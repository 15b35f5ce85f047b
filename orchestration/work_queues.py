"""What waits for officers in each queue that there is, for the desk's work list. Another queue adds a class here."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from dashboards.desk.work_list import Waiting
from orchestration.coding_queue import CodingQueue
from orchestration.keying_queue import KeyingQueue
from orchestration.translation_queue import TranslationQueue
from transforms.coding.rules import Due
from transforms.warehouse.read import open_private
from transforms.warehouse.versions import Warehouse

_KINDS: Mapping[Due, str] = {
    "first": "answers to be coded",
    "second": "answers coded once, for a second coder",
    "third": "answers coded differently, to be settled",
}
_OLDEST = "SELECT min(received_at) FROM responses WHERE response_id IN (SELECT unnest($responses))"


@dataclass(frozen=True)
class KeyingWork:
    """Answers of paper and of doubtful attachments that a person keys."""

    queue: KeyingQueue
    warehouse: Warehouse
    address: str

    def waiting(self) -> Sequence[Waiting]:
        places = [place for place, one in self.queue.standings().items() if one.verdict.due]
        oldest = _oldest(self.warehouse, {response for response, _ in places})
        held = _counted(name for place, name in self.queue.held().items() if place in set(places))
        return [Waiting("Keying: answers to be read", len(places), oldest, held, self.address)]


@dataclass(frozen=True)
class CodingWork:
    """Answers that wait for a coder, by what they wait for."""

    queue: CodingQueue
    address: str

    def waiting(self) -> Sequence[Waiting]:
        progress, standings = self.queue.state.progress(), self.queue.state.standings()
        at = {place: name for place, name in self.queue.held().items() if place in standings}
        return [
            Waiting(
                f"Coding: {what}",
                sum(one.waiting[due] for one in progress),
                min((one.oldest[due] for one in progress if due in one.oldest), default=None),
                _counted(name for place, name in at.items() if standings[place].due == due),
                self.address,
            )
            for due, what in _KINDS.items()
        ]


@dataclass(frozen=True)
class TranslationWork:
    """Answers in other languages, which nobody can code before they are translated."""

    queue: TranslationQueue
    address: str

    def waiting(self) -> Sequence[Waiting]:
        found = self.queue.waiting()
        places = {(one.response, one.field) for one in found}
        held = _counted(name for place, name in self.queue.held().items() if place in places)
        oldest = min((one.received_at for one in found), default=None)
        return [Waiting("Translations: answers in other languages", len(found), oldest, held, self.address)]


def _oldest(warehouse: Warehouse, responses: set[str]) -> datetime | None:
    if not responses:
        return None
    with open_private(warehouse) as connection:
        row = connection.execute(_OLDEST, {"responses": sorted(responses)}).fetchone()
    return row[0] if row else None


def _counted(names: Iterable[str]) -> list[tuple[str, int]]:
    return sorted(Counter(names).items())

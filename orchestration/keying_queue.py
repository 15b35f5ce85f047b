"""The keying queue of one consultation: the warehouse's current version, the journal after it, and pictures of answers.

It holds the consultation's private key in memory. The command line and the desk's page ask it, and nothing else does.
"""

import re
from collections.abc import Iterator, Mapping
from threading import RLock

from ingest.journal import Journal
from ingest.post.errors import KeyingError
from ingest.post.keyed.audit import AuditFigures, Rate, agreement, audit_figures
from ingest.post.keyed.claims import claim_first, give_back, held, holds, skip
from ingest.post.keyed.entry import Entry, Outcome, decide
from ingest.post.keyed.queue import (
    FIRST_OF_ALL,
    Job,
    ReadAnswer,
    Role,
    Standing,
    has_keyed,
    job_of,
    may_do,
    parse_job_id,
    stand,
)
from ingest.post.keyed.rules import person
from ingest.post.keyed.sampling import is_audited
from orchestration.builds import warehouse_of
from orchestration.intake import landing_of, recipients_of
from orchestration.keying_pictures import Pictures
from schemas.data_folder import DataFolder
from schemas.decisions import Decided, KeyedAnswer, KeyingUndo
from schemas.definition import Definition
from schemas.sealing import read_identity
from transforms.warehouse.readings import read_answers, read_pending
from transforms.warehouse.versions import current_version

Place = tuple[str, str]


class KeyingQueue:
    """The answers that wait for a person, kept up to date with every decision; safe to share between threads."""

    def __init__(self, data: DataFolder, definition: Definition) -> None:
        """Read the keys.

        Raises:
            SealingError: a key is missing or open to others.
        """
        self.definition = definition
        self.clock = data.clock
        self.identity = read_identity(data.keys(definition.id))
        self.recipients = recipients_of(data, definition)
        self._warehouse = warehouse_of(data, definition)
        self.journal = Journal(data.journal(definition.id), data.clock)
        self._pictures = Pictures(landing_of(data, definition), self.identity, definition)
        self.claims = data.root / "keying" / f"{definition.id}.sqlite"
        self._lock = RLock()
        self._version: str | None = None
        self._seq = 0
        self._said: dict[Place, list[Decided]] = {}
        self._standings: dict[Place, Standing] = {}
        self._letters = 0
        self._beside: dict[str, set[str]] = {}

    def next_job(self, officer: str) -> Job | None:
        """A job for this person, claimed for a quarter of an hour; the one they are at, if they are at one.

        Raises:
            TransformError: there is no version of the warehouse yet.
        """
        standings = self.standings()
        may = {place: due for place, one in standings.items() if may_do(one, officer) and (due := one.verdict.due)}
        places = sorted(may, key=lambda place: may[place] not in FIRST_OF_ALL)
        place = claim_first(self.claims, places, officer, self.clock.now())
        return job_of(standings[place], may[place], officer, self.definition) if place else None

    def take(self, job: str, officer: str) -> Job:
        """One job in particular, claimed: one that this person may do, or settle together with whom they differ.

        Raises:
            KeyingError: there is no such job for them, or another person is at it.
        """
        standing, _ = self.find(job)
        due = standing.verdict.due
        if not due or not (may_do(standing, officer) or _is_between(standing, officer)):
            raise KeyingError("This job does not wait for you; take the next one.")
        if claim_first(self.claims, [_place(standing.read)], officer, self.clock.now()) is None:
            raise KeyingError("Another person is at this job; take the next one.")
        return job_of(standing, due, officer, self.definition)

    def differences(self, officer: str) -> list[Job]:
        """What this person and another keyed differently, which the two may settle together."""
        found = [one for one in self.standings().values() if _is_between(one, officer)]
        return [job_of(one, "third", officer, self.definition) for one in found]

    def skip(self, job: str, officer: str) -> None:
        """Give a job back; it comes after all others for this person.

        Raises:
            KeyingError: there is no such job.
        """
        standing, _ = self.find(job)
        skip(self.claims, _place(standing.read), officer, self.clock.now())

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
        """Append what a person keyed to the journal, sealed; it enters the record with the next version.

        Raises:
            KeyingError: there is no such job, or the entry does not fit it; never quotes the entry.
        """
        standing, role = self.find(job)
        decision = decide(standing, role, officer, Entry(outcome, text, codes, settled_with), self.definition)
        self.journal.append(officer.strip(), [decision], self.recipients)
        give_back(self.claims, _place(standing.read), officer)

    def undo(self, job: str, officer: str) -> None:
        """Take back what this person keyed of an answer.

        Raises:
            KeyingError: there is no such answer, or nothing of theirs to take back.
        """
        standing, _ = self.find(job)
        if not has_keyed(standing, officer):
            raise KeyingError("There is nothing of yours to take back.")
        undone = KeyingUndo(response=standing.read.response, column=standing.read.column)
        self.journal.append(officer.strip(), [undone], self.recipients)

    def pictures(self, job: str, officer: str) -> list[bytes]:
        """The crops of a job's answer, PNG; for one that goes on elsewhere, the response's other sheets too.

        Raises:
            KeyingError: there is no such job, or this person is not at it.
            IngestError: no picture can be made of it any more.
        """
        standing = self._find_claimed(job, officer)
        read = standing.read
        if not read.picture:
            return []
        whole = standing.disputed == "continued" or self._is_beside_form(read)
        return self._pictures.of(read.response, read.column, whole=whole)

    def original(self, job: str, officer: str) -> bytes:
        """All that arrived with the answer, opened: a message, or a scanned file.

        Raises:
            KeyingError: there is no such job, or this person is not at it.
        """
        return self._pictures.original(self._find_claimed(job, officer).read.response)

    def standings(self) -> Mapping[Place, Standing]:
        """Every answer that waits, waited or is looked at again, by response and column, by the decisions until now.

        Raises:
            TransformError: there is no version of the warehouse yet.
        """
        with self._lock:
            touched = set()
            for place, decided in self._new_decisions():
                self._said.setdefault(place, []).append(decided)
                touched.add(place)
            version = current_version(self._warehouse)
            if version is None or version != self._version:
                self._standings = {_place(read): self._stand(read) for read in self._read()}
                self._version = version
            else:
                # Replaced, not changed: another thread may be reading the one before.
                again = {place: self._stand(self._standings[place].read) for place in touched & self._standings.keys()}
                self._standings = self._standings | again if again else self._standings
            return self._standings

    def held(self) -> dict[Place, str]:
        """Who is at which answer now."""
        return held(self.claims, self.clock.now())

    def letters(self) -> int:
        """How many letters as a whole wait for an officer; they are coded, not keyed."""
        self.standings()
        return self._letters

    def agreement(self) -> Rate:
        """How many answers that two people keyed they keyed alike."""
        self.standings()
        with self._lock:
            return agreement(list(self._said.values()), self.definition)

    def audit(self) -> AuditFigures:
        """The machine's error on the boxes that a person looked at again."""
        return audit_figures(self.standings().values(), self.definition)

    def find(self, job: str) -> tuple[Standing, Role]:
        """How the answer of a job stands, and in which role the job is.

        Raises:
            KeyingError: there is no such job.
        """
        response, column, role = parse_job_id(job)
        standing = self.standings().get((response, column))
        if standing is None:
            raise KeyingError("There is no such job; take the next one.")
        return standing, role

    def _find_claimed(self, job: str, officer: str) -> Standing:
        standing, _ = self.find(job)
        if not holds(self.claims, _place(standing.read), officer, self.clock.now()):
            raise KeyingError("You are not at this job any more; take the next one.")
        return standing

    def _new_decisions(self) -> Iterator[tuple[Place, Decided]]:
        for decided in self.journal.read(self.identity, after=self._seq):
            self._seq = decided.seq
            if isinstance(decided.decision, KeyedAnswer | KeyingUndo):
                yield (decided.decision.response, decided.decision.column), decided

    def _read(self) -> list[ReadAnswer]:
        """What waits, what was keyed, and what a machine read of boxes, in the order of responses and questions."""
        pending = read_pending(self._warehouse)
        self._beside = {}
        for letter in read_answers(self._warehouse, "letter"):
            self._beside.setdefault(letter.response, set()).update(_pages(letter))
        columns = {name: place for place, name in enumerate(self.definition.questionnaire.answer_columns())}
        self._letters = sum(one.column not in columns for one in pending)
        found = [*pending, *read_answers(self._warehouse, "keyed"), *read_answers(self._warehouse, "tick")]
        asked: list[ReadAnswer] = [one for one in found if one.column in columns and self._concerns_people(one)]
        return sorted(asked, key=lambda one: (one.response, columns[one.column]))

    def _concerns_people(self, read: ReadAnswer) -> bool:
        """Not what a machine is sure of and nobody looks at again."""
        unseen = read.how == "tick" and read.review is None
        return not unseen or _place(read) in self._said or is_audited(self.definition, read.response, read.column)

    def _is_beside_form(self, read: ReadAnswer) -> bool:
        """Whether all that was seen of an answer is on sheets beside the form."""
        return bool(_pages(read)) and _pages(read) <= self._beside.get(read.response, set())

    def _stand(self, read: ReadAnswer) -> Standing:
        return stand(read, self._said.get(_place(read), ()), self.definition)


def _place(read: ReadAnswer) -> Place:
    return read.response, read.column


def _pages(read: ReadAnswer) -> set[str]:
    """The numbers of the pages where something was read."""
    return set(re.findall(r"\d+", read.part))


def _is_between(standing: Standing, officer: str) -> bool:
    """Whether this person is one of two or more who keyed it differently."""
    keyers = standing.keyings.keying
    return standing.verdict.due == "third" and person(officer) in keyers and len(keyers) > 1

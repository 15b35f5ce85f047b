"""Answers in other languages, which are withheld until a person has redacted and translated them.

It holds the consultation's private key in memory, and appends decisions.
"""

from ingest.journal import Journal
from ingest.post.keyed.claims import claim_first, give_back, held, holds, skip
from orchestration.builds import warehouse_of
from orchestration.coding_queue import CodingQueue
from orchestration.intake import recipients_of
from schemas.data_folder import DataFolder
from schemas.decisions import Translation
from schemas.definition import Definition
from transforms.coding.answers import Place, Withheld, read_unmasked, read_withheld
from transforms.coding.errors import CodingError
from transforms.coding.translating import TranslationJob

_GONE = "There is no such answer to translate; take the next one."


class TranslationQueue:
    """The withheld answers that nobody has translated by the decisions until now."""

    def __init__(self, data: DataFolder, definition: Definition, coding: CodingQueue) -> None:
        self._clock = data.clock
        self._recipients = recipients_of(data, definition)
        self._warehouse = warehouse_of(data, definition)
        self._journal = Journal(data.journal(definition.id), data.clock)
        self._claims = data.root / "coding" / f"{definition.id}-translations.sqlite"
        self._coding = coding

    def waiting(self) -> list[Withheld]:
        """What waits, in the order of its arrival.

        Raises:
            TransformError: there is no version of the warehouse yet.
        """
        found = read_withheld(self._warehouse)
        return [one for one in found if self._coding.state.translation((one.response, one.field)) is None]

    def next_job(self, officer: str) -> TranslationJob | None:
        """An answer for this person, claimed for a quarter of an hour.

        Raises:
            TransformError: there is no version of the warehouse yet.
        """
        waiting = {(one.response, one.field): one for one in self.waiting()}
        place = claim_first(self._claims, list(waiting), officer, self._clock.now())
        return self._job(waiting[place]) if place else None

    def take(self, job: str, officer: str) -> TranslationJob:
        """The answer that this person is at.

        Raises:
            CodingError: there is no such answer, or this person is not at it.
        """
        return self._job(self._find(job, officer))

    def skip(self, job: str, officer: str) -> None:
        """Give an answer back; it comes after all others for this person.

        Raises:
            CodingError: there is no such answer, or this person is not at it.
        """
        one = self._find(job, officer)
        skip(self._claims, (one.response, one.field), officer, self._clock.now())

    def translate(self, job: str, officer: str, redacted: str, translation: str) -> None:
        """Append a redacted answer and its translation to the journal, sealed.

        Raises:
            CodingError: there is no such answer, this person is not at it, or one of the two is empty.
        """
        one = self._find(job, officer)
        if not redacted.strip() or not translation.strip():
            raise CodingError("Give both: the answer without what identifies a person, and its translation.")
        decision = Translation(
            response=one.response,
            field=one.field,
            language=one.language,
            redacted=redacted.strip(),
            translation=translation.strip(),
        )
        self._journal.append(officer.strip(), [decision], self._recipients)
        give_back(self._claims, (one.response, one.field), officer)

    def held(self) -> dict[Place, str]:
        """Who is at which answer now."""
        return held(self._claims, self._clock.now())

    def _find(self, job: str, officer: str) -> Withheld:
        found = next((one for one in self.waiting() if job == f"{one.response}:{one.field}"), None)
        if found is None:
            raise CodingError(_GONE)
        if not holds(self._claims, (found.response, found.field), officer, self._clock.now()):
            raise CodingError("You are not at this answer any more; take the next one.")
        return found

    def _job(self, one: Withheld) -> TranslationJob:
        text = read_unmasked(self._warehouse, (one.response, one.field))
        if text is None:
            raise CodingError(_GONE)
        return TranslationJob(one.response, one.field, self._coding.question(one.field), one.language, text)

"""The answers in which masking found something that waits for an officer, at the desk.

It holds the consultation's private key in memory, and appends decisions. Whoever is shown an answer is noted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field as kept

import duckdb

from dashboards.desk.review import Entered, Find, RedactionJob, SaidOfWords
from ingest.journal import Journal
from ingest.post.keyed.claims import Place, claim_first, give_back, held, holds, skip
from ingest.post.keyed.rules import person
from orchestration.builds import warehouse_of
from orchestration.review_decisions import Officer, ReviewError, decisions_of, known_until, reason_of
from orchestration.review_redactions import note_look, read_answer, said_of_span, said_of_words
from orchestration.review_words import question_in_words
from schemas.data_folder import DataFolder
from schemas.decisions import Decided, Redaction
from schemas.definition import Definition
from schemas.sealing import read_identity
from transforms.layout import Layout
from transforms.masking.redactions import apply_redactions, standing
from transforms.masking.spans import Span
from transforms.warehouse.read import open_private

_WAITING = """
SELECT response_id, field FROM text_finds WHERE NOT masked
GROUP BY ALL ORDER BY max(score) DESC, response_id, field
"""
_FINDS = """
SELECT starts, ends, label, score, source, masked FROM text_finds
WHERE response_id = $response AND field = $field ORDER BY starts
"""
_QUEUED = "to say what is masked of it"
_GONE = "There is no such answer to look at; take the next one."


@dataclass(frozen=True)
class _Answer:
    """An answer with what stands in it by the version and the decisions since."""

    text: str = kept(repr=False)
    spans: tuple[Span, ...]
    shown: tuple[Span, ...]


class RedactionQueue:
    """The answers in which something waits for an officer; safe to share between threads."""

    def __init__(self, data: DataFolder, definition: Definition) -> None:
        """Read the keys.

        Raises:
            SealingError: a key is missing or open to others.
        """
        self._data, self._definition = data, definition
        self._layout = Layout(definition)
        self._identity = read_identity(data.keys(definition.id))
        self._journal = Journal(data.journal(definition.id), data.clock)
        self._claims = data.root / "review" / f"{definition.id}-redactions.sqlite"
        self._warehouse = warehouse_of(data, definition)

    def waiting(self) -> list[Place]:
        """The answers in which something is found that nobody has decided about, the surest first.

        Raises:
            TransformError: there is no version of the warehouse yet.
        """
        since = self._decided(known_until(self._warehouse))
        with open_private(self._warehouse) as connection:
            found: list[Place] = [(response, field) for response, field in connection.execute(_WAITING).fetchall()]
            return [
                place
                for place in found
                if place not in since or self._answer(connection, place, since.get(place, ())).shown
            ]

    def next_job(self, officer: str) -> RedactionJob | None:
        """An answer for this person, claimed for a quarter of an hour; that they look at it is noted.

        Raises:
            TransformError: there is no version of the warehouse yet.
        """
        place = claim_first(self._claims, self.waiting(), officer, self._data.clock.now())
        return self._job(place, officer, _QUEUED) if place else None

    def take(self, job: str, officer: str) -> RedactionJob:
        """One answer in particular: one that waits, that this person opened for a reason, or decided about.

        Raises:
            ReviewError: there is no such answer for them, or another person is at it.
        """
        place = self._find(job, officer)
        if claim_first(self._claims, [place], officer, self._data.clock.now()) is None:
            raise ReviewError("Another person is at this answer; take the next one.")
        return self._job(place, officer, _QUEUED)

    def open(self, response: str, field: str, officer: str, reason: str) -> str:
        """Open any answer for a reason, which is noted; the job's id.

        Raises:
            ReviewError: there is no such answer, another person is at it, or no reason is given.
        """
        why, place = reason_of(reason), (response.strip(), field)
        with open_private(self._warehouse) as connection:
            read_answer(connection, self._layout, *place)
        if claim_first(self._claims, [place], officer, self._data.clock.now()) is None:
            raise ReviewError("Another person is at this answer; take the next one.")
        note_look(self._officer(officer), *place, why)
        return f"{place[0]}:{field}"

    def fields(self) -> Sequence[tuple[str, str]]:
        """The fields whose answers are masked, with their questions."""
        return [(name, question_in_words(name, self._definition)) for name in self._layout.texts]

    def skip(self, job: str, officer: str) -> None:
        """Give an answer back; it comes after all others for this person.

        Raises:
            ReviewError: there is no such answer for them.
        """
        skip(self._claims, self._find(job, officer), officer, self._data.clock.now())

    def decide(self, job: str, officer: str, entered: Entered) -> None:
        """Append what this person says of stretches that were found (by their id), and of words that were not.

        Raises:
            ReviewError: there is no such answer for them, another person is at it, or it cannot be said.
        """
        place = self._find(job, officer)
        if self.held().get(place) not in (None, person(officer)):
            raise ReviewError("Another person is at this answer now; take the next one.")
        since = self._decided(known_until(self._warehouse)).get(place, ())
        with open_private(self._warehouse) as connection:
            answer = self._answer(connection, place, since)
        spans = {_id(span): span for span in (*answer.spans, *answer.shown)}
        said: list[Redaction] = []
        for name, choice in entered.choices.items():
            if name not in spans:
                raise ReviewError("What was found has changed meanwhile; look at it again.")
            span = spans[name]
            said.append(said_of_span(answer.text, (span.start, span.end), place, choice, reason=entered.reason))
        if entered.added.strip():
            said += said_of_words(answer.text, place, "add", entered.added, label=entered.label, reason=entered.reason)
        if not said:
            raise ReviewError("Choose what becomes of at least one stretch, or give words to be masked.")
        self._officer(officer).decides(said)
        give_back(self._claims, place, officer)

    def undo(self, number: int, officer: str) -> str:
        """Take back what this person said under this number; the id of its answer's job.

        Raises:
            ReviewError: there is nothing of theirs to take back.
        """
        one = next((one for one in self._stands(officer) if one.seq == number), None)
        if one is None or not isinstance(one.decision, Redaction):
            raise ReviewError("There is nothing of yours to take back.")
        said = one.decision
        undone = said.model_copy(update={"change": "undo", "label": "", "reason": "Taken back at the desk."})
        self._officer(officer).decides([undone])
        return f"{said.response}:{said.field}"

    def held(self) -> dict[Place, str]:
        """Who is at which answer now."""
        return held(self._claims, self._data.clock.now())

    def _officer(self, name: str) -> Officer:
        return Officer(name, self._data, self._definition)

    def _decided(self, after: int = 0) -> dict[Place, list[Decided]]:
        found: dict[Place, list[Decided]] = {}
        for one in decisions_of(self._journal, self._identity, ["redaction"], after):
            if isinstance(said := one.decision, Redaction):
                found.setdefault((said.response, said.field), []).append(one)
        return found

    def _stands(self, officer: str) -> list[Decided]:
        """What this person said and nobody took back, the latest first."""
        every = [one for of_place in self._decided().values() for one in _not_undone(of_place)]
        own = [one for one in every if person(one.officer) == person(officer)]
        return sorted(own, key=lambda one: -one.seq)

    def _find(self, job: str, officer: str) -> Place:
        response, _, field = job.rpartition(":")
        place = (response, field)
        if (
            place in self.waiting()
            or holds(self._claims, place, officer, self._data.clock.now())
            or any(person(one.officer) == person(officer) for one in self._decided().get(place, ()))
        ):
            return place
        raise ReviewError(_GONE)

    def _answer(self, connection: duckdb.DuckDBPyConnection, place: Place, since: Sequence[Decided]) -> _Answer:
        """The answer with the version's finds, as the decisions since leave them."""
        response, field = place
        text = read_answer(connection, self._layout, response, field)
        found = connection.execute(_FINDS, {"response": response, "field": field}).fetchall()
        spans = [
            (Span(start, end, label, label, score, source), masked)
            for start, end, label, score, source, masked in found
        ]
        decisions = [one.decision for one in since if isinstance(one.decision, Redaction)]
        redacted = apply_redactions(
            text, [one for one, masked in spans if masked], [one for one, masked in spans if not masked], decisions
        )
        return _Answer(text, redacted.spans, redacted.shown)

    def _job(self, place: Place, officer: str, reason: str) -> RedactionJob:
        response, field = place
        decided, known = self._decided().get(place, []), known_until(self._warehouse)
        note_look(self._officer(officer), response, field, reason)
        with open_private(self._warehouse) as connection:
            answer = self._answer(connection, place, [one for one in decided if one.seq > known])
        finds = [_find_of(answer.text, span, masked=True) for span in answer.spans]
        finds += [_find_of(answer.text, span, masked=False) for span in answer.shown]
        return RedactionJob(
            response=response,
            field=field,
            question=question_in_words(field, self._definition),
            text=answer.text,
            finds=sorted(finds, key=lambda one: one.start),
            said=[
                SaidOfWords(one.seq, one.officer, one.decision.change, one.decision.reason, one.seq <= known,
                            person(one.officer) == person(officer), one.decision.words)
                for one in _not_undone(decided)
                if isinstance(one.decision, Redaction)
            ],
        )  # fmt: skip


def _find_of(text: str, span: Span, *, masked: bool) -> Find:
    return Find(
        id=_id(span),
        start=span.start,
        end=span.end,
        label=span.label,
        score=span.score,
        source=span.source,
        masked=masked,
        words=text[span.start : span.end],
    )


def _id(span: Span) -> str:
    return f"{span.start}-{span.end}"


def _not_undone(decided: Sequence[Decided]) -> list[Decided]:
    """Decisions about one answer that nobody took back, in order."""
    said = [one.decision for one in decided if isinstance(one.decision, Redaction)]
    stands = {id(one) for one in standing(said)}
    return [one for one in decided if id(one.decision) in stands]

"""Pairs of responses that may be of one respondent, and what officers say of them: for the desk and the commands.

The queue holds the consultation's private key in memory, and appends decisions.
"""

from collections.abc import Sequence
from threading import Lock
from typing import Literal

from dashboards.desk.review import Compared, DecidedPair, PairJob, Verdict
from ingest.journal import Journal
from ingest.post.keyed.claims import Place, claim_first, give_back, held, holds, skip
from ingest.post.keyed.rules import person
from orchestration.builds import warehouse_of
from orchestration.review_decisions import Officer, ReviewError, decisions_of, known_until, reason_of
from orchestration.review_words import answer_in_words, question_in_words
from schemas.data_folder import DataFolder
from schemas.decisions import Link, SenderOpened
from schemas.definition import Definition
from schemas.local_time import moment_in_words
from schemas.sealing import read_identity
from transforms.layout import Layout
from transforms.linkage.beside import Piece, Told, pieces_of, read_evidence, read_told
from transforms.linkage.explained import explain_pair
from transforms.warehouse.read import open_private
from transforms.warehouse.versions import current_version

_CANDIDATES = "SELECT first, second FROM link_candidates ORDER BY weight DESC, first, second"
_KNOWN = "SELECT response_id FROM received WHERE response_id IN ($first, $second)"
_GONE = "There is no such pair to decide about; take the next one."
_TAKEN_BACK = "Taken back at the desk."


def decide_link(
    officer: Officer, pair: tuple[str, str], verdict: Literal["same", "different", "undo"], reason: str
) -> None:
    """Append what an officer says of two responses; it takes effect with the next pipeline run.

    Raises:
        ReviewError: there is no such response, both are the same, or no reason is given.
        TransformError: there is no version of the warehouse yet.
    """
    first, second = pair
    with open_private(warehouse_of(officer.data, officer.definition)) as connection:
        known = {name for (name,) in connection.execute(_KNOWN, {"first": first, "second": second}).fetchall()}
    for name in pair:
        if name not in known:
            raise ReviewError(f"{name}: no response has this id; see 'yoursay linkage list'.")
    if first == second:
        raise ReviewError("Name two responses; both are the same.")
    officer.decides([Link(first=first, second=second, verdict=verdict, reason=reason_of(reason))])


class LinkQueue:
    """The pairs that wait by the decisions until now; safe to share between threads."""

    def __init__(self, data: DataFolder, definition: Definition) -> None:
        """Read the keys.

        Raises:
            SealingError: a key is missing or open to others.
        """
        self._data, self._definition = data, definition
        self._identity = read_identity(data.keys(definition.id))
        self._journal = Journal(data.journal(definition.id), data.clock)
        self._claims = data.root / "review" / f"{definition.id}-links.sqlite"
        self._warehouse = warehouse_of(data, definition)
        self._candidates: tuple[str | None, tuple[Place, ...]] = (None, ())
        self._lock = Lock()

    def waiting(self) -> list[Place]:
        """The pairs that nobody has decided about, the likeliest first.

        Raises:
            TransformError: there is no version of the warehouse yet.
        """
        version = current_version(self._warehouse)
        with self._lock:
            if version is None or self._candidates[0] != version:
                with open_private(self._warehouse, version) as connection:
                    found = connection.execute(_CANDIDATES).fetchall()
                self._candidates = (version, tuple((first, second) for first, second in found))
            candidates = self._candidates[1]
        since = self._said(known_until(self._warehouse))
        decided = {frozenset((one.first, one.second)) for one, _ in since.values() if one.verdict != "undo"}
        return [pair for pair in candidates if frozenset(pair) not in decided]

    def next_job(self, officer: str) -> PairJob | None:
        """A pair for this person, claimed for a quarter of an hour.

        Raises:
            TransformError: there is no version of the warehouse yet.
        """
        pair = claim_first(self._claims, self.waiting(), officer, self._data.clock.now())
        return self._job(pair) if pair else None

    def take(self, job: str, officer: str) -> PairJob:
        """One pair in particular, claimed.

        Raises:
            ReviewError: it does not wait, or another person is at it.
        """
        pair = self._find(job)
        if claim_first(self._claims, [pair], officer, self._data.clock.now()) is None:
            raise ReviewError("Another person is at this pair; take the next one.")
        return self._job(pair)

    def later(self, job: str, officer: str) -> None:
        """Give a pair back; it comes after all others for this person.

        Raises:
            ReviewError: it does not wait.
        """
        skip(self._claims, self._find(job), officer, self._data.clock.now())

    def decide(self, job: str, officer: str, verdict: Verdict, reason: str) -> None:
        """Append what this person says of a pair.

        Raises:
            ReviewError: it does not wait, another person is at it, or no reason is given.
        """
        pair = self._find(job)
        if self.held().get(pair) not in (None, person(officer)):
            raise ReviewError("Another person is at this pair now; take the next one.")
        decide_link(self._officer(officer), pair, verdict, reason)
        give_back(self._claims, pair, officer)

    def undo(self, job: str, officer: str) -> None:
        """Take back what this person said of a pair.

        Raises:
            ReviewError: there is nothing of theirs to take back.
        """
        own = next((one for one in self.own(officer) if one.id == job), None)
        if own is None:
            raise ReviewError("There is nothing of yours to take back.")
        decide_link(self._officer(officer), (own.first, own.second), "undo", _TAKEN_BACK)

    def own(self, officer: str) -> Sequence[DecidedPair]:
        """What this person said and nobody has changed since, the latest first."""
        found = [
            one for one, name in self._said().values() if person(name) == person(officer) and one.verdict != "undo"
        ]
        return sorted(found, key=lambda one: one.at, reverse=True)

    def evidence(self, job: str, officer: str, reason: str) -> Sequence[tuple[str, str, str]]:
        """What identifies both of the pair that this person is at, once the reason is in the journal.

        Raises:
            ReviewError: this person is not at it, or gives no reason.
        """
        pair = self._find(job)
        if not holds(self._claims, pair, officer, self._data.clock.now()):
            raise ReviewError("You are not at this pair any more; take the next one.")
        opened = [SenderOpened(response=one, reason=reason_of(reason)) for one in pair]
        self._officer(officer).decides(opened)
        with open_private(self._warehouse) as connection:
            return read_evidence(connection, Layout(self._definition), *pair)

    def held(self) -> dict[Place, str]:
        """Who is at which pair now."""
        return held(self._claims, self._data.clock.now())

    def _officer(self, name: str) -> Officer:
        return Officer(name, self._data, self._definition)

    def _find(self, job: str) -> Place:
        found = next((pair for pair in self.waiting() if f"{pair[0]}:{pair[1]}" == job), None)
        if found is None:
            raise ReviewError(_GONE)
        return found

    def _said(self, after: int = 0) -> dict[frozenset[str], tuple[DecidedPair, str]]:
        """The last word on each pair since a decision, and whose it is."""
        said: dict[frozenset[str], tuple[DecidedPair, str]] = {}
        for one in decisions_of(self._journal, self._identity, ["link"], after):
            if isinstance(link := one.decision, Link):
                told = DecidedPair(link.first, link.second, link.verdict, one.known_at)
                said[frozenset((link.first, link.second))] = (told, one.officer)
        return said

    def _job(self, pair: Place) -> PairJob:
        layout = Layout(self._definition)
        with open_private(self._warehouse) as connection:
            explained = explain_pair(connection, layout, *pair)
            told = read_told(connection, layout, *pair)
        if told is None:
            raise ReviewError(_GONE)
        first, second = told
        return PairJob(
            first=first.response,
            second=second.response,
            arrived=(self._arrived(first), self._arrived(second)),
            weights=explained.rows,
            sentences=explained.sentences,
            answers=[self._compared(name, first, second) for name in layout.clean if _is_told(name, first, second)],
        )

    def _arrived(self, told: Told) -> str:
        return f"{told.channel}, {moment_in_words(told.received_at, self._definition.zone)}"

    def _compared(self, column: str, first: Told, second: Told) -> Compared:
        one, other = (self._words(column, told) for told in (first, second))
        question = question_in_words(column, self._definition)
        if not one or not other:
            how = "Only in the first" if one else "Only in the second"
            return Compared(question, how, _whole(one), _whole(other))
        pieces, of_other = pieces_of(one, other)
        differs = any(piece.differs for piece in (*pieces, *of_other))
        return Compared(question, "Different" if differs else "The same", pieces, of_other)

    def _words(self, column: str, told: Told) -> str:
        value = told.answers.get(column)
        return "" if value is None else answer_in_words(column, value, self._definition)


def _is_told(column: str, *told: Told) -> bool:
    return any(column in one.answers for one in told)


def _whole(text: str) -> tuple[Piece, ...]:
    return (Piece(text, differs=False),) if text else ()

"""The responses that wait for an officer as a whole, at the desk: opened from landing when somebody is at one.

It holds the consultation's private key in memory, and appends decisions. Whoever is shown answers is noted.
"""

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from dashboards.desk.quarantine_queue import AnswerToFix, Late, QuarantineJob, SaidOfResponse, Verdict
from ingest.access_log import note_access
from ingest.journal import Journal
from ingest.post.keyed.claims import Place, claim_first, give_back, held, skip
from ingest.post.keyed.rules import person
from orchestration.builds import warehouse_of
from orchestration.opening import open_again
from orchestration.review_decisions import Officer, ReviewError, known_until
from orchestration.review_quarantine import (
    Said,
    accept_late_response,
    invalidate_response,
    release_response,
    undo_verdict,
    verdicts_that_stand,
)
from orchestration.review_words import question_in_words
from orchestration.rights.reading import opening_of
from schemas.data_folder import DataFolder
from schemas.decisions import Invalidation, LateAcceptance, QuarantineRelease
from schemas.definition import Definition
from schemas.editions.pdf_fields import ChoiceField, choices_of
from schemas.fields import MultipleChoice, OpenText
from schemas.local_time import moment_in_words
from schemas.response import RawAnswer
from schemas.sealing import read_identity
from transforms.warehouse.quarantine import Broken, Held, broken_still, read_late, read_quarantine, rule_in_words
from transforms.warehouse.versions import current_version

_GONE = "There is no such response to look at; take the next one."
_KEPT_RESPONSES = 8


class QuarantineQueue:
    """The responses that wait by the decisions until now; safe to share between threads."""

    def __init__(self, data: DataFolder, definition: Definition) -> None:
        """Read the keys.

        Raises:
            SealingError: a key is missing or open to others.
        """
        self._data, self._definition = data, definition
        self._columns = definition.questionnaire.answer_columns()
        self._identity = read_identity(data.keys(definition.id))
        self._journal = Journal(data.journal(definition.id), data.clock)
        self._claims = data.root / "review" / f"{definition.id}-quarantine.sqlite"
        self._warehouse = warehouse_of(data, definition)
        # A page is shown, sent and shown again, and reading a message takes seconds.
        self._opened = lru_cache(_KEPT_RESPONSES)(self._open)

    def waiting(self) -> list[Held]:
        """What nobody has decided about, first come first.

        Raises:
            TransformError: there is no version of the warehouse yet.
        """
        decided = self._decided(QuarantineRelease, Invalidation)
        return [one for one in read_quarantine(self._warehouse) if one.response not in decided]

    def next_job(self, officer: str) -> QuarantineJob | None:
        """A response for this person, claimed for a quarter of an hour; that they look at it is noted.

        Raises:
            TransformError: there is no version of the warehouse yet.
        """
        waiting = {_place(one.response): one for one in self.waiting()}
        place = claim_first(self._claims, list(waiting), officer, self._data.clock.now())
        return self._job(waiting[place], officer) if place else None

    def take(self, job: str, officer: str) -> QuarantineJob:
        """One response in particular, claimed.

        Raises:
            ReviewError: it does not wait, or another person is at it.
        """
        found = self._find(job)
        if claim_first(self._claims, [_place(job)], officer, self._data.clock.now()) is None:
            raise ReviewError("Another person is at this response; take the next one.")
        return self._job(found, officer)

    def skip(self, job: str, officer: str) -> None:
        """Give a response back; it comes after all others for this person.

        Raises:
            ReviewError: it does not wait.
        """
        skip(self._claims, _place(self._find(job).response), officer, self._data.clock.now())

    def correct(self, job: str, officer: str, answers: Mapping[str, Sequence[str]], reason: str) -> None:
        """Append that a response goes on with these answers, of which those count that differ from what came.

        Raises:
            ReviewError: it does not wait, another person is at it, or it would break a rule all the same.
        """
        found = self._at(job, officer)
        opened = self._opened(current_version(self._warehouse), job)
        came = _answers(opened)
        corrections = {
            name: self._raw(name, _texts(given))
            for name, given in answers.items()
            if name in self._columns and _texts(given) != _texts(came.get(name, ""))
        }
        if not corrections:
            raise ReviewError("Nothing differs from what came; change an answer, or let it go on as it is.")
        if opened is not None and (still := broken_still(self._definition, opened, corrections)):
            raise ReviewError(f"It would be held again. {'; '.join(map(self._in_words, still))}.")
        release_response(self._officer(officer), found.response, corrections, reason)
        give_back(self._claims, _place(job), officer)

    def decide(self, job: str, officer: str, verdict: Verdict, reason: str) -> None:
        """Append that a response goes on as it is, or that it does not count.

        Raises:
            ReviewError: it does not wait, another person is at it, or no reason is given.
        """
        found = self._at(job, officer)
        if verdict == "waive":
            release_response(self._officer(officer), found.response, {}, reason)
        else:
            invalidate_response(self._officer(officer), found.response, reason)
        give_back(self._claims, _place(job), officer)

    def late(self) -> list[Late]:
        """What came too late and nobody has accepted by the decisions until now, first come first.

        Raises:
            TransformError: there is no version of the warehouse yet.
        """
        accepted = self._decided(LateAcceptance)
        return [Late(*one) for one in read_late(self._warehouse) if one[0] not in accepted]

    def accept_late(self, response: str, officer: str, reason: str) -> None:
        """Append that a late response counts all the same.

        Raises:
            ReviewError: it did not come too late or was accepted, or no reason is given.
        """
        if response not in {one.response for one in self.late()}:
            raise ReviewError("There is no such late response; it may have been accepted already.")
        accept_late_response(self._officer(officer), response, reason)

    def said(self) -> list[SaidOfResponse]:
        """What was released, found invalid or accepted late and nobody took back, the latest first."""
        since = known_until(self._warehouse)
        found = verdicts_that_stand(self._data, self._definition, self._identity)
        return [
            SaidOfResponse(said.response, _in_words(said), one.officer, one.known_at, said.reason, one.seq <= since)
            for one, said in reversed(found)
        ]

    def undo(self, response: str, officer: str, reason: str) -> None:
        """Take back what was said of a response.

        Raises:
            ReviewError: there is nothing to take back, or no reason is given.
        """
        undo_verdict(self._officer(officer), self._identity, response, reason)

    def held(self) -> dict[Place, str]:
        """Who is at which response now."""
        return held(self._claims, self._data.clock.now())

    def _officer(self, name: str) -> Officer:
        return Officer(name, self._data, self._definition)

    def _decided(self, *kinds: type[Said]) -> set[str]:
        """The responses of which something of these kinds was said since the current version and stands."""
        found = verdicts_that_stand(self._data, self._definition, self._identity, known_until(self._warehouse))
        return {said.response for _, said in found if isinstance(said, kinds)}

    def _find(self, job: str) -> Held:
        found = next((one for one in self.waiting() if one.response == job), None)
        if found is None:
            raise ReviewError(_GONE)
        return found

    def _at(self, job: str, officer: str) -> Held:
        found = self._find(job)
        if self.held().get(_place(job)) not in (None, person(officer)):
            raise ReviewError("Another person is at this response now; take the next one.")
        return found

    def _job(self, one: Held, officer: str) -> QuarantineJob:
        note_access(
            self._data.access_log(self._definition.id),
            officer=officer,
            reason=f"it is {one.line.replace('_', ' ')}",
            artefact_id=one.response,
            what="the answers as they came, to mend them",
            at=self._data.clock.now(),
        )
        came = _answers(self._opened(current_version(self._warehouse), one.response))
        broken = {rule.column for rule in one.broken}
        shown = [name for name in self._columns if name in broken] or [
            name for name in self._columns if self._definition.policy.disclosure[name] != "direct_identifier"
        ]
        return QuarantineJob(
            response=one.response,
            line=one.line.replace("_", " "),
            arrived=f"{one.channel}, {moment_in_words(one.received_at, self._definition.zone)}",
            why=one.reason,
            broken=[
                (self._about(rule), rule_in_words(rule.rule))
                for rule in one.broken
                # What is wrong with it as a whole is its reason, which is said already.
                if rule.column or rule.rule != one.reason
            ],
            answers=[self._to_fix(name, came.get(name, ""), is_broken=name in broken) for name in shown],
            strangers=[(name, "; ".join(_texts(given))) for name, given in came.items() if name not in self._columns],
        )

    def _to_fix(self, column: str, came: RawAnswer, *, is_broken: bool) -> AnswerToFix:
        asked = self._columns[column]
        is_choice = asked.id == column and isinstance(asked, ChoiceField)
        language = self._definition.questionnaire.languages[0]
        return AnswerToFix(
            column=column,
            question=question_in_words(column, self._definition),
            is_long=isinstance(asked, OpenText),
            several=is_choice and isinstance(asked, MultipleChoice),
            choices=choices_of(asked, language) if is_choice and isinstance(asked, ChoiceField) else (),
            is_broken=is_broken,
            came=_texts(came),
        )

    def _raw(self, column: str, given: Sequence[str]) -> RawAnswer:
        asked = self._columns[column]
        is_list = asked.id == column and isinstance(asked, MultipleChoice)
        return list(given) if is_list else "".join(given[:1])

    def _about(self, rule: Broken) -> str:
        return question_in_words(rule.column, self._definition) if rule.column in self._columns else rule.column

    def _in_words(self, rule: Broken) -> str:
        about = self._about(rule)
        return f"{about}: {rule_in_words(rule.rule)}" if about else rule_in_words(rule.rule)

    def _open(self, _version: str | None, response: str) -> pa.Table | None:
        """The response as it came, with what people keyed of it; None where nothing is left of it."""
        opening = opening_of(self._data, self._definition)
        for opened in open_again(opening, [response.rpartition(".")[0]]):
            found = opened.filter(pc.equal(opened["response_id"], response))
            if found.num_rows:
                return found
        return None


def _place(response: str) -> Place:
    return response, ""


def _answers(opened: pa.Table | None) -> dict[str, Any]:
    return json.loads(opened["answers"][0].as_py() or "{}") if opened is not None else {}


def _texts(given: RawAnswer | Sequence[str]) -> list[str]:
    """An answer as the fields of a form hold it; nothing where there is none."""
    texts = [given] if isinstance(given, str) else given
    return [one for text in texts if (one := str(text).replace("\r\n", "\n")).strip()]


def _in_words(said: Said) -> str:
    if isinstance(said, QuarantineRelease):
        corrected = len(said.corrections)
        return f"goes on with {corrected} corrected" if corrected else "goes on as it is"
    return "does not count" if isinstance(said, Invalidation) else "is accepted though late"

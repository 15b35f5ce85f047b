"""Keying form by form: all that one response has for a person at once, saved together, with drafts and undo."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from dashboards.desk.queue import Entered
from ingest.post.errors import KeyingError
from ingest.post.keyed.claims import claim_group, give_back, holds, skip
from ingest.post.keyed.drafts import drafts_of, forget_draft, keep_draft
from ingest.post.keyed.entry import MAX_CHARACTERS, Entry, decide
from ingest.post.keyed.queue import FIRST_OF_ALL, Job, Role, Standing, has_keyed, job_id, job_of, may_do
from ingest.post.keyed.rules import choice_of, person
from orchestration.keying_batches import Batch, batches_of
from orchestration.keying_queue import KeyingQueue, Place
from schemas.data_folder import DataFolder
from schemas.decisions import Decision, KeyedAnswer, KeyingUndo
from schemas.sealing import SealingError, open_sealed, seal


@dataclass(frozen=True)
class Form:
    """What one response has for a person to key, in the order of the questions, and what they typed of it before."""

    response: str
    jobs: tuple[Job, ...]
    drafts: Mapping[str, Entered] = field(repr=False)


@dataclass(frozen=True)
class Saved:
    """How many answers of a form were taken, and by their jobs why others were not."""

    answers: int
    faults: Mapping[str, str]


class KeyingForms:
    """The keying queue, a response at a time."""

    def __init__(self, data: DataFolder, queue: KeyingQueue) -> None:
        self._data, self._queue = data, queue

    def next_form(self, officer: str) -> Form | None:
        """The form that this person is at, or the next, claimed for a quarter of an hour.

        Raises:
            TransformError: there is no version of the warehouse yet.
        """
        groups: dict[str, list[Place]] = {}
        first = set()
        for place, one in self._queue.standings().items():
            if may_do(one, officer):
                groups.setdefault(place[0], []).append(place)
                if one.verdict.due in FIRST_OF_ALL:
                    first.add(place[0])
        ordered = sorted(groups, key=lambda response: response not in first)
        return self._claimed([groups[response] for response in ordered], officer)

    def take_form(self, response: str, officer: str) -> Form:
        """One form in particular, claimed.

        Raises:
            KeyingError: nothing of it waits for this person, or another is at all of that.
        """
        form = self._claimed([self._places(response, officer)], officer)
        if form is None:
            raise KeyingError("Nothing of this form waits for you, or another person is at it; take the next one.")
        return form

    def save(self, officer: str, entries: Mapping[str, Entered]) -> Saved:
        """Append what a person keyed of a form to the journal, in one piece; what does not fit stays, and is said."""
        decisions: dict[Place, Decision] = {}
        faults: dict[str, str] = {}
        for job, one in entries.items():
            try:
                standing, role = self._queue.find(job)
                decided = decide(
                    standing, role, officer, Entry(one.outcome, one.text, one.codes), self._queue.definition
                )
                decisions[decided.response, decided.column] = decided
            except KeyingError as error:
                faults[job] = str(error)
        if decisions:
            self._queue.journal.append(officer.strip(), list(decisions.values()), self._queue.recipients)
        for place in decisions:
            give_back(self._queue.claims, place, officer)
        for job in entries.keys() - faults.keys():
            forget_draft(self._queue.claims, job, officer)
        return Saved(len(decisions), faults)

    def skip(self, response: str, officer: str) -> None:
        """Give back what this person is at of a form; it comes after all others for them. Their drafts stay."""
        for place in self._places(response, officer):
            skip(self._queue.claims, place, officer, self._queue.clock.now())

    def undo(self, response: str, officer: str) -> None:
        """Take back what this person keyed of a form. It comes back as drafts, so that nothing is typed twice.

        Raises:
            KeyingError: there is nothing of theirs.
        """
        own = [
            one for place, one in self._queue.standings().items() if place[0] == response and has_keyed(one, officer)
        ]
        if not own:
            raise KeyingError("There is nothing of yours to take back.")
        undone = [KeyingUndo(response=response, column=one.read.column) for one in own]
        self._queue.journal.append(officer.strip(), undone, self._queue.recipients)
        for one in own:
            written = choice_of(one.read.column, self._queue.definition) is None
            for role, keyed in _said_by(one, officer):
                self._keep(job_id(response, one.read.column, role), officer, _entered_of(keyed, written))

    def keep_draft(self, job: str, officer: str, entered: Entered) -> None:
        """Keep what a person has typed so far, sealed; while they type, the form stays theirs.

        Raises:
            KeyingError: there is no such job for them, or it is longer than any answer.
        """
        standing, _ = self._queue.find(job)
        if not may_do(standing, officer):
            raise KeyingError("This job does not wait for you; take the next one.")
        if len(entered.text or "") > MAX_CHARACTERS:
            raise KeyingError(f"The text is longer than {MAX_CHARACTERS} characters.")
        self._keep(job, officer, entered)
        claims, now = self._queue.claims, self._queue.clock.now()
        if holds(claims, (standing.read.response, standing.read.column), officer, now):
            claim_group(claims, [self._places(standing.read.response, officer)], officer, now)

    def batches(self, *, count_again: bool = False) -> list[Batch]:
        """The batches of scanned paper; with `count_again` every page is looked at again.

        Raises:
            TransformError: there is no version of the warehouse yet.
        """
        return batches_of(self._data, self._queue, count_again=count_again)

    def _places(self, response: str, officer: str) -> list[Place]:
        """What this person may do of a form."""
        return [
            place for place, one in self._queue.standings().items() if place[0] == response and may_do(one, officer)
        ]

    def _keep(self, job: str, officer: str, entered: Entered) -> None:
        content = {"outcome": entered.outcome, "text": entered.text, "codes": entered.codes}
        sealed = seal(json.dumps(content).encode(), self._queue.recipients)
        keep_draft(self._queue.claims, job, officer, sealed, self._queue.clock.now())

    def _claimed(self, groups: list[list[Place]], officer: str) -> Form | None:
        chosen = claim_group(self._queue.claims, groups, officer, self._queue.clock.now())
        if not chosen:
            return None
        standings, response = self._queue.standings(), chosen[0][0]
        jobs = [
            job_of(standings[place], due, officer, self._queue.definition)
            for place in chosen
            if (due := standings[place].verdict.due)
        ]
        return Form(response, tuple(jobs), self._drafts(response, officer))

    def _drafts(self, response: str, officer: str) -> dict[str, Entered]:
        found = {}
        for job, sealed in drafts_of(self._queue.claims, response, officer).items():
            try:
                content = json.loads(open_sealed(sealed, self._queue.identity))
            except SealingError:
                # Of keys that were exchanged since.
                continue
            found[job] = Entered(content["outcome"], content["text"], tuple(content["codes"]))
        return found


def _said_by(standing: Standing, officer: str) -> list[tuple[Role, KeyedAnswer]]:
    """What this person said of an answer, by role."""
    said, name = standing.keyings, person(officer)
    roles: dict[Role, Mapping[str, KeyedAnswer]] = {
        "keying": said.keying,
        "audit": said.audit,
        "settling": said.settling,
    }
    return [(role, keyed[name]) for role, keyed in roles.items() if name in keyed]


def _entered_of(keyed: KeyedAnswer, written: bool) -> Entered:
    """What was keyed as it would be entered; `written` says whether it is answered in words."""
    given = (keyed.answer,) if isinstance(keyed.answer, str) else tuple(keyed.answer or ())
    return Entered(keyed.outcome, "\n".join(given) if written and given else None, () if written else given)

"""The coding queue of one consultation. It holds the consultation's private key in memory, and appends decisions.

The command line and the desk's pages ask it, and nothing else does.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from threading import Lock

from ingest.journal import Journal
from ingest.post.keyed.claims import claim_first, give_back, held, holds, skip
from ingest.post.keyed.queue import question_of
from orchestration.builds import warehouse_of
from orchestration.coding_standings import CodingStandings, OwnCoding
from orchestration.intake import recipients_of
from schemas.data_folder import DataFolder
from schemas.decisions import Coding, CodingUndo, SenderOpened, ThemeChange, ThemeCoding
from schemas.definition import Definition
from schemas.sealing import read_identity
from transforms.coding.answers import Place, frames_in_order, read_answer, read_sender, read_texts
from transforms.coding.errors import CodingError
from transforms.coding.jobs import ROLES, Answer, Entry, Job, check_may_code, decide, parse_job_id, shown_to
from transforms.coding.rules import Due, Role, Standing, is_between, may_do, person
from transforms.coding.suggestions import Group, Suggested, fared, groups_of, shared_words, suggest
from transforms.coding.themes import MOST_WORDS, Theme, Themes, checked_label, named

_GONE = "There is no such answer to code; take the next one."
_KEPT_ANSWERS = 32
# What is nearest to being done comes first.
_ORDER: tuple[Due, ...] = ("third", "second", "first")


class CodingQueue:
    """The answers that wait for a coder, kept up to date with every decision; safe to share between threads."""

    def __init__(self, data: DataFolder, definition: Definition) -> None:
        """Read the keys.

        Raises:
            SealingError: a key is missing or open to others.
        """
        self.definition = definition
        self._clock = data.clock
        self._identity = read_identity(data.keys(definition.id))
        self._recipients = recipients_of(data, definition)
        self._journal = Journal(data.journal(definition.id), data.clock)
        self._claims = data.root / "coding" / f"{definition.id}.sqlite"
        self._warehouse = warehouse_of(data, definition)
        self._groups: dict[str, tuple[object, list[Group]]] = {}
        self._read: OrderedDict[tuple[str | None, Place], Answer | None] = OrderedDict()
        self._lock = Lock()
        self.state = CodingStandings(self._warehouse, self._journal, self._identity)

    def questions(self) -> list[tuple[str, str]]:
        """The fields that are coded with their questions, in the order of the form."""
        return [(field, self.question(field)) for field in frames_in_order(self.definition)]

    def question(self, field: str) -> str:
        """The number and the words of a question.

        Raises:
            CodingError: it is not coded.
        """
        if field not in self.definition.policy.frames:
            raise CodingError("There is no such question to code.")
        number, wording = question_of(field, self.definition)
        return f"{number}. {wording}" if number else wording

    def limbs(self, field: str) -> Mapping[str, str]:
        """The limbs of a question's frame with their labels; none where an answer is coded as a whole."""
        return self.definition.policy.frames[field].limbs

    def next_job(self, officer: str, field: str | None = None) -> Job | None:
        """A job for this person (to one question, where it is named), claimed for a quarter of an hour.

        Raises:
            TransformError: there is no version of the warehouse yet.
        """
        standings = self.state.standings()
        fields = {name: place for place, name in enumerate(frames_in_order(self.definition))}
        may = [
            place
            for place, one in standings.items()
            if may_do(one, officer) and field in (None, place[1]) and place[1] in fields
        ]
        may.sort(key=lambda place: (_ORDER.index(standings[place].due or "first"), fields[place[1]]))
        place = claim_first(self._claims, may, officer, self._clock.now())
        due = standings[place].due if place else None
        return self._job(place, ROLES[due], standings[place], officer) if place and due else None

    def take(self, job: str, officer: str) -> Job:
        """One job in particular, claimed: one that this person may do, may settle with another, or did before.

        Raises:
            CodingError: there is no such job for them, or another person is at it.
        """
        place, role, standing = self._find(job)
        between = role == "settling" and is_between(standing, officer)
        did = role == "coding" and person(officer) in standing.codings.coding
        due = standing.due is not None and ROLES[standing.due] == role and may_do(standing, officer)
        if not (between or did or due):
            raise CodingError("This answer does not wait for you; take the next one.")
        if claim_first(self._claims, [place], officer, self._clock.now()) is None:
            raise CodingError("Another person is at this answer; take the next one.")
        return self._job(place, role, standing, officer)

    def skip(self, job: str, officer: str) -> None:
        """Give a job back; it comes after all others for this person.

        Raises:
            CodingError: there is no such job.
        """
        skip(self._claims, self._find(job)[0], officer, self._clock.now())

    def code(self, job: str, officer: str, entry: Entry) -> None:
        """Append what a person coded to the journal, sealed; it counts from the next version.

        Raises:
            CodingError: there is no such job for them, another person is at it, or the entry does not fit it.
        """
        place, role, standing = self._find(job)
        check_may_code(standing, role, officer, entry.settled_with)
        other = self._at(place)
        if other not in (None, person(officer)):
            raise CodingError("Another person is at this answer now; take the next one.")
        found = self._job(place, role, standing, officer)
        self._journal.append(officer.strip(), decide(found, entry), self._recipients)
        give_back(self._claims, place, officer)

    def undo(self, job: str, officer: str) -> None:
        """Take back what this person coded of an answer.

        Raises:
            CodingError: there is no such answer, or nothing of theirs to take back.
        """
        place, _, standing = self._find(job)
        name = person(officer)
        if name not in standing.codings.coding and name not in standing.codings.settling:
            raise CodingError("There is nothing of yours to take back.")
        own = {
            one.decision.response
            for one in self.state.decided(place)
            if person(one.officer) == name and isinstance(one.decision, Coding | ThemeCoding)
        }
        undone = [CodingUndo(response=response, field=place[1]) for response in sorted(own)]
        self._journal.append(officer.strip(), undone, self._recipients)

    def differences(self, officer: str) -> list[Job]:
        """What this person and another coded differently, which the two may settle together; without its words."""
        found = [place for place, one in self.state.standings().items() if is_between(one, officer)]
        return [self._bare_job(place, "settling") for place in sorted(found)]

    def own(self, officer: str) -> list[tuple[Job, OwnCoding]]:
        """What this person coded, the latest first; without the words of the answers."""
        return [(self._bare_job(one.place, "coding"), one) for one in self.state.own(officer)]

    def sender(self, job: str, officer: str, reason: str) -> Mapping[str, str]:
        """Who sent the answer that this person is at, once the reason is in the journal.

        Raises:
            CodingError: this person is not at it, or gives no reason.
        """
        place, _, _ = self._find(job)
        if not holds(self._claims, place, officer, self._clock.now()):
            raise CodingError("You are not at this answer any more; take the next one.")
        if not reason.strip():
            raise CodingError("Say why you need to know who sent it.")
        opened = SenderOpened(response=place[0], reason=" ".join(reason.split()))
        self._journal.append(officer.strip(), [opened], self._recipients)
        return read_sender(self._warehouse, place[0])

    def themes(self, field: str) -> Themes:
        """The themes of a question.

        Raises:
            CodingError: it is not coded.
        """
        self.question(field)
        return self.state.themes(field)

    def name_theme(self, officer: str, field: str, label: str, words: Sequence[str] = ()) -> None:
        """Make a new theme; of its telling words those count that many answers share.

        Raises:
            CodingError: the question or the label cannot be used.
        """
        themes = self.themes(field)
        self._change(officer, named(field, themes, label, self._shared(field, words)))

    def rename_theme(self, officer: str, field: str, theme: str, label: str) -> None:
        """Give a theme another label.

        Raises:
            CodingError: there is no such theme, or the label cannot be used.
        """
        one = self._theme(field, theme)
        label = checked_label(self.themes(field), label, but=one.id)
        self._change(officer, ThemeChange(field=field, theme=one.id, change="named", label=label))

    def merge_themes(self, officer: str, field: str, theme: str, into: str) -> None:
        """Make a theme part of another: what was marked as it counts as the other.

        Raises:
            CodingError: one of the two is not there, or they are the same.
        """
        one, other = self._theme(field, theme), self._theme(field, into)
        if one == other:
            raise CodingError("Choose another theme to merge it into.")
        self._change(officer, ThemeChange(field=field, theme=one.id, change="merged", into=other.id))

    def retire_theme(self, officer: str, field: str, theme: str) -> None:
        """Take a theme out; what was marked as it counts no more.

        Raises:
            CodingError: there is no such theme.
        """
        self._change(officer, ThemeChange(field=field, theme=self._theme(field, theme).id, change="retired"))

    def groups(self, field: str, count: int | None = None) -> list[Group]:
        """Groups of answers with their telling words, for officers to name; `count` is how many to look for.

        Raises:
            CodingError: the question is not coded.
            TransformError: there is no version of the warehouse yet.
        """
        self.question(field)
        key = (self.state.version(), field, count)
        with self._lock:
            if self._groups.get(field, (None, []))[0] != key:
                texts = list(read_texts(self._warehouse, field).values())
                self._groups[field] = (key, groups_of(texts, count))
            return self._groups[field][1]

    def teach_theme(self, officer: str, field: str, theme: str, words: Sequence[str]) -> None:
        """Add telling words to a theme.

        Raises:
            CodingError: there is no such theme.
        """
        one = self._theme(field, theme)
        every = tuple(dict.fromkeys((*one.words, *self._shared(field, words))))[:MOST_WORDS]
        self._change(officer, ThemeChange(field=field, theme=one.id, change="named", label=one.label, words=every))

    def suggestions_fared(self, field: str) -> list[Suggested]:
        """How suggestions of each theme would have fared with coders who saw none.

        Raises:
            TransformError: there is no version of the warehouse yet.
        """
        found, themes = self.state.themes_found(field), self.themes(field).active
        if not found or not themes:
            return []
        texts = read_texts(self._warehouse, field)
        suggested = {place: frozenset(suggest(texts.get(place, ""), themes)) for place in found}
        return fared([theme for theme in themes if theme.words], suggested, found)

    def held(self) -> dict[Place, str]:
        """Who is at which answer now."""
        return held(self._claims, self._clock.now())

    def _theme(self, field: str, theme: str) -> Theme:
        found = self.themes(field).theme(theme)
        if found is None:
            raise CodingError("There is no such theme any more; load the page again.")
        return found

    def _shared(self, field: str, words: Sequence[str]) -> tuple[str, ...]:
        return shared_words(list(read_texts(self._warehouse, field).values()), words) if words else ()

    def _change(self, officer: str, change: ThemeChange) -> None:
        self._journal.append(officer.strip(), [change], self._recipients)

    def _at(self, place: Place) -> str | None:
        return self.held().get(place)

    def _find(self, job: str) -> tuple[Place, Role, Standing]:
        response, field, role = parse_job_id(job)
        standing = self.state.standings().get((response, field))
        if standing is None:
            raise CodingError(_GONE)
        return (response, field), role, standing

    def _job(self, place: Place, role: Role, standing: Standing, officer: str) -> Job:
        answer = self._answer(place)
        if answer is None:
            raise CodingError(_GONE)
        if letter := self.state.letter(place):
            answer = replace(answer, campaign=letter.campaign, stands_for=letter.sent)
        if translated := self.state.translation(place):
            answer = replace(
                answer, text=translated.translation, original=translated.redacted, language=translated.language
            )
        said, others = shown_to(standing, officer) if role == "settling" else ({}, ())
        own = standing.codings.coding.get(person(officer)) if role == "coding" else None
        job = replace(self._bare_job(place, role), answer=answer, own=own, said=said, together_with=others)
        # Whose agreement is measured, or who settles, is led by nothing.
        if role == "coding" and not self.state.is_blind(place):
            return replace(job, suggested=suggest(answer.text, job.themes.active))
        return job

    def _answer(self, place: Place) -> Answer | None:
        """One answer of the current version; the last few are kept, since a page is shown, sent and shown again."""
        key = (self.state.version(), place)
        with self._lock:
            if key not in self._read:
                self._read[key] = read_answer(self._warehouse, place)
            self._read.move_to_end(key)
            while len(self._read) > _KEPT_ANSWERS:
                self._read.popitem(last=False)
            return self._read[key]

    def _bare_job(self, place: Place, role: Role) -> Job:
        """A job without the words of its answer."""
        number, wording = question_of(place[1], self.definition)
        frame = self.definition.policy.frames[place[1]]
        return Job(Answer(*place, ""), role, number, wording, frame, self.state.themes(place[1]))

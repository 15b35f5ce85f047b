"""How every answer that is coded stands: a version of the warehouse, and the journal, which may be ahead of it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import RLock

from ingest.journal import Journal
from schemas.decisions import Coding, CodingUndo, Decided, ThemeChange, ThemeCoding, Translation
from schemas.definition import Definition
from schemas.sealing import Identity
from transforms.coding.agreement import Agreement, agreement_of
from transforms.coding.answers import Answers, Letter, Place, frames_in_order, read_answers
from transforms.coding.rules import Asked, Due, Standing, independent, person, stand
from transforms.coding.themes import Themes, frame_version, themes_of
from transforms.warehouse.versions import Warehouse, current_version

OfAnswer = Coding | ThemeCoding | CodingUndo


@dataclass(frozen=True)
class Progress:
    """How far one question is: answers, how many somebody has coded, and what waits, with its oldest arrival."""

    field: str
    answers: int
    coded: int
    waiting: Mapping[Due, int]
    oldest: Mapping[Due, datetime]


@dataclass(frozen=True)
class OwnCoding:
    """One answer that a person coded, when last, and whether the frame has changed since."""

    place: Place
    at: datetime
    is_outdated: bool


class CodingStandings:
    """Safe to share between threads; every reader sees one state, which is replaced and not changed."""

    def __init__(self, warehouse: Warehouse, journal: Journal, identity: Identity) -> None:
        self.warehouse = warehouse
        self.definition: Definition = warehouse.definition
        self._journal, self._identity = journal, identity
        self._lock = RLock()
        self._version: str | None = None
        self._seq = 0
        self._said: dict[Place, list[Decided]] = {}
        self._changes: dict[str, list[ThemeChange]] = {}
        self._themes: dict[str, Themes] = {}
        self._translations: dict[Place, Translation] = {}
        self._answers: Answers | None = None
        # What was read of the journal and is not in the standings yet; a whole question has no response.
        self._touched: set[Place] = set()
        self._places: frozenset[Place] = frozenset()
        self._standings: dict[Place, Standing] = {}

    def standings(self) -> Mapping[Place, Standing]:
        """Every answer that was decided about, is of the sample, or is next to be coded, by the decisions until now.

        They are in the order of their arrival.

        Raises:
            TransformError: there is no version of the warehouse yet.
        """
        with self._lock:
            self._bring_up_to_date()
            return self._standings

    def letter(self, place: Place) -> Letter | None:
        """The campaign whose letter an answer is, if it is one."""
        return self._answers.letters.get(place) if self._answers else None

    def themes(self, field: str) -> Themes:
        """The themes of a field by the decisions until now."""
        with self._lock:
            self._read_journal()
            return self._themes.get(field, Themes())

    def asked(self, place: Place) -> Asked:
        """What is asked of an answer of the current standings."""
        twice = self._answers is not None and place in self._answers.sample
        return Asked(self.definition.policy.frames[place[1]], self._themes.get(place[1], Themes()), twice)

    def decided(self, place: Place) -> list[Decided]:
        """The decisions about an answer, those about its equals of the same respondent among them."""
        with self._lock:
            self._bring_up_to_date()
            return self._about().get(place, [])

    def translation(self, place: Place) -> Translation | None:
        """The last translation of an answer by the decisions until now."""
        with self._lock:
            self._read_journal()
            return self._translations.get(place)

    def frame_version(self, field: str) -> str:
        return frame_version(self.definition.policy.frames[field], self.themes(field))

    def progress(self) -> list[Progress]:
        """Each question that is coded, in its order.

        Raises:
            TransformError: there is no version of the warehouse yet.
        """
        with self._lock:
            self._bring_up_to_date()
            return [self._progress_of(field) for field in frames_in_order(self.definition)]

    def agreement(self, field: str) -> list[Agreement]:
        """How far two coders agreed on the answers to a question, before anybody talked about it."""
        with self._lock:
            self._bring_up_to_date()
            coded = [
                found
                for place, decided in self._about().items()
                if place[1] == field and (found := independent(decided, self.asked(place)))
            ]
            return agreement_of(self.asked(("", field)), coded)

    def own(self, officer: str) -> list[OwnCoding]:
        """What this person coded, the latest first."""
        name = person(officer)
        with self._lock:
            self._bring_up_to_date()
            found: list[tuple[Decided, OwnCoding]] = []
            for place, decided in self._about().items():
                codings = self._standings[place].codings
                said = codings.settling.get(name) or codings.coding.get(name)
                if said:
                    last = [one for one in decided if person(one.officer) == name][-1]
                    outdated = said.frame != self.frame_version(place[1])
                    found.append((last, OwnCoding(place, last.known_at, outdated)))
        return [own for last, own in sorted(found, key=lambda one: -one[0].seq)]

    def themes_found(self, field: str) -> dict[Place, frozenset[str]]:
        """The themes that most coders found in each answer to a question whose coders saw no suggestion."""
        with self._lock:
            self._bring_up_to_date()
            assert self._answers
            found = {}
            for place in self._answers.sample:
                asked, said = self.asked(place), self._standings[place].codings.coding.values()
                looked = [themes for one in said if (themes := asked.themes_in(one)) is not None]
                if place[1] == field and looked:
                    marks = Counter(theme for themes in looked for theme in themes)
                    found[place] = frozenset(theme for theme, count in marks.items() if count * 2 > len(looked))
            return found

    def is_blind(self, place: Place) -> bool:
        """Whether its coders may see no suggestion: those whose agreement is measured."""
        return self.asked(place).twice

    def version(self) -> str | None:
        """The version of the warehouse that the standings are of."""
        with self._lock:
            self._bring_up_to_date()
            return self._version

    def _progress_of(self, field: str) -> Progress:
        assert self._answers
        count = self._answers.counts.get(field)
        waiting: dict[Due, int] = {"second": 0, "third": 0}
        oldest: dict[Due, datetime] = {}
        # Those that nobody said anything of when the version was read, and somebody has coded by now.
        first = count.uncoded if count else 0
        was_uncoded = {*self._answers.offered, *self._answers.sample} - set(self._answers.standing.values())
        for place, one in self._standings.items():
            if place[1] != field:
                continue
            first -= place in was_uncoded and one.due != "first"
            first += place not in was_uncoded and one.due == "first"
            if one.due:
                at = self._answers.received[place[0]]
                oldest[one.due] = min(at, oldest.get(one.due, at))
                if one.due != "first":
                    waiting[one.due] += 1
        waiting["first"] = first
        answers = count.answers if count else 0
        return Progress(field, answers, answers - first, waiting, oldest)

    def _bring_up_to_date(self) -> None:
        self._read_journal()
        touched, self._touched = self._touched, set()
        version = current_version(self.warehouse)
        known = self._answers is not None and all(self._stands_for(place) for place in touched)
        if version is None or version != self._version or not known or self._runs_out():
            self._answers = read_answers(self.warehouse, self._said)
            self._version = version
            answers = self._answers
            self._places = frozenset({*answers.standing.values(), *answers.sample, *answers.offered})
            in_order = sorted(self._places, key=lambda place: (answers.received[place[0]], place))
            self._standings = self._stood(in_order)
        elif touched:
            fields = {field for response, field in touched if not response}
            about = {self._stands_for(place) for place in touched if place[0]}
            again = {place for place in self._places if place in about or place[1] in fields}
            # Replaced, not changed: another thread may be reading the one before.
            self._standings = self._standings | self._stood(again)

    def _read_journal(self) -> None:
        """Take in what is new."""
        for decided in self._journal.read(self._identity, after=self._seq):
            self._seq = decided.seq
            one = decided.decision
            if isinstance(one, OfAnswer):
                place = (one.response, one.field)
                self._said.setdefault(place, []).append(decided)
                self._touched.add(place)
            elif isinstance(one, Translation):
                self._translations[one.response, one.field] = one
            elif isinstance(one, ThemeChange):
                self._changes.setdefault(one.field, []).append(one)
                self._themes[one.field] = themes_of(self._changes[one.field])
                self._touched.add(("", one.field))

    def _stands_for(self, place: Place) -> Place | None:
        """The answer that a decision about this place holds for, if it is known of the version that was read."""
        if not place[0]:
            return place
        if self._answers is None:
            return None
        return place if place in self._places else self._answers.standing.get(place)

    def _runs_out(self) -> bool:
        """Whether a question has answers that nobody has coded, and all that were looked at are coded."""
        assert self._answers
        left = {place[1] for place in self._answers.offered if self._standings[place].due == "first"}
        offered = {place[1] for place in self._answers.offered}
        return any(self._progress_of(field).waiting["first"] > 0 for field in offered - left)

    def _of_letter(self, place: Place, decided: Sequence[Decided]) -> list[Decided]:
        """Of decisions about a campaign's letter those that hold for all who sent it; else all of them."""
        if self.letter(place) is None:
            return list(decided)
        return [one for one in decided if isinstance(one.decision, CodingUndo) or _campaign_of(one)]

    def _stood(self, places: Iterable[Place]) -> dict[Place, Standing]:
        about = self._about()
        return {place: stand(self.asked(place), about.get(place, ())) for place in places}

    def _about(self) -> dict[Place, list[Decided]]:
        """The decisions about each answer, in the order of the journal."""
        found: dict[Place, list[Decided]] = {}
        for said_of, decided in self._said.items():
            place = self._stands_for(said_of)
            if place:
                found.setdefault(place, []).extend(self._of_letter(place, decided))
        return {place: _in_order(decided) for place, decided in found.items()}


def _in_order(decided: Sequence[Decided]) -> list[Decided]:
    return sorted(decided, key=lambda one: one.seq)


def _campaign_of(decided: Decided) -> str | None:
    one = decided.decision
    return one.campaign if isinstance(one, Coding | ThemeCoding) else None

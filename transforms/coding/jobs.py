"""What a coder is given, and the decisions that an entry makes. What another coded is shown to settle it alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as kept
from typing import Any, get_args

from schemas.decisions import Coding, Decision, ThemeCoding, ThemeMark
from schemas.policy import Frame
from transforms.coding.errors import CodingError, EntryError
from transforms.coding.quotes import QuoteError, quote_of, sentences_of
from transforms.coding.rules import NO_ANSWER, Due, Role, Said, Standing, is_between, may_settle, person
from transforms.coding.themes import Theme, Themes, frame_version

ROLES: dict[Due, Role] = {"first": "coding", "second": "coding", "third": "settling"}
# Whether a coding is the first or the second, who codes does not learn.
KINDS: dict[Role, str] = {"coding": "coding", "settling": "settling a difference"}
NO_POSITION = "Choose a position."
NOT_IN_FRAME = "Choose one of these positions."
NOT_A_THEME = "This is no theme of the question any more; load the page again."


@dataclass(frozen=True)
class Answer:
    """One answer as a coder may see it: masked, and beside a translation the original."""

    response: str
    field: str
    text: str = kept(repr=False)
    language: str | None = None
    original: str | None = kept(default=None, repr=False)
    campaign: str | None = None
    stands_for: int = 1


@dataclass(frozen=True)
class Job:
    """One answer to code.

    `own` is what this person coded before. `said` is what the two said who may settle it together, and is empty for
    everybody else; `together_with` names the other. `suggested` are ids of themes, where suggestions may be seen.
    """

    answer: Answer
    role: Role
    number: str | None
    wording: str
    frame: Frame
    themes: Themes
    own: Said | None = None
    said: Mapping[str, Said] = kept(default_factory=dict)
    together_with: tuple[str, ...] = ()
    suggested: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """`RESPONSE:FIELD:ROLE`."""
        return f"{self.answer.response}:{self.answer.field}:{self.role}"

    @property
    def kind(self) -> str:
        return KINDS[self.role]

    @property
    def frame_version(self) -> str:
        return frame_version(self.frame, self.themes)

    @property
    def sentences(self) -> tuple[str, ...]:
        return sentences_of(self.answer.text)

    def limb_label(self, limb: str) -> str:
        return self.frame.limbs.get(limb, "The answer as a whole")


def parse_job_id(job: str) -> tuple[str, str, Role]:
    """Response, field and role of a job.

    Raises:
        CodingError: it names none.
    """
    parts = job.rsplit(":", 2)
    role: Role | None = next((one for one in get_args(Role) if one == parts[-1]), None)
    if len(parts) != 3 or role is None:
        raise CodingError("There is no such answer to code; take the next one.")
    return parts[0], parts[1], role


@dataclass(frozen=True)
class Entry:
    """What a coder entered: by limb a code and where the words stand, by theme where its words stand."""

    codes: Mapping[str, str]
    quotes: Mapping[str, str] = kept(default_factory=dict, repr=False)
    themes: Mapping[str, str] = kept(default_factory=dict, repr=False)
    settled_with: str | None = None


def decide(job: Job, entry: Entry) -> list[Decision]:
    """The decisions that an entry makes.

    Raises:
        EntryError: it does not fit the frame or the answer; says for each place (`code-LIMB`, `quote-LIMB`,
            `theme-THEME`) what is wrong.
    """
    faults: dict[str, str] = {}
    made: list[Decision] = []
    about: dict[str, Any] = {"response": job.answer.response, "field": job.answer.field, "role": job.role}
    about |= {"settled_with": entry.settled_with, "frame": job.frame_version, "campaign": job.answer.campaign}

    def quoted(place: str, given: str) -> str:
        try:
            return quote_of(job.answer.text, given)
        except QuoteError as error:
            faults[place] = str(error)
            return ""

    marks = []
    for id_, given in entry.themes.items():
        if job.themes.theme(id_) is None:
            faults[f"theme-{id_}"] = NOT_A_THEME
        else:
            marks.append(ThemeMark(theme=id_, quote=quoted(f"theme-{id_}", given)))
    for limb in job.frame.limb_ids:
        code, given = entry.codes.get(limb, ""), entry.quotes.get(limb, "")
        if code not in job.frame.code_ids:
            faults[f"code-{limb}"] = NOT_IN_FRAME if code else NO_POSITION
            continue
        # Nothing shows that an answer says nothing.
        quote = "" if code == NO_ANSWER and not given.strip() else quoted(f"quote-{limb}", given)
        made.append(Coding(limb=limb, code=code, quote=quote, **about))
    if faults:
        raise EntryError(faults)
    # Before the positions: an answer is coded with its last limb, and then its themes are there too.
    return [ThemeCoding(themes=tuple(marks), **about), *made] if job.themes.active else made


def check_may_code(standing: Standing, role: Role, officer: str, settled_with: str | None) -> None:
    """Pass who may do this now.

    Raises:
        CodingError: says why not.
    """
    name = person(officer)
    if role == "coding":
        # Who coded it may correct the last word; a third independent coder is not asked for.
        if standing.due in ("first", "second") or name in standing.codings.coding:
            return
        raise CodingError("This answer does not wait for a coder any more; take the next one.")
    if standing.due != "third":
        raise CodingError("There is no difference to settle any more; take the next one.")
    if not may_settle(name, person(settled_with) if settled_with else None, standing.coders):
        raise CodingError("Who coded it settles a difference together with the other coder; say with whom.")


def shown_to(standing: Standing, officer: str) -> tuple[dict[str, Said], tuple[str, ...]]:
    """What the coders said, and the names of the others, where this person may settle it with one of them."""
    if not is_between(standing, officer):
        return {}, ()
    said = {name: standing.codings.coding[name] for name in sorted(standing.coders)}
    return said, tuple(name for name in said if name != person(officer))


def theme_labels(job: Job, said: Said) -> list[tuple[Theme, str]]:
    """The themes that somebody marked, as they are now, with the words."""
    marks = said.themes.themes if said.themes else ()
    found = [(job.themes.theme(job.themes.now.get(one.theme, "")), one.quote) for one in marks]
    return [(theme, quote) for theme, quote in found if theme]

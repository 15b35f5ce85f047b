"""The plan for the seed's consultation, third-sector-2007: over its 92 days, by web, e-mail and post."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from random import Random

from orchestration.demonstration.answers import Answer, Form, fill_campaign_form, fill_third_sector_form
from orchestration.demonstration.days import LONDON, Season, local, moment_of, moments, post_arrival
from orchestration.demonstration.plan import (
    ConsultationPlan,
    Layout,
    MailMessage,
    Oddity,
    PaperSheet,
    Size,
    Submission,
    WebSubmission,
    in_order,
    plan_id,
)
from schemas.response import RawAnswer

CONSULTATION = "third-sector-2007"
_LAST = date(2007, 5, 31)
_SEASON = Season(
    first=date(2007, 3, 1),
    last=_LAST,
    meetings=(date(2007, 3, 20), date(2007, 4, 25), date(2007, 5, 15)),
    holidays=((date(2007, 4, 6), date(2007, 4, 9)), (date(2007, 5, 7), date(2007, 5, 7)), (date(2007, 5, 28),) * 2),
    rush=True,
)
_CAMPAIGN = Season(date(2007, 4, 11), date(2007, 4, 27), meetings=(), holidays=(), rush=False)


def plan_third_sector(seed: str, size: Size) -> ConsultationPlan:
    """Every submission of the consultation, in order of arrival."""
    planner = _Planner(seed)
    submissions: list[Submission] = []
    for number, at in enumerate(moments(_SEASON, size.ordinary, planner.chance("days"))):
        key = f"ordinary-{number:03d}"
        form = fill_third_sector_form(planner.chance(key))
        submissions.append(planner.by_some_channel(key, "ordinary", at, form, (48, 26, 26)))
    for number, at in enumerate(moments(_CAMPAIGN, size.campaign, planner.chance("campaign days"))):
        key, edited = f"campaign-{number:03d}", number % 3 == 2
        form = fill_campaign_form(planner.chance(key), edited=edited)
        oddity: Oddity = "campaign_edited" if edited else "campaign"
        submissions.append(planner.by_some_channel(key, oddity, at, form, (50, 30, 20)))
    submissions += planner.second_versions()
    submissions += planner.sent_twice()
    submissions += planner.late()
    submissions += planner.blank()
    submissions += planner.colleagues()
    submissions += planner.broken()
    return ConsultationPlan(CONSULTATION, in_order(submissions))


class _Planner:
    """Makes submissions, each with a source of chance of its own, so that adding one changes no other."""

    def __init__(self, seed: str) -> None:
        self._seed = f"{seed}/{CONSULTATION}"

    def chance(self, key: str) -> Random:
        return Random(f"{self._seed}/{key}")  # noqa: S311 - invented data, no secret

    def form(self, key: str) -> Form:
        return fill_third_sector_form(self.chance(key))

    def by_some_channel(
        self, key: str, oddity: Oddity, at: datetime, form: Form, shares: tuple[int, int, int]
    ) -> Submission:
        make = self.chance(f"{key}/channel").choices((self.web, self.mail, self.paper), shares)[0]
        return make(key, oddity, at, form)

    def web(self, key: str, oddity: Oddity, at: datetime, form: Form) -> WebSubmission:
        chance, submission_id = self.chance(f"{key}/web"), plan_id(self._seed, key)
        return WebSubmission(
            key=key,
            oddity=oddity,
            at=at,
            form=form,
            way="page" if chance.random() < 0.2 else "device",
            submission_id=submission_id,
            inside_id=submission_id,
            started_at=at - timedelta(minutes=chance.randint(6, 95)),
            sends=2 if chance.random() < 0.05 else 1,
        )

    def mail(self, key: str, oddity: Oddity, at: datetime, form: Form) -> MailMessage:
        layout: Layout = "numbered" if self.chance(f"{key}/mail").random() < 0.4 else "pdf"
        person = form.person
        return MailMessage(
            key, oddity, at, (form,), layout, f"<{plan_id(self._seed, key)}@example.org>", person.email, person.name
        )  # fmt: skip

    def paper(self, key: str, oddity: Oddity, at: datetime, form: Form) -> PaperSheet:
        """Opened on the morning of a working day; posted a day or three before."""
        chance = self.chance(f"{key}/post")
        arrival = post_arrival(at.astimezone(LONDON).date(), _LAST)
        posted = arrival.astimezone(LONDON).date() - timedelta(days=chance.randint(1, 3))
        postmark = chance.choices((posted.isoformat(), "none", "illegible"), (80, 12, 8))[0]
        return self._sheet(key, oddity, arrival, form, postmark)

    def _sheet(self, key: str, oddity: Oddity, arrival: datetime, form: Form, postmark: str) -> PaperSheet:
        return PaperSheet(
            key=key,
            oddity=oddity,
            at=arrival,
            form=form,
            serial=f"P{int(plan_id(self._seed, key)[:8], 16) % 10**8:08d}",
            received_on=arrival.astimezone(LONDON).date(),
            postmark=postmark,
            keyed_twice=True,
        )

    def second_versions(self) -> list[Submission]:
        """Six who answered by web and then by post, four who sent a changed form by e-mail again."""
        made: list[Submission] = []
        for number in range(10):
            key, chance = f"second-{number}", self.chance(f"second-{number}/days")
            first_day = _SEASON.first + timedelta(days=chance.randint(4, 70))
            first_at, second_at = (moment_of(first_day + timedelta(days=later), chance) for later in (0, 9))
            first = self.form(key)
            second = self._changed(first, key)
            if number < 6:
                made.append(self.web(f"{key}a", "first_version", first_at, first))
                made.append(self.paper(f"{key}b", "second_version", second_at, second))
            else:
                made.append(self.mail(f"{key}a", "first_version", first_at, first))
                made.append(self.mail(f"{key}b", "second_version", second_at, second))
        return made

    def _changed(self, form: Form, key: str) -> Form:
        """The same person's form with some answers written anew."""
        other = self.form(f"{key}/changed")
        renewed = {name: answer for name, answer in other.written.items() if name[:2] in ("q4", "q6", "q7")}
        texts = {name: answer.text for name, answer in renewed.items()}
        return replace(form, answers={**form.answers, **texts}, written={**form.written, **renewed})

    def sent_twice(self) -> list[Submission]:
        """Four forms sent twice by e-mail from one address, unchanged; and a message with three forms."""
        made: list[Submission] = []
        for number in range(4):
            key, chance = f"twice-{number}", self.chance(f"twice-{number}/days")
            form, at = self.form(key), moments(_SEASON, 1, chance)[0]
            made.append(self.mail(f"{key}a", "first_version", at, form))
            made.append(self.mail(f"{key}b", "duplicate", at + timedelta(minutes=chance.randint(3, 2000)), form))
        key = "several-0"
        forms = tuple(self.form(f"{key}/{part}") for part in range(3))
        message = self.mail(key, "several", moment_of(date(2007, 4, 26), self.chance(key)), forms[0])
        return [*made, replace(message, forms=forms, layout="pdf")]

    def late(self) -> list[Submission]:
        """After 31 May: out of time, or in time by the closing rule (postmarked before, or started offline before)."""
        offline = self.web("late-offline", "late_but_in_time", self._in_june("late-offline", 2), self.form("late-0"))
        offline = replace(offline, way="device", started_at=local(date(2007, 5, 30), time(20, 15)))
        made: list[Submission] = [offline]
        for number, day in enumerate((1, 3)):
            key = f"late-web-{number}"
            made.append(replace(self.web(key, "late", self._in_june(key, day), self.form(key)), way="device"))
        for number, day in enumerate((1, 4)):
            key = f"late-mail-{number}"
            made.append(self.mail(key, "late", self._in_june(key, day), self.form(key)))
        marks: list[tuple[Oddity, int, str]] = [
            ("late_but_in_time", 1, "2007-05-30"),
            ("late_but_in_time", 5, "2007-05-31"),
            ("late", 4, "2007-06-01"),
            ("late", 1, "none"),
            ("late", 5, "illegible"),
        ]
        for number, (oddity, day, postmark) in enumerate(marks):
            key = f"late-post-{number}"
            arrival = local(date(2007, 6, day), time(10, 30))
            made.append(self._sheet(key, oddity, arrival, self.form(key), postmark))
        return made

    def _in_june(self, key: str, day: int) -> datetime:
        return moment_of(date(2007, 6, day), self.chance(f"{key}/day"))

    def blank(self) -> list[Submission]:
        """Forms without an answer: nothing at all, or nothing but dashes."""
        made: list[Submission] = []
        ways: tuple[Callable[..., Submission], ...] = (self.web, self.web, self.mail, self.paper)
        for number, make in enumerate(ways):
            key = f"blank-{number}"
            form, at = self.form(key), moments(_SEASON, 1, self.chance(f"{key}/days"))[0]
            answers = dict.fromkeys(form.written, "-") if number % 2 else {}
            submission = make(key, "blank", at, replace(form, answers=answers, written={}))
            made.append(replace(submission, layout="pdf") if isinstance(submission, MailMessage) else submission)
        return made

    def colleagues(self) -> list[Submission]:
        """Two pairs from one organisation each, who agree but are not one respondent."""
        made: list[Submission] = []
        for number in range(2):
            organisation = f"{('Emberwick', 'Copperby')[number]} Listening Ear"
            for part, at in enumerate(moments(_SEASON, 2, self.chance(f"colleague-{number}/days"))):
                key = f"colleague-{number}{'ab'[part]}"
                form = self.form(key)
                about: dict[str, RawAnswer] = {
                    "r1_type": ["voluntary_community_rep"],
                    "r2_organisation": organisation,
                    "r3_role": "Trustee",
                }
                kept = {name: answer for name, answer in form.answers.items() if not name.startswith("r")}
                made.append(self.web(key, "colleague", at, replace(form, answers={**kept, **about})))
        return made

    def broken(self) -> list[Submission]:
        """What cannot be taken as it is: each must end in its own line of the ledger, with a reason."""
        days = {name: date(2007, *day) for name, day in _BROKEN_DAYS.items()}

        def at(name: str) -> datetime:
            return moment_of(days[name], self.chance(f"{name}/at"))

        made: list[Submission] = []
        wrong = self.web("wrong-id", "wrong_id_inside", at("wrong-id"), self.form("wrong-id"))
        made.append(replace(wrong, way="device", inside_id=plan_id(self._seed, "another id")))
        for name in ("choice-0", "choice-1"):
            form = self.form(name)
            form = replace(form, answers={**form.answers, "r1_type": ["derby_resident", "visitor"]})
            made.append(replace(self.web(name, "unknown_choice", at(name), form), way="device"))
        sheet = self.paper("keying", "keyings_differ", at("keying"), _with_answer(self.form("keying")))
        made.append(replace(sheet, second_keying=(("q6_monitoring", "Too much, I think."),)))
        once = self.paper("keyed-once", "keyed_once", at("keyed-once"), self.form("keyed-once"))
        made.append(replace(once, keyed_twice=False))
        for name in ("damaged-pdf", "encrypted-zip", "automatic-reply", "question"):
            oddity: Oddity = name.replace("-", "_")  # type: ignore[assignment]
            message = self.mail(name, oddity, at(name), self.form(name))
            made.append(replace(message, forms=(), layout="none"))
        return made


_BROKEN_DAYS = {
    "wrong-id": (3, 14),
    "choice-0": (3, 22),
    "choice-1": (5, 23),
    "keying": (3, 27),
    "keyed-once": (5, 29),
    "damaged-pdf": (4, 2),
    "encrypted-zip": (5, 9),
    "automatic-reply": (3, 5),
    "question": (3, 9),
}


def _with_answer(form: Form) -> Form:
    """The form with an answer to question 6, which the two keyings read differently."""
    text = "Too much I think."
    answer = Answer(text, {"whole": "too_much"}, {"whole": text})
    return replace(
        form, answers={**form.answers, "q6_monitoring": text}, written={**form.written, "q6_monitoring": answer}
    )

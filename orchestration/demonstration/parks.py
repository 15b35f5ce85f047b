"""The plan for the invented consultation parks-and-libraries-2007, which is still open when the demonstration ends."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from random import Random

from orchestration.demonstration.answers import (
    Answer,
    Form,
    choose_positions,
    slots_of,
    write_answer,
    write_in_language,
)
from orchestration.demonstration.days import LONDON, Season, local, moments, post_arrival
from orchestration.demonstration.grammar import Slots, read_texts
from orchestration.demonstration.people import invent_organisation, invent_person
from orchestration.demonstration.plan import (
    ConsultationPlan,
    ImportedRow,
    MailMessage,
    PaperSheet,
    ScannedBatch,
    Size,
    Submission,
    WebSubmission,
    in_order,
    plan_id,
)
from schemas.response import RawAnswer

CONSULTATION = "parks-and-libraries-2007"
IMPORTED_ON = local(date(2007, 5, 25), time(14, 0))
_SEASON = Season(
    date(2007, 5, 1), date(2007, 6, 7), meetings=(date(2007, 5, 17),), holidays=((date(2007, 5, 28),) * 2,), rush=False
)
_SCANNED, _SCANNED_AT = 3, local(date(2007, 5, 21), time(11, 0))
_PROPOSAL = "q5_proposal"


def plan_parks(seed: str, size: Size) -> ConsultationPlan:
    """Every submission so far: by web, e-mail and post, and rows that a library's kiosk collected."""
    seed = f"{seed}/{CONSULTATION}"
    submissions = []
    at = moments(_SEASON, size.invented, Random(f"{seed}/days"))  # noqa: S311 - invented data, no secret
    for number in range(size.invented):
        key = f"invented-{number:03d}"
        submissions.append(_submission(seed, key, at[number], Random(f"{seed}/{key}")))  # noqa: S311
    submissions.append(_scanned(seed))
    return ConsultationPlan(CONSULTATION, in_order(submissions))


def _scanned(seed: str) -> ScannedBatch:
    """Forms that a library collected on paper and the council scanned, all in English."""
    chance = Random(f"{seed}/scanned")  # noqa: S311 - invented data, no secret
    forms: list[Form] = []
    while len(forms) < _SCANNED:
        form = fill_parks_form(chance)
        if form.language == "en" and "q1_use" in form.answers and "q4_satisfied" in form.answers:
            forms.append(form)
    return ScannedBatch(
        key="scanned-0",
        oddity="scanned",
        at=_SCANNED_AT,
        forms=tuple(forms),
        serials=tuple(f"D{number}{number}XK" for number in range(2, 2 + _SCANNED)),
        received_on=_SCANNED_AT.date(),
        postmark="none",
        keyed=1,
    )


def _submission(seed: str, key: str, at: datetime, chance: Random) -> Submission:
    form, submission_id = fill_parks_form(chance), plan_id(seed, key)
    channel = chance.choices(("web", "email", "post", "import"), (46, 20, 18, 16))[0]
    if channel == "import" and at < IMPORTED_ON:
        # The kiosk asks for no contact details.
        asked = {name: answer for name, answer in form.answers.items() if not name.startswith("c")}
        form = replace(form, answers=asked)
        return ImportedRow(key, "ordinary", at, form, f"kiosk-{int(submission_id[:6], 16):08d}")
    if channel == "email":
        person = form.person
        return MailMessage(
            key, "ordinary", at, (form,), "pdf", f"<{submission_id}@example.org>", person.email, person.name
        )
    if channel == "post":
        arrival = post_arrival(at.astimezone(LONDON).date(), _SEASON.last)
        day = arrival.astimezone(LONDON).date()
        serial = f"N{int(submission_id[:8], 16) % 10**8:08d}"
        return PaperSheet(
            key, "ordinary", arrival, form, serial, day, (day - timedelta(days=2)).isoformat(), keyed_twice=True
        )
    return WebSubmission(
        key=key,
        oddity="ordinary",
        at=at,
        form=form,
        way="page" if chance.random() < 0.25 else "device",
        submission_id=submission_id,
        inside_id=submission_id,
        started_at=at - timedelta(minutes=chance.randint(3, 40)),
    )


def fill_parks_form(chance: Random) -> Form:
    """One respondent's form, in English or Arabic."""
    person = replace(invent_person(chance), organisation=None)
    language = "ar" if chance.random() < 0.15 else "en"
    answers: dict[str, RawAnswer] = {}
    use = chance.choices(("parks", "libraries", "both", "neither", "other"), (34, 22, 32, 7, 5))[0]
    answers["q1_use"] = use
    if use == "other":
        answers["q1_use_other"] = chance.choice(("the allotments", "the mobile library", "the bandstand", "canal path"))
    if use != "neither" and chance.random() < 0.9:
        answers["q2_visits"] = str(chance.choice((1, 2, 3, 4, 6, 10, 12, 20, 24, 26, 40, 50, 52, 100, 150)))
        day = _SEASON.first + timedelta(days=chance.randint(-200, -1))
        answers["q3_last_visit"] = day.isoformat() if chance.random() < 0.5 else f"{day:%d/%m/%Y}"
    if chance.random() < 0.93:
        answers["q4_satisfied"] = chance.choices("12345", (6, 14, 24, 38, 18))[0]
    written = _proposal(language, slots_of(person, chance), chance)
    if written is not None:
        answers[_PROPOSAL] = written.text
    answers |= _about(person.given_name, person.family_name, person.email, person.phone, chance)
    return Form(person, language, answers, {_PROPOSAL: written} if written else {})


def _proposal(language: str, slots: Slots, chance: Random) -> Answer | None:
    parts = read_texts("parks.toml")[_PROPOSAL]
    if chance.random() < 0.12:
        return None
    positions = choose_positions(parts, "even", chance)
    if language == "ar":
        return write_in_language("ar", "parks.toml", list(positions), chance)
    return write_answer(parts, positions, slots, chance)


def _about(given: str, family: str, email: str, phone: str, chance: Random) -> dict[str, RawAnswer]:
    capacity = chance.choices((["resident"], ["worker"], ["resident", "worker"], ["group"], []), (60, 12, 14, 10, 4))[0]
    answers: dict[str, RawAnswer] = {}
    if capacity:
        answers["r1_capacity"] = capacity
    if "group" in capacity:
        answers["r2_organisation"] = invent_organisation("voluntary_community_rep", chance)
        answers["r3_role"] = chance.choice(("Secretary", "Chair", "Member", "Organiser"))
    bands = ("under_16", "from_16_to_24", "from_25_to_44", "from_45_to_64", "from_65")
    if chance.random() < 0.9:
        answers["r4_age"] = chance.choices(bands, (4, 12, 30, 30, 24))[0]
    if chance.random() < 0.85:
        answers["r5_district"] = chance.choices(("DE81", "DE83", "DE86", "DE88"), (40, 30, 20, 10))[0]
    if chance.random() < 0.4:
        answers |= {"c1_given_name": given, "c2_family_name": family, "c3_email": email}
        if chance.random() < 0.5:
            answers["c4_phone"] = phone
    answers["p1_publish"] = "yes" if chance.random() < 0.6 else "no"
    return answers

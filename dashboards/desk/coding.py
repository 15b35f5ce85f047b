"""The pages on which answers are coded: the answer beside its coding frame, in forms that need no script."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from dashboards.desk.forms import (
    CODING_PATH,
    UNKNOWN,
    Desk,
    Form,
    Refused,
    check_token,
    first,
    officer_of,
    shows,
    takes,
    token_for,
)
from dashboards.desk.listing import listing
from schemas.errors import YourSayError
from transforms.coding.errors import EntryError
from transforms.coding.jobs import Entry, Job, theme_labels
from transforms.coding.rules import Said

UNDO_PATH = f"{CODING_PATH}/undo"
SENDER_PATH = f"{CODING_PATH}/sender"
DIFFERENCES_PATH = f"{CODING_PATH}/differences"
OWN_PATH = f"{CODING_PATH}/own"


@dataclass(frozen=True)
class Entered:
    """What stands in the form: by limb the code and the words, by theme the words."""

    codes: Mapping[str, str] = field(default_factory=dict)
    quotes: Mapping[str, str] = field(default_factory=dict)
    themes: Mapping[str, str] = field(default_factory=dict)


def coding_routes(desk: Desk) -> list[Route]:
    """`/coding` gives the next answer (`?question=` of one question, `?job=` one in particular) and takes its codes."""
    return [
        shows(CODING_PATH, desk, _show),
        takes(CODING_PATH, desk, _code),
        takes(UNDO_PATH, desk, _undo),
        shows(SENDER_PATH, desk, lambda desk, request: _sender(desk, request, request.query_params.get("job", ""))),
        takes(SENDER_PATH, desk, _open_sender),
        shows(DIFFERENCES_PATH, desk, _differences),
        shows(OWN_PATH, desk, _own),
    ]


def _show(desk: Desk, request: Request) -> Response:
    officer, wanted = officer_of(request), request.query_params.get("job")
    question, done = request.query_params.get("question") or None, request.query_params.get("done")
    try:
        if question:
            desk.coding.question(question)
        job = desk.coding.take(wanted, officer) if wanted else desk.coding.next_job(officer, question)
        if job is None:
            return _nothing(desk, request, question=question, done=done)
        return _job_page(desk, request, job, _entered_before(job), question=question, done=done)
    except YourSayError as error:
        return _nothing(desk, request, problem=str(error))


def _code(desk: Desk, request: Request, form: Form) -> Response:
    job, officer, question = first(form, "job"), officer_of(request), first(form, "question") or None
    try:
        check_token(request, form, CODING_PATH)
        what = first(form, "do")
        if what == "skip":
            desk.coding.skip(job, officer)
            return RedirectResponse(_address(question=question), 303)
        if what != "code":
            raise Refused(UNKNOWN)
        desk.coding.code(job, officer, _entry(form))
    except EntryError as error:
        return _refused(desk, request, form, error.faults)
    except YourSayError as error:
        return _refused(desk, request, form, {"": str(error)})
    return RedirectResponse(_address(question=question, done=job), 303)


def _undo(desk: Desk, request: Request, form: Form) -> Response:
    job = first(form, "job")
    try:
        check_token(request, form, UNDO_PATH)
        desk.coding.undo(job, officer_of(request))
    except YourSayError as error:
        return _nothing(desk, request, problem=str(error))
    return RedirectResponse(_address(question=first(form, "question") or None), 303)


def _entry(form: Form) -> Entry:
    entered = _entered(form)
    return Entry(entered.codes, entered.quotes, entered.themes, first(form, "settled_with") or None)


def _entered(form: Form) -> Entered:
    """Of the themes those whose box is ticked."""
    return Entered(
        codes={name.removeprefix("code-"): values[0] for name, values in form.items() if name.startswith("code-")},
        quotes={name.removeprefix("quote-"): values[0] for name, values in form.items() if name.startswith("quote-")},
        themes={one: first(form, f"words-{one}") for one in form.get("theme", ())},
    )


def _entered_before(job: Job) -> Entered:
    """What this person coded before, as it would be entered."""
    if job.own is None:
        return Entered()
    known = set(job.frame.code_ids)
    return Entered(
        codes={limb: one.code for limb, one in job.own.positions.items() if one.code in known},
        quotes={limb: one.quote for limb, one in job.own.positions.items()},
        themes={theme.id: quote for theme, quote in theme_labels(job, job.own)},
    )


def _refused(desk: Desk, request: Request, form: Form, faults: Mapping[str, str]) -> Response:
    """The form again with what was entered; the job itself may be gone by now."""
    question = first(form, "question") or None
    try:
        job = desk.coding.take(first(form, "job"), officer_of(request))
        return _job_page(desk, request, job, _entered(form), faults=faults, question=question)
    except YourSayError:
        return _nothing(desk, request, problem=" ".join(faults.values()))


def _nothing(
    desk: Desk, request: Request, *, problem: str | None = None, question: str | None = None, done: str | None = None
) -> Response:
    return desk.page(
        "coding_none.html",
        at=CODING_PATH,
        status=409 if problem else 200,
        problem=problem,
        asked=desk.coding.question(question) if question and not problem else None,
        question=question,
        done=done,
        undo=UNDO_PATH,
        undo_token=token_for(request, UNDO_PATH),
    )


def _job_page(
    desk: Desk,
    request: Request,
    job: Job,
    entered: Entered,
    *,
    faults: Mapping[str, str] | None = None,
    question: str | None = None,
    done: str | None = None,
) -> Response:
    return desk.page(
        "coding_job.html",
        at=CODING_PATH,
        status=400 if faults else 200,
        job=job,
        asked=desk.coding.question(job.answer.field),
        entered=entered,
        faults=dict(faults or {}),
        question=question,
        done=done,
        said=[(name, _said_in_words(job, one)) for name, one in job.said.items()],
        suggested=[theme.label for theme in job.themes.active if theme.id in job.suggested],
        form_token=token_for(request, CODING_PATH),
        action=CODING_PATH,
        undo=UNDO_PATH,
        undo_token=token_for(request, UNDO_PATH),
        sender=f"{SENDER_PATH}?{urlencode({'job': job.id})}",
        themes_page=f"{CODING_PATH}/themes?{urlencode({'question': job.answer.field})}",
    )


def _said_in_words(job: Job, said: Said) -> list[tuple[str, str, str]]:
    """For each limb and each theme its label, what was coded, and the words."""
    labels = {code.code: code.label for code in job.frame.codes}
    rows = [
        (job.limb_label(limb), labels.get(one.code, one.code), one.quote)
        for limb, one in said.positions.items()
        if limb in job.frame.limb_ids
    ]
    return rows + [("Theme", theme.label, quote) for theme, quote in theme_labels(job, said)]


def _sender(desk: Desk, request: Request, job: str, problem: str | None = None) -> Response:
    try:
        found = desk.coding.take(job, officer_of(request))
    except YourSayError as error:
        return _nothing(desk, request, problem=str(error))
    return _sender_page(desk, request, found, problem=problem)


def _open_sender(desk: Desk, request: Request, form: Form) -> Response:
    job = first(form, "job")
    try:
        check_token(request, form, SENDER_PATH)
        opened = desk.coding.sender(job, officer_of(request), first(form, "reason"))
        found = desk.coding.take(job, officer_of(request))
    except YourSayError as error:
        return _sender(desk, request, job, problem=str(error))
    return _sender_page(desk, request, found, opened=opened)


def _sender_page(
    desk: Desk, request: Request, job: Job, *, opened: Mapping[str, str] | None = None, problem: str | None = None
) -> Response:
    return desk.page(
        "coding_sender.html",
        at=CODING_PATH,
        status=400 if problem else 200,
        job=job,
        opened=opened,
        problem=problem,
        back=_address(job=job.id),
        form_token=token_for(request, SENDER_PATH),
        action=SENDER_PATH,
    )


def _differences(desk: Desk, request: Request) -> Response:
    try:
        found = desk.coding.differences(officer_of(request))
    except YourSayError as error:
        return _nothing(desk, request, problem=str(error))
    jobs = [(desk.coding.question(one.answer.field), one.answer.response, _address(job=one.id)) for one in found]
    return desk.page("coding_differences.html", at=DIFFERENCES_PATH, jobs=jobs)


def _own(desk: Desk, request: Request) -> Response:
    try:
        found = desk.coding.own(officer_of(request))
    except YourSayError as error:
        return _nothing(desk, request, problem=str(error))
    rows = [
        {
            "question": desk.coding.question(job.answer.field),
            "response": job.answer.response,
            "job": job.id,
            "address": _address(job=job.id),
            "at": own.at,
            "is_outdated": own.is_outdated,
        }
        for job, own in found
    ]
    # What was coded by an earlier frame comes first: somebody may have to look at it again.
    rows.sort(key=lambda row: not row["is_outdated"])
    return listing(desk, request, "coding_own.html", OWN_PATH, rows, posted_to=UNDO_PATH)


def _address(**query: str | None) -> str:
    given = {name: value for name, value in query.items() if value}
    return f"{CODING_PATH}?{urlencode(given)}" if given else CODING_PATH

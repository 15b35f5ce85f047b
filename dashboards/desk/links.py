"""The pages on which officers say whether two responses are of one respondent: both side by side, with the weights."""

from collections.abc import Sequence
from typing import Any, get_args
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from dashboards.desk.forms import (
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
from dashboards.desk.review import LINKS_PATH, PairJob, Verdict
from schemas.errors import YourSayError

UNDO_PATH = f"{LINKS_PATH}/undo"
OWN_PATH = f"{LINKS_PATH}/own"
EVIDENCE_PATH = f"{LINKS_PATH}/evidence"
_VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
_SPEAKS = 1.0


def link_routes(desk: Desk) -> list[Route]:
    """`/links` gives the next pair (`?job=` one in particular) and takes what an officer says of it."""
    return [
        shows(LINKS_PATH, desk, _show),
        takes(LINKS_PATH, desk, _decide),
        takes(UNDO_PATH, desk, _undo),
        shows(OWN_PATH, desk, _own),
        shows(EVIDENCE_PATH, desk, lambda desk, request: _evidence(desk, request, request.query_params.get("job", ""))),
        takes(EVIDENCE_PATH, desk, _open_evidence),
    ]


def _show(desk: Desk, request: Request) -> Response:
    officer, wanted = officer_of(request), request.query_params.get("job")
    done = request.query_params.get("done", "")
    try:
        job = desk.review.links.take(wanted, officer) if wanted else desk.review.links.next_job(officer)
    except YourSayError as error:
        return _nothing(desk, request, problem=str(error))
    return _pair_page(desk, request, job, done=done) if job else _nothing(desk, request, done=done)


def _decide(desk: Desk, request: Request, form: Form) -> Response:
    job, officer = first(form, "job"), officer_of(request)
    try:
        check_token(request, form, LINKS_PATH)
        what = first(form, "do")
        if what == "later":
            desk.review.links.later(job, officer)
            return RedirectResponse(LINKS_PATH, 303)
        verdict = next((one for one in _VERDICTS if one == what), None)
        if verdict is None:
            raise Refused(UNKNOWN)
        desk.review.links.decide(job, officer, verdict, first(form, "reason"))
    except YourSayError as error:
        return _refused(desk, request, form, str(error))
    return RedirectResponse(f"{LINKS_PATH}?{urlencode({'done': job})}", 303)


def _undo(desk: Desk, request: Request, form: Form) -> Response:
    job = first(form, "job")
    try:
        check_token(request, form, UNDO_PATH)
        desk.review.links.undo(job, officer_of(request))
    except YourSayError as error:
        return _nothing(desk, request, problem=str(error))
    return RedirectResponse(LINKS_PATH, 303)


def _refused(desk: Desk, request: Request, form: Form, problem: str) -> Response:
    """The form again with what was entered; the pair itself may be gone by now."""
    try:
        job = desk.review.links.take(first(form, "job"), officer_of(request))
    except YourSayError:
        return _nothing(desk, request, problem=problem)
    return _pair_page(desk, request, job, problem=problem, reason=first(form, "reason"))


def _nothing(desk: Desk, request: Request, *, problem: str | None = None, done: str = "") -> Response:
    return desk.page(
        "link_none.html", at=LINKS_PATH, status=409 if problem else 200, problem=problem, **_undoing(request, done)
    )


def _undoing(request: Request, done: str) -> dict[str, Any]:
    return {"done": done, "undo": UNDO_PATH, "undo_token": token_for(request, UNDO_PATH), "links": LINKS_PATH}


def _pair_page(
    desk: Desk, request: Request, job: PairJob, *, problem: str | None = None, reason: str = "", done: str = ""
) -> Response:
    return desk.page(
        "link_pair.html",
        at=LINKS_PATH,
        status=400 if problem else 200,
        job=job,
        weights=[(name, level, _speaks(weight), f"{weight:+.1f}") for name, level, weight in job.weights],
        problem=problem,
        reason=reason,
        form_token=token_for(request, LINKS_PATH),
        action=LINKS_PATH,
        evidence=f"{EVIDENCE_PATH}?{urlencode({'job': job.id})}",
        **_undoing(request, done),
    )


def _speaks(weight: float) -> str:
    if abs(weight) < _SPEAKS:
        return "says little"
    return "for one respondent" if weight > 0 else "against it"


def _own(desk: Desk, request: Request) -> Response:
    try:
        found = desk.review.links.own(officer_of(request))
    except YourSayError as error:
        return _nothing(desk, request, problem=str(error))
    return listing(desk, request, "link_own.html", OWN_PATH, found, posted_to=UNDO_PATH)


def _evidence(desk: Desk, request: Request, job: str, problem: str | None = None) -> Response:
    try:
        found = desk.review.links.take(job, officer_of(request))
    except YourSayError as error:
        return _nothing(desk, request, problem=str(error))
    return _evidence_page(desk, request, found, problem=problem)


def _open_evidence(desk: Desk, request: Request, form: Form) -> Response:
    job, officer = first(form, "job"), officer_of(request)
    try:
        check_token(request, form, EVIDENCE_PATH)
        opened = desk.review.links.evidence(job, officer, first(form, "reason"))
        found = desk.review.links.take(job, officer)
    except YourSayError as error:
        return _evidence(desk, request, job, problem=str(error))
    return _evidence_page(desk, request, found, opened=opened)


def _evidence_page(
    desk: Desk,
    request: Request,
    job: PairJob,
    *,
    opened: Sequence[tuple[str, str, str]] | None = None,
    problem: str | None = None,
) -> Response:
    return desk.page(
        "link_evidence.html",
        at=LINKS_PATH,
        status=400 if problem else 200,
        job=job,
        opened=opened,
        problem=problem,
        back=f"{LINKS_PATH}?{urlencode({'job': job.id})}",
        form_token=token_for(request, EVIDENCE_PATH),
        action=EVIDENCE_PATH,
    )

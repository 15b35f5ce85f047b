"""The pages on which officers write the report, draft it, and say what was done about what was said."""

from datetime import date
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from dashboards.desk.council import RELEASES_PATH, REPORT_PATH, SAID_DID_PATH, SECTION_PATH
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
from schemas.errors import YourSayError
from transforms.report.said_did import YouSaid


def report_routes(desk: Desk) -> list[Route]:
    """`/report` lists sections and drafts, `/report/section` is one section, `/report/said-did` what was done."""
    return [
        shows(REPORT_PATH, desk, _overview),
        takes(REPORT_PATH, desk, _draft),
        shows(SECTION_PATH, desk, lambda desk, request: _section(desk, request, request.query_params.get("id", ""))),
        takes(SECTION_PATH, desk, _keep),
        shows(SAID_DID_PATH, desk, _said_did),
        takes(SAID_DID_PATH, desk, _change),
    ]


def _overview(desk: Desk, request: Request, problem: str | None = None, status: int = 200) -> Response:
    written = desk.reports.sections()
    sections = [
        (one, f"{SECTION_PATH}?{urlencode({'id': one.id})}", bool(written.text(one.id))) for one in desk.reports.asked()
    ]
    return desk.page(
        "report.html",
        at=REPORT_PATH,
        status=status,
        account=request.state.account,
        sections=sections,
        datasets=desk.reports.datasets(),
        drafts=desk.reports.drafts(),
        entries=len(desk.reports.entries()),
        problem=problem,
        releases=RELEASES_PATH,
        said_did=SAID_DID_PATH,
        form_token=token_for(request, REPORT_PATH),
        action=REPORT_PATH,
    )


def _draft(desk: Desk, request: Request, form: Form) -> Response:
    try:
        check_token(request, form, REPORT_PATH)
        desk.reports.draft(officer_of(request), first(form, "release"), first(form, "reason"))
    except YourSayError as error:
        return _overview(desk, request, str(error), 400)
    return RedirectResponse(REPORT_PATH, 303)


def _section(
    desk: Desk, request: Request, section: str, text: str | None = None, problem: str | None = None
) -> Response:
    one = next((one for one in desk.reports.asked() if one.id == section), None)
    if one is None:
        return _overview(desk, request, "The report has no such section; choose one.", 404)
    return desk.page(
        "report_section.html",
        at=REPORT_PATH,
        status=400 if problem else 200,
        account=request.state.account,
        section=one,
        text=desk.reports.sections().text(section) if text is None else text,
        problem=problem,
        report=REPORT_PATH,
        form_token=token_for(request, SECTION_PATH),
        action=SECTION_PATH,
    )


def _keep(desk: Desk, request: Request, form: Form) -> Response:
    section, text = first(form, "section"), first(form, "text").replace("\r\n", "\n")
    try:
        check_token(request, form, SECTION_PATH)
        desk.reports.keep(section, text)
    except YourSayError as error:
        return _section(desk, request, section, text, str(error))
    return RedirectResponse(REPORT_PATH, 303)


def _said_did(desk: Desk, request: Request, form: Form | None = None, problem: str | None = None) -> Response:
    names = ("field", "said", "did", "paragraphs", "figure", "decided_on")
    of_questions = [(one.id.removeprefix("question."), one.heading) for one in desk.reports.asked() if one.of_question]
    return desk.page(
        "report_said_did.html",
        at=SAID_DID_PATH,
        status=400 if problem else 200,
        account=request.state.account,
        entries=[(one, dict(of_questions).get(one.field, one.field)) for one in desk.reports.entries()],
        questions=of_questions,
        typed={name: first(form, name) if form else "" for name in names},
        problem=problem,
        form_token=token_for(request, SAID_DID_PATH),
        action=SAID_DID_PATH,
    )


def _change(desk: Desk, request: Request, form: Form) -> Response:
    try:
        check_token(request, form, SAID_DID_PATH)
        match first(form, "do"):
            case "add":
                desk.reports.add(_entry(form))
            case "remove":
                desk.reports.remove(_number(first(form, "number")))
            case _:
                raise Refused(UNKNOWN)
    except YourSayError as error:
        return _said_did(desk, request, form, str(error))
    return RedirectResponse(SAID_DID_PATH, 303)


def _entry(form: Form) -> YouSaid:
    decided_on = first(form, "decided_on").strip()
    paragraphs = tuple(one.strip() for one in first(form, "paragraphs").splitlines() if one.strip())
    try:
        return YouSaid(
            field=first(form, "field"),
            said=first(form, "said").strip(),
            did=first(form, "did").strip(),
            paragraphs=paragraphs,
            figure=first(form, "figure").strip(),
            decided_on=date.fromisoformat(decided_on) if decided_on else None,
        )
    except ValueError:
        raise Refused("Write what was said and done, 600 characters each at most; a day is 2007-09-01.") from None


def _number(text: str) -> int:
    if not text.isdecimal():
        raise Refused(UNKNOWN)
    return int(text)

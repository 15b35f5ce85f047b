"""The pages of campaigns: what was found, one campaign with its letter and members, and what officers say of it."""

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
from dashboards.desk.review import CAMPAIGNS_PATH, CampaignJob
from schemas.errors import YourSayError

ONE_PATH = f"{CAMPAIGNS_PATH}/one"
SAID_PATH = f"{CAMPAIGNS_PATH}/said"
REGISTER_PATH = f"{CAMPAIGNS_PATH}/register"
# Which field of the form a problem is shown at.
_PLACES = {"name": "description", "join": "other"}


def campaign_routes(desk: Desk) -> list[Route]:
    """`/campaigns` lists them; `/campaigns/one?campaign=` shows one and takes what an officer says of it.

    `/campaigns/register` takes a letter that is known in advance; `/campaigns/said` takes back what was said.
    """
    return [
        shows(CAMPAIGNS_PATH, desk, _list),
        shows(ONE_PATH, desk, lambda desk, request: _one(desk, request, request.query_params.get("campaign", ""))),
        takes(ONE_PATH, desk, _change),
        shows(REGISTER_PATH, desk, lambda desk, request: _register_page(desk, request, {})),
        takes(REGISTER_PATH, desk, _register),
        shows(SAID_PATH, desk, _said),
        takes(SAID_PATH, desk, _undo),
    ]


def _list(desk: Desk, request: Request, problem: str | None = None) -> Response:
    try:
        found = desk.review.campaigns.listed() if problem is None else []
    except YourSayError as error:
        found, problem = [], str(error)
    done = request.query_params.get("done", "")
    return desk.page(
        "campaign_list.html",
        at=CAMPAIGNS_PATH,
        status=409 if problem else 200,
        problem=problem,
        rows=[(one, _address(one.id)) for one in found],
        done=done,
        register=REGISTER_PATH,
        said=SAID_PATH,
        campaigns=CAMPAIGNS_PATH,
    )


def _one(desk: Desk, request: Request, campaign: str, after: int | None = None) -> Response:
    given = request.query_params.get("after", "0")
    start = int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0
    try:
        job = desk.review.campaigns.take(campaign, officer_of(request), start if after is None else after)
    except YourSayError as error:
        return _list(desk, request, str(error))
    return _one_page(desk, request, job)


def _one_page(
    desk: Desk, request: Request, job: CampaignJob, *, problem: str | None = None, entered: Form | None = None
) -> Response:
    what = first(entered, "do") if entered else ""
    last = job.after + len(job.members)
    return desk.page(
        "campaign_one.html",
        at=CAMPAIGNS_PATH,
        status=400 if problem else 200,
        job=job,
        problem=problem,
        what=what,
        place=f"{_PLACES.get(what, 'reason')}-{what}" if what else "",
        entered={name: first(entered, name) for name in ("description", "other", "reason")} if entered else {},
        chosen=tuple(entered.get("response", ())) if entered else (),
        said=desk.review.campaigns.said(job.campaign.id),
        last=last,
        earlier=_address(job.campaign.id, max(0, job.after - 50)) if job.after else "",
        later=_address(job.campaign.id, last) if last < job.campaign.members else "",
        form_token=token_for(request, ONE_PATH),
        action=ONE_PATH,
        back=CAMPAIGNS_PATH,
        said_page=SAID_PATH,
    )


def _change(desk: Desk, request: Request, form: Form) -> Response:
    campaign, officer, reason = first(form, "campaign"), officer_of(request), first(form, "reason")
    responses = tuple(form.get("response", ()))
    queue = desk.review.campaigns
    try:
        check_token(request, form, ONE_PATH)
        match first(form, "do"):
            case "name":
                queue.name(campaign, officer, first(form, "description"), reason)
            case "join":
                queue.join(campaign, officer, first(form, "other"), reason)
            case "split":
                queue.split(campaign, officer, responses, reason)
            case "exclude":
                queue.exclude(campaign, officer, responses, reason)
            case "reject":
                queue.reject(campaign, officer, reason)
            case _:
                raise Refused(UNKNOWN)
    except YourSayError as error:
        return _refused(desk, request, form, str(error))
    return RedirectResponse(f"{CAMPAIGNS_PATH}?{urlencode({'done': 'yes'})}", 303)


def _refused(desk: Desk, request: Request, form: Form, problem: str) -> Response:
    """The page again with what was entered; the campaign itself may be gone by now."""
    given = first(form, "after")
    after = int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0
    try:
        job = desk.review.campaigns.take(first(form, "campaign"), officer_of(request), after)
    except YourSayError:
        return _list(desk, request, problem)
    return _one_page(desk, request, job, problem=problem, entered=form)


def _register(desk: Desk, request: Request, form: Form) -> Response:
    try:
        check_token(request, form, REGISTER_PATH)
        desk.review.campaigns.register(
            first(form, "campaign"),
            officer_of(request),
            first(form, "letter").replace("\r\n", "\n"),
            first(form, "description"),
            first(form, "reason"),
        )
    except YourSayError as error:
        return _register_page(desk, request, form, str(error))
    return RedirectResponse(f"{CAMPAIGNS_PATH}?{urlencode({'done': 'yes'})}", 303)


def _register_page(desk: Desk, request: Request, form: Form, problem: str | None = None) -> Response:
    return desk.page(
        "campaign_register.html",
        at=REGISTER_PATH,
        status=400 if problem else 200,
        problem=problem,
        entered={name: first(form, name) for name in ("campaign", "letter", "description", "reason")},
        form_token=token_for(request, REGISTER_PATH),
        action=REGISTER_PATH,
        back=CAMPAIGNS_PATH,
    )


def _said(desk: Desk, request: Request, problem: str | None = None) -> Response:
    return listing(desk, request, "campaign_said.html", SAID_PATH, desk.review.campaigns.said(), problem=problem)


def _undo(desk: Desk, request: Request, form: Form) -> Response:
    given = first(form, "number")
    try:
        check_token(request, form, SAID_PATH)
        if not (given.isascii() and given.isdigit() and len(given) < 16):
            raise Refused(UNKNOWN)
        desk.review.campaigns.undo(int(given), officer_of(request), first(form, "reason"))
    except YourSayError as error:
        return _said(desk, request, str(error))
    return RedirectResponse(SAID_PATH, 303)


def _address(campaign: str, after: int = 0) -> str:
    query = {"campaign": campaign} | ({"after": str(after)} if after else {})
    return f"{ONE_PATH}?{urlencode(query)}"

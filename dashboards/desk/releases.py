"""The pages of releases: drafted, checked, approved by a second person, published, corrected and withdrawn."""

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from dashboards.accounts import Account
from dashboards.desk.forms import (
    RELEASES_PATH,
    UNKNOWN,
    Desk,
    Form,
    Refused,
    check_token,
    first,
    shows,
    takes,
    token_for,
)
from dashboards.desk.release_desk import Detail
from schemas.errors import YourSayError
from transforms.release.diff import TableChange

_MOST_CELLS = 200
_WORDS = {
    "drafted": "Draft",
    "checked": "Checked",
    "approved": "Approved",
    "published": "Published",
    "corrected": "Corrected",
    "withdrawn": "Withdrawn",
}
# What can be done in each state, and what each of them asks for.
_STEPS = {
    "drafted": ("check", "withdraw"),
    "checked": ("check", "approve", "withdraw"),
    "approved": ("publish", "withdraw"),
    "published": ("correct", "withdraw"),
    "corrected": ("withdraw",),
    "withdrawn": (),
}


def release_routes(desk: Desk) -> list[Route]:
    """`/releases` lists them and takes a draft; `/releases/ID` shows one and takes its next step."""
    return [
        shows(RELEASES_PATH, desk, _list),
        takes(RELEASES_PATH, desk, _draft),
        shows(RELEASES_PATH + "/{release}", desk, _show),
        takes(RELEASES_PATH + "/{release}", desk, _step),
    ]


def _list(desk: Desk, request: Request, *, problem: str = "", reason: str = "") -> Response:
    account = _account(request)
    try:
        found, kinds, moments = desk.releases.standings(), desk.releases.kinds(), desk.releases.moments()
    except YourSayError as error:
        found, kinds, moments, problem = [], {}, [], problem or str(error)
    rows = [(_address(one.release), one, kinds[one.release], _WORDS[one.state], desk.moment(one.at)) for one in found]
    return desk.page(
        "releases.html",
        at=RELEASES_PATH,
        account=account,
        status=400 if problem else 200,
        rows=rows,
        moments=[("", "As it is now"), *((one, one) for one in moments)],
        problem=problem,
        reason=reason,
        form_token=token_for(request, RELEASES_PATH),
        action=RELEASES_PATH,
    )


def _draft(desk: Desk, request: Request, form: Form) -> Response:
    reason = first(form, "reason")
    try:
        check_token(request, form, RELEASES_PATH)
        release = desk.releases.draft(_account(request), reason, first(form, "as_at"))
    except YourSayError as error:
        return _list(desk, request, problem=str(error), reason=reason)
    return RedirectResponse(_address(release), 303)


def _show(desk: Desk, request: Request, *, problem: str = "", reason: str = "") -> Response:
    account, release = _account(request), request.path_params["release"]
    try:
        detail = desk.releases.detail(release)
    except YourSayError as error:
        return desk.page("release_missing.html", at=RELEASES_PATH, account=account, status=404, problem=str(error))
    return desk.page(
        "release.html",
        at=RELEASES_PATH,
        account=account,
        status=400 if problem else 200,
        release=release,
        detail=detail,
        state=_WORDS[detail.standing.state],
        facts=_facts(desk, detail),
        steps=[
            (_WORDS[one.what] if one.what != "drafted" else "Drafted", one, desk.moment(one.at)) for one in detail.steps
        ],
        problems=_problems(detail),
        tables=[_table(one) for one in detail.changes],
        cells=[
            (one.table, cell.row, cell.column, cell.before, cell.after) for one in detail.changes for cell in one.cells
        ][:_MOST_CELLS],
        left_out=max(0, sum(len(one.cells) for one in detail.changes) - _MOST_CELLS),
        next=_STEPS[detail.standing.state],
        is_publisher=account.role == "publisher",
        problem=problem,
        reason=reason,
        form_token=token_for(request, RELEASES_PATH),
        action=_address(release),
        back=RELEASES_PATH,
    )


def _step(desk: Desk, request: Request, form: Form) -> Response:
    account, release, reason = _account(request), request.path_params["release"], first(form, "reason")
    try:
        check_token(request, form, RELEASES_PATH)
        match first(form, "do"):
            case "check":
                desk.releases.check(account, release)
            case "approve":
                desk.releases.approve(account, release, reason)
            case "publish":
                audience = first(form, "audience")
                if audience not in ("members", "public"):
                    raise Refused("Say for whom it is published: for members or for the public.")
                desk.releases.publish(account, release, "public" if audience == "public" else "members", reason)
            case "correct":
                desk.releases.correct(account, release, first(form, "successor"), reason)
            case "withdraw":
                desk.releases.withdraw(account, release, reason)
            case _:
                raise Refused(UNKNOWN)
    except YourSayError as error:
        return _show(desk, request, problem=str(error), reason=reason)
    return RedirectResponse(_address(release), 303)


def _facts(desk: Desk, detail: Detail) -> list[tuple[str, str]]:
    manifest, standing = detail.manifest, detail.standing
    found = [
        ("State", _WORDS[standing.state] + (f" by {standing.corrected_by}" if standing.corrected_by else "")),
        ("Who may have it", standing.audience if standing.state in ("published", "corrected") else "officers"),
        ("What it is", manifest.get("kind", "dataset")),
        ("As at", desk.moment(str(manifest["as_at"])) if manifest.get("as_at") else "-"),
        ("Drafted by", standing.drafted_by),
        ("Approved by", standing.approved_by or "-"),
        ("SHA-256 of its manifest", detail.manifest_sha256),
    ]
    return found if detail.is_as_drafted else [*found, ("Damaged", "This is not what was drafted; draft it again.")]


def _problems(detail: Detail) -> list[str]:
    """What the last check found, where the release is still a draft."""
    checks = [one for one in detail.steps if one.what == "checked"]
    return list(checks[-1].problems) if checks and detail.standing.state == "drafted" else []


def _table(change: TableChange) -> tuple[str, str, str, int, int, str, int]:
    rows = ["not there" if one is None else str(one) for one in (change.rows_before, change.rows_after)]
    hidden = f"{change.hidden_before} to {change.hidden_after}"
    return change.table, rows[0], rows[1], change.came, change.went, hidden, len(change.cells)


def _account(request: Request) -> Account:
    account: Account = request.state.account
    return account


def _address(release: str) -> str:
    return f"{RELEASES_PATH}/{quote(release, safe='')}"

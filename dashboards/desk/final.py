"""The page on which results are closed, frozen, signed off by two people, and corrected."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from dashboards.desk.council import FINAL_PATH
from dashboards.desk.forms import UNKNOWN, Desk, Form, Refused, check_token, first, officer_of, shows, takes, token_for
from schemas.errors import YourSayError


def final_routes(desk: Desk) -> list[Route]:
    """`/final` shows where the results stand, and takes the next step."""
    return [shows(FINAL_PATH, desk, _page), takes(FINAL_PATH, desk, _step)]


def _step(desk: Desk, request: Request, form: Form) -> Response:
    officer, reason = officer_of(request), first(form, "reason")
    try:
        check_token(request, form, FINAL_PATH)
        match first(form, "do"):
            case "close":
                desk.sign_off.close(officer, reason)
            case "freeze":
                desk.sign_off.freeze(officer, reason)
            case "sign":
                desk.sign_off.sign(officer, first(form, "hash"))
            case "correct":
                desk.sign_off.correct(officer, reason)
            case _:
                raise Refused(UNKNOWN)
    except YourSayError as error:
        return _page(desk, request, problem=str(error), reason=reason, status=400)
    return RedirectResponse(FINAL_PATH, 303)


def _page(desk: Desk, request: Request, *, problem: str | None = None, reason: str = "", status: int = 200) -> Response:
    standing = desk.sign_off.standing()
    asked = standing.state in ("open", "closed", "in correction")
    return desk.page(
        "final.html",
        at=FINAL_PATH,
        status=status,
        account=request.state.account,
        standing=standing,
        signer=officer_of(request),
        still_open=desk.sign_off.open() if asked else (),
        verified=desk.sign_off.verified(),
        problem=problem,
        reason=reason,
        form_token=token_for(request, FINAL_PATH),
        action=FINAL_PATH,
    )

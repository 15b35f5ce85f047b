"""A second version of a response, or its withdrawal, by its reference and change code; without JavaScript."""

from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from ingest.web.errors import RefusedError
from ingest.web.form.filling import Filling, filling_of, start_form
from ingest.web.form.posted import CSRF
from ingest.web.pages import records_of, shown_receipt
from ingest.web.service import address_of, media_type_of, read_body
from ingest.web.store.records import Record
from schemas.change_code import code_fits, typed_code

REFERENCE, CODE, ACTION = "reference", "change-code", "action"
_MAX_BYTES = 4_000
_MAX_FIELDS = 10


async def show_change(request: Request) -> Response:
    """Ask for the reference and the change code."""
    filling = await filling_of(request)
    return filling.page("change.html", given={REFERENCE: request.query_params.get("reference", "")[:40]})


async def post_change(request: Request) -> Response:
    """Begin the second version, ask whether to withdraw, or withdraw."""
    filling = await filling_of(request)
    given = await read_fields(request)
    if not filling.session.csrf_is(given.get(CSRF, "")):
        return filling.page("change.html", 403, given=given, check=True)
    filling.visit.service.limiter.count_submissions(address_of(request), None)
    record = await _record_of(request, filling, given)
    if record is None:
        return filling.page("change.html", 403, given=given, wrong=True)
    if given.get(ACTION) == "second":
        if not filling.visit.takes_answers:
            return RedirectResponse(filling.visit.address(), 303)
        return await start_form(filling.visit, replaces=record.id)
    shown = shown_receipt(record.reference, record.received_at, filling.visit.offered, filling.visit.chrome)
    if given.get(ACTION) == "withdraw-for-good":
        await filling.visit.service.intake.withdraw(record)
        return filling.page("withdrawn.html", receipt=shown)
    return filling.page("withdraw.html", receipt=shown, given=given)


async def read_fields(request: Request) -> dict[str, str]:
    """The fields of a small form.

    Raises:
        RefusedError: it is no form, or larger than ours.
    """
    if media_type_of(request) != "application/x-www-form-urlencoded":
        raise RefusedError("A form is sent as application/x-www-form-urlencoded.", 415)
    body = await read_body(request, _MAX_BYTES)
    try:
        return dict(
            parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MAX_FIELDS)
        )
    except ValueError:
        raise RefusedError("The form could not be read; open its page again and send it from there.") from None


async def _record_of(request: Request, filling: Filling, given: dict[str, str]) -> Record | None:
    """The response that reference and code belong to, in this consultation."""
    code = typed_code(given.get(CODE, ""))
    if code is None:
        return None
    for record in await records_of(request, given.get(REFERENCE, "")):
        if record.consultation == filling.visit.offered.id and code_fits(code, record.change_key):
            return record
    return None


ROUTES = [
    Route("/{consultation}/change", show_change, methods=["GET"]),
    Route("/{consultation}/change", post_change, methods=["POST"]),
]

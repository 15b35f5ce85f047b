"""The page on which an answer in another language is redacted and translated, so that it can be coded."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from dashboards.desk.forms import (
    TRANSLATION_PATH,
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
from transforms.coding.translating import TranslationJob


def translation_routes(desk: Desk) -> list[Route]:
    """`/translation` gives the next withheld answer and takes its translation."""
    return [
        shows(TRANSLATION_PATH, desk, _show),
        takes(TRANSLATION_PATH, desk, _translate),
    ]


def _show(desk: Desk, request: Request) -> Response:
    try:
        job = desk.translations.next_job(officer_of(request))
    except YourSayError as error:
        return _page(desk, request, None, problem=str(error), status=409)
    return _page(desk, request, job, redacted=job.text if job else "")


def _translate(desk: Desk, request: Request, form: Form) -> Response:
    job, officer = first(form, "job"), officer_of(request)
    try:
        check_token(request, form, TRANSLATION_PATH)
        match first(form, "do"):
            case "skip":
                desk.translations.skip(job, officer)
            case "translate":
                desk.translations.translate(job, officer, first(form, "redacted"), first(form, "translation"))
            case _:
                raise Refused(UNKNOWN)
    except YourSayError as error:
        return _refused(desk, request, form, str(error))
    return RedirectResponse(TRANSLATION_PATH, 303)


def _refused(desk: Desk, request: Request, form: Form, problem: str) -> Response:
    """The form again with what was entered; the answer itself may be gone by now."""
    try:
        found = desk.translations.take(first(form, "job"), officer_of(request))
    except YourSayError:
        return _page(desk, request, None, problem=problem, status=409)
    entered = {name: first(form, name) for name in ("redacted", "translation")}
    return _page(desk, request, found, problem=problem, status=400, **entered)


def _page(
    desk: Desk,
    request: Request,
    job: TranslationJob | None,
    *,
    problem: str | None = None,
    status: int = 200,
    redacted: str = "",
    translation: str = "",
) -> Response:
    return desk.page(
        "coding_translation.html",
        at=TRANSLATION_PATH,
        status=status,
        job=job,
        problem=problem,
        redacted=redacted,
        translation=translation,
        form_token=token_for(request, TRANSLATION_PATH),
        action=TRANSLATION_PATH,
    )

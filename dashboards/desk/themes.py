"""The pages on which officers name, merge and retire the themes of a question, and see what a machine found."""

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
from schemas.errors import YourSayError

THEMES_PATH = f"{CODING_PATH}/themes"
SUGGESTIONS_PATH = f"{CODING_PATH}/suggestions"
_MOST_GROUPS = 30
AGREEMENT_PATH = f"{CODING_PATH}/agreement"


def theme_routes(desk: Desk) -> list[Route]:
    """`/coding/themes` shows the themes of `?question=` and takes a change; `/coding/agreement` has the figures.

    `/coding/suggestions` shows groups of answers, of which each may be named as a theme.
    """
    return [
        shows(THEMES_PATH, desk, lambda desk, request: _show(desk, request, request.query_params.get("question"))),
        takes(THEMES_PATH, desk, _change),
        shows(SUGGESTIONS_PATH, desk, _suggestions),
        shows(AGREEMENT_PATH, desk, _agreement),
    ]


def themes_address(field: str) -> str:
    return f"{THEMES_PATH}?{urlencode({'question': field})}"


def _show(desk: Desk, request: Request, field: str | None, problem: str | None = None, typed: str = "") -> Response:
    questions = [(name, words, themes_address(name)) for name, words in desk.coding.questions()]
    try:
        themes = desk.coding.themes(field) if field else None
        asked = desk.coding.question(field) if field else None
    except YourSayError as error:
        themes, asked, problem = None, None, str(error)
    return desk.page(
        "coding_themes.html",
        at=THEMES_PATH,
        status=400 if problem else 200,
        questions=questions,
        field=field,
        asked=asked,
        themes=themes,
        problem=problem,
        typed=typed,
        suggestions=f"{SUGGESTIONS_PATH}?{urlencode({'question': field or ''})}",
        form_token=token_for(request, THEMES_PATH),
        action=THEMES_PATH,
    )


def _change(desk: Desk, request: Request, form: Form) -> Response:
    officer, field, theme = officer_of(request), first(form, "question"), first(form, "theme")
    words = tuple(first(form, "words").split())
    try:
        check_token(request, form, THEMES_PATH)
        match first(form, "do"):
            case "name":
                desk.coding.name_theme(officer, field, first(form, "label"), words)
            case "teach":
                desk.coding.teach_theme(officer, field, theme, words)
            case "rename":
                desk.coding.rename_theme(officer, field, theme, first(form, "label"))
            case "merge":
                desk.coding.merge_themes(officer, field, theme, first(form, "into"))
            case "retire":
                desk.coding.retire_theme(officer, field, theme)
            case _:
                raise Refused(UNKNOWN)
    except YourSayError as error:
        return _show(desk, request, field, problem=str(error), typed=first(form, "label"))
    return RedirectResponse(themes_address(field), 303)


def _suggestions(desk: Desk, request: Request) -> Response:
    field, asked_for = request.query_params.get("question", ""), request.query_params.get("count", "")
    count = int(asked_for) if asked_for.isascii() and asked_for.isdigit() and len(asked_for) < 4 else None
    try:
        asked, themes = desk.coding.question(field), desk.coding.themes(field).active
        groups = desk.coding.groups(field, None if count is None else max(2, min(count, _MOST_GROUPS)))
    except YourSayError as error:
        return _show(desk, request, None, problem=str(error))
    return desk.page(
        "coding_suggestions.html",
        at=THEMES_PATH,
        field=field,
        asked=asked,
        themes=themes,
        groups=groups,
        count=count,
        back=themes_address(field),
        suggestions=SUGGESTIONS_PATH,
        form_token=token_for(request, THEMES_PATH),
        action=THEMES_PATH,
    )


def _agreement(desk: Desk, _request: Request) -> Response:
    try:
        progress = {one.field: one for one in desk.coding.state.progress()}
        found = [
            (
                words,
                progress[name],
                desk.coding.state.agreement(name),
                _labels(desk, name),
                desk.coding.suggestions_fared(name),
            )
            for name, words in desk.coding.questions()
        ]
    except YourSayError as error:
        return desk.page("coding_agreement.html", at=AGREEMENT_PATH, status=409, problem=str(error), questions=())
    return desk.page("coding_agreement.html", at=AGREEMENT_PATH, problem=None, questions=found)


def _labels(desk: Desk, field: str) -> dict[str, str]:
    """What a row of the agreement is about, in words: a limb or a theme."""
    themes = {one.id: f"Theme: {one.label}" for one in desk.coding.themes(field).active}
    return {"whole": "The answer as a whole"} | themes | dict(desk.coding.limbs(field))

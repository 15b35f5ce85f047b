"""The offline form: one document with every page of the form, the same for everybody, which the browser's script runs.

Also what goes with it: the single-file edition, and the manifest by which the form is installed.
"""

import base64
import hashlib
import json
import re
from datetime import UTC, datetime
from functools import cache
from typing import Any

from babel import Locale
from babel.core import get_global
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from ingest.web.errors import RefusedError
from ingest.web.form.fields import FieldRenderer
from ingest.web.form.layout import pages_of
from ingest.web.form.page_view import page_view
from ingest.web.visit import EASY_READ, Visit, visit_of
from schemas.fields import WithChoices
from schemas.questionnaire import AnyField, Date, Number, Scale
from schemas.response import MEDIA_TYPE

# The script of a browser that cannot check signatures itself; it is only needed with a connection.
_NOT_OFFLINE = ("worker.js", "single.js", "ed25519")
# Arabic is not among them: almost every device has a font of its own for it, and ours is as large as the form.
_FONT_OF_SCRIPT = {
    "Cyrl": "noto-sans-cyrillic",
    "Deva": "noto-sans-devanagari",
    "Grek": "noto-sans-greek",
}
_FONT_FACE = re.compile(r"@font-face\{[^}]*\}")
_SCRIPT_TEXT = "js_"


async def show_shell(request: Request) -> Response:
    """The offline form; where it cannot be answered now, the consultation's page."""
    visit = visit_of(request)
    if not visit.takes_answers:
        return RedirectResponse(visit.address(), 303)
    return visit.common_page("form.html", data=_as_json(form_data(visit)), pages=_page_views(visit))


async def single_file(request: Request) -> Response:
    """The form as one file: saved, filled in without a connection, it gives a sealed file to send back."""
    visit = visit_of(request)
    if not visit.takes_answers:
        raise RefusedError("This consultation takes no answers now; see its page for the dates.", 403)
    renderer = visit.service.renderer
    style = _FONT_FACE.sub("", renderer.built_text("app-rtl.css" if visit.chrome.direction == "rtl" else "app.css"))
    # A closing tag within the script would end it.
    script = renderer.built_text("single.js").replace("</script", "<\\/script")
    policy = f"default-src 'none'; script-src {_hash_of(script)}; style-src {_hash_of(style)}; base-uri 'none'"
    html = visit.html(
        "edition.html",
        data=_as_json(form_data(visit)),
        pages=_page_views(visit),
        policy=policy,
        style=Markup(style),  # noqa: S704 - built by us
        script=Markup(script),  # noqa: S704 - built by us
    )
    name = f"{visit.offered.id}-{visit.chrome.language}{'-easy-read' if visit.easy_read else ''}.html"
    headers = {"content-disposition": f'attachment; filename="{name}"', "content-security-policy": policy}
    return HTMLResponse(html, headers=headers)


async def web_manifest(request: Request) -> Response:
    """What a browser needs to install the form."""
    visit = visit_of(request)
    content = {
        "name": visit.offered.definition.questionnaire.title.in_language(visit.chrome.language),
        "short_name": visit.chrome.text("service"),
        "lang": visit.chrome.language,
        "dir": visit.chrome.direction,
        "id": f"/{visit.offered.id}",
        "start_url": visit.address("/form"),
        "scope": f"/{visit.offered.id}",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#12332b",
        "icons": [{"src": visit.service.renderer.address_of("icon.svg"), "sizes": "any", "type": "image/svg+xml"}],
    }
    return JSONResponse(content, media_type="application/manifest+json", headers={"cache-control": "no-cache"})


def form_data(visit: Visit) -> dict[str, Any]:
    """What the script needs to know of the form."""
    definition, recipients, service = visit.offered.definition, visit.offered.recipients, visit.service
    questionnaire, language = definition.questionnaire, visit.chrome.language
    fields = _fields(visit)
    api = f"/api/consultations/{definition.id}"
    return {
        "consultation": definition.id,
        "questionnaire_hash": definition.questionnaire_hash,
        "media_type": MEDIA_TYPE,
        "language": language,
        "languages": list(questionnaire.languages),
        "edition": EASY_READ if visit.easy_read else None,
        "recipients": [recipients.pipeline, recipients.recovery],
        "receipt_keys": [key.model_dump(include={"key_id", "public_key"}) for key in service.public_keys],
        "opens_at": definition.opens_at().isoformat(),
        "closes_at": definition.closes_at().isoformat(),
        "clock_shift_seconds": round((service.clock.now() - datetime.now(UTC)).total_seconds()),
        "pages": [
            {"id": page.id, "title": view.title, "fields": list(page.columns)}
            for page, view in zip(pages_of(questionnaire), _page_views(visit), strict=True)
        ],
        "fields": {one.id: _field_data(one, fields, language) for one in questionnaire.fields()},
        "texts": {
            key.removeprefix(_SCRIPT_TEXT): text
            for key, text in visit.chrome.texts.items()
            if key.startswith(_SCRIPT_TEXT)
        },
        "addresses": {
            "start": visit.address(),
            "form": visit.address("/form"),
            "respond": visit.address("/respond"),
            "receipt": "/receipt",
            "submissions": f"{api}/submissions",
            "withdrawals": f"{api}/withdrawals",
            "keys": "/api/keys",
        },
        "assets": _assets(visit),
    }


def _fields(visit: Visit) -> FieldRenderer:
    questionnaire = visit.offered.definition.questionnaire
    return FieldRenderer(visit.service.renderer, questionnaire, visit.chrome, {}, {}, easy_read=visit.easy_read)


def _page_views(visit: Visit) -> list[Any]:
    questionnaire, fields = visit.offered.definition.questionnaire, _fields(visit)
    return [page_view(page, questionnaire, visit.chrome, fields, visit.easy_read) for page in pages_of(questionnaire)]


def _field_data(one: AnyField, fields: FieldRenderer, language: str) -> dict[str, Any]:
    data: dict[str, Any] = {"kind": one.kind, "label": fields.label_of(one), "list": one.kind == "multiple_choice"}
    data["shown_when"] = one.shown_when.model_dump(mode="json") if one.shown_when else None
    if isinstance(one, WithChoices):
        data["choices"] = {choice.code: choice.label.in_language(language) for choice in one.choices}
    if isinstance(one, Scale):
        data["choices"] = {str(n): point.in_language(language) for n, point in enumerate(one.points, 1)}
    if isinstance(one, Number):
        data |= {"minimum": one.minimum, "maximum": one.maximum, "whole": one.whole}
    if isinstance(one, Date):
        data |= {"earliest": one.earliest.isoformat(), "latest": one.latest.isoformat()}
    if maximum := getattr(one, "max_length", None):
        data["max_length"] = maximum
    return data


def _assets(visit: Visit) -> list[str]:
    """Every file that the form needs without a network: scripts, the style sheet, the fonts of its language."""
    renderer = visit.service.renderer
    fonts = ("noto-sans-latin", _FONT_OF_SCRIPT.get(_script_of(visit.chrome.language), ""))
    wanted = ["app-rtl.css" if visit.chrome.direction == "rtl" else "app.css", "icon.svg"]
    wanted += [name for name in renderer.built_names() if name.endswith(".js") and not name.startswith(_NOT_OFFLINE)]
    wanted += [f"{font}-{weight}-normal.woff2" for font in fonts if font for weight in (400, 700)]
    return [renderer.address_of(name) for name in wanted]


@cache
def _script_of(language: str) -> str:
    """The script that a language is usually written in, such as `Latn`."""
    likely = get_global("likely_subtags").get(language.replace("-", "_"), "en_Latn_GB")
    return str(Locale.parse(likely).script or "Latn")


def _as_json(data: dict[str, Any]) -> Markup:
    """JSON that can stand in a script element, whatever the definition's texts hold."""
    return Markup(json.dumps(data, ensure_ascii=False).replace("<", "\\u003c"))  # noqa: S704 - nothing can close it


def _hash_of(content: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"


ROUTES = [
    Route("/{consultation}/form", show_shell),
    Route("/{consultation}/edition.html", single_file),
    Route("/{consultation}/manifest.webmanifest", web_manifest),
]

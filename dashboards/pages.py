"""Plain pages of the council's screens: templates beside this module in the GOV.UK Design System's components."""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup
from starlette.responses import HTMLResponse

from dashboards.assets import address_of

_TEMPLATES = Path(__file__).parent / "templates"
# Only this server's style sheet, fonts and pictures, and forms that post to it.
_POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
# A page that saves while somebody types.
_SCRIPT_POLICY = "; script-src 'self'; connect-src 'self'"
_COMPONENTS = {
    "back-link": "govukBackLink",
    "button": "govukButton",
    "checkboxes": "govukCheckboxes",
    "details": "govukDetails",
    "error-message": "govukErrorMessage",
    "error-summary": "govukErrorSummary",
    "generic-header": "govukGenericHeader",
    "input": "govukInput",
    "inset-text": "govukInsetText",
    "notification-banner": "govukNotificationBanner",
    "radios": "govukRadios",
    "select": "govukSelect",
    "service-navigation": "govukServiceNavigation",
    "skip-link": "govukSkipLink",
    "summary-list": "govukSummaryList",
    "tag": "govukTag",
    "textarea": "govukTextarea",
    "warning-text": "govukWarningText",
}


def page(template: str, *, status: int = 200, script: str | None = None, **values: Any) -> HTMLResponse:
    """A rendered page with the headers that keep frames out, and scripts other than the built `script`."""
    html = render(template, script=script, **values)
    policy = _POLICY + (_SCRIPT_POLICY if script else "")
    return HTMLResponse(html, status, {"Content-Security-Policy": policy})


def render(template: str, **values: Any) -> str:
    """A template with its values, as a page or a file has it."""
    return _environment().get_template(template).render(**values)


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"asset": address_of, "zip": zip} | _components()
    return environment


def _components() -> dict[str, Callable[[Mapping[str, Any]], Markup]]:
    """The design system's macros. Theirs is an environment of their own: they ask for what they were not given."""
    environment = jinja2.Environment(
        loader=jinja2.PrefixLoader({"govuk_frontend_jinja": jinja2.PackageLoader("govuk_frontend_jinja")}),
        autoescape=True,
        undefined=jinja2.ChainableUndefined,
    )
    return {
        macro: getattr(environment.get_template(f"govuk_frontend_jinja/components/{name}/macro.html").module, macro)
        for name, macro in _COMPONENTS.items()
    }

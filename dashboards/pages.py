"""Plain pages of the council's screens: templates beside this module, one stylesheet inside each page, no script."""

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from starlette.responses import HTMLResponse

_TEMPLATES = Path(__file__).parent / "templates"


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _style() -> str:
    return (_TEMPLATES / "plain.css").read_text("utf-8")


@cache
def _content_security_policy() -> str:
    """Only the stylesheet by its hash, pictures of this server, and forms that post to it."""
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )


def page(template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A rendered page with the headers that keep scripts and frames out."""
    html = _environment().get_template(template).render(style=_style(), **values)
    return HTMLResponse(html, status, {"Content-Security-Policy": _content_security_policy()})

"""Renders the pages: templates, the built style sheets and scripts, and the policy that lets a page load only those."""

import base64
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jinja2 import ChainableUndefined, Environment, PackageLoader, PrefixLoader, select_autoescape
from markupsafe import Markup, escape

from ingest.errors import IngestError
from ingest.web.chrome import Chrome
from schemas.clock import Clock

BUILT = Path(__file__).parent / "static" / "built"
# Marks the page as one with scripts before anything is painted. The design system expects exactly these classes.
START_SCRIPT = (
    "document.body.className += ' js-enabled' + "
    "('noModule' in HTMLScriptElement.prototype ? ' govuk-frontend-supported' : '');"
)
CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        f"script-src 'self' 'sha256-{base64.b64encode(hashlib.sha256(START_SCRIPT.encode()).digest()).decode()}'",
        "style-src 'self'",
        "font-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
_PARAGRAPH = re.compile(r"\n\s*\n")


class Renderer:
    """Templates with the front-end build that they refer to."""

    def __init__(self, clock: Clock, built: Path = BUILT) -> None:
        """Read the manifest of the build.

        Raises:
            IngestError: the front end is not built.
        """
        try:
            self._built = built
            self._files: Mapping[str, str] = json.loads((built / "manifest.json").read_text("utf-8"))
        except FileNotFoundError:
            raise IngestError(
                f"The public pages' style sheets are not in {built}: run './run demo', or 'npm ci && npm run build'."
            ) from None
        self._clock = clock
        self._environment = Environment(
            loader=PrefixLoader(
                {
                    "govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja"),
                    "web": PackageLoader("ingest.web"),
                }
            ),
            autoescape=select_autoescape(["html"]),
            undefined=ChainableUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals |= {"built": self.address_of, "start_script": Markup(START_SCRIPT)}  # noqa: S704 - ours
        self._environment.filters |= {"paragraphs": paragraphs, "lines": lines}

    def page(self, template: str, chrome: Chrome, **values: Any) -> str:
        """The HTML of a page; `values` are the template's."""
        return self._environment.get_template(f"web/{template}").render(
            chrome=chrome, t=chrome.text, clock_notice=self._clock.notice, **values
        )

    def component(self, name: str, macro: str) -> Callable[[Mapping[str, Any]], Markup]:
        """A component of the design system, to be called with its parameters."""
        template = self._environment.get_template(f"govuk_frontend_jinja/components/{name}/macro.html")
        component: Callable[[Mapping[str, Any]], Markup] = getattr(template.module, macro)
        return component

    def address_of(self, name: str) -> str:
        """The address of a built file by its plain name."""
        return f"/static/{self._files[name]}"

    def built_names(self) -> list[str]:
        """The plain names of all built files."""
        return list(self._files)

    def built_text(self, name: str) -> str:
        """The content of a built text file."""
        return (self._built / self._files[name]).read_text("utf-8")


def paragraphs(text: str) -> Markup:
    """A definition's text as HTML: a blank line ends a paragraph."""
    return Markup("").join(
        Markup('<p class="govuk-body">{}</p>').format(lines(p)) for p in _PARAGRAPH.split(text.strip())
    )


def lines(text: str) -> Markup:
    """A text whose line ends are kept."""
    return Markup("<br>").join(escape(line) for line in text.strip().splitlines())

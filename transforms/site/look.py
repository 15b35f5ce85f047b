"""The templates of the pages of results, and the parts of the design system that they begin with."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

TEMPLATES = Path(__file__).parent / "templates"


@cache
def environment() -> jinja2.Environment:
    """The templates. What they are not told is an error."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["plain"] = lambda text: text.striptags() if isinstance(text, Markup) else text
    return made


@cache
def components() -> dict[str, Callable[[str], Markup]]:
    """Two parts of the design system, which leave what they are not told undefined."""
    made = jinja2.Environment(
        loader=jinja2.PrefixLoader({"govuk_frontend_jinja": jinja2.PackageLoader("govuk_frontend_jinja")}),
        autoescape=True,
        undefined=jinja2.ChainableUndefined,
    )

    def component(name: str, macro: str) -> Any:
        return getattr(made.get_template(f"govuk_frontend_jinja/components/{name}/macro.html").module, macro)

    skip_link, header = component("skip-link", "govukSkipLink"), component("generic-header", "govukGenericHeader")
    return {
        "skip_link": lambda text: skip_link({"href": "#main-content", "text": text}),
        "header": lambda text: header({"logoText": text, "url": "/", "classes": "yoursay-header"}),
    }

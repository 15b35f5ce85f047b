"""A request for a page: its consultation, language, edition and display, and the addresses that keep them."""

import gzip
import hashlib
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from ingest.web.chrome import FALLBACK, Chrome, chrome_in, language_name
from ingest.web.consultations import Offered, State
from ingest.web.service import Service, count_page, service_of
from schemas.easy_read import EasyRead

DISPLAYS = ("large", "contrast", "large-contrast")
EASY_READ = "easy_read"


@dataclass(frozen=True)
class Look:
    """How a page is read: by the address alone, so that it needs no cookie. `language` and `edition` may be empty."""

    language: str = ""
    edition: str = ""
    display: str = ""

    def query(self, **changes: str) -> str:
        """The query of an address with this look, `changes` made; empty where all is as usual."""
        look = replace(self, **changes)
        named = {"lang": look.language, "edition": look.edition, "display": look.display}
        given = {name: value for name, value in named.items() if value}
        return f"?{urlencode(given)}" if given else ""

    @property
    def is_large(self) -> bool:
        return self.display.startswith("large")

    @property
    def is_contrast(self) -> bool:
        return self.display.endswith("contrast")

    def display_with(self, *, large: bool, contrast: bool) -> str:
        """The display of that size and contrast."""
        return "-".join(name for name, on in (("large", large), ("contrast", contrast)) if on)


def display_of(request: Request) -> str:
    asked = request.query_params.get("display", "")
    return asked if asked in DISPLAYS else ""


@dataclass(frozen=True)
class Visit:
    """A request for one consultation in one language and edition."""

    request: Request
    offered: Offered
    chrome: Chrome
    look: Look

    @property
    def service(self) -> Service:
        return service_of(self.request)

    @property
    def state(self) -> State:
        return self.offered.state_at(self.service.clock.now())

    @property
    def takes_answers(self) -> bool:
        return self.state == "open" and self.offered.on_the_web

    @property
    def takes_dictation(self) -> bool:
        """Whether staff may take down what somebody says."""
        return self.state == "open" and "assisted" in self.offered.definition.policy.channels

    @cached_property
    def easy_read(self) -> EasyRead | None:
        """The easy words, where this visit reads them."""
        return self.offered.definition.easy_read if self.look.edition == EASY_READ else None

    def address(self, rest: str = "", **changes: str) -> str:
        """An address of this consultation that keeps language, edition and display."""
        return f"/{self.offered.id}{rest}{self.look.query(**changes)}"

    def page(self, template: str, status: int = 200, **values: Any) -> HTMLResponse:
        """A page of this consultation; `say` gives a definition's text in the page's language."""
        return HTMLResponse(self.html(template, **values), status)

    def common_page(self, template: str, **values: Any) -> Response:
        """A page that is the same for everybody and holds no secret, so that it may be compressed and kept."""
        html = self.html(template, **values).encode()
        tag = f'W/"{hashlib.sha256(html).hexdigest()[:32]}"'
        headers = {"vary": "accept-encoding", "cache-control": "no-cache", "etag": tag}
        if self.request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        if "gzip" in self.request.headers.get("accept-encoding", ""):
            html, headers["content-encoding"] = gzip.compress(html, 6), "gzip"
        return HTMLResponse(html, headers=headers)

    def html(self, template: str, **values: Any) -> str:
        definition = self.offered.definition
        common = {
            "visit": self,
            "look": self.look,
            "questionnaire": definition.questionnaire,
            "say": lambda text: text.in_language(self.chrome.language),
            "opens": self.chrome.day(definition.policy.dates.opens),
            "closes": self.chrome.day(definition.policy.dates.closes),
            "languages": [(code, language_name(code)) for code in definition.questionnaire.languages],
        }
        return self.service.renderer.page(template, self.chrome, **common, **values)


def visit_of(request: Request) -> Visit:
    """The consultation that the address names, in the language asked for where it has it, else its first.

    Raises:
        RefusedError: too many pages from there, or see `Consultations.find`.
    """
    count_page(request)
    offered = service_of(request).consultations.find(request.path_params["consultation"])
    definition = offered.definition
    languages = definition.questionnaire.languages
    asked = request.query_params.get("lang", "")
    language = asked if asked in languages else languages[0]
    is_easy = definition.easy_read is not None and request.query_params.get("edition", "") == EASY_READ
    look = Look(language if len(languages) > 1 else "", EASY_READ if is_easy else "", display_of(request))
    return Visit(request, offered, chrome_in(language), look)


def plain_page(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A page that belongs to no consultation."""
    look = Look(display=display_of(request))
    renderer = service_of(request).renderer
    return HTMLResponse(renderer.page(template, chrome_in(FALLBACK), look=look, **values), status)

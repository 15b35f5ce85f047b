"""The pages that people read, without a script: the list, a consultation, receipts, help."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from ingest.web.chrome import FALLBACK, Chrome, chrome_in, language_name
from ingest.web.consultations import Offered, State
from ingest.web.errors import RefusedError
from ingest.web.service import Service, service_of
from ingest.web.store.records import Record

_NOT_IN_A_REFERENCE = re.compile(r"[^A-Z0-9]")


@dataclass(frozen=True)
class Visit:
    """A request for one consultation in one language."""

    request: Request
    offered: Offered
    chrome: Chrome

    @property
    def service(self) -> Service:
        return service_of(self.request)

    @property
    def state(self) -> State:
        return self.offered.state_at(self.service.clock.now())

    @property
    def takes_answers(self) -> bool:
        return self.state == "open" and self.offered.on_the_web

    def address(self, rest: str = "") -> str:
        """An address of this consultation that keeps the language."""
        query = f"?lang={self.chrome.language}" if len(self.offered.definition.questionnaire.languages) > 1 else ""
        return f"/{self.offered.id}{rest}{query}"

    def page(self, template: str, status: int = 200, **values: Any) -> HTMLResponse:
        """A page of this consultation; `say` gives a definition's text in the page's language."""
        definition = self.offered.definition
        common = {
            "visit": self,
            "questionnaire": definition.questionnaire,
            "say": lambda text: text.in_language(self.chrome.language),
            "opens": self.chrome.day(definition.policy.dates.opens),
            "closes": self.chrome.day(definition.policy.dates.closes),
            "languages": [(code, language_name(code)) for code in definition.questionnaire.languages],
        }
        return HTMLResponse(self.service.renderer.page(template, self.chrome, **common, **values), status)


def visit_of(request: Request) -> Visit:
    """The consultation that the address names, in the language asked for where it has it, else its first.

    Raises:
        RefusedError: see `Consultations.find`.
    """
    offered = service_of(request).consultations.find(request.path_params["consultation"])
    languages = offered.definition.questionnaire.languages
    asked = request.query_params.get("lang", "")
    return Visit(request, offered, chrome_in(asked if asked in languages else languages[0]))


def plain_page(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A page that belongs to no consultation."""
    return HTMLResponse(service_of(request).renderer.page(template, chrome_in(FALLBACK), **values), status)


def refused(request: Request, message: str, status: int) -> HTMLResponse:
    """A refusal as a page: one sentence, and a way on."""
    return plain_page(request, "refused.html", status, message=message)


async def home(request: Request) -> Response:
    """The list of consultations, each in its own first language."""
    service, english = service_of(request), chrome_in(FALLBACK)
    entries = []
    for offered in service.consultations.all():
        questionnaire, dates = offered.definition.questionnaire, offered.definition.policy.dates
        own = chrome_in(questionnaire.languages[0])
        entries.append(
            {
                "id": offered.id,
                "language": own.language,
                "direction": own.direction,
                "title": questionnaire.title.in_language(own.language),
                "notice": questionnaire.notice.in_language(own.language) if questionnaire.notice else "",
                "asked_by": questionnaire.asked_by,
                "state": offered.state_at(service.clock.now()),
                "opens": english.day(dates.opens),
                "closes": english.day(dates.closes),
            }
        )
    return plain_page(request, "home.html", entries=entries)


async def start(request: Request) -> Response:
    """One consultation: who asks what until when, the promises and the ways to answer."""
    return visit_of(request).page("start.html")


async def received(request: Request) -> Response:
    """What a person sees after sending: that it was received, when, and the reference."""
    visit = visit_of(request)
    records = await _records(request, request.path_params["reference"])
    record = next((one for one in records if one.consultation == visit.offered.id), None)
    if record is None:
        raise RefusedError("Nothing was received under this reference.", 404)
    return visit.page(
        "received.html", receipt=shown_receipt(record.reference, record.received_at, visit.offered, visit.chrome)
    )


async def receipt(request: Request) -> Response:
    """Look up a reference: when it was received, never an answer."""
    asked = request.query_params.get("reference", "")
    found = []
    for record in await _records(request, asked):
        offered = service_of(request).consultations.find(record.consultation)
        shown = shown_receipt(record.reference, record.received_at, offered, chrome_in(FALLBACK))
        found.append({"title": offered.definition.questionnaire.title.in_language(FALLBACK), **shown})
    return plain_page(request, "receipt.html", asked=asked.strip()[:40], found=found)


async def help_page(request: Request) -> Response:
    """Privacy and accessibility."""
    return plain_page(request, "help.html")


def shown_receipt(reference: str, received_at: str, offered: Offered, chrome: Chrome) -> dict[str, Any]:
    moment = datetime.fromisoformat(received_at)
    return {
        "reference": reference,
        "received_at": chrome.moment(moment.astimezone(offered.definition.zone)),
        "late": moment >= offered.definition.closes_at(),
    }


async def _records(request: Request, asked: str) -> list[Record]:
    """The records of a reference as a person may write it: small letters, spaces, without the hyphen."""
    letters = _NOT_IN_A_REFERENCE.sub("", asked[:40].upper())
    if len(letters) != 8:
        return []
    return await run_in_threadpool(service_of(request).store.by_reference, f"{letters[:4]}-{letters[4:]}")


ROUTES = [
    Route("/", home),
    Route("/receipt", receipt),
    Route("/help", help_page),
    Route("/{consultation}", start),
    Route("/{consultation}/received/{reference}", received),
]

"""The pages that people read, without a script: the list, a consultation, receipts, help."""

import re
from dataclasses import replace
from datetime import datetime
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from ingest.web.chrome import FALLBACK, Chrome, chrome_in
from ingest.web.consultations import Offered
from ingest.web.errors import RefusedError
from ingest.web.published import results_of
from ingest.web.service import count_page, service_of
from ingest.web.store.records import Record
from ingest.web.visit import EASY_READ, plain_page, visit_of

_NOT_IN_A_REFERENCE = re.compile(r"[^A-Z0-9]")


def refused(request: Request, message: str, status: int) -> HTMLResponse:
    """A refusal as a page: one sentence, and a way on."""
    return plain_page(request, "refused.html", status, message=message)


async def home(request: Request) -> Response:
    """The list of consultations, each in its own first language."""
    count_page(request)
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
                "results": index.latest if (index := service.published.known(offered.id)) else None,
            }
        )
    return plain_page(request, "home.html", entries=entries)


async def start(request: Request) -> Response:
    """One consultation: who asks what until when, the promises and the ways to answer."""
    visit = visit_of(request)
    downloads = []
    if visit.state != "closed":
        downloads = await run_in_threadpool(visit.service.editions.links, visit.offered, visit.chrome)
    results = await run_in_threadpool(results_of, visit)
    return visit.common_page("start.html", downloads=downloads, results=results)


async def easy_read(request: Request) -> Response:
    """What the consultation is about, in easy words."""
    visit = visit_of(request)
    if visit.offered.definition.easy_read is None:
        raise RefusedError("This consultation has no easy-read edition; see the other formats on its page.", 404)
    easy = replace(visit, look=replace(visit.look, edition=EASY_READ))
    return easy.page("easy_read.html")


async def receipt(request: Request) -> Response:
    """Look up a reference: when it was received, never an answer."""
    count_page(request)
    asked = request.query_params.get("reference", "")
    found = []
    for record in await records_of(request, asked):
        offered = service_of(request).consultations.find(record.consultation)
        shown = shown_receipt(record.reference, record.received_at, offered, chrome_in(FALLBACK))
        since = await run_in_threadpool(service_of(request).store.later_event, record.consultation, record.id)
        found.append(
            {
                "id": offered.id,
                "title": offered.definition.questionnaire.title.in_language(FALLBACK),
                "event": record.event,
                "since": since.event if since else "",
                **shown,
            }
        )
    return plain_page(request, "receipt.html", asked=asked.strip()[:40], found=found)


async def help_page(request: Request) -> Response:
    """Privacy and accessibility."""
    count_page(request)
    return plain_page(request, "help.html")


async def accessibility(request: Request) -> Response:
    """The accessibility statement."""
    count_page(request)
    return plain_page(request, "accessibility.html")


def shown_receipt(reference: str, received_at: str, offered: Offered, chrome: Chrome) -> dict[str, Any]:
    moment = datetime.fromisoformat(received_at)
    return {
        "reference": reference,
        "received_at": chrome.moment(moment.astimezone(offered.definition.zone)),
        "late": moment >= offered.definition.closes_at(),
    }


async def records_of(request: Request, asked: str) -> list[Record]:
    """The records of a reference as a person may write it: small letters, spaces, without the hyphen."""
    letters = _NOT_IN_A_REFERENCE.sub("", asked[:40].upper())
    if len(letters) != 8:
        return []
    return await run_in_threadpool(service_of(request).store.by_reference, f"{letters[:4]}-{letters[4:]}")


ROUTES = [
    Route("/", home),
    Route("/receipt", receipt),
    Route("/help", help_page),
    Route("/accessibility", accessibility),
    Route("/{consultation}", start),
    Route("/{consultation}/easy-read", easy_read),
]

"""What the desk's pages share: the consultation they are about, and how a posted form is read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboards.accounts import Account
from dashboards.desk.coding_queue import CodingQueue, TranslationQueue
from dashboards.desk.council import FINAL_PATH, REPORT_PATH, SAID_DID_PATH, Reporting, SignOff
from dashboards.desk.jobs import OPERATIONS_PATH, Operations
from dashboards.desk.menu import menu_of
from dashboards.desk.queue import Forms, Queue
from dashboards.desk.release_desk import Releases
from dashboards.desk.review import CAMPAIGNS_PATH, LINKS_PATH, QUARANTINE_PATH, REDACTIONS_PATH, Review
from dashboards.desk.work_list import WORK_PATH, WorkQueue
from dashboards.guard import session_token
from dashboards.pages import page
from dashboards.sessions import form_token, form_token_is_right
from dashboards.sign_in import SIGN_OUT_PATH
from schemas.clock import Clock
from schemas.errors import YourSayError
from schemas.local_time import moment_in_words

KEYING_PATH = "/keying"
DIFFERENCES_PATH = "/keying/differences"
FORM_PATH = "/keying/form"
BATCHES_PATH = "/keying/batches"
CODING_PATH = "/coding"
TRANSLATION_PATH = "/translation"
RELEASES_PATH = "/releases"
STALE = "This form was open for too long. What you entered is still here: send it again."
UNKNOWN = "This form is not one of this page's; take the next job."
_MAX_FORM_BYTES = 4 * 1024 * 1024
# A page below another one's path belongs to the same part of the desk.
_MENU = (
    ("Work list", WORK_PATH),
    ("Keying", KEYING_PATH),
    ("Form by form", FORM_PATH),
    ("Batches", BATCHES_PATH),
    ("Differences in keying", DIFFERENCES_PATH),
    ("Coding", CODING_PATH),
    ("Differences", f"{CODING_PATH}/differences"),
    ("What you coded", f"{CODING_PATH}/own"),
    ("Translations", TRANSLATION_PATH),
    ("Themes", f"{CODING_PATH}/themes"),
    ("Agreement", f"{CODING_PATH}/agreement"),
    ("Links", LINKS_PATH),
    ("What you said of pairs", f"{LINKS_PATH}/own"),
    ("Campaigns", CAMPAIGNS_PATH),
    ("Register a letter", f"{CAMPAIGNS_PATH}/register"),
    ("What was said of them", f"{CAMPAIGNS_PATH}/said"),
    ("Redactions", REDACTIONS_PATH),
    ("Open an answer", f"{REDACTIONS_PATH}/open"),
    ("Quarantine", QUARANTINE_PATH),
    ("What came too late", f"{QUARANTINE_PATH}/late"),
    ("What was decided of them", f"{QUARANTINE_PATH}/said"),
    ("Releases", RELEASES_PATH),
    ("Sign-off", FINAL_PATH),
    ("Report", REPORT_PATH),
    ("You said, we did", SAID_DID_PATH),
    ("Operations", OPERATIONS_PATH),
)
_SIGN_OUT = {"text": "Sign out", "href": SIGN_OUT_PATH}

Form = Mapping[str, list[str]]


class Refused(YourSayError):
    """A form that cannot be taken."""


@dataclass(frozen=True)
class Desk:
    """What the pages are about: one consultation's queues, its title and the clock."""

    queue: Queue
    forms: Forms
    coding: CodingQueue
    translations: TranslationQueue
    review: Review
    operations: Operations
    releases: Releases
    work: Sequence[WorkQueue]
    title: str
    zone: tzinfo
    clock: Clock
    sign_off: SignOff
    reports: Reporting

    def page(
        self,
        template: str,
        *,
        status: int = 200,
        at: str = "",
        account: Account | None = None,
        script: str | None = None,
        **values: Any,
    ) -> Response:
        """A page of the desk, with what stands on each of them; `at` is its place in the menu.

        Pages that not only officers open say for whom they are: the menu has what this account may open.
        """
        menu, part = menu_of(_MENU, at, account.role if account else "officer")
        about = {"consultation": self.title, "notice": self.clock.notice, "menu": [*menu, _SIGN_OUT], "part": part}
        paths = {"keying": KEYING_PATH, "differences": DIFFERENCES_PATH, "coding": CODING_PATH, "work": WORK_PATH}
        return page(template, status=status, script=script, moment=self.moment, **paths, **about, **values)

    def moment(self, at: datetime | str) -> str:
        """A moment in the consultation's own time."""
        return moment_in_words(at, self.zone)


def shows(path: str, desk: Desk, page: Callable[[Desk, Request], Response]) -> Route:
    """The route of a page. It is made in a thread, for it reads from disks and decrypts."""

    async def show(request: Request) -> Response:
        return await run_in_threadpool(page, desk, request)

    return Route(path, show, methods=["GET"])


def takes(path: str, desk: Desk, answer: Callable[[Desk, Request, Form], Response]) -> Route:
    """The route that a form is posted to; it is answered in a thread."""

    async def take(request: Request) -> Response:
        form = await read_form(request)
        return await run_in_threadpool(answer, desk, request, form)

    return Route(path, take, methods=["POST"])


def officer_of(request: Request) -> str:
    """The name of who is signed in."""
    return str(request.state.account.name)


def token_for(request: Request, form: str) -> str:
    """What a form of this session carries."""
    return form_token(session_token(request) or "", form)


def check_token(request: Request, form: Form, path: str) -> None:
    """Pass a form that was made for this session.

    Raises:
        Refused: it was not.
    """
    if not form_token_is_right(first(form, "form_token"), session_token(request) or "", path):
        raise Refused(STALE)


def first(form: Form, name: str) -> str:
    return form.get(name, [""])[0]


async def read_form(request: Request) -> Form:
    """The fields of a posted form; none where it is larger than any form of ours or not text."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > _MAX_FORM_BYTES:
            return {}
    try:
        return parse_qs(body.decode(), keep_blank_values=True, max_num_fields=1_000, errors="strict")
    except ValueError:
        return {}

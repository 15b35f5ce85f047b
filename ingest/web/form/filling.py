"""A form being filled in without JavaScript: the visit, the session of its browser, and how one is begun."""

from dataclasses import dataclass
from datetime import UTC

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ingest.web.errors import RefusedError
from ingest.web.form.layout import FormPage, pages_of
from ingest.web.form.posted import CSRF
from ingest.web.form.session import FormState, Session, new_session, new_state, session_of
from ingest.web.form.ticket import new_ticket
from ingest.web.visit import EASY_READ, Visit, visit_of
from schemas.envelope import MAX_SEALED_BYTES


@dataclass(frozen=True)
class Filling:
    """A request of somebody who fills the form in: the visit, the session, and its state where there is one."""

    visit: Visit
    session: Session
    state: FormState | None

    @property
    def pages(self) -> tuple[FormPage, ...]:
        return pages_of(self.visit.offered.definition.questionnaire)

    async def keep(self, state: FormState) -> None:
        """Keep the state for a day.

        Raises:
            RefusedError: the answers are more than can be sent at once (413).
        """
        if len(state.model_dump_json()) > MAX_SEALED_BYTES:
            raise RefusedError("These answers are too long to be sent together; please shorten them.", 413)
        await self.session.save(self.visit.service.store, state, self.visit.service.clock.now())

    def page(self, template: str, status: int = 200, **values: object) -> HTMLResponse:
        """A page of the form: with the token that its forms repeat, and the session's cookie where it is new."""
        response = self.visit.page(template, status, csrf_name=CSRF, csrf=self.session.csrf, state=self.state, **values)
        self.session.set_cookie(response, self.visit.request, self.visit.offered.id)
        return response


async def filling_of(request: Request) -> Filling:
    """The form that a request is about, in the edition that it was begun in.

    Raises:
        RefusedError: too many pages are asked for from there, or see `visit_of`.
    """
    visit, session = visit_of(request), session_of(request)
    state = await session.load(visit.service.store, visit.service.clock.now())
    # A key carried from another consultation opens what belongs there, not here.
    return Filling(visit, session, state if state and state.consultation == visit.offered.id else None)


async def start_form(visit: Visit, **known: object) -> Response:
    """Begin a form, of which something may be `known` already, at its first page."""
    service = visit.service
    # What others have left unfinished for a day goes now.
    await run_in_threadpool(service.store.end_sessions, service.clock.now().astimezone(UTC).isoformat())
    state = state_for(visit).model_copy(update=known)
    # A key of its own, so that the next person at this browser finds nothing of the one before.
    filling = Filling(visit, new_session(), state)
    await filling.keep(state)
    response = RedirectResponse(visit.address(f"/respond/{filling.pages[0].id}"), 303)
    filling.session.set_cookie(response, visit.request, visit.offered.id)
    return response


def state_for(visit: Visit) -> FormState:
    """A form of which nothing is filled in yet, in the edition of the visit."""
    state = new_state(new_ticket(visit.offered.id, visit.service.clock.now()))
    return state.model_copy(update={"easy_read": visit.look.edition == EASY_READ})

"""Sending by web: the real public server on loopback, sealed envelopes by PUT, and the page without JavaScript."""

import base64
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

import requests
import uvicorn
from starlette.applications import Starlette

from orchestration.demonstration.errors import DemonstrationError
from orchestration.demonstration.plan import WebSubmission
from schemas.definition import Definition
from schemas.envelope import Envelope
from schemas.response import ResponseDocument, encode_response
from schemas.sealing import Recipients, seal

_TIMEOUT = 30
_TICKET = "form-ticket"


@dataclass(frozen=True)
class Server:
    """Where the public server answers, and the token of its feed."""

    base_url: str
    feed_token: str = field(repr=False)


class _Announcing(uvicorn.Server):
    """Says when it answers."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


@contextmanager
def running(app: Starlette) -> Iterator[str]:
    """Serve `app` on a free loopback port; gives its address.

    Raises:
        DemonstrationError: it does not answer.
    """
    listening = socket.create_server(("127.0.0.1", 0))
    server = _Announcing(uvicorn.Config(app, access_log=False, log_level="warning", ws="none", lifespan="on"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        if not server.ready.wait(_TIMEOUT):
            raise DemonstrationError("The public server did not start on this machine; try again.")
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(_TIMEOUT)
        listening.close()


class Sender:
    """Sends submissions to a public server, and answers with the id under which each is known."""

    def __init__(self, base_url: str, definition: Definition, recipients: Recipients) -> None:
        self._base_url = base_url
        self._definition = definition
        self._recipients = recipients
        self._session = requests.Session()

    def close(self) -> None:
        self._session.close()

    def send(self, submission: WebSubmission) -> str:
        """Send one submission as often as it is planned.

        Raises:
            DemonstrationError: the server did not take it.
        """
        return self._from_page(submission) if submission.way == "page" else self._from_device(submission)

    def _from_device(self, submission: WebSubmission) -> str:
        document = ResponseDocument(
            id=submission.inside_id,
            consultation=self._definition.id,
            questionnaire_hash=self._definition.questionnaire_hash,
            language=submission.form.language,
            answers=dict(submission.form.answers),
            started_at=submission.started_at.astimezone(UTC).isoformat(),
        )
        envelope = Envelope(
            id=submission.submission_id,
            consultation=self._definition.id,
            questionnaire_hash=self._definition.questionnaire_hash,
            device_time=submission.at,
            device_offset_minutes=0,
            sealed=base64.b64encode(seal(encode_response(document), self._recipients)).decode(),
        )
        address = f"{self._base_url}/api/consultations/{self._definition.id}/submissions/{submission.submission_id}"
        body, headers = envelope.model_dump_json().encode(), {"content-type": "application/json"}
        for _ in range(submission.sends):
            answer = self._session.put(address, data=body, headers=headers, timeout=_TIMEOUT)
            _expect(answer, (200, 201), submission.key)
        return submission.submission_id

    def _from_page(self, submission: WebSubmission) -> str:
        """Open the page, fill it in, post it: what a browser without JavaScript does."""
        address = f"{self._base_url}/{self._definition.id}/respond?lang={submission.form.language}"
        # Each respondent comes with a browser of their own.
        self._session.cookies.clear()
        page = self._session.get(address, timeout=_TIMEOUT)
        _expect(page, (200,), submission.key)
        form = _FormReader(page.text)
        if _TICKET not in form.hidden:
            raise DemonstrationError(f"The form's page has no '{_TICKET}' for submission {submission.key}.")
        # A form that is empty is asked about once and then sent all the same.
        filled: dict[str, Any] = {**submission.form.answers, **form.hidden, "form-send-anyway": "yes"}
        address = urljoin(address, form.action)
        for _ in range(submission.sends):
            _expect(self._session.post(address, data=filled, timeout=_TIMEOUT), (200,), submission.key)
        return form.hidden[_TICKET].split(".")[0]


def _expect(answer: requests.Response, allowed: tuple[int, ...], key: str) -> None:
    if answer.status_code not in allowed:
        raise DemonstrationError(f"The public server answered {answer.status_code} to submission {key}.")


class _FormReader(HTMLParser):
    """Finds where the page's form is posted, and its hidden fields."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action = ""
        self.hidden: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and given.get("method") == "post":
            self.action = given.get("action", "")
        elif tag == "input" and given.get("type") == "hidden":
            self.hidden[given.get("name", "")] = given.get("value", "")

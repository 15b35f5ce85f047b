"""Sending by web: the real public server on loopback, sealed envelopes by PUT, and the form without JavaScript."""

import base64
import re
import socket
import threading
from collections.abc import Iterator, Mapping
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
from schemas.response import RawAnswer, ResponseDocument, encode_response
from schemas.sealing import Recipients, seal

_TIMEOUT = 30
_REFERENCE = re.compile(r"[A-Z0-9]{4}-[A-Z0-9]{4}")


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
    """Sends submissions to a public server, and answers with the reference under which each was received."""

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
        reference = ""
        for _ in range(submission.sends):
            answer = self._session.put(address, data=body, headers=headers, timeout=_TIMEOUT)
            _expect(answer, (200, 201), submission.key)
            reference = str(answer.json()["reference"])
        return reference

    def _from_page(self, submission: WebSubmission) -> str:
        """Fill in page after page and send: what a browser without JavaScript does."""
        # Each respondent comes with a browser of their own.
        self._session.cookies.clear()
        address = f"{self._base_url}/{self._definition.id}/respond?lang={submission.form.language}"
        page = self._read(self._session.get(address, timeout=_TIMEOUT), submission.key)
        filled = set[str]()
        while page.names & set(self._definition.questionnaire.answer_columns()):
            if page.address in filled:
                raise DemonstrationError(f"The form asks the same page again for submission {submission.key}.")
            filled.add(page.address)
            answers = {name: answer for name, answer in submission.form.answers.items() if name in page.names}
            page = self._post(page, answers, submission.key)
        check = page
        for _ in range(submission.sends):
            page = self._post(check, {}, submission.key)
        if page.reference is None:
            raise DemonstrationError(f"The form shows no reference after sending submission {submission.key}.")
        return page.reference

    def _post(self, page: "_Page", answers: Mapping[str, RawAnswer], key: str) -> "_Page":
        body: dict[str, Any] = {**page.hidden, **answers}
        return self._read(self._session.post(urljoin(page.address, page.action), data=body, timeout=_TIMEOUT), key)

    def _read(self, answer: requests.Response, key: str) -> "_Page":
        _expect(answer, (200,), key)
        return _Page(answer.url, answer.text)


def _expect(answer: requests.Response, allowed: tuple[int, ...], key: str) -> None:
    if answer.status_code not in allowed:
        raise DemonstrationError(f"The public server answered {answer.status_code} to submission {key}.")


class _Page(HTMLParser):
    """A page as a browser has it: the first form that is posted, its hidden fields and the names of its controls."""

    def __init__(self, address: str, html: str) -> None:
        super().__init__()
        self.address = address
        self.action = ""
        self.hidden: dict[str, str] = {}
        self.names: set[str] = set()
        self.reference: str | None = None
        self._forms = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._forms += 1
            self.action = self.action or given.get("action", "")
        elif self._forms == 1 and tag == "input" and given.get("type") == "hidden":
            self.hidden[given["name"]] = given.get("value", "")
        elif self._forms == 1 and tag in ("input", "textarea"):
            self.names.add(given["name"])

    def handle_data(self, data: str) -> None:
        if self.reference is None and _REFERENCE.fullmatch(data.strip()):
            self.reference = data.strip()

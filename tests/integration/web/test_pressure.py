"""What the server does under pressure and behind a proxy, and how it tells of what nobody foresaw."""

import logging
import socket
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
import requests
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ingest.errors import IngestError
from ingest.web.app import create_app
from ingest.web.clients.send import send_sealed
from ingest.web.limits import Limits
from ingest.web.serve import listen, serve_public, server_of
from ingest.web.settings import prepare_public_server
from ingest.web.store.sqlite import SqliteStore
from ingest.web.store.writer import MAX_PENDING_BYTES
from schemas.clock import SteppedClock
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from schemas.envelope import Envelope

Run = Callable[..., AbstractContextManager[int]]


@pytest.fixture
def run(third_sector: Definition, data: DataFolder, clock: SteppedClock) -> Run:
    """A context manager that runs the server with these limits, behind these proxies, and gives its port."""

    @contextmanager
    def running(
        limits: Limits | None = None,
        behind: tuple[str, ...] = (),
        more: tuple[Route, ...] = (),
        max_pending_bytes: int = MAX_PENDING_BYTES,
    ) -> Iterator[int]:
        settings = prepare_public_server(data)
        app = create_app(settings, clock, SqliteStore(settings.store, max_pending_bytes), limits)
        app.router.routes[:0] = more
        listening = listen("127.0.0.1", 0)
        server = server_of(app, behind)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join()

    return running


def _help(port: int, **headers: str) -> requests.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return requests.get(f"http://127.0.0.1:{port}/help", headers=named, timeout=10)


def test_a_proxy_that_is_named_is_believed_and_readers_behind_it_are_counted_apart(run: Run) -> None:
    with run(Limits(pages_a_minute_an_address=1), behind=("127.0.0.1",)) as port:
        asked_for = ["192.0.2.1", "192.0.2.2", "192.0.2.1", "198.51.100.9, 192.0.2.2"]
        answers = [_help(port, x_forwarded_for=one) for one in asked_for]
    # The last one's first address is what the sender says of itself: only what the proxy added counts.
    assert [answer.status_code for answer in answers] == [200, 200, 429, 429]


@pytest.mark.parametrize("behind", [(), ("192.0.2.7",)])
def test_who_is_no_proxy_of_ours_cannot_pass_for_others(run: Run, behind: tuple[str, ...]) -> None:
    with run(Limits(pages_a_minute_an_address=1), behind=behind) as port:
        answers = [_help(port, x_forwarded_for=f"192.0.2.{number}") for number in (1, 2)]
    assert [answer.status_code for answer in answers] == [200, 429]


def test_a_browser_is_told_to_stay_with_tls_only_where_it_came_by_tls(run: Run) -> None:
    with run(behind=("127.0.0.1",)) as port:
        answers = [_help(port, x_forwarded_proto=scheme) for scheme in ("http", "https")]
    assert [answer.headers.get("strict-transport-security") for answer in answers] == [None, "max-age=31536000"]


def test_a_proxy_is_named_by_its_address(third_sector: Definition, data: DataFolder) -> None:
    with pytest.raises(IngestError, match=r"^'\*' is no IP address; "):
        serve_public(data, "127.0.0.1", 0, behind=("*",))


def test_a_body_that_does_not_end_is_given_up_and_its_place_is_free_again(run: Run) -> None:
    address = "/api/consultations/third-sector-2007/submissions"
    head = f"POST {address} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n"
    with run(Limits(seconds_for_a_body=1, requests_at_once=1)) as port:
        with socket.create_connection(("127.0.0.1", port), timeout=10) as slow:
            slow.sendall(head.encode() + b'{"envelopes": [')
            # Read to the end: the server closes the connection.
            answer = b"".join(iter(lambda: slow.recv(65_536), b"")).decode()
        after = _help(port)
    assert answer.startswith("HTTP/1.1 408 ")
    assert answer.endswith('{"error":"This took too long to arrive; nothing of it was kept, send it again."}')
    assert after.status_code == 200


def test_what_does_not_fit_the_queue_is_named_in_the_batch_and_sealed_files_are_sent_until_all_is_in(
    run: Run, third_sector: Definition, envelope: Callable[..., Envelope], data: DataFolder
) -> None:
    sent = [envelope(third_sector) for _ in range(3)]
    # Room for one that waits while another is written.
    room = 1_024 + max(len(one.sealed_bytes) for one in sent)
    with run(max_pending_bytes=room) as port:
        url = f"http://127.0.0.1:{port}"
        blocker = sqlite3.connect(data.public_server / "store.sqlite", isolation_level=None)
        blocker.execute("BEGIN IMMEDIATE")
        body = {"envelopes": [one.model_dump(mode="json", exclude_none=True) for one in sent]}
        answer = requests.post(f"{url}/api/consultations/{third_sector.id}/submissions", json=body, timeout=30)
        blocker.execute("ROLLBACK")
        blocker.close()
        delivered = list(send_sealed(url, sent))
    results = answer.json()["results"]
    assert answer.status_code == 200
    assert [one["id"] for one in results] == [one.id for one in sent]
    assert {(one["status"], one["retry_after"]) for one in results} == {(429, 2), (503, 10)}
    assert sorted((one.id, one.outcome) for one in delivered) == sorted((one.id, "received") for one in sent)


def test_what_nobody_foresaw_is_answered_and_logged_without_what_the_error_says(
    run: Run, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    async def fail(_: Request) -> Response:
        raise ValueError("needle")

    with run(more=(Route("/api/fails", fail),)) as port:
        answer = requests.get(f"http://127.0.0.1:{port}/api/fails", timeout=10)
    told = [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]
    sentence = "Something went wrong on the server; what you sent was not received."
    assert (answer.status_code, answer.json()) == (500, {"error": sentence})
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert len(told) == 1
    assert told[0].startswith("A request failed in a way that is not foreseen: ValueError in test_pressure.py, line ")
    assert "needle" not in told[0] + capfd.readouterr().err

"""The client that pulls the feed into landing."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

from ingest.errors import IngestError
from ingest.landing import Landed, Landing
from ingest.web.clients.pull import pull
from schemas.clock import SteppedClock
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from schemas.envelope import Envelope
from schemas.sealing import open_sealed, read_identity


@pytest.fixture
def landing(data: DataFolder, clock: SteppedClock) -> Landing:
    return Landing(data.landing("third-sector-2007"), clock)


def _token(data: DataFolder) -> str:
    return (data.public_server / "feed.token").read_text().strip()


def test_what_was_committed_is_landed_with_its_columns_and_can_be_opened(
    third_sector_url: str,
    third_sector: Definition,
    data: DataFolder,
    landing: Landing,
    envelope: Callable[..., Envelope],
    put: Callable[[str, Envelope], requests.Response],
    clock: SteppedClock,
) -> None:
    sent = [envelope(third_sector, q2_place=str(number)) for number in range(3)]
    receipts = [put(third_sector_url, one).json() for one in sent]
    assert pull(third_sector_url, _token(data), landing, "third-sector-2007") == Landed(3, 0, 3)
    rows = landing.log.read().to_pylist()
    identity = read_identity(data.keys("third-sector-2007"))
    assert [json.loads(open_sealed(row.pop("body"), identity))["answers"] for row in rows] == [
        {"q2_place": "0"},
        {"q2_place": "1"},
        {"q2_place": "2"},
    ]
    for row in rows:
        row.pop("chain")
    assert rows == [
        {
            "seq": number,
            "known_at": clock.now(),
            "event": "submission",
            "artefact_id": one.id,
            "relates_to": None,
            "consultation": "third-sector-2007",
            "questionnaire_hash": third_sector.questionnaire_hash,
            "channel": "web",
            "media_type": "application/vnd.yoursay.response+json",
            "received_at": clock.now(),
            "device_time": None,
            "device_offset_minutes": None,
            "source": "web",
            "source_sequence": number,
            "ciphertext_sha256": receipt["sha256"],
        }
        for number, (one, receipt) in enumerate(zip(sent, receipts, strict=True), start=1)
    ]
    assert landing.verify() == []


def test_pulling_goes_on_where_it_stopped_after_the_server_came_back(
    data: DataFolder,
    third_sector: Definition,
    serve: Callable[[], object],
    landing: Landing,
    envelope: Callable[..., Envelope],
    put: Callable[[str, Envelope], requests.Response],
) -> None:
    with serve() as url:
        for _ in range(3):
            put(url, envelope(third_sector)).raise_for_status()
        assert pull(url, _token(data), landing, "third-sector-2007") == Landed(3, 0, 3)
        put(url, envelope(third_sector)).raise_for_status()
    with pytest.raises(IngestError, match=r"cannot be reached \(ConnectionError\); what was landed stays, pull again"):
        pull(url, _token(data), landing, "third-sector-2007", tries=1)
    with serve() as url:
        put(url, envelope(third_sector)).raise_for_status()
        assert pull(url, _token(data), landing, "third-sector-2007") == Landed(2, 0, 5)
        assert pull(url, _token(data), landing, "third-sector-2007") == Landed(0, 0, 5)
    assert landing.log.read(columns=["source_sequence"])["source_sequence"].to_pylist() == [1, 2, 3, 4, 5]


def test_pages_are_followed_to_the_end(
    third_sector_url: str,
    third_sector: Definition,
    data: DataFolder,
    landing: Landing,
    envelope: Callable[..., Envelope],
    put: Callable[[str, Envelope], requests.Response],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ingest.web.clients.pull.PAGE", 2)
    for _ in range(5):
        put(third_sector_url, envelope(third_sector)).raise_for_status()
    assert pull(third_sector_url, _token(data), landing, "third-sector-2007") == Landed(5, 0, 5)
    assert len(landing.log.lines()) == 3


@pytest.mark.parametrize(
    ("token", "consultation", "sentence"),
    [
        ("wrong", "third-sector-2007", "answered 401: the feed token is not the server's"),
        (None, "nowhere", "answered 404: the server does not offer this consultation"),
    ],
)
def test_a_refusal_says_what_to_do(
    third_sector_url: str, data: DataFolder, landing: Landing, token: str | None, consultation: str, sentence: str
) -> None:
    with pytest.raises(IngestError, match=sentence):
        pull(third_sector_url, token or _token(data), landing, consultation)


@contextmanager
def _answering(*answers: tuple[int, dict[str, str], bytes]) -> Iterator[tuple[str, list[str]]]:
    """A server that gives these answers one after another; what was asked is noted."""
    left, asked = list(answers), []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            status, headers, body = left.pop(0)
            self.send_response(status)
            for name, value in (
                {"content-type": "application/x-ndjson", "content-length": str(len(body))} | headers
            ).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.do_GET()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", asked
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def committed(
    third_sector_url: str,
    third_sector: Definition,
    data: DataFolder,
    envelope: Callable[..., Envelope],
    put: Callable[[str, Envelope], requests.Response],
    feed_headers: Callable[[], dict[str, str]],
) -> list[bytes]:
    """Three lines of a real feed."""
    for _ in range(3):
        put(third_sector_url, envelope(third_sector)).raise_for_status()
    address = f"{third_sector_url}/api/consultations/third-sector-2007/feed"
    return requests.get(address, headers=feed_headers(), timeout=10).content.splitlines(keepends=True)


def test_a_busy_server_is_asked_again_when_it_says(committed: list[bytes], landing: Landing) -> None:
    with _answering(
        (503, {"retry-after": "0"}, b""),
        (429, {"retry-after": "0"}, b""),
        (200, {}, b"".join(committed)),
        (200, {}, b""),
        (200, {"content-type": "application/json"}, b"{}"),
    ) as (url, asked):
        assert pull(url, "token", landing, "third-sector-2007") == Landed(3, 0, 3)
    feed = "/api/consultations/third-sector-2007/feed"
    pages = [f"{feed}?after={after}&limit=500" for after in (0, 0, 0, 3)]
    assert asked == [*pages, f"{feed}/acknowledgement"]


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (
            lambda lines: lines[:1] + lines[2:],
            "submission 2 of 'third-sector-2007' is missing in the feed, 3 came instead",
        ),
        (lambda lines: lines[1:], "submission 1 of 'third-sector-2007' is missing in the feed, 2 came instead"),
        (
            lambda lines: [lines[0], lines[0]],
            "submission 2 of 'third-sector-2007' is missing in the feed, 1 came instead",
        ),
        (
            lambda lines: [lines[0], lines[1].replace(b'"sealed":"YWdl', b'"sealed":"YWdm')],
            "Submission 2 of 'third-sector-2007' arrived damaged from the feed; pull again",
        ),
        (
            lambda lines: [lines[0], lines[1].replace(b'"chain":"', b'"chain":"0')],
            "submission 2 of 'third-sector-2007' does not follow from the one before it",
        ),
        (
            lambda lines: [lines[0], lines[1][:-20]],
            "Line 2 of the feed of 'third-sector-2007' cannot be read; pull again",
        ),
    ],
)
def test_a_gap_or_a_damaged_body_lands_nothing_of_the_page_and_says_where(
    committed: list[bytes], landing: Landing, spoil: Callable[[list[bytes]], list[bytes]], sentence: str
) -> None:
    with _answering((200, {}, b"".join(spoil(committed)))) as (url, _), pytest.raises(IngestError, match=sentence):
        pull(url, "token", landing, "third-sector-2007")
    assert landing.log.last_seq() == 0


@pytest.mark.parametrize("status", [200, 302])
def test_another_server_that_answers_is_not_taken_for_ours(landing: Landing, status: int) -> None:
    portal = (status, {"content-type": "text/html", "location": "http://127.0.0.1:9/"}, b"<html>Sign in</html>")
    with _answering(portal) as (url, _), pytest.raises(IngestError, match=r"is not the public server|answered 302"):
        pull(url, "token", landing, "third-sector-2007")


def test_the_token_shows_in_no_message(landing: Landing) -> None:
    with pytest.raises(IngestError) as caught:
        pull("http://127.0.0.1:9", "very-secret-token", landing, "third-sector-2007", tries=1)
    assert "very-secret-token" not in f"{caught.value!r} {caught.value.__cause__!r}"

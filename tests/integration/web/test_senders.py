"""Named senders, what one sender may send in a minute, the keys that sign receipts, and what is done under pressure."""

import base64
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import AbstractContextManager
from datetime import UTC
from itertools import islice
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter

from ingest.errors import IngestError
from ingest.web.clients.send import Delivered, read_sealed_file, send_sealed
from ingest.web.limits import Limits, read_limits
from ingest.web.senders import new_token
from ingest.web.settings import PublicSettings, prepare_public_server
from ingest.web.store.sqlite import SqliteStore
from schemas.clock import SteppedClock, write_shifted_clock
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from schemas.envelope import Envelope, SealedFile
from schemas.receipts import Receipt, receipt_is_genuine, rotate_signer

API = "/api/consultations/third-sector-2007"
Make = Callable[..., Envelope]
Put = Callable[[str, Envelope], requests.Response]
Serve = Callable[[], AbstractContextManager[str]]
ServerProcess = Callable[[], AbstractContextManager[tuple[str, Popen[str]]]]


@pytest.fixture
def settings(third_sector: Definition, data: DataFolder) -> PublicSettings:
    return prepare_public_server(data)


@pytest.fixture
def store(settings: PublicSettings) -> SqliteStore:
    return SqliteStore(settings.store)


def _put(url: str, one: Envelope, authorization: str | None = None) -> requests.Response:
    headers = {"content-type": "application/json"} | ({"authorization": authorization} if authorization else {})
    body = one.model_dump_json(exclude_none=True)
    return requests.put(f"{url}{API}/submissions/{one.id}", data=body, headers=headers, timeout=30)


def test_a_named_sender_writes_and_reads_nothing(
    serve: Serve, third_sector: Definition, envelope: Make, store: SqliteStore, clock: SteppedClock
) -> None:
    token, kept = new_token(third_sector.id, "submission", "kiosk", clock.now())
    store.add_token(kept)
    with serve() as url:
        sent = _put(url, envelope(third_sector), f"Bearer {token}")
        reads = [
            requests.get(f"{url}{API}{path}", headers={"authorization": f"Bearer {token}"}, timeout=10)
            for path in ("/feed", "/extent")
        ]
    assert (sent.status_code, [answer.status_code for answer in reads]) == (201, [401, 401])
    assert [record.channel for record, _ in store.feed(third_sector.id, 0, 10, 10**6)] == ["web"]


@pytest.mark.parametrize("authorization", ["Bearer unknown", "Bearer ", "Basic YTpi", "unknown"])
def test_an_unknown_token_is_refused_and_not_taken_for_anyone(
    serve: Serve, third_sector: Definition, envelope: Make, store: SqliteStore, authorization: str
) -> None:
    with serve() as url:
        refused = _put(url, envelope(third_sector), authorization)
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")
    assert store.extent(third_sector.id).count == 0


def test_a_revoked_token_and_one_of_another_consultation_are_refused(
    serve: Serve, third_sector: Definition, envelope: Make, store: SqliteStore, clock: SteppedClock
) -> None:
    revoked, kept = new_token(third_sector.id, "submission", "kiosk", clock.now())
    store.add_token(kept)
    store.revoke_token(third_sector.id, "kiosk", clock.now().isoformat())
    elsewhere, kept = new_token("parks-and-libraries-2007", "submission", "kiosk", clock.now())
    store.add_token(kept)
    with serve() as url:
        answers = [_put(url, envelope(third_sector), f"Bearer {token}") for token in (revoked, elsewhere)]
    assert [answer.status_code for answer in answers] == [401, 401]


def test_one_address_is_told_to_come_back_and_a_named_sender_is_counted_apart(
    serve: Serve,
    third_sector: Definition,
    envelope: Make,
    settings: PublicSettings,
    store: SqliteStore,
    clock: SteppedClock,
) -> None:
    settings.limits.write_text("submissions_a_minute_an_address = 3\nsubmissions_a_minute_a_token = 2\n")
    token, kept = new_token(third_sector.id, "submission", "kiosk", clock.now())
    store.add_token(kept)
    with serve() as url:
        by_anyone = [_put(url, envelope(third_sector)) for _ in range(4)]
        by_token = [_put(url, envelope(third_sector), f"Bearer {token}") for _ in range(3)]
        batch = requests.post(
            f"{url}{API}/submissions",
            json={"envelopes": [envelope(third_sector).model_dump(mode="json", exclude_none=True)]},
            timeout=10,
        )
    assert [answer.status_code for answer in by_anyone] == [201, 201, 201, 429]
    assert [answer.status_code for answer in by_token] == [201, 201, 429]
    assert batch.status_code == 429
    assert 1 <= int(by_anyone[3].headers["retry-after"]) <= 60
    assert store.extent(third_sector.id).count == 5


def test_pages_are_counted_too(serve: Serve, settings: PublicSettings) -> None:
    settings.limits.write_text("pages_a_minute_an_address = 2\n")
    with serve() as url:
        answers = [requests.get(f"{url}/help", timeout=10) for _ in range(3)]
        static = requests.get(f"{url}/sw.js", timeout=10)
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert (answers[2].headers["content-type"], "retry-after" in answers[2].headers) == (
        "text/html; charset=utf-8",
        True,
    )
    assert static.status_code == 200


@pytest.mark.parametrize("content", ["requests_at_once = 0", "unknown = 1", "pages_a_minute_an_address = 'x'", "="])
def test_limits_that_are_not_understood_are_told_with_the_file(tmp_path: Path, content: str) -> None:
    (tmp_path / "limits.toml").write_text(content)
    with pytest.raises(IngestError, match=r"limits\.toml: "):
        read_limits(tmp_path / "limits.toml")
    assert read_limits(tmp_path / "none.toml") == Limits()


def test_more_requests_at_once_than_are_worked_on_are_told_to_come_back_and_nothing_is_lost(
    serve: Serve, third_sector: Definition, envelope: Make, settings: PublicSettings, store: SqliteStore
) -> None:
    settings.limits.write_text("requests_at_once = 2\nsubmissions_a_minute_an_address = 1000\n")
    blocker = sqlite3.connect(settings.store, isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    sent = [envelope(third_sector) for _ in range(12)]
    with serve() as url, ThreadPoolExecutor(12) as pool:
        answers = [pool.submit(_put, url, one) for one in sent]
        # Two wait for the store; all others are answered meanwhile.
        first = [answer.result() for answer in islice(as_completed(answers), 10)]
        blocker.execute("ROLLBACK")
        statuses = [answer.result().status_code for answer in answers]
    blocker.close()
    assert [answer.status_code for answer in first] == [503] * 10
    assert {answer.headers["retry-after"] for answer in first} == {"2"}
    assert sorted(statuses) == [201, 201] + [503] * 10
    assert store.extent(third_sector.id).count == 2


def test_after_a_rotation_old_receipts_are_still_checked_and_new_ones_signed_by_the_new_key(
    serve: Serve, third_sector: Definition, envelope: Make, settings: PublicSettings, clock: SteppedClock
) -> None:
    one = envelope(third_sector)
    with serve() as url:
        before = Receipt(**_put(url, one).json())
    rotated_at = clock.now().astimezone(UTC).isoformat()
    rotate_signer(settings.signing_key, settings.retired_keys, rotated_at)
    rotate_signer(settings.signing_key, settings.retired_keys, rotated_at)
    with serve() as url:
        keys = requests.get(f"{url}/api/keys", timeout=10).json()["keys"]
        again = Receipt(**_put(url, one).json())
    public = {key["key_id"]: base64.b64decode(key["public_key"]) for key in keys}
    assert [key.get("retired_at") for key in keys] == [None, rotated_at, rotated_at]
    assert (keys[0]["key_id"], keys[2]["key_id"]) == (again.key_id, before.key_id)
    assert [receipt_is_genuine(receipt, public[receipt.key_id]) for receipt in (before, again)] == [True, True]
    assert settings.signing_key.stat().st_mode & 0o077 == 0


def test_a_sealed_file_is_taken_once_and_what_is_refused_is_named(
    third_sector_url: str, third_sector: Definition, envelope: Make, put: Put, tmp_path: Path
) -> None:
    sent = [envelope(third_sector, q2_place=str(number)) for number in range(60)]
    put(third_sector_url, sent[0])
    old = envelope(third_sector).model_copy(update={"questionnaire_hash": "0" * 64})
    file = tmp_path / "bus.yoursay"
    file.write_text(SealedFile(envelopes=(*sent, old)).model_dump_json(exclude_none=True))
    envelopes = read_sealed_file(file).envelopes
    first = list(send_sealed(third_sector_url, envelopes))
    again = list(send_sealed(third_sector_url, envelopes))
    assert [one.outcome for one in first] == ["repeat"] + ["received"] * 59 + ["refused"]
    assert [one.outcome for one in again] == ["repeat"] * 60 + ["refused"]
    assert [one.reference for one in again] == [one.reference for one in first]
    sentence = "The envelope was made for another version of the questionnaire; load the form again."
    assert first[60] == Delivered(old.id, "refused", "", sentence)


@pytest.mark.parametrize("content", [b"", b"{}", b'{"format": "other", "envelopes": []}', b"\xff\xfe", b'"needle"'])
def test_what_is_no_sealed_file_is_told_with_its_name_and_nothing_of_it(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "some.yoursay"
    file.write_bytes(content)
    with pytest.raises(IngestError, match=r"some\.yoursay: not a sealed file: ") as caught:
        read_sealed_file(file)
    assert "needle" not in str(caught.value)


class _FromAddress(HTTPAdapter):
    """Sends from that address of this machine."""

    def __init__(self, address: str) -> None:
        self._address = address
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **named: Any) -> None:
        super().init_poolmanager(*arguments, source_address=(self._address, 0), **named)


def test_the_address_of_a_sender_is_in_no_file_and_no_output(
    data: DataFolder,
    third_sector: Definition,
    envelope: Make,
    clock: SteppedClock,
    server_process: ServerProcess,
    capfd: pytest.CaptureFixture[str],
) -> None:
    write_shifted_clock(data.clock_file, clock.now())
    with server_process() as (url, process):
        one = envelope(third_sector)
        # An address of the loopback network that nothing else here has.
        session = requests.Session()
        session.mount("http://", _FromAddress("127.77.66.55"))
        page = session.get(f"{url}/help", timeout=10)
        sent = session.put(
            f"{url}{API}/submissions/{one.id}",
            data=one.model_dump_json(exclude_none=True),
            headers={"content-type": "application/json"},
            timeout=10,
        )
        assert (page.status_code, sent.status_code) == (200, 201)
        process.terminate()
        output, _ = process.communicate(timeout=30)
    assert "127.77.66.55" not in output + capfd.readouterr().err
    files = [file for file in data.public_server.rglob("*") if file.is_file()]
    assert [file.name for file in files if b"127.77.66.55" in file.read_bytes()] == []

"""The sync API's contract: put, receipts, keys, feed."""

import base64
import hashlib
import json
import sqlite3
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from ingest.web.store.records import GENESIS, next_link
from schemas.clock import SteppedClock
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from schemas.envelope import MAX_SEALED_BYTES, Envelope
from schemas.receipts import Receipt, receipt_is_genuine, reference_of

Put = Callable[[str, Envelope], requests.Response]


def test_a_hundred_identical_concurrent_puts_are_one_submission_with_one_receipt(
    third_sector_url: str, third_sector: Definition, envelope: Callable[..., Envelope], put: Put, data: DataFolder
) -> None:
    one = envelope(third_sector, q2_place="yes")
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: put(third_sector_url, one), range(100)))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 200: 99}
    assert len({answer.text for answer in answers}) == 1
    with sqlite3.connect(data.public_server / "store.sqlite") as store:
        assert store.execute("SELECT count(*), max(sequence) FROM submissions").fetchone() == (1, 1)


def test_the_receipt_names_what_was_committed_and_is_signed_by_the_published_key(
    third_sector_url: str, third_sector: Definition, envelope: Callable[..., Envelope], put: Put, clock: SteppedClock
) -> None:
    one = envelope(third_sector, q2_place="yes")
    receipt = Receipt.model_validate(put(third_sector_url, one).json())
    (key,) = requests.get(f"{third_sector_url}/api/keys", timeout=10).json()["keys"]
    assert receipt.model_copy(update={"signature": ""}) == Receipt(
        id=one.id,
        consultation="third-sector-2007",
        sha256=hashlib.sha256(one.sealed_bytes).hexdigest(),
        sequence=1,
        received_at=clock.now().isoformat(),
        reference=reference_of("third-sector-2007", one.id),
        key_id=key["key_id"],
    )
    assert receipt_is_genuine(receipt, base64.b64decode(key["public_key"]))
    assert not receipt_is_genuine(receipt.model_copy(update={"sequence": 2}), base64.b64decode(key["public_key"]))


def test_other_bytes_under_one_id_are_told_apart_and_both_are_kept_once(
    third_sector_url: str,
    third_sector: Definition,
    envelope: Callable[..., Envelope],
    put: Put,
    feed_headers: Callable[[], dict[str, str]],
) -> None:
    first = envelope(third_sector, q2_place="yes")
    second = envelope(third_sector, first.id, q2_place="no")
    kept = put(third_sector_url, first).json()
    conflicts = [put(third_sector_url, second) for _ in range(2)]
    sha256 = hashlib.sha256(second.sealed_bytes).hexdigest()
    assert [answer.status_code for answer in conflicts] == [409, 409]
    assert conflicts[0].json() == conflicts[1].json()
    assert conflicts[0].json()["first"] == kept
    assert conflicts[0].json()["receipt"]["id"] == f"{first.id}.conflict-{sha256[:8]}"
    assert put(third_sector_url, first).json() == kept
    feed = requests.get(
        f"{third_sector_url}/api/consultations/third-sector-2007/feed", headers=feed_headers(), timeout=10
    )
    stored = [(line["sequence"], line["id"], line["sha256"]) for line in map(json.loads, feed.text.splitlines())]
    assert stored == [(1, first.id, kept["sha256"]), (2, f"{first.id}.conflict-{sha256[:8]}", sha256)]


def test_the_feed_gives_every_column_in_commit_order_after_a_sequence(
    third_sector_url: str,
    third_sector: Definition,
    envelope: Callable[..., Envelope],
    put: Put,
    feed_headers: Callable[[], dict[str, str]],
    clock: SteppedClock,
) -> None:
    device_time = datetime(2007, 5, 13, 8, tzinfo=UTC)
    sent = [envelope(third_sector, q2_place=str(number)) for number in range(4)]
    sent[2] = sent[2].model_copy(update={"device_time": device_time, "device_offset_minutes": 60})
    for one in sent:
        put(third_sector_url, one)
    address = f"{third_sector_url}/api/consultations/third-sector-2007/feed"
    page = requests.get(address, params={"after": 1, "limit": 2}, headers=feed_headers(), timeout=10)
    assert page.headers["content-type"].split(";")[0] == "application/x-ndjson"
    now = clock.now().isoformat().replace("+00:00", "Z")
    chains = [GENESIS]
    for sequence, one in enumerate(sent, 1):
        sha256 = hashlib.sha256(one.sealed_bytes).hexdigest()
        chains.append(next_link(chains[-1], sequence, one.id, None, sha256))
    assert [json.loads(line) for line in page.text.splitlines()] == [
        {
            "sequence": sequence,
            "event": "submission",
            "id": one.id,
            "channel": "web",
            "relates_to": None,
            "questionnaire_hash": third_sector.questionnaire_hash,
            "media_type": "application/vnd.yoursay.response+json",
            "received_at": now,
            "device_time": "2007-05-13T08:00:00Z" if one is sent[2] else None,
            "device_offset_minutes": 60 if one is sent[2] else None,
            "sha256": hashlib.sha256(one.sealed_bytes).hexdigest(),
            "chain": chains[sequence],
            "sealed": one.sealed,
        }
        for sequence, one in [(2, sent[1]), (3, sent[2])]
    ]
    assert requests.get(address, params={"after": 4}, headers=feed_headers(), timeout=10).text == ""


@pytest.mark.parametrize("header", [None, "Bearer ", "Bearer wrong", "Basic abc", "Bearer \xe9"])
def test_the_feed_answers_nobody_without_its_token(quiet: Any, header: str | None) -> None:
    address = f"{quiet.url}/api/consultations/third-sector-2007/feed"
    headers = {"authorization": header.encode("latin-1")} if header is not None else {}
    answer = requests.get(address, headers=headers, timeout=10)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert answer.json() == {"error": "The feed needs its token: send 'Authorization: Bearer TOKEN'."}


@pytest.mark.parametrize(
    "query", ["after=-1", "after=x", "limit=0", "limit=1001", "after=99999999999999999999", "after=²"]
)
def test_a_wrong_page_of_the_feed_is_refused_in_a_sentence(quiet: Any, query: str) -> None:
    address = f"{quiet.url}/api/consultations/third-sector-2007/feed?{query}"
    answer = requests.get(address, headers=quiet.feed_headers, timeout=10)
    assert answer.status_code == 400
    assert "must be a whole number" in answer.json()["error"]


def test_a_device_learns_what_to_seal_for(third_sector_url: str, third_sector: Definition, data: DataFolder) -> None:
    told = requests.get(f"{third_sector_url}/api/consultations/third-sector-2007", timeout=10).json()
    assert told.pop("recipients") == [
        line.split('"')[1] for line in (data.keys("third-sector-2007") / "recipients.toml").read_text().splitlines()
    ]
    assert told == {
        "consultation": "third-sector-2007",
        "questionnaire_hash": third_sector.questionnaire_hash,
        "media_type": "application/vnd.yoursay.response+json",
        "languages": ["en"],
        "state": "open",
        "opens_at": "2007-03-01T00:00:00+00:00",
        "closes_at": "2007-05-31T23:00:00+00:00",
        "server_time": "2007-05-14T09:30:00+00:00",
    }


def test_a_late_envelope_is_received_and_an_early_one_is_not(
    third_sector_url: str, third_sector: Definition, envelope: Callable[..., Envelope], put: Put, clock: SteppedClock
) -> None:
    clock.moment = third_sector.opens_at() - timedelta(seconds=1)
    early = put(third_sector_url, envelope(third_sector))
    clock.moment = third_sector.closes_at() + timedelta(days=9)
    late = put(third_sector_url, envelope(third_sector))
    assert (early.status_code, late.status_code) == (403, 201)
    assert early.json() == {"error": "This consultation is not open yet; send the response again when it is."}
    assert late.json()["received_at"] == clock.now().isoformat()


def _changes(**change: object) -> Callable[[dict[str, object]], object]:
    return lambda body: body | change


@pytest.mark.parametrize(
    "change",
    [
        _changes(extra="field"),
        _changes(sealed="bm90IGFnZQ=="),
        _changes(sealed="not base64!"),
        _changes(sealed=None),
        _changes(questionnaire_hash="0" * 64),
        _changes(consultation="another"),
        _changes(id=str(uuid.UUID(int=1))),
        _changes(media_type="text/html"),
        _changes(device_time="2007-05-01T10:00:00"),
        _changes(device_time="0001-01-01T00:00:00+14:00"),
        _changes(device_offset_minutes=10**30),
        lambda _: [1, 2, 3],
        lambda _: None,
    ],
)
def test_a_wrong_envelope_is_refused_in_a_sentence_that_repeats_nothing_of_it(
    quiet: Any,
    change: Callable[[dict[str, object]], object],
) -> None:
    one = quiet.envelope(q2_place="needle")
    answer = requests.put(
        f"{quiet.url}/api/consultations/third-sector-2007/submissions/{one.id}",
        data=json.dumps(change(json.loads(one.model_dump_json(exclude_none=True)))),
        headers={"content-type": "application/json"},
        timeout=10,
    )
    assert answer.status_code == 422
    assert list(answer.json()) == ["error"]
    assert one.sealed[-40:] not in answer.text
    assert quiet.stored() == 0


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"id": "\\ud800"}'])
def test_bytes_that_are_no_envelope_are_refused(quiet: Any, body: bytes) -> None:
    address = f"{quiet.url}/api/consultations/third-sector-2007/submissions/{uuid.uuid4()}"
    answer = requests.put(address, data=body, headers={"content-type": "application/json"}, timeout=10)
    assert answer.status_code == 422
    assert answer.json()["error"].startswith("Not an envelope: ")


def test_an_envelope_above_the_cap_is_refused_in_a_sentence(quiet: Any) -> None:
    address = f"{quiet.url}/api/consultations/third-sector-2007/submissions/{uuid.uuid4()}"
    answer = requests.put(
        address, data=b" " * (MAX_SEALED_BYTES * 2), headers={"content-type": "application/json"}, timeout=30
    )
    assert (answer.status_code, answer.json()) == (
        413,
        {"error": "This is too large: at most 5 MB can be sent at once."},
    )


def test_an_envelope_of_another_media_type_or_method_or_address_is_refused(quiet: Any) -> None:
    address = f"{quiet.url}/api/consultations/third-sector-2007/submissions/{uuid.uuid4()}"
    refused = [
        requests.put(address, data=b"{}", timeout=10),
        requests.post(address, json={}, timeout=10),
        requests.put(address.replace("third-sector", "nowhere"), json={}, timeout=10),
        requests.get(f"{quiet.url}/api/nothing", timeout=10),
    ]
    assert [answer.status_code for answer in refused] == [415, 405, 404, 404]
    assert all(answer.json()["error"].endswith(".") for answer in refused)


def test_a_store_that_is_locked_is_told_with_a_time_to_come_back(
    third_sector_url: str, third_sector: Definition, envelope: Callable[..., Envelope], put: Put, data: DataFolder
) -> None:
    one = envelope(third_sector)
    blocker = sqlite3.connect(data.public_server / "store.sqlite", isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    refused = put(third_sector_url, one)
    blocker.execute("ROLLBACK")
    blocker.close()
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "10")
    assert refused.json() == {"error": "The response could not be stored; nothing of it was kept."}
    assert put(third_sector_url, one).status_code == 201

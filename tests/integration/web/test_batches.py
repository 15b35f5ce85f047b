"""Batches of envelopes, second versions and withdrawals by the sync API: each is an event in the feed."""

import json
import sqlite3
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from ingest.web.api import MAX_BATCH
from schemas.change_code import change_key_of, new_change_code
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from schemas.envelope import EarlierResponse, Envelope
from schemas.receipts import Receipt, load_signer, receipt_is_genuine

API = "/api/consultations/third-sector-2007"
Make = Callable[..., Envelope]
Put = Callable[[str, Envelope], requests.Response]


def _as_sent(one: Envelope) -> dict[str, Any]:
    sent: dict[str, Any] = json.loads(one.model_dump_json(exclude_none=True))
    return sent


def _post(url: str, path: str, body: object) -> requests.Response:
    return requests.post(f"{url}{API}{path}", json=body, timeout=30)


def _feed(url: str, headers: dict[str, str]) -> list[dict[str, Any]]:
    return [
        json.loads(line) for line in requests.get(f"{url}{API}/feed", headers=headers, timeout=10).text.splitlines()
    ]


@pytest.fixture
def coded(third_sector: Definition, envelope: Make) -> tuple[Envelope, str]:
    """An envelope and its change code."""
    code = new_change_code()
    return envelope(third_sector, q2_place="first").model_copy(update={"change_key": change_key_of(code)}), code


def _replacing(one: Envelope, reference: str, code: str) -> Envelope:
    return one.model_copy(update={"replaces": EarlierResponse(reference=reference, change_code=code)})


def test_each_envelope_of_a_batch_is_taken_by_itself_and_the_poisoned_ones_are_named(
    third_sector_url: str, third_sector: Definition, envelope: Make, put: Put, data: DataFolder
) -> None:
    known, fresh, old = (envelope(third_sector, q2_place=str(n)) for n in range(3))
    other = envelope(third_sector, submission_id=known.id, q2_place="other")
    put(third_sector_url, known)
    poisoned = _as_sent(old) | {"questionnaire_hash": "0" * 64}
    broken = {"id": "x", "sealed": "needle"}
    sent = [_as_sent(known), poisoned, _as_sent(fresh), broken, 5, _as_sent(other), _as_sent(fresh)]
    answer = _post(third_sector_url, "/submissions", {"envelopes": sent})
    results = answer.json()["results"]
    assert answer.status_code == 200
    assert [(result["id"], result["status"]) for result in results] == [
        (known.id, 200),
        (old.id, 422),
        (fresh.id, 201),
        (None, 422),
        (None, 422),
        (known.id, 409),
        (fresh.id, 200),
    ]
    assert results[1]["error"] == "The envelope was made for another version of the questionnaire; load the form again."
    assert "needle" not in answer.text
    assert results[2]["receipt"] == results[6]["receipt"]
    assert results[5]["first"] == results[0]["receipt"] != results[5]["receipt"]
    key = load_signer(data.public_server / "signing.key").public_bytes
    genuine = [receipt_is_genuine(Receipt(**result["receipt"]), key) for result in results if "receipt" in result]
    assert genuine == [True] * 4


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"envelopes": []}, 422),
        ({"envelopes": [{}] * (MAX_BATCH + 1)}, 422),
        ({"envelopes": {}}, 422),
        ({}, 422),
        ([], 422),
    ],
)
def test_what_is_no_batch_is_refused_in_a_sentence(quiet: Any, body: object, status: int) -> None:
    answer = _post(quiet.url, "/submissions", body)
    assert (answer.status_code, list(answer.json())) == (status, ["error"])


def test_a_hundred_identical_concurrent_sends_are_one_row_and_one_receipt(
    third_sector_url: str, third_sector: Definition, envelope: Make, put: Put, data: DataFolder
) -> None:
    one = envelope(third_sector, q2_place="yes")
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: put(third_sector_url, one), range(100)))
    assert sorted(answer.status_code for answer in answers) == [200] * 99 + [201]
    assert len({answer.text for answer in answers}) == 1
    with sqlite3.connect(data.public_server / "store.sqlite") as store:
        assert store.execute("SELECT count(*) FROM submissions").fetchone() == (1,)


def test_a_second_version_names_the_first_and_a_third_the_second(
    third_sector_url: str,
    third_sector: Definition,
    envelope: Make,
    put: Put,
    feed_headers: Callable[[], dict[str, str]],
    coded: tuple[Envelope, str],
) -> None:
    first, code = coded
    reference = put(third_sector_url, first).json()["reference"]
    second = _replacing(envelope(third_sector, q2_place="second"), reference, code)
    third = _replacing(envelope(third_sector, q2_place="third"), reference, code)
    statuses = [put(third_sector_url, one).status_code for one in (second, third, second)]
    assert statuses == [201, 201, 200]
    events = [(line["event"], line["id"], line["relates_to"]) for line in _feed(third_sector_url, feed_headers())]
    assert events == [
        ("submission", first.id, None),
        ("supersede", second.id, first.id),
        ("supersede", third.id, second.id),
    ]


def test_nobody_replaces_or_withdraws_without_the_code(
    third_sector_url: str,
    third_sector: Definition,
    envelope: Make,
    put: Put,
    feed_headers: Callable[[], dict[str, str]],
    coded: tuple[Envelope, str],
) -> None:
    first, code = coded
    reference = put(third_sector_url, first).json()["reference"]
    without_key = put(third_sector_url, envelope(third_sector)).json()["reference"]
    wrong = [(reference, new_change_code()), ("AAAA-AAAA", code), (without_key, code)]
    refused = [put(third_sector_url, _replacing(envelope(third_sector), *given)) for given in wrong]
    refused += [
        _post(third_sector_url, "/withdrawals", {"reference": given, "change_code": tried}) for given, tried in wrong
    ]
    assert [answer.status_code for answer in refused] == [403] * 6
    assert {answer.json()["error"] for answer in refused} == {
        "This change code does not belong to this reference; check both."
    }
    assert len(_feed(third_sector_url, feed_headers())) == 2


def test_a_withdrawal_is_one_event_however_often_it_is_sent(
    third_sector_url: str, put: Put, feed_headers: Callable[[], dict[str, str]], coded: tuple[Envelope, str]
) -> None:
    first, code = coded
    reference = put(third_sector_url, first).json()["reference"]
    body = {"reference": reference, "change_code": code}
    answers = [_post(third_sector_url, "/withdrawals", body) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[0].json() == answers[1].json()
    lines = _feed(third_sector_url, feed_headers())
    assert [(line["event"], line["id"], line["relates_to"], line["sealed"]) for line in lines[1:]] == [
        ("withdraw", f"{first.id}.withdrawn", first.id, "")
    ]


@pytest.mark.parametrize(
    "body",
    [
        {"reference": "ABCD-2345"},
        {"reference": "abcd", "change_code": "X" * 20},
        {"reference": "ABCD-2345", "change_code": "needle"},
    ],
)
def test_what_is_no_withdrawal_is_refused_in_a_sentence_that_repeats_nothing_of_it(quiet: Any, body: object) -> None:
    answer = _post(quiet.url, "/withdrawals", body)
    assert (answer.status_code, list(answer.json())) == (422, ["error"])
    assert "needle" not in answer.text


def test_the_change_code_is_in_no_file_of_the_server(
    third_sector_url: str,
    third_sector: Definition,
    envelope: Make,
    put: Put,
    data: DataFolder,
    coded: tuple[Envelope, str],
) -> None:
    first, code = coded
    reference = put(third_sector_url, first).json()["reference"]
    put(third_sector_url, _replacing(envelope(third_sector, submission_id=str(uuid.uuid4())), reference, code))
    files = [file for file in data.public_server.rglob("*") if file.is_file()]
    assert [file.name for file in files if code.encode() in file.read_bytes()] == []

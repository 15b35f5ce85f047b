"""Envelopes and documents: what a stranger sends is taken only in its one shape, and is never echoed."""

import base64
import json
from typing import Any

import pytest
from pydantic import ValidationError

from schemas.envelope import MAX_SEALED_BYTES, Envelope
from schemas.response import MEDIA_TYPE, ResponseDocument, ResponseError, decode_response, encode_response
from schemas.sealing import Recipients, new_identity, open_sealed, seal

IDENTITY = new_identity()
SEALED = seal(b"words", Recipients(IDENTITY.recipient, new_identity().recipient))
GOOD = {
    "id": "0b6f0f0e-0000-4000-8000-000000000000",
    "consultation": "third-sector-2007",
    "questionnaire_hash": "ab" * 32,
    "media_type": MEDIA_TYPE,
    "device_time": "2007-03-01T12:00:00+01:00",
    "device_offset_minutes": 60,
    "sealed": base64.b64encode(SEALED).decode(),
}


def test_an_envelope_carries_the_sealed_body_unchanged() -> None:
    envelope = Envelope.model_validate_json(json.dumps(GOOD))
    assert envelope.sealed_bytes == SEALED
    assert open_sealed(envelope.sealed_bytes, IDENTITY) == b"words"


@pytest.mark.parametrize(
    "change",
    [
        {"id": "not-a-uuid"},
        {"id": "0B6F0F0E-0000-4000-8000-000000000000"},
        {"id": "0b6f0f0e-0000-4000-8000-000000000000\n"},
        {"id": None},
        {"consultation": "../../etc"},
        {"consultation": ""},
        {"consultation": "x" * 64},
        {"questionnaire_hash": "AB" * 32},
        {"questionnaire_hash": "ab"},
        {"media_type": "text/html"},
        {"device_offset_minutes": 15 * 60},
        {"device_time": "yesterday"},
        {"sealed": "not base64!"},
        {"sealed": base64.b64encode(b"needle in the clear").decode()},
        {"sealed": ""},
        {"answers": {"q1a_term": "needle"}},
    ],
)
def test_any_other_shape_is_refused_without_its_content(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as caught:
        Envelope.model_validate_json(json.dumps(GOOD | change))
    assert "needle" not in str(caught.value)
    assert GOOD["sealed"] not in str(caught.value)


@pytest.mark.parametrize("key", ["id", "consultation", "questionnaire_hash", "sealed"])
def test_a_key_that_is_missing_is_refused(key: str) -> None:
    with pytest.raises(ValidationError, match=key):
        Envelope.model_validate({name: value for name, value in GOOD.items() if name != key})


def test_a_body_above_the_limit_is_refused() -> None:
    body = base64.b64encode(SEALED + bytes(MAX_SEALED_BYTES)).decode()
    with pytest.raises(ValidationError, match="at most"):
        Envelope.model_validate(GOOD | {"sealed": body})


DOCUMENT = ResponseDocument(
    id="a",
    consultation="third-sector-2007",
    questionnaire_hash="ab" * 32,
    answers={"q2_place": "Yes — نعم", "r1_type": ["derby_resident"]},
)


def test_a_document_comes_back_as_it_was_and_always_as_the_same_bytes() -> None:
    body = encode_response(DOCUMENT)
    assert decode_response(body) == DOCUMENT
    assert encode_response(decode_response(body)) == body
    assert "Yes — نعم".encode() in body
    assert b"postmark" not in body


@pytest.mark.parametrize(
    ("body", "key"),
    [
        (b"needle", "the body"),
        (b"[]", "the body"),
        (b"\xff\xfe", "the body"),
        (encode_response(DOCUMENT).replace(b'"id":"a"', b'"id":""'), "id"),
        (encode_response(DOCUMENT).replace(b'"language":"en"', b'"tongue":"needle"'), "tongue"),
        (encode_response(DOCUMENT).replace(b'["derby_resident"]', b'{"needle":1}'), "answers"),
    ],
)
def test_a_body_that_is_no_response_is_named_by_its_key_alone(body: bytes, key: str) -> None:
    with pytest.raises(ResponseError, match=f"Not a response: {key}") as caught:
        decode_response(body)
    assert "needle" not in str(caught.value)
    assert caught.value.__suppress_context__

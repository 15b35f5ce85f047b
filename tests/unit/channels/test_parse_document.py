"""A sealed response document: what is inside must agree with what is outside."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.parsed import ParsedResponse, parse_artefact, parse_document
from schemas.definition import BUILT_IN, Definition, load_definition
from schemas.response import MEDIA_TYPE, ResponseDocument, encode_response

SEED = load_definition(BUILT_IN / "third-sector-2007")
NEEDLE = "needle-in-an-answer"
NOT_ANSWERS = "'answers' inside the seal are not an object of texts and lists of texts"


def document(**changed: Any) -> dict[str, Any]:
    return {
        "id": "web-1",
        "consultation": SEED.id,
        "questionnaire_hash": SEED.questionnaire_hash,
        "answers": {"q1a_term": NEEDLE, "r1_type": ["derby_resident"]},
    } | changed


def parse(content: Any) -> ParsedResponse:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    found = parse_artefact(MEDIA_TYPE, body, "web-1", SEED)
    assert len(found) == 1
    return found[0]


def test_a_whole_document_is_a_response() -> None:
    body = encode_response(
        ResponseDocument(
            id="web-1",
            consultation=SEED.id,
            questionnaire_hash=SEED.questionnaire_hash,
            language="cy",
            answers={"q1a_term": "Ŵy\n\n  😀", "r1_type": ["derby_resident", "other"]},
            started_at="2007-03-01T10:00:00+01:00",
            sender="ann@example.org",
            postmark="2007-03-02",
        )
    )
    assert parse_document(body, "web-1", SEED) == [
        ParsedResponse(
            answers={"q1a_term": "Ŵy\n\n  😀", "r1_type": ["derby_resident", "other"]},
            language="cy",
            started_at=datetime(2007, 3, 1, 9, tzinfo=UTC),
            sender="ann@example.org",
            postmark="2007-03-02",
        )
    ]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (document(id="web-2"), "the id inside the seal is not the one outside"),
        (
            document(consultation="other"),
            "the consultation or questionnaire inside the seal is not the published one",
        ),
        (
            document(questionnaire_hash="0" * 64),
            "the consultation or questionnaire inside the seal is not the published one",
        ),
        (document(id=7), "'id' inside the seal is missing or not a text"),
        (document(language=["en"]), "'language' inside the seal is missing or not a text"),
        (document(answers=[NEEDLE]), NOT_ANSWERS),
        (document(answers={"q2": 3}), NOT_ANSWERS),
        (
            document(answers={"q2": [[NEEDLE]]}),
            NOT_ANSWERS,
        ),
        (document(extra=NEEDLE), "the body is not a JSON object with the keys of a response"),
        ([NEEDLE], "the body is not a JSON object with the keys of a response"),
        (b"\xff\xfe" + NEEDLE.encode(), "the body is not JSON in UTF-8"),
        (b"", "the body is not JSON in UTF-8"),
        (b"[" * 200_000, "the body is not JSON in UTF-8"),
        (b'{"id":' + b"9" * 10_000 + b"}", "the body is not JSON in UTF-8"),
        (document(started_at=NEEDLE), "'started_at' inside the seal is not a moment with its time zone"),
        (document(started_at="2007-03-01T10:00:00"), "'started_at' inside the seal is not a moment with its time zone"),
        (
            document(started_at="0001-01-01T00:00:00+14:00"),
            "'started_at' inside the seal is not a moment with its time zone",
        ),
        (document(postmark=NEEDLE), "'postmark' inside the seal is neither a day nor 'none' nor 'illegible'"),
        (document(postmark="2007-02-30"), "'postmark' inside the seal is neither a day nor 'none' nor 'illegible'"),
    ],
)
def test_what_does_not_agree_is_quarantined_with_a_reason_that_shows_no_answer(content: Any, reason: str) -> None:
    found = parse(content)
    assert (found.state, found.reason, found.answers) == ("quarantined", reason, {})
    assert NEEDLE not in repr(found)


def test_what_no_store_can_hold_is_replaced() -> None:
    found = parse(document(answers={"q1a_term": "a\ud800b\0c", "r1_type": ["\udfff"]}))
    assert found.answers == {"q1a_term": "a\ufffdb\ufffdc", "r1_type": ["\ufffd"]}
    assert json.loads(found.answers_json.encode()) == found.answers


def test_an_unknown_media_type_is_quarantined() -> None:
    for media_type in (None, "", "text/html"):
        assert [one.state for one in parse_artefact(media_type, b"x", "a", SEED)] == ["quarantined"]


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_no_body_escapes_as_an_error(body: bytes) -> None:
    for media_type in (MEDIA_TYPE, "application/vnd.yoursay.keyed-sheet+json"):
        assert [one.state for one in parse_artefact(media_type, body, "a", SEED)] == ["quarantined"]


def test_answers_do_not_show_in_a_representation(seed: Definition) -> None:
    assert NEEDLE not in repr(parse(document()))

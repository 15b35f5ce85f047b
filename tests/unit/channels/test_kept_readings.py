"""What was read of messages and scans is kept sealed: the same again, or nothing where it may have changed."""

from datetime import UTC, datetime
from pathlib import Path

import pyrage
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.parsed_response import ParsedResponse, Reading, decode_parsed, encode_parsed
from orchestration.kept_readings import KeptReadings
from schemas.sealing import Identity

READ = [
    ParsedResponse(
        answers={"q2_place": "Needle-in-an-answer\n", "r1_type": ["derby_resident", "other"]},
        sender="needle@example.org",
        started_at=datetime(2007, 3, 1, 9, 30, tzinfo=UTC),
        postmark="2007-03-02",
        readings=(
            Reading("q2_place", "form_field", "attachment 1"),
            Reading("q7_review", "clipped_text", "attachment 1, page 2", 0.5, "may be cut", "Needle", True),
        ),
    ),
    ParsedResponse(state="not_a_response", reason="an automatic reply"),
]


@pytest.fixture(scope="module")
def identity() -> Identity:
    return Identity(str(pyrage.x25519.Identity.generate()))


def test_what_was_read_comes_back_as_it_was_and_lies_sealed(tmp_path: Path, identity: Identity) -> None:
    kept = KeptReadings(tmp_path / "readings", identity, "readers 1")
    assert kept.of("mail-1", b"body") is None
    kept.keep("mail-1", b"body", READ)
    assert kept.of("mail-1", b"body") == READ
    (file,) = (tmp_path / "readings").iterdir()
    assert b"eedle" not in file.read_bytes()
    assert "mail-1" not in file.name


def test_it_is_read_anew_where_readers_body_or_key_have_changed(tmp_path: Path, identity: Identity) -> None:
    KeptReadings(tmp_path, identity, "readers 1").keep("mail-1", b"body", READ)
    other_key = Identity(str(pyrage.x25519.Identity.generate()))
    assert KeptReadings(tmp_path, identity, "readers 2").of("mail-1", b"body") is None
    assert KeptReadings(tmp_path, identity, "readers 1").of("mail-1", b"another") is None
    assert KeptReadings(tmp_path, other_key, "readers 1").of("mail-1", b"body") is None


def test_what_is_forgotten_is_gone(tmp_path: Path, identity: Identity) -> None:
    kept = KeptReadings(tmp_path, identity, "readers 1")
    kept.keep("mail-1", b"body", READ)
    kept.forget("mail-1")
    kept.forget("mail-2")
    assert list(tmp_path.iterdir()) == []


@given(st.text(), st.dictionaries(st.text(), st.text() | st.lists(st.text())))
def test_no_text_is_changed_on_the_way(text: str, answers: dict[str, str | list[str]]) -> None:
    parsed = [ParsedResponse(answers=answers, sender=text, readings=(Reading("q", "letter", "text", suggestion=text),))]
    assert decode_parsed(encode_parsed(parsed)) == parsed

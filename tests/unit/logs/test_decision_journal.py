"""The journal of decisions: sealed, in order, opened by the pipeline's key alone."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingest.errors import IngestError
from ingest.journal import Journal
from schemas.clock import SteppedClock
from schemas.decisions import Coding, Decided, Extension, Link
from schemas.sealing import Identity, Recipients, SealingError, new_identity, seal

NOON = datetime(2007, 3, 1, 12, tzinfo=UTC)
NEEDLE = "the only sentence that must never lie about in clear"
CODING = Coding(response="a.1", field="q2_place", limb="all_levels", code="support", quote=NEEDLE)
LINK = Link(first="a.1", second="b.1", verdict="same", reason=f"said so: {NEEDLE}")
EXTENSION = Extension(closes=datetime(2007, 6, 7).date(), reason="a flood")


@pytest.fixture
def identity() -> Identity:
    return new_identity()


@pytest.fixture
def recipients(identity: Identity) -> Recipients:
    return Recipients(identity.recipient, new_identity().recipient)


@pytest.fixture
def journal(tmp_path: Path, clock: SteppedClock) -> Journal:
    return Journal(tmp_path / "decisions", clock)


def test_decisions_come_back_in_order_with_officer_and_time(
    journal: Journal, clock: SteppedClock, identity: Identity, recipients: Recipients
) -> None:
    assert journal.append("coder-1", [CODING, LINK], recipients) == 2
    clock.set(NOON + timedelta(hours=2))
    assert journal.append("manager", [EXTENSION], recipients) == 3
    assert journal.append("manager", [], recipients) == 3
    assert list(journal.read(identity)) == [
        Decided(1, NOON, "coder-1", CODING),
        Decided(2, NOON, "coder-1", LINK),
        Decided(3, NOON + timedelta(hours=2), "manager", EXTENSION),
    ]
    assert [one.seq for one in journal.read(identity, after=1)] == [2, 3]
    assert [one.seq for one in journal.read(identity, known_until=NOON)] == [1, 2]
    assert journal.verify() == []


def test_the_subjects_stand_beside_the_seal_so_that_an_erasure_can_find_them(
    journal: Journal, recipients: Recipients
) -> None:
    journal.append("coder-1", [CODING, LINK, EXTENSION], recipients)
    rows = journal.log.read(columns=["kind", "officer", "subjects"]).to_pylist()
    assert rows == [
        {"kind": "coding", "officer": "coder-1", "subjects": ["a.1"]},
        {"kind": "link", "officer": "coder-1", "subjects": ["a.1", "b.1"]},
        {"kind": "extension", "officer": "coder-1", "subjects": []},
    ]


def test_no_file_of_the_journal_holds_a_quoted_answer(journal: Journal, recipients: Recipients) -> None:
    journal.append("coder-1", [CODING, LINK], recipients)
    files = [path for path in journal.log.folder.rglob("*") if path.is_file()]
    assert files
    assert [path.name for path in files if NEEDLE.encode() in path.read_bytes()] == []


def test_another_key_opens_nothing(journal: Journal, recipients: Recipients) -> None:
    journal.append("coder-1", [CODING], recipients)
    with pytest.raises(SealingError) as caught:
        list(journal.read(new_identity()))
    assert NEEDLE not in str(caught.value)


def test_a_body_that_is_no_decision_is_named_by_its_record_without_its_words(
    journal: Journal, identity: Identity, recipients: Recipients
) -> None:
    body = seal(f'{{"kind": "verdict", "text": "{NEEDLE}"}}'.encode(), recipients)
    with journal.log.writing():
        journal.log.append([{"kind": "verdict", "officer": "x", "subjects": [], "body": body}], NOON)
    with pytest.raises(IngestError, match="record 1: A body is no decision that this version knows") as caught:
        list(journal.read(identity))
    assert NEEDLE not in str(caught.value)
    assert caught.value.__cause__ is None and caught.value.__suppress_context__


def test_one_changed_byte_of_a_sealed_decision_is_found(journal: Journal, recipients: Recipients) -> None:
    journal.append("coder-1", [CODING], recipients)
    path = journal.log.folder / journal.log.lines()[0].file
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert journal.verify() != []

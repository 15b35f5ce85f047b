"""Landing: an artefact is landed once for ever, in the order in which it became known."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingest.chained_log import Problem
from ingest.errors import IngestError
from ingest.landing import Arrival, Landed, Landing
from schemas.clock import SteppedClock

NOON = datetime(2007, 3, 1, 12, tzinfo=UTC)


def arrival(artefact_id: str, source: str = "public", sequence: int | None = None) -> Arrival:
    return Arrival(
        artefact_id=artefact_id,
        consultation="third-sector-2007",
        channel="web",
        received_at=NOON - timedelta(minutes=5),
        source=source,
        body=b"sealed " + artefact_id.encode(),
        questionnaire_hash="ab" * 32,
        media_type="application/vnd.yoursay.response+json",
        device_time=NOON - timedelta(minutes=6),
        device_offset_minutes=60,
        source_sequence=sequence,
    )


@pytest.fixture
def landing(tmp_path: Path, clock: SteppedClock) -> Landing:
    return Landing(tmp_path / "landing", clock)


def landed_ids(landing: Landing) -> list[str]:
    return landing.log.read(columns=["artefact_id"])["artefact_id"].to_pylist()


def test_a_record_holds_the_arrival_as_it_was_given(landing: Landing) -> None:
    given = arrival("a", sequence=7)
    assert landing.append([given]) == Landed(new=1, already=0, last_seq=1)
    row = landing.log.read().to_pylist()[0]
    known = {name: row.pop(name) for name in ("seq", "known_at", "ciphertext_sha256", "chain")}
    assert row == vars(given)
    assert (known["seq"], known["known_at"]) == (1, NOON)


def test_the_same_artefact_is_landed_once(landing: Landing) -> None:
    assert landing.append([arrival("a"), arrival("b"), arrival("a")]) == Landed(new=2, already=1, last_seq=2)
    assert landing.append([arrival("b"), arrival("c")]) == Landed(new=1, already=1, last_seq=3)
    assert landing.append([arrival("a")]) == Landed(new=0, already=1, last_seq=3)
    assert landing.append([]) == Landed(new=0, already=0, last_seq=3)
    assert landed_ids(landing) == ["a", "b", "c"]
    assert landing.seqs_of(["c", "a", "unknown"]) == {"c": 3, "a": 1}


def test_another_process_that_opens_the_folder_knows_what_is_landed(landing: Landing, clock: SteppedClock) -> None:
    landing.append([arrival("a")])
    again = Landing(landing.log.folder, clock)
    assert again.append([arrival("a"), arrival("b")]) == Landed(new=1, already=1, last_seq=2)


def test_known_at_follows_the_clock_and_grows_with_seq(landing: Landing, clock: SteppedClock) -> None:
    landing.append([arrival("a")])
    clock.set(NOON + timedelta(days=1))
    landing.append([arrival("b"), arrival("c")])
    earlier = Landing(landing.log.folder, SteppedClock(NOON - timedelta(days=9)))
    earlier.append([arrival("d")])
    times = landing.log.read(columns=["known_at"])["known_at"].to_pylist()
    assert times == [NOON, NOON + timedelta(days=1), NOON + timedelta(days=1), NOON + timedelta(days=1)]


def test_a_reader_resumes_after_the_last_sequence_of_its_source(landing: Landing) -> None:
    landing.append([arrival("a", "public", 4), arrival("b", "public", 9), arrival("c", "mailbox", 100)])
    landing.append([arrival("d", "folder")])
    assert landing.last_source_sequence("public") == 9
    assert landing.last_source_sequence("mailbox") == 100
    assert landing.last_source_sequence("folder") == 0
    assert landing.last_source_sequence("never seen") == 0


def test_a_withdrawal_names_the_artefact_it_is_about(landing: Landing) -> None:
    landing.append([arrival("a")])
    landing.append([replace(arrival("w"), event="withdraw", relates_to="a", body=None)])
    rows = landing.log.read(columns=["event", "relates_to", "body"]).to_pylist()
    assert rows[1] == {"event": "withdraw", "relates_to": "a", "body": None}
    assert landing.verify() == []


@pytest.mark.parametrize("damage", ["lost", "garbage", "of another landing"])
def test_the_index_is_derived_and_made_anew(landing: Landing, tmp_path: Path, clock: SteppedClock, damage: str) -> None:
    landing.append([arrival("a"), arrival("b")])
    index = landing.log.folder / "index.sqlite"
    if damage == "lost":
        index.unlink()
    elif damage == "garbage":
        index.write_bytes(b"not a database " * 400)
    else:
        other = Landing(tmp_path / "other", clock)
        other.append([arrival("never landed here"), arrival("b")])
        index.write_bytes((tmp_path / "other" / "index.sqlite").read_bytes())
    assert landing.verify() == []
    assert landing.append([arrival("a"), arrival("never landed here")]) == Landed(new=1, already=1, last_seq=3)
    assert landing.seqs_of(["a", "b", "never landed here"]) == {"a": 1, "b": 2, "never landed here": 3}


def test_records_gone_from_the_end_are_found_and_nothing_is_written_over_them(landing: Landing) -> None:
    landing.append([arrival("a")])
    landing.append([arrival("b")])
    chain = landing.log.folder / "chain.jsonl"
    chain.write_bytes(chain.read_bytes().splitlines(keepends=True)[0])
    (landing.log.folder / "batch-000000000002-000000000002.parquet").unlink()
    assert landing.verify() == [Problem("chain.jsonl", "it ends before record 2, which was landed")]
    with pytest.raises(IngestError, match=r"record 2 was landed, but chain\.jsonl ends before it; restore"):
        landing.append([arrival("c")])
    assert landed_ids(landing) == ["a"]


def test_an_arrival_that_cannot_be_recorded_stores_nothing_of_its_batch(landing: Landing) -> None:
    naive = replace(arrival("b"), device_time=datetime(2007, 3, 1))
    with pytest.raises(IngestError, match="no time zone"):
        landing.append([arrival("a"), naive])
    assert landed_ids(landing) == []
    assert landing.append([arrival("a"), arrival("b")]) == Landed(new=2, already=0, last_seq=2)

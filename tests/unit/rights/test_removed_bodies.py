"""Bodies leave a log and its chain still holds; without a signed tombstone it is a fault."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.chained_log import GENESIS, ChainedLog, Problem
from ingest.erasure import (
    check_erasures,
    entomb,
    erased_after,
    remove_decision_bodies,
    remove_landed_bodies,
    tombstones,
)
from ingest.journal import Journal
from ingest.landing import HEADER, Arrival, Landing
from schemas.clock import SteppedClock
from schemas.decisions import Invalidation
from schemas.receipts import Signer, load_signer
from schemas.sealing import Recipients, new_identity

_NOON = datetime(2007, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def landing(tmp_path: Path, clock: SteppedClock) -> Landing:
    """Six artefacts in three batches."""
    made = Landing(tmp_path / "landing", clock)
    for names in ("ab", "cd", "ef"):
        made.append(_arrival(name, clock) for name in names)
        clock.set(clock.now() + timedelta(minutes=1))
    return made


@pytest.fixture
def journal(tmp_path: Path, clock: SteppedClock) -> Journal:
    """A decision about each of three responses."""
    made = Journal(tmp_path / "decisions", clock)
    recipient = new_identity().recipient
    for name in "abc":
        made.append("kim", [Invalidation(response=f"{name}.1", reason="a test")], Recipients(recipient, recipient))
    return made


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    return load_signer(tmp_path / "tombstone.key")


def _arrival(name: str, clock: SteppedClock) -> Arrival:
    return Arrival(name, "third-sector-2007", "web", clock.now(), "public", b"sealed " + name.encode())


def _bodies(landing: Landing) -> dict[str, bytes | None]:
    rows = landing.log.read(columns=["artefact_id", "body"]).to_pylist()
    return {row["artefact_id"]: row["body"] for row in rows if not row["artefact_id"].startswith("erased-")}


def _entomb(landing: Landing, signer: Signer, clock: SteppedClock, artefacts: dict[str, int]) -> int:
    return entomb(landing, artefacts, officer="ruth", consultation="third-sector-2007", signer=signer, now=clock.now())


def test_the_body_goes_and_the_chain_holds(landing: Landing, signer: Signer, clock: SteppedClock) -> None:
    chain = landing.log.read(columns=["chain"])["chain"].to_pylist()
    assert _entomb(landing, signer, clock, {"b": 3, "e": 1}) == 2
    assert [remove_landed_bodies(landing), remove_landed_bodies(landing)] == [2, 0]
    assert _bodies(landing) == {
        "a": b"sealed a",
        "b": None,
        "c": b"sealed c",
        "d": b"sealed d",
        "e": None,
        "f": b"sealed f",
    }
    assert landing.verify() == []
    assert landing.log.read(columns=["chain"])["chain"].to_pylist()[:6] == chain
    assert {name: stone.responses for name, stone in tombstones(landing).items()} == {"b": 3, "e": 1}
    assert _entomb(landing, signer, clock, {"b": 1}) == 0
    # Others write and read on.
    landing.append([_arrival("g", clock)])
    assert (landing.verify(), landing.log.last_seq()) == ([], 9)


def test_what_is_gone_has_a_signed_tombstone_or_is_a_fault(
    landing: Landing, journal: Journal, signer: Signer, clock: SteppedClock, tmp_path: Path
) -> None:
    keys = (signer.published(),)
    _entomb(landing, signer, clock, {"a": 1, "b": 1})
    unfinished = check_erasures(landing, journal, keys)
    assert ([stone.artefact_id for stone in unfinished.tombstones], unfinished.unfinished, unfinished.problems) == (
        ["a", "b"],
        ("a", "b"),
        (),
    )
    remove_landed_bodies(landing)
    assert remove_decision_bodies(journal, ["a.1", "b.1"]) == 2
    done = check_erasures(landing, journal, keys)
    assert (len(done.tombstones), done.unfinished, done.problems) == (2, (), ())
    with landing.log.writing():
        landing.log.remove_bodies([3])
    with journal.log.writing():
        journal.log.remove_bodies([3])
    assert check_erasures(landing, journal, keys).problems == (
        Problem("record 3", "the body is gone, and there is no tombstone for it"),
        Problem("decision 3", "it is gone, and no response that it is about was erased"),
    )
    other = load_signer(tmp_path / "other.key")
    unsigned = check_erasures(landing, journal, (other.published(),)).problems
    assert [problem.what for problem in unsigned[:2]] == ["the tombstone is not signed by a key of this folder"] * 2


def test_erasures_since_a_release_are_counted(landing: Landing, signer: Signer, clock: SteppedClock) -> None:
    _entomb(landing, signer, clock, {"a": 1})
    line = landing.log.last_line()
    assert line
    _entomb(landing, signer, clock, {"b": 1, "c": 1})
    heads = (GENESIS, line.chain, landing.log.last_line().chain, "f" * 64)  # type: ignore[union-attr]
    assert [erased_after(landing, head) for head in heads] == [3, 2, 0, None]


@given(st.sets(st.integers(1, 8)), st.sets(st.integers(1, 8)))
@settings(max_examples=15, deadline=None)
def test_any_bodies_may_go_in_any_order(
    tmp_path_factory: pytest.TempPathFactory, first: set[int], then: set[int]
) -> None:
    clock = SteppedClock(_NOON)
    landing = Landing(tmp_path_factory.mktemp("landing"), clock)
    for names in ("abc", "d", "efgh"):
        landing.append(_arrival(name, clock) for name in names)
    before = landing.log.read().drop_columns(["body"])
    with landing.log.writing():
        assert landing.log.remove_bodies(first) == len(first)
        assert landing.log.remove_bodies(then) == len(then - first)
    assert landing.verify() == []
    assert landing.log.read().drop_columns(["body"]) == before
    gone = [seq for seq, body in enumerate(_bodies(landing).values(), 1) if body is None]
    assert gone == sorted(first | then)


def test_a_changed_hash_in_the_place_of_a_removed_body_is_found(landing: Landing) -> None:
    with landing.log.writing():
        landing.log.remove_bodies([1])
    line = landing.log.lines()[0]
    file = landing.log.folder / line.file
    table = pq.read_table(file)
    place = table.schema.get_field_index("ciphertext_sha256")
    changed = table.set_column(place, table.schema.field(place), [["0" * 64, table["ciphertext_sha256"][1].as_py()]])
    pq.write_table(changed, file)
    assert ChainedLog(landing.log.folder, HEADER).verify() == [
        Problem(line.file, "the file is not the one that was committed")
    ]


def test_a_removal_that_was_broken_off_is_finished_or_thrown_away_by_the_next_writer(landing: Landing) -> None:
    folder = landing.log.folder
    line = landing.log.lines()[0]
    whole = (folder / line.file).read_bytes()
    with landing.log.writing():
        landing.log.remove_bodies([1])
    without = (folder / line.file).read_bytes()
    # The chain names the batch without the body, and the old one is still in its place.
    (folder / line.file).write_bytes(whole)
    (folder / f".erased-{line.file}").write_bytes(without)
    assert landing.verify() == [Problem(line.file, "an erasure was broken off; run 'yoursay erase --again'")]
    assert landing.seqs_of(["a"]) == {"a": 1}
    assert (landing.verify(), (folder / line.file).read_bytes()) == ([], without)
    # One that the chain does not name yet is thrown away.
    (folder / f".erased-{landing.log.lines()[1].file}").write_bytes(b"half")
    assert landing.seqs_of(["a"]) == {"a": 1}
    assert (landing.verify(), list(folder.glob(".erased-*"))) == ([], [])

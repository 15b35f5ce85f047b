"""The feed's pages, what the pipeline says it has landed, and how the two sides are held against each other."""

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import requests

from ingest.errors import IngestError
from ingest.landing import Landed, Landing
from ingest.web.clients.pull import pull
from ingest.web.clients.reconcile import explain, landed_extent, reconcile
from ingest.web.store.records import GENESIS, Extent, Submission
from ingest.web.store.sqlite import SqliteStore
from schemas.clock import SteppedClock
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from schemas.envelope import Envelope

Put = Callable[[str, Envelope], requests.Response]
CONSULTATION = "third-sector-2007"
API = f"/api/consultations/{CONSULTATION}"


@pytest.fixture
def landing(data: DataFolder, clock: SteppedClock) -> Landing:
    return Landing(data.landing(CONSULTATION), clock)


@pytest.fixture
def send(
    third_sector_url: str, third_sector: Definition, envelope: Callable[..., Envelope], put: Put
) -> Callable[[int], None]:
    """Send that many submissions."""

    def sent(count: int) -> None:
        for number in range(count):
            put(third_sector_url, envelope(third_sector, q2_place=f"answer {number}")).raise_for_status()

    return sent


def _token(data: DataFolder) -> str:
    return (data.public_server / "feed.token").read_text().strip()


def test_a_page_that_the_reader_has_is_not_sent_again(
    third_sector_url: str, send: Callable[[int], None], feed_headers: Callable[[], dict[str, str]]
) -> None:
    def ask(after: int, tag: str = "") -> requests.Response:
        headers = feed_headers() | ({"if-none-match": tag} if tag else {})
        return requests.get(f"{third_sector_url}{API}/feed", params={"after": after}, headers=headers, timeout=10)

    nothing = ask(0)
    assert ask(0, nothing.headers["etag"]).status_code == 304
    send(2)
    two = ask(0, nothing.headers["etag"])
    assert (two.status_code, len(two.text.splitlines())) == (200, 2)
    again = ask(0, f'"other", W/{two.headers["etag"]}')
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", two.headers["etag"])
    assert ask(1, two.headers["etag"]).status_code == 200
    send(1)
    assert ask(0, two.headers["etag"]).status_code == 200


def test_a_pull_acknowledges_what_it_landed_and_only_that_is_purged(
    third_sector_url: str, send: Callable[[int], None], data: DataFolder, landing: Landing, clock: SteppedClock
) -> None:
    send(2)
    assert pull(third_sector_url, _token(data), landing, CONSULTATION) == Landed(2, 0, 2)
    send(1)
    store = SqliteStore(data.public_server / "store.sqlite")
    assert store.purge((clock.now() + timedelta(days=1)).isoformat()) == 2
    store.close()
    assert pull(third_sector_url, _token(data), landing, CONSULTATION) == Landed(1, 0, 3)
    assert reconcile(third_sector_url, _token(data), landing, CONSULTATION).agrees


def test_a_body_that_is_gone_from_both_sides_is_told(
    third_sector_url: str, send: Callable[[int], None], data: DataFolder, landing: Landing, clock: SteppedClock
) -> None:
    send(2)
    pull(third_sector_url, _token(data), landing, CONSULTATION)
    store = SqliteStore(data.public_server / "store.sqlite")
    store.purge((clock.now() + timedelta(days=1)).isoformat())
    store.close()
    empty = Landing(data.root / "another-landing", clock)
    with pytest.raises(IngestError, match="Submission 1 of 'third-sector-2007' was landed before"):
        pull(third_sector_url, _token(data), empty, CONSULTATION)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"through": 1, "chain": GENESIS}, 409),
        ({"through": 0, "chain": GENESIS}, 422),
        ({"through": "1", "chain": GENESIS}, 422),
        ({"through": 1, "chain": "x"}, 422),
        ({"through": 1, "chain": GENESIS, "more": 1}, 422),
        ([], 422),
    ],
)
def test_a_wrong_acknowledgement_is_refused_in_a_sentence(
    third_sector_url: str,
    send: Callable[[int], None],
    feed_headers: Callable[[], dict[str, str]],
    body: object,
    status: int,
) -> None:
    send(1)
    answer = requests.post(
        f"{third_sector_url}{API}/feed/acknowledgement", json=body, headers=feed_headers(), timeout=10
    )
    assert (answer.status_code, list(answer.json())) == (status, ["error"])


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/feed/acknowledgement"), ("GET", "/extent"), ("GET", "/arrived")]
)
def test_what_the_pipeline_asks_needs_the_feed_token(third_sector_url: str, method: str, path: str) -> None:
    assert requests.request(method, f"{third_sector_url}{API}{path}", json={}, timeout=10).status_code == 401


def test_both_sides_agree_and_what_came_since_waits(
    third_sector_url: str, send: Callable[[int], None], data: DataFolder, landing: Landing
) -> None:
    empty = reconcile(third_sector_url, _token(data), landing, CONSULTATION)
    assert (empty.agrees, empty.landing, empty.waiting) == (True, Extent(0, 0, GENESIS), 0)
    send(3)
    pull(third_sector_url, _token(data), landing, CONSULTATION)
    send(2)
    found = reconcile(third_sector_url, _token(data), landing, CONSULTATION)
    assert (found.agrees, found.server, found.waiting) == (True, found.landing, 2)
    assert (found.landing.count, found.landing.last_sequence) == (3, 3)


@pytest.mark.parametrize("missing", [1, 2, 3])
def test_one_row_removed_from_the_server_is_noticed(
    third_sector_url: str, send: Callable[[int], None], data: DataFolder, landing: Landing, missing: int
) -> None:
    send(3)
    pull(third_sector_url, _token(data), landing, CONSULTATION)
    with sqlite3.connect(data.public_server / "store.sqlite") as store:
        store.execute("DELETE FROM submissions WHERE sequence = ?", [missing])
    found = reconcile(third_sector_url, _token(data), landing, CONSULTATION)
    assert not found.agrees
    assert explain(found).startswith(
        "Server and landing disagree: the public server holds 2 of 3 submissions, landing 3 of 3;"
    )


@pytest.mark.parametrize("missing", [1, 2])
def test_one_record_removed_from_landing_is_noticed(
    third_sector_url: str,
    send: Callable[[int], None],
    data: DataFolder,
    landing: Landing,
    clock: SteppedClock,
    missing: int,
) -> None:
    send(3)
    pull(third_sector_url, _token(data), landing, CONSULTATION)
    # A log of which no fault shows by itself: as if the record had never been written.
    rewritten = Landing(data.root / "rewritten", clock)
    columns = rewritten.log.schema.names
    rows = [row for row in landing.log.read().to_pylist() if row["source_sequence"] != missing]
    with rewritten.log.writing():
        rewritten.log.append([{name: row[name] for name in columns} for row in rows], clock.now())
    assert rewritten.verify() == []
    found = reconcile(third_sector_url, _token(data), rewritten, CONSULTATION)
    assert not found.agrees
    assert explain(found).startswith(
        "Server and landing disagree: the public server holds 3 of 3 submissions, landing 2 of 3;"
    )


def test_another_submission_in_the_place_of_one_is_noticed(
    third_sector_url: str, send: Callable[[int], None], data: DataFolder, landing: Landing
) -> None:
    send(2)
    pull(third_sector_url, _token(data), landing, CONSULTATION)
    found = reconcile(third_sector_url, _token(data), landing, CONSULTATION)
    changed = replace(found, server=replace(found.server, chain=GENESIS))
    assert (found.agrees, changed.agrees) == (True, False)
    assert "both hold 2 submissions, but their hash chains differ" in explain(changed)


def test_a_withdrawal_is_in_the_chain_of_both_sides(
    third_sector_url: str, send: Callable[[int], None], data: DataFolder, landing: Landing, clock: SteppedClock
) -> None:
    send(1)
    store = SqliteStore(data.public_server / "store.sqlite")
    record = store.feed(CONSULTATION, 0, 1, 1)[0][0]
    header = {name: value for name, value in vars(record).items() if name not in ("sequence", "chain")}
    header |= {"id": f"{record.id}.withdrawn", "event": "withdraw", "relates_to": record.id}
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    withdrawn = Submission(**(header | {"sha256": empty, "fingerprint": empty, "sealed": b""}))
    stored = store.put(withdrawn).result().record
    store.close()
    pull(third_sector_url, _token(data), landing, CONSULTATION)
    assert landed_extent(landing) == Extent(2, 2, stored.chain)
    events = landing.log.read(columns=["event", "relates_to", "body"]).to_pylist()
    assert events[1] == {"event": "withdraw", "relates_to": record.id, "body": None}

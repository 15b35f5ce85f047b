"""What arrived since the published version is counted once, wherever it is just now."""

from datetime import UTC, datetime

import pytest

from ingest.landing import Arrival, Landing
from ingest.web.clients.pull import feed_session, pull
from orchestration.builds import Request, warehouse_of
from orchestration.intake import landing_of
from orchestration.live_totals import Counting, counting_of
from orchestration.running import build_warehouse
from schemas.clock import SteppedClock
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from schemas.live_totals import LiveTotals, read_live_totals
from schemas.sealing import read_secret
from tests.integration.orchestration.conftest import NOW
from tests.integration.orchestration.test_purging import send
from tests.integration.web.conftest import make_envelope, serving
from transforms.warehouse.versions import current_version


def _token(data: DataFolder) -> str:
    return read_secret(data.public_server / "feed.token")


def _totals(data: DataFolder, definition: Definition, counting: Counting, url: str) -> dict[str, dict[str, int]]:
    with feed_session(_token(data), tries=1) as session:
        counted = counting.count(session, url)
    assert counted is not None
    assert counted.version == current_version(warehouse_of(data, definition))
    kept = read_live_totals(data.live_totals(definition.id), counted.version, counted.at)
    assert kept == counted
    return {"responses": counted.responses, "unread": counted.unread}


def test_a_response_is_counted_once_on_its_way_from_the_server_to_the_version(
    data: DataFolder, bus_shelters: Definition
) -> None:
    landing, counting = landing_of(data, bus_shelters), counting_of(data, bus_shelters)
    with serving(data, SteppedClock(NOW)) as url, feed_session(_token(data), tries=1) as session:
        assert counting.count(session, url) is None
        assert send(url, make_envelope(data, bus_shelters, q1_where="mill"))[0] == 201
        pull(url, _token(data), landing, bus_shelters.id)
        build_warehouse(data, Request(bus_shelters.id))
        assert _totals(data, bus_shelters, counting, url) == {"responses": {}, "unread": {}}
        for place in ("park", "bridge"):
            assert send(url, make_envelope(data, bus_shelters, q1_where=place))[0] == 201
        assert _totals(data, bus_shelters, counting, url) == {"responses": {"web": 2}, "unread": {}}
        pull(url, _token(data), landing, bus_shelters.id)
        assert send(url, make_envelope(data, bus_shelters, q1_where="church"))[0] == 201
        assert _totals(data, bus_shelters, counting, url) == {"responses": {"web": 3}, "unread": {}}
        _land(landing, "email", "mailbox")
        _land(landing, "import", "import-bus")
        assert _totals(data, bus_shelters, counting, url) == {
            "responses": {"web": 3, "import": 1},
            "unread": {"email": 1},
        }


def _land(landing: Landing, channel: str, source: str) -> None:
    landing.append([Arrival(f"{source}-1", "bus-shelters", channel, NOW, source, b"sealed")])


@pytest.mark.parametrize("content", ["", "{", '{"version": "v1"}', '{"version": "v1", "at": "x", "responses": {}}'])
def test_a_damaged_file_of_totals_is_none(data: DataFolder, content: str) -> None:
    file = data.live_totals("c")
    file.parent.mkdir()
    file.write_text(content)
    assert read_live_totals(file, "v1", NOW) is None


@pytest.mark.parametrize(
    ("version", "since", "shown"),
    [
        ("v1", datetime(2007, 4, 16, 12, tzinfo=UTC), True),
        ("v2", datetime(2007, 4, 16, 12, tzinfo=UTC), False),
        ("v1", datetime(2007, 4, 16, 12, 1, tzinfo=UTC), False),
    ],
)
def test_totals_count_beside_their_own_version_while_they_are_fresh(
    data: DataFolder, version: str, since: datetime, shown: bool
) -> None:
    file = data.live_totals("c")
    file.parent.mkdir()
    at = datetime(2007, 4, 16, 12, 0, 30, tzinfo=UTC)
    file.write_text(LiveTotals(version="v1", at=at, responses={"web": 2}, unread={}).model_dump_json())
    assert (read_live_totals(file, version, since) is not None) is shown

"""Purging removes the bodies that are old and landed, and nothing else stops working."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from ingest.web.store.sqlite import SqliteStore
from schemas.clock import SteppedClock
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from schemas.envelope import Envelope
from tests.integration.web.conftest import make_envelope, serving

CommandLine = Callable[..., Any]
# The folder's clock says 20 March.
OLD, NEW = datetime(2007, 3, 5, 12, tzinfo=UTC), datetime(2007, 3, 15, 12, tzinfo=UTC)


def send(url: str, envelope: Envelope) -> tuple[int, dict[str, Any]]:
    """Send one to a public server: the status and the answer."""
    answer = requests.put(
        f"{url}/api/consultations/{envelope.consultation}/submissions/{envelope.id}",
        data=envelope.model_dump_json(exclude_none=True),
        headers={"content-type": "application/json"},
        timeout=30,
    )
    return answer.status_code, answer.json()


def _removed(count: int, days: int) -> str:
    return f"Bodies removed: {count} (landed, and received more than {days} days ago).\n"


def _bodies(data: DataFolder, definition: Definition) -> dict[str, bool]:
    store = SqliteStore(data.public_server / "store.sqlite")
    try:
        return {record.id: sealed is not None for record, sealed in store.feed(definition.id, 0, 100, 10**9)}
    finally:
        store.close()


def test_what_is_old_and_landed_is_purged_and_everything_goes_on(
    yoursay: CommandLine, data: DataFolder, bus_shelters: Definition
) -> None:
    landed, young, waiting = (make_envelope(data, bus_shelters, q1_where=place) for place in ("mill", "park", "bridge"))
    clock = SteppedClock(OLD)
    with serving(data, clock) as url:
        _, receipt = send(url, landed)
        assert yoursay("pull", "--url", url).code == 0
        send(url, waiting)
        purged = yoursay("purge", "--days", "10")
        assert (purged.code, purged.out) == (0, _removed(1, 10))
        assert _bodies(data, bus_shelters) == {landed.id: False, waiting.id: True}

        clock.set(NEW)
        send(url, young)
        assert send(url, landed) == (200, receipt)
        assert yoursay("pull", "--url", url).code == 0
        assert yoursay("purge", "--days", "10", "--json").json["purged"] == 1
        assert _bodies(data, bus_shelters) == {landed.id: False, waiting.id: False, young.id: True}
        assert yoursay("pull", "--url", url).code == 0
    assert yoursay("purge", "--days", "10").out == _removed(0, 10)
    assert yoursay("landing", "verify").code == 0


def test_thirty_days_unless_said_otherwise(yoursay: CommandLine, data: DataFolder, bus_shelters: Definition) -> None:
    with serving(data, SteppedClock(OLD)) as url:
        send(url, make_envelope(data, bus_shelters, q1_where="mill"))
        assert yoursay("pull", "--url", url).code == 0
        assert yoursay("purge").out == _removed(0, 30)


@pytest.mark.usefixtures("bus_shelters")
def test_without_a_public_server_a_sentence_says_so(yoursay: CommandLine, data: DataFolder) -> None:
    called = yoursay("purge")
    assert (called.code, called.err) == (
        1,
        f"yoursay: {data.public_server} is missing; start the public server once with 'yoursay serve public'.\n",
    )

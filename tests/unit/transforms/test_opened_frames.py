"""A broken frame is refused as a whole, in words that hold no value."""

from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest

from transforms.errors import CheckFailed
from transforms.opened import OPENED_SCHEMA, check_frame

MOMENT = datetime(2007, 3, 2, tzinfo=UTC)
ROW: dict[str, Any] = dict.fromkeys(OPENED_SCHEMA.names) | {
    "response_id": "a.1",
    "artefact_id": "a",
    "ordinal": 1,
    "seq": 1,
    "known_at": MOMENT,
    "received_at": MOMENT,
    "event": "submission",
    "channel": "web",
    "language": "en",
    "state": "response",
    "answers": "{}",
}


def _frame(*rows: dict[str, Any]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=pa.schema([field.with_nullable(True) for field in OPENED_SCHEMA]))


def test_a_whole_frame_passes_and_keeps_its_rows() -> None:
    assert check_frame(_frame(ROW), OPENED_SCHEMA).to_pylist() == [ROW]


@pytest.mark.parametrize(
    ("frame", "says"),
    [
        (_frame(ROW).drop_columns(["seq"]), "no column 'seq'"),
        (_frame(ROW | {"channel": None}), "leave 'channel' out"),
        (_frame(ROW | {"state": "maybe"}), "a state that is not known"),
        (_frame(ROW | {"ordinal": 0}), "an ordinal below 1"),
        (_frame(ROW, ROW), "an id of a response twice"),
        (_frame(ROW).set_column(3, "seq", pa.array(["one"])), "another type"),
    ],
)
def test_a_broken_frame_is_refused(frame: pa.Table, says: str) -> None:
    with pytest.raises(CheckFailed, match=says):
        check_frame(frame, OPENED_SCHEMA)

"""What the warehouse holds as clean and masked keeps the contract that the definition sets for those layers."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from schemas import frames
from schemas.definition import BUILT_IN, load_definition
from transforms.opened import EVENTS_SCHEMA, OPENED_SCHEMA
from transforms.warehouse.build import Source, building, stage
from transforms.warehouse.plan import plan_build
from transforms.warehouse.publish import publish
from transforms.warehouse.read import open_private
from transforms.warehouse.steps import STEPS
from transforms.warehouse.versions import Warehouse

START = datetime(2007, 5, 2, 9, tzinfo=UTC)
PARKS = load_definition(BUILT_IN / "parks-and-libraries-2007")
ANSWERS: list[dict[str, Any]] = [
    {
        "q1_use": "PARKS",
        "q2_visits": "١٢",
        "q3_last_visit": "27/4/2007",
        "q4_satisfied": "5",
        "q5_proposal": "Ring me on 01332 000000 or write to a.person@example.org",
        "r1_capacity": ["group", "resident"],
        "r2_organisation": "Friends of Nowhere",
        "r4_age": "from_65",
        "r5_district": "de1 2fs",
        "c3_email": "a.person@example.org",
        "p1_publish": "yes",
    },
    {"q1_use": "other", "q1_use_other": "n/a", "q2_visits": "-", "r1_capacity": []},
    {"q4_satisfied": "9", "q5_proposal": "x" * 20_001, "q99": "unknown"},
]


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    root: Path = tmp_path_factory.mktemp("warehouse")
    made = Warehouse(root / "private", root / "public", PARKS, "ab" * 32)
    rows = [
        dict.fromkeys(OPENED_SCHEMA.names)
        | {
            "response_id": f"artefact-{seq}.1",
            "artefact_id": f"artefact-{seq}",
            "ordinal": 1,
            "seq": seq,
            "known_at": START + timedelta(minutes=seq),
            "event": "submission",
            "channel": "web",
            "questionnaire_hash": PARKS.questionnaire_hash,
            "received_at": START + timedelta(minutes=seq),
            "language": "ar",
            "state": "response",
            "answers": json.dumps(answers),
        }
        for seq, answers in enumerate(ANSWERS, 1)
    ]
    events = EVENTS_SCHEMA.empty_table()
    source = Source(len(rows), "landing", 0, "decisions", START, START)
    with building(made, plan_build(made, events), source, [], events) as staging:
        stage(staging, [pa.Table.from_pylist(rows, schema=OPENED_SCHEMA)])
        for step in STEPS:
            step(staging)
        publish(staging)
    return made


def test_the_clean_layer_keeps_its_contract(warehouse: Warehouse) -> None:
    with open_private(warehouse) as connection:
        clean = connection.execute("FROM clean ORDER BY response_id").df()
        types = {name: kind for name, kind, *_ in connection.execute("DESCRIBE clean").fetchall()}
    assert clean["response_id"].to_list() == ["artefact-1.1", "artefact-2.1"]
    assert frames.failures(frames.clean_schema(PARKS), clean) == []
    expected = frames.layer_types(PARKS)
    assert {name: types[name] for name in expected} == expected
    assert clean.loc[0, "r5_district"] == "DE1"
    assert clean.loc[0, "q2_visits"] == 12


def test_the_masked_layer_keeps_its_contract_and_nothing_of_the_person(warehouse: Warehouse) -> None:
    with open_private(warehouse) as connection:
        masked = connection.execute("FROM masked ORDER BY response_id").df()
    assert frames.failures(frames.masked_schema(PARKS), masked) == []
    words = str(masked.to_dict())
    assert [found for found in ("a.person", "01332", "Friends of Nowhere") if found in words] == []


def test_a_response_that_breaks_rules_is_in_quarantine_by_column_and_rule(warehouse: Warehouse) -> None:
    with open_private(warehouse) as connection:
        found = connection.execute("FROM quarantine ORDER BY ALL").fetchall()
    assert found == [
        ("artefact-3.1", "misfits", "fields_known"),
        ("artefact-3.1", "q4_satisfied", "in_range"),
        ("artefact-3.1", "q5_proposal", "max_length"),
    ]

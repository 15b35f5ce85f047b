"""Adding responses in any order gives what linking them all at once gives."""

from random import Random
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from tests.integration.linkage.people import answer, town
from transforms.linkage.engine import blocking, increments
from transforms.linkage.engine.increments import State, add, begin
from transforms.linkage.engine.roles import Roles
from transforms.linkage.engine.weights import load_weights

ROLES = Roles.model_validate(
    {
        "id": "nr",
        "received_at": "moment",
        "channel": "way",
        "roles": {
            "salutation": "title", "first": "given_name", "last": "family_name", "mail": "email", "home": "address",
            "code": "postcode", "body": "organisation", "as_what": "capacity",
        },
    }
)  # fmt: skip
SAMPLED = 128
WEIGHTS = load_weights().model_copy(update={"sample": SAMPLED})


def responses() -> list[dict[str, Any]]:
    """A town, in which every third answers again later, and a crowd that shares an address."""
    chance, rows = Random("again"), town(240)
    for number, row in enumerate(rows[: len(rows) // 3]):
        again = {name: row[name] for name in ("first", "last", "mail", "home", "code")}
        again[chance.choice(["mail", "home", "code"])] = None
        rows.append(answer(f"a{500 + number}", **again, says=row["nr"]))
    rows += [
        answer(
            f"c{700 + n}",
            first=f"Name{chance.randint(1, 20)}",
            last="Mowbray",
            home="1 Library Street",
            code="DE80 1AA",
        )
        for n in range(40)
    ]
    return [row | {"rid": place} for place, row in enumerate(rows, start=1)]


def found(connection: duckdb.DuckDBPyConnection, state: State) -> tuple[dict[int, int], list[Any]]:
    pairs = connection.execute("SELECT a, b, weight FROM link_scored ORDER BY ALL").fetchall()
    return state.clusters, pairs


@pytest.mark.parametrize("most_in_block", [40, 3])
def test_any_order_of_batches_gives_what_all_at_once_gives(most_in_block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocking, "MOST_IN_BLOCK", most_in_block)
    monkeypatch.setattr(increments, "MOST_IN_BLOCK", most_in_block)
    table = pa.Table.from_pylist(responses())
    with duckdb.connect() as connection:
        connection.register("batch", table)
        at_once = found(connection, begin(connection, "batch", ROLES, WEIGHTS))
        assert len(set(at_once[0].values())) >= 60
        for seed in range(3):
            chance, later = Random(seed), list(range(SAMPLED, table.num_rows))
            chance.shuffle(later)
            connection.register("batch", table.slice(0, SAMPLED))
            state = begin(connection, "batch", ROLES, WEIGHTS)
            while later:
                size = chance.randint(1, 90)
                connection.register("batch", table.take(later[:size]))
                state = add(connection, state, "batch")
                del later[:size]
            assert found(connection, state) == at_once


def test_while_there_are_few_their_number_doubles_and_all_is_counted_anew() -> None:
    table = pa.Table.from_pylist(responses())
    weights = load_weights()
    with duckdb.connect() as connection:
        connection.register("batch", table)
        at_once = found(connection, begin(connection, "batch", ROLES, weights))
        connection.register("batch", table.slice(0, 50))
        state = begin(connection, "batch", ROLES, weights)
        for first in range(50, table.num_rows, 70):
            connection.register("batch", table.slice(first, 70))
            state = add(connection, state, "batch")
        assert found(connection, state) == at_once

"""What the definition asks of rows: which columns single out, how they are made coarser, and from how many rows."""

import random
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from schemas.anonymity import Hierarchy
from schemas.definition import Definition
from schemas.policy import Microdata
from transforms.disclosure.errors import DisclosureError
from transforms.disclosure.microdata import anonymity_of, anonymous_rows


def with_microdata(definition: Definition, **changes: Any) -> Definition:
    policy = definition.policy.model_copy(update={"microdata": Microdata(**changes)})
    return type(definition)(**{**vars(definition), "policy": policy})


def quasi_of(definition: Definition) -> list[str]:
    return [name for name, one in definition.policy.disclosure.items() if one == "quasi_identifier"]


def test_types_and_coded_positions_count_as_quasi_identifiers(third_sector_built_in: Definition) -> None:
    wanted = anonymity_of(third_sector_built_in, ["r1_type", "q2_place"])
    positions = {
        "support": "support",
        "support_with_reservations": "support",
        "oppose": "oppose",
        "unclear": "unclear",
        "no_answer": "no_answer",
    }
    assert wanted.quasi_identifiers == {"r1_type": Hierarchy(), "q2_place": Hierarchy(levels=(positions,))}
    assert (wanted.k, wanted.l, wanted.sensitive, wanted.keep) == (5, 2, (), ())


def test_the_policy_names_hierarchies_and_what_is_sensitive(parks: Definition) -> None:
    quasi = quasi_of(parks)
    closed = [name for name, one in parks.policy.disclosure.items() if one == "tabulated"]
    closed = [name for name in closed if name != parks.policy.respondent_type_field]
    assert quasi
    assert len(closed) >= 2
    changed = with_microdata(parks, k=7, l=3, hierarchies={quasi[0]: Hierarchy(keep=(2,))}, sensitive=(closed[0],))
    wanted = anonymity_of(changed, [*quasi, *closed])
    assert (wanted.k, wanted.l) == (7, 3)
    assert wanted.quasi_identifiers[quasi[0]] == Hierarchy(keep=(2,))
    assert wanted.sensitive == (closed[0],)
    assert wanted.keep == tuple(closed[1:])


def test_rows_without_a_quasi_identifier_are_refused(parks: Definition) -> None:
    with pytest.raises(DisclosureError, match="No column of the rows is a quasi-identifier"):
        anonymity_of(parks, [])


def test_too_few_rows_do_not_leave_and_enough_are_made_anonymous(parks: Definition) -> None:
    name, chance = quasi_of(parks)[0], random.Random(2)
    closed = next(
        one
        for one, what in parks.policy.disclosure.items()
        if what == "tabulated" and one != parks.policy.respondent_type_field
    )
    rows = [{name: chance.choice("aaaabbbc"), closed: chance.choice(["yes", "no"])} for _ in range(120)]
    with duckdb.connect() as connection:
        connection.from_arrow(pa.Table.from_pylist(rows)).create("may_leave")
        # A version has relations of such names.
        connection.execute("CREATE TEMP VIEW coded AS SELECT 1 AS rid")
        found = anonymous_rows(connection, "may_leave", parks, [name, closed])
        assert len(found.rows.to_arrow_table()) == 120
        assert found.findings.rows == 120
        assert found.findings.k >= 5
        assert (found.findings.l or 0) >= 2
        more = with_microdata(parks, minimum_rows=121)
        with pytest.raises(DisclosureError, match="120 rows may leave, fewer than 121"):
            anonymous_rows(connection, "may_leave", more, [name, closed])

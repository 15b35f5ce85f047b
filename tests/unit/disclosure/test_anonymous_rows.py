"""Rows made anonymous: k and l are reached for any rows, nothing is left over, and nothing is invented."""

from collections.abc import Iterator
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.anonymity import Anonymity, Hierarchy
from transforms.disclosure.anonymise import Anonymised, anonymise
from transforms.disclosure.errors import DisclosureError
from transforms.disclosure.findings import ColumnLoss, RowsFindings

TRADES = {"nurse": "care", "cook": "care", "driver": "other", "clerk": "other"}
BROADER = {"care": "work", "other": "work"}
WANTED = Anonymity(
    k=3,
    l=2,
    quasi_identifiers={
        "age": Hierarchy(bands=(5, 10, 20)),
        "postcode": Hierarchy(keep=(3, 2)),
        "trade": Hierarchy(levels=(TRADES, BROADER)),
        "removed": Hierarchy(),
    },
    sensitive=("answer",),
    keep=("key",),
)
QUASI = list(WANTED.quasi_identifiers)


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        yield opened


def made(connection: duckdb.DuckDBPyConnection, rows: list[dict[str, Any]], wanted: Anonymity = WANTED) -> Anonymised:
    types = {"age": pa.int64(), "key": pa.int64()}
    schema = pa.schema([(name, types.get(name, pa.string())) for name in rows[0]])
    connection.execute("DROP TABLE IF EXISTS people")
    connection.from_arrow(pa.Table.from_pylist(rows, schema)).create("people")
    return anonymise(connection, "people", wanted)


def k_and_l(frame: pd.DataFrame, sensitive: str = "answer") -> tuple[int, int]:
    """By pandas alone."""
    groups = frame.fillna("").groupby(QUASI)
    return int(groups.size().min()), int(groups[sensitive].nunique().min())


_ROW = st.fixed_dictionaries(
    {
        "age": st.one_of(st.none(), st.integers(0, 99)),
        "postcode": st.sampled_from(["DE1 2", "DE1 3", "DE21 4", "NG1 1", "S1 1", ""]),
        "trade": st.one_of(st.none(), st.sampled_from(list(TRADES))),
        "removed": st.sampled_from(["f", "m", "x"]),
        "answer": st.sampled_from(["yes", "no", "unsure"]),
        "key": st.integers(0, 3),
        "name": st.just("Ann Other"),
    }
)


@given(rows=st.lists(_ROW, min_size=3, max_size=40), most=st.sampled_from([0.0, 0.05, 0.5, 1.0]))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_rows_reach_k_and_l_or_are_refused(
    rows: list[dict[str, Any]], most: float, connection: duckdb.DuckDBPyConnection
) -> None:
    wanted = WANTED.model_copy(update={"most_removed": most})
    if len({row["answer"] for row in rows}) < 2:
        with pytest.raises(DisclosureError, match="cannot be made anonymous"):
            made(connection, rows, wanted)
        return
    found = made(connection, rows, wanted)
    frame = found.rows.df()
    k, l_reached = k_and_l(frame)
    assert k >= 3
    assert l_reached >= 2
    assert (found.findings.k, found.findings.l, found.findings.rows) == (k, l_reached, len(rows))
    assert set(frame.columns) == {*QUASI, "answer", "key"}
    assert found.left_out == ("name",)
    # Nobody's answer changed: what is not a quasi-identifier is all there, once for each row.
    others = [(row["answer"], row["key"]) for row in rows]
    assert sorted(zip(frame["answer"], frame["key"], strict=True)) == sorted(others)
    assert 0 <= found.findings.information_lost <= 1


@given(rows=st.lists(_ROW, min_size=12, max_size=40))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_each_row_comes_out_as_itself_made_coarser(
    rows: list[dict[str, Any]], connection: duckdb.DuckDBPyConnection
) -> None:
    """`key` tells which row it was: every value shown is its own, a broader one of it, or removed."""
    numbered = [row | {"key": number, "answer": "yes" if number % 2 else "no"} for number, row in enumerate(rows)]
    for row in made(connection, numbered).rows.df().to_dict("records"):
        was = numbered[row["key"]]
        age, trade, postcode = was["age"], was["trade"] or "", was["postcode"]
        bands = {f"{age // w * w} to {age // w * w + w - 1}" for w in (5, 10, 20)} if age is not None else {""}
        assert row["age"] in bands | {"" if age is None else str(age), "*"}
        assert row["trade"] in {trade, TRADES.get(trade, ""), "work" if trade else "", "*"}
        assert row["postcode"] in {postcode, postcode[:3], postcode[:2], "*"}
        assert row["removed"] in {was["removed"], "*"}


def test_rows_that_are_anonymous_already_are_left_as_they_are(connection: duckdb.DuckDBPyConnection) -> None:
    rows = [
        {"age": age, "postcode": "DE1 2", "trade": "cook", "removed": "f", "answer": answer, "key": 1}
        for age in (20, 30)
        for answer in ("yes", "no", "yes")
    ]
    found = made(connection, rows)
    assert found.findings == RowsFindings(
        rows=6,
        k=3,
        l=2,
        classes=2,
        suppressed_rows=0,
        information_lost=0.0,
        columns=(
            ColumnLoss("age", 0, 4, 0),
            ColumnLoss("postcode", 0, 3, 0),
            ColumnLoss("trade", 0, 3, 0),
            ColumnLoss("removed", 0, 1, 0),
        ),
    )
    assert sorted(found.rows.df()["age"]) == ["20"] * 3 + ["30"] * 3


def test_one_odd_row_loses_values_and_the_others_keep_theirs(connection: duckdb.DuckDBPyConnection) -> None:
    alike = {"age": 40, "postcode": "DE1 2", "trade": "cook", "removed": "f", "key": 1}
    rows = [alike | {"answer": answer} for answer in ("yes", "no") * 20]
    rows += [alike | {"age": 90, "removed": "m", "answer": "no"}]
    found = made(connection, rows)
    assert [one.level for one in found.findings.columns] == [0, 0, 0, 0]
    frame = found.rows.df()
    assert k_and_l(frame)[0] >= 3
    assert 0 < found.findings.suppressed_rows <= 41
    assert "90" not in set(frame["age"])
    assert "m" not in set(frame["removed"])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"age": "many"}, "'age' has 1 values that are no whole numbers; leave out its bands."),
        ({"trade": "secret trade"}, "'trade' has 1 values that level 1 of its hierarchy does not name; add them."),
    ],
)
def test_a_value_that_the_hierarchy_does_not_know_is_counted_not_quoted(
    change: dict[str, str], message: str, connection: duckdb.DuckDBPyConnection
) -> None:
    row = {"age": "20", "postcode": "DE1 2", "trade": "cook", "removed": "f", "answer": "yes", "key": "1"}
    rows = [row, row, row | {"answer": "no"}, row | change]
    connection.from_arrow(pa.Table.from_pylist(rows)).create("people")
    with pytest.raises(DisclosureError) as refused:
        anonymise(connection, "people", WANTED)
    assert str(refused.value) == message


def test_a_missing_column_is_named(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("CREATE TABLE people (age INTEGER, postcode VARCHAR)")
    with pytest.raises(DisclosureError, match="no column 'trade'; they have: age, postcode"):
        anonymise(connection, "people", WANTED)


@pytest.mark.parametrize(
    ("hierarchy", "message"),
    [
        ({"bands": (5, 12)}, "12 is not a larger multiple of 5"),
        ({"keep": (2, 3)}, "3 is not fewer than 2"),
        ({"keep": (2,), "bands": (5,)}, "give one of bands, keep and levels"),
        ({"levels": ({"a": "b"}, {"c": "d"})}, "level 2 has no broader value for 'b'"),
    ],
)
def test_a_hierarchy_that_is_not_nested_is_refused(hierarchy: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Hierarchy(**hierarchy)


def test_a_column_has_one_role() -> None:
    with pytest.raises(ValidationError, match="'age' is named twice"):
        Anonymity(quasi_identifiers={"age": Hierarchy()}, sensitive=("age",))

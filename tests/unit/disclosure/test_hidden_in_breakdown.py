"""Breakdowns: one who knows every total of rows and columns determines no hidden count."""

import itertools
from collections.abc import Iterator, Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.disclosure.breakdowns import Mask, determined_cells, hidden_in_breakdown
from transforms.disclosure.tables import hidden_cells

Table = list[list[int]]


def protect(table: Table, threshold: int) -> Mask:
    whole = [sum(column) for column in zip(*table, strict=True)]
    bases = [sum(row) for row in table]
    hidden_columns = hidden_cells(whole, threshold)
    nothing = [False] * len(table)
    return hidden_in_breakdown(table, bases, threshold, hidden_rows=nothing, hidden_columns=hidden_columns)


def rows_like(row: Sequence[int], hidden: Sequence[bool]) -> Iterator[tuple[int, ...]]:
    """Every row with the same shown counts and the same total."""
    total = sum(count for count, is_hidden in zip(row, hidden, strict=True) if is_hidden)
    for filling in itertools.product(range(total + 1), repeat=sum(hidden)):
        if sum(filling) == total:
            rest = iter(filling)
            yield tuple(next(rest) if is_hidden else count for count, is_hidden in zip(row, hidden, strict=True))


def tables(rows: int, columns: int, largest: int) -> st.SearchStrategy[Table]:
    row = st.lists(st.integers(0, largest), min_size=columns, max_size=columns)
    return st.lists(row, min_size=rows, max_size=rows)


@settings(max_examples=150, deadline=None)
@given(st.one_of(tables(2, 2, 9), tables(2, 3, 6), tables(3, 2, 6)))
def test_no_hidden_count_follows_from_the_totals(table: Table) -> None:
    mask = protect(table, threshold=3)
    totals = [sum(column) for column in zip(*table, strict=True)]
    candidates = [
        combined
        for combined in itertools.product(*(rows_like(row, hidden) for row, hidden in zip(table, mask, strict=True)))
        if [sum(column) for column in zip(*combined, strict=True)] == totals
    ]
    for row, column in itertools.product(range(len(table)), range(len(totals))):
        follows = len({candidate[row][column] for candidate in candidates}) == 1
        all_hidden = all(mask[row]) and all(other[column] for other in mask)
        empty = not sum(table[row]) or not totals[column]
        assert not (mask[row][column] and follows) or all_hidden or empty


@settings(max_examples=300, deadline=None)
@given(tables(6, 5, 40), st.sampled_from([5, 10]))
def test_no_zero_no_small_count_and_no_whole_group_is_shown(table: Table, threshold: int) -> None:
    mask = protect(table, threshold)
    shown = [
        (count, sum(row))
        for row, hidden in zip(table, mask, strict=True)
        for count, is_hidden in zip(row, hidden, strict=True)
        if not is_hidden
    ]
    assert [(count, base) for count, base in shown if count < threshold or count == base] == []
    left = list(determined_cells(table, [sum(row) for row in table], mask))
    assert [cell for cell in left if not all(mask[cell[0]]) or not all(row[cell[1]] for row in mask)] == []


def test_a_breakdown_without_small_counts_is_shown_whole() -> None:
    assert protect([[10, 20], [30, 40]], 5) == ((False, False), (False, False))


def test_a_small_count_takes_its_row_and_its_column_along() -> None:
    table = [[3, 20, 30], [30, 40, 50], [60, 70, 80]]
    hidden = (True, True, False)
    assert protect(table, 5) == (hidden, hidden, (False, False, False))


def test_a_type_that_nobody_ticked_costs_the_others_nothing() -> None:
    shown = (False, False)
    assert protect([[10, 20], [0, 0], [30, 40]], 5) == (shown, (True, True), shown)


def test_a_type_hidden_in_its_own_table_is_hidden_here() -> None:
    table = [[10, 20], [30, 40], [50, 60]]
    mask = hidden_in_breakdown(table, [30, 70, 110], 5, hidden_rows=[True, True, False], hidden_columns=[False, False])
    assert mask == ((True, True), (True, True), (False, False))


def test_a_column_hidden_for_everybody_is_hidden_for_each_type() -> None:
    table = [[10, 20, 9], [30, 40, 9]]
    mask = hidden_in_breakdown(table, [39, 79], 5, hidden_rows=[False, False], hidden_columns=[True, False, True])
    assert mask == ((True, False, True), (True, False, True))


def test_a_choice_that_all_of_a_type_ticked_is_hidden() -> None:
    table = [[30, 20, 10], [50, 40, 20]]
    mask = hidden_in_breakdown(table, [30, 60], 5, hidden_rows=[False, False], hidden_columns=[False, False, False])
    assert mask[0][0]
    assert list(determined_cells(table, [30, 60], mask)) == []

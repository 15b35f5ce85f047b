"""The attack by linear programming: what it finds is what an attacker finds who tries every table."""

import itertools
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.disclosure.audit import attack
from transforms.disclosure.errors import DisclosureError
from transforms.disclosure.findings import Audit
from transforms.disclosure.linked import LinkedTables, Number, nested, together


def one_way(counts: dict[str, int], hidden: set[str], asked: int = 5) -> LinkedTables:
    """A table whose total is known."""
    linked = LinkedTables(tables=1)
    for code, count in counts.items():
        known = Number(count, 0, None, asked) if code in hidden else Number(count, count, count)
        linked.add((code,), known)
    total = sum(counts.values())
    linked.add(("total",), Number(total, total, total))
    linked.add_sum([(code,) for code in counts], ("total",))
    return linked


def test_a_lone_hidden_count_follows_from_the_total() -> None:
    found = attack(one_way({"yes": 20, "no": 3}, {"no"}), 5)
    assert found.failures == {("no",): (3, 3)}
    assert found.audit == Audit(1, 1, 0, 1, 0, 1, 5, found.audit.programs)
    assert not found.audit.passed


def test_two_hidden_counts_of_a_small_sum_are_too_narrow() -> None:
    found = attack(one_way({"yes": 20, "no": 1, "perhaps": 2}, {"no", "perhaps"}), 5)
    assert found.failures == {("no",): (0, 3), ("perhaps",): (0, 3)}
    assert (found.audit.recoverable, found.audit.narrow, found.audit.narrowest) == (0, 2, 4)


def test_hidden_counts_of_a_large_sum_pass() -> None:
    found = attack(one_way({"yes": 20, "no": 1, "perhaps": 7}, {"no", "perhaps"}), 5)
    assert found.failures == {}
    assert found.audit.passed


def test_rounded_counts_can_add_up_to_exact_ones() -> None:
    linked = LinkedTables(tables=1)
    linked.add(("yes",), Number(12, 8, 12, 2, rounded=True))
    linked.add(("no",), Number(22, 18, 22, 2, rounded=True))
    linked.add(("total",), Number(34, 34, 34))
    linked.add_sum([("yes",), ("no",)], ("total",))
    assert attack(linked, 10).failures == {("yes",): (12, 12), ("no",): (22, 22)}


def test_a_count_hidden_in_one_table_and_shown_in_another_is_found() -> None:
    linked = one_way({"yes": 20, "no": 3, "perhaps": 9}, {"no", "perhaps"})
    linked.add(("perhaps",), Number(9, 9, 9))
    assert attack(linked, 5).failures == {("no",): (3, 3), ("perhaps",): (9, 9)}


def test_a_later_view_can_give_an_earlier_one_away() -> None:
    """Each alone is safe; but what nobody said later nobody had said before."""
    earlier = one_way({"yes": 20, "no": 0, "perhaps": 2, "other": 3}, {"no", "perhaps", "other"})
    later = one_way({"yes": 25, "no": 0, "perhaps": 2, "other": 13}, set())
    assert attack(earlier, 5).audit.passed
    both = together({"earlier": earlier, "later": later})
    nested(both, "earlier", "later")
    assert set(attack(both, 5).failures) == {("earlier", "no"), ("earlier", "perhaps"), ("earlier", "other")}
    assert attack(both, 5).failures["earlier", "no"] == (0, 0)


def test_solutions_must_be_whole_numbers() -> None:
    """Twice a count is seven or eight: by halves it could be 3.5, in whole numbers only 4."""
    linked = LinkedTables(tables=1)
    linked.add(("one",), Number(4, 0, None, 2))
    linked.add(("double",), Number(8, 7, 8))
    linked.add_sum([("one",), ("one",)], ("double",))
    assert attack(linked, 2).failures == {("one",): (4, 4)}


def test_two_tables_that_count_one_thing_differently_are_refused() -> None:
    linked = one_way({"yes": 20, "no": 3}, {"no"})
    with pytest.raises(ValueError, match="two tables count this differently"):
        linked.add(("no",), Number(4, 0, None, 5))


def test_sums_that_do_not_hold_are_refused() -> None:
    linked = one_way({"yes": 20, "no": 3}, {"no"})
    linked.add_sum([("no",)], ("total",))
    with pytest.raises(DisclosureError, match="do not fit together; run the pipeline with --full"):
        attack(linked, 5)


Cells = tuple[tuple[int, ...], ...]


def every_table(counts: Cells, hidden: Cells, spread: int) -> Iterator[Cells]:
    """Every table with the same column totals, row totals within the spread, and the same counts where shown."""
    columns = []
    for column in range(len(counts[0])):
        total = sum(row[column] for row in counts)
        ranges = [range(total + 1) if hidden[row][column] else [counts[row][column]] for row in range(len(counts))]
        columns.append([cells for cells in itertools.product(*ranges) if sum(cells) == total])
    for chosen in itertools.product(*columns):
        table = tuple(zip(*chosen, strict=True))
        if all(abs(sum(row) - sum(true)) <= spread for row, true in zip(table, counts, strict=True)):
            yield table


@given(
    counts=st.lists(st.tuples(*[st.integers(0, 4)] * 2), min_size=2, max_size=3),
    hidden=st.lists(st.tuples(*[st.booleans()] * 2), min_size=3, max_size=3),
    spread=st.integers(0, 1),
)
@settings(max_examples=60, deadline=None)
def test_the_attack_finds_what_trying_every_table_finds(
    counts: list[tuple[int, ...]], hidden: list[tuple[int, ...]], spread: int
) -> None:
    linked = LinkedTables(tables=1)
    for row, cells in enumerate(counts):
        for column, count in enumerate(cells):
            known = Number(count, 0, None, 99) if hidden[row][column] else Number(count, count, count)
            linked.add((f"{row}", f"{column}"), known)
        total = sum(cells)
        linked.add((f"{row}", "all"), Number(total, max(0, total - spread), total + spread))
        linked.add_sum([(f"{row}", "0"), (f"{row}", "1")], (f"{row}", "all"))
    for column in range(2):
        total = sum(cells[column] for cells in counts)
        linked.add(("all", f"{column}"), Number(total, total, total))
        linked.add_sum([(f"{row}", f"{column}") for row in range(len(counts))], ("all", f"{column}"))
    tables = list(every_table(tuple(counts), tuple(hidden), spread))
    expected = {
        (f"{row}", f"{column}"): (min(values), max(values))
        for row, column in itertools.product(range(len(counts)), range(2))
        if hidden[row][column]
        for values in [{table[row][column] for table in tables}]
    }
    assert attack(linked, 99).failures == expected

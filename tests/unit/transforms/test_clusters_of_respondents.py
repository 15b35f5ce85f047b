"""Whose responses belong together: officers' verdicts always win, and taking one back leaves the rest."""

from hypothesis import given
from hypothesis import strategies as st

from transforms.linkage.engine.cluster import Edge, Verdicts
from transforms.linkage.respondents import cluster

ROWS = st.integers(1, 4)
PAIRS = st.lists(st.tuples(ROWS, ROWS).map(lambda pair: (pair[0], pair[0] + pair[1])), max_size=12)


def edges(*pairs: tuple[int, int]) -> list[Edge]:
    return [Edge(*pair, 5.0) for pair in pairs]


def test_links_chain_and_the_first_row_stands_for_all() -> None:
    assert cluster([], edges((3, 5), (5, 9))) == {3: 3, 5: 3, 9: 3}


def test_rows_that_nothing_links_are_left_out() -> None:
    assert cluster([(1, 2, "different")], []) == {}


def test_an_officers_same_joins_without_any_evidence() -> None:
    assert cluster([(4, 7, "same")], []) == {4: 4, 7: 4}


def test_an_officers_different_keeps_apart_what_evidence_joins_even_through_a_third() -> None:
    assert cluster([(1, 2, "different")], edges((1, 3), (2, 3))) == {1: 1, 3: 1}


def test_between_officers_the_later_word_counts() -> None:
    newest_first = [(1, 3, "different"), (2, 3, "same"), (1, 2, "same")]
    assert cluster(newest_first, []) == {2: 2, 3: 2}


@given(inferred=PAIRS, apart=PAIRS)
def test_no_two_rows_called_different_are_ever_of_one_respondent(
    inferred: list[tuple[int, int]], apart: list[tuple[int, int]]
) -> None:
    linked = cluster([(*pair, "different") for pair in apart], edges(*inferred))
    assert not [pair for pair in apart if pair[0] in linked and linked[pair[0]] == linked.get(pair[1])]


@given(inferred=PAIRS)
def test_without_verdicts_respondents_are_the_connected_rows(inferred: list[tuple[int, int]]) -> None:
    linked = cluster([], edges(*inferred))
    assert all(linked[first] == linked[second] for first, second in inferred)
    assert all(representative <= row for row, representative in linked.items())
    assert set(linked) == {row for pair in inferred for row in pair}


def test_the_engine_keeps_clusters_apart_but_not_against_an_officer() -> None:
    verdicts = Verdicts(apart=frozenset({(1, 3)}))
    assert cluster([], edges((1, 2), (2, 3)), verdicts) == {1: 1, 2: 1}
    assert cluster([(2, 3, "same")], edges((1, 2)), verdicts) == {2: 2, 3: 2}
    assert cluster([(2, 3, "same"), (1, 2, "same")], [], verdicts) == {1: 1, 2: 1, 3: 1}


@given(verdicts=st.lists(st.tuples(ROWS, ROWS, st.sampled_from(["same", "different"])), max_size=8), inferred=PAIRS)
def test_taking_a_verdict_back_gives_what_there_would_be_without_it(
    verdicts: list[tuple[int, int, str]], inferred: list[tuple[int, int]]
) -> None:
    apart = [(first, first + second, verdict) for first, second, verdict in verdicts]
    without = cluster(apart, edges(*inferred))
    touched = {9, 10}
    again = cluster([(9, 10, "same"), *apart], edges(*inferred))
    assert {row: first for row, first in again.items() if row not in touched} == without

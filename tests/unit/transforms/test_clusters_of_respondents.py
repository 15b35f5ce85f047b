"""Whose responses belong together: officers' verdicts always win, and taking one back leaves the rest."""

from hypothesis import given
from hypothesis import strategies as st

from transforms.linkage.respondents import cluster

ROWS = st.integers(1, 4)
PAIRS = st.lists(st.tuples(ROWS, ROWS).map(lambda pair: (pair[0], pair[0] + pair[1])), max_size=12)


def test_links_chain_and_the_first_row_stands_for_all() -> None:
    assert cluster([], [(3, 5), (5, 9)]) == {3: 3, 5: 3, 9: 3}


def test_rows_that_nothing_links_are_left_out() -> None:
    assert cluster([(1, 2, "different")], []) == {}


def test_an_officers_same_joins_without_any_evidence() -> None:
    assert cluster([(4, 7, "same")], []) == {4: 4, 7: 4}


def test_an_officers_different_keeps_apart_what_evidence_joins_even_through_a_third() -> None:
    assert cluster([(1, 2, "different")], [(1, 3), (2, 3)]) == {1: 1, 3: 1}


def test_between_officers_the_later_word_counts() -> None:
    newest_first = [(1, 3, "different"), (2, 3, "same"), (1, 2, "same")]
    assert cluster(newest_first, []) == {2: 2, 3: 2}


@given(inferred=PAIRS, apart=PAIRS)
def test_no_two_rows_called_different_are_ever_of_one_respondent(
    inferred: list[tuple[int, int]], apart: list[tuple[int, int]]
) -> None:
    linked = cluster([(*pair, "different") for pair in apart], inferred)
    assert not [pair for pair in apart if pair[0] in linked and linked[pair[0]] == linked.get(pair[1])]


@given(inferred=PAIRS)
def test_without_verdicts_respondents_are_the_connected_rows(inferred: list[tuple[int, int]]) -> None:
    linked = cluster([], inferred)
    assert all(linked[first] == linked[second] for first, second in inferred)
    assert all(representative <= row for row, representative in linked.items())
    assert set(linked) == {row for pair in inferred for row in pair}

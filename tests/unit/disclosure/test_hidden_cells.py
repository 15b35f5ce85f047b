"""One-way tables: what is hidden cannot be worked out."""

from collections import defaultdict
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.definition import Definition
from transforms.disclosure.tables import collapse, hidden_cells, round_down, round_to_base

Published = tuple[int | None, ...]


def published(counts: tuple[int, ...], threshold: int, subgroup: bool) -> Published:
    mask = hidden_cells(counts, threshold, subgroup=subgroup)
    return tuple(None if hidden else count for count, hidden in zip(counts, mask, strict=True))


def tables_of(cells: int, total: int) -> Iterator[tuple[int, ...]]:
    """Every table of so many cells with that total."""
    if cells == 1:
        yield (total,)
        return
    for first in range(total + 1):
        yield from ((first, *rest) for rest in tables_of(cells - 1, total - first))


@pytest.mark.parametrize("subgroup", [False, True])
@pytest.mark.parametrize(
    ("cells", "threshold", "largest"), [(2, 5, 26), (3, 5, 26), (3, 3, 20), (4, 5, 18), (5, 3, 12)]
)
def test_one_who_knows_the_total_and_the_code_determines_no_hidden_count(
    subgroup: bool, cells: int, threshold: int, largest: int
) -> None:
    determined = []
    for total in range(threshold, largest + 1):
        possible: dict[Published, list[tuple[int, ...]]] = defaultdict(list)
        for counts in tables_of(cells, total):
            possible[published(counts, threshold, subgroup)].append(counts)
        determined += [
            (seen, candidates)
            for seen, candidates in possible.items()
            for place, shown in enumerate(seen)
            if shown is None and len({counts[place] for counts in candidates}) == 1
        ]
    assert determined == []


counts = st.lists(st.integers(0, 60), min_size=1, max_size=12).map(tuple)


@given(counts, st.integers(3, 12), st.booleans())
def test_no_count_between_one_and_the_threshold_is_shown(
    table: tuple[int, ...], threshold: int, subgroup: bool
) -> None:
    shown = [count for count in published(table, threshold, subgroup) if count is not None]
    assert [count for count in shown if 0 < count < threshold] == []


@given(counts, st.integers(3, 12), st.booleans())
def test_hidden_counts_add_up_to_the_threshold_and_differ_unless_all_are_hidden(
    table: tuple[int, ...], threshold: int, subgroup: bool
) -> None:
    mask = hidden_cells(table, threshold, subgroup=subgroup)
    hidden = [count for count, is_hidden in zip(table, mask, strict=True) if is_hidden]
    assert not hidden or all(mask) or (sum(hidden) >= threshold and len(set(hidden)) > 1)


@pytest.mark.parametrize(
    ("table", "seen"),
    [
        ((40, 12, 3), (40, None, None)),  # one small count takes the next larger along
        ((40, 12, 9, 1, 0), (40, 12, None, None, None)),  # two that sum to one would reveal it
        ((40, 12, 4, 4), (40, None, None, None)),  # two equal ones would be half their sum
        ((40, 12, 12, 3), (40, None, None, None)),  # equal counts are hidden together
        ((50, 0, 0), (50, 0, 0)),  # unanimity of all is a result
        ((40, 10, 5), (40, 10, 5)),
        ((0, 0), (0, 0)),
    ],
)
def test_a_table_of_everybody(table: tuple[int, ...], seen: Published) -> None:
    assert published(table, 5, False) == seen


@pytest.mark.parametrize(
    ("table", "seen"),
    [
        ((50, 0, 0), (None, None, None)),  # the answer of each member of the group
        ((40, 10, 0), (40, None, None)),  # nobody of the group holds this view
        ((40, 10, 5), (40, 10, 5)),
    ],
)
def test_a_table_of_a_subgroup(table: tuple[int, ...], seen: Published) -> None:
    assert published(table, 5, True) == seen


@given(st.integers(0, 10_000), st.integers(1, 50))
def test_rounding_goes_to_the_nearest_multiple(count: int, base: int) -> None:
    rounded = round_to_base(count, base)
    assert rounded % base == 0
    assert abs(rounded - count) * 2 <= base


def test_rounding_to_five() -> None:
    assert [round_to_base(count, 5) for count in (10, 12, 13, 17, 18)] == [10, 10, 15, 15, 20]


def test_a_half_goes_up() -> None:
    assert round_to_base(15, 10) == 20


def test_rounding_down_to_a_step() -> None:
    assert [round_down(count, 10) for count in (0, 9, 10, 19, 20)] == [0, 0, 10, 10, 20]


def test_codes_collapse_into_the_frame_s_broader_ones(third_sector_built_in: Definition) -> None:
    frame = third_sector_built_in.policy.frames["q2_place"]
    counts = {"support": 7, "support_with_reservations": 4, "oppose": 2}
    assert collapse(counts, frame) == {"support": 11, "oppose": 2, "unclear": 0, "no_answer": 0}

"""Breakdowns by channel: they add up to the ledger, give way to types, and never stand beside what nests in them."""

import itertools
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from schemas.definition import Definition
from transforms.disclosure.audited import audited_tables
from transforms.disclosure.counts import read_counts
from transforms.disclosure.members import protect_tables
from transforms.disclosure.shown import Register
from transforms.disclosure.vocabulary import CHANNEL_ROWS, SIDES, Rule, group_of
from transforms.marts import CAMPAIGN, OWN_WORDS

ABOUT = {"as_at": "2007-04-04T16:00:00+00:00", "status": "open"}
FIELD = "q4_grants_contracts"
START = datetime(2007, 3, 5, 12, tzinfo=UTC)
CODES = ["support", "support_with_reservations", "oppose"]
CHANNELS = ["web", "email", "post"]
MartsOf = Callable[..., duckdb.DuckDBPyConnection]
_SPLIT = st.lists(st.tuples(*(st.integers(0, 25) for _ in CODES)), min_size=6, max_size=6)


def people(respondent: Any, split: list[tuple[int, ...]]) -> list[Any]:
    """As many by each channel, with a letter and without, with each code as the split says."""
    cells = [(channel, letter) for channel in CHANNELS for letter in (False, True)]
    return [
        respondent(types=("derby_resident",), channel=channel, letter=letter, positions={FIELD: {"whole": code}})
        for (channel, letter), many in zip(cells, split, strict=True)
        for code, count in zip(CODES, many, strict=True)
        for _ in range(count)
    ]


def rows_of(tables: dict[str, Any], group: str) -> list[dict[str, Any]]:
    rows = tables["positions_by_type"].to_pylist()
    return [row for row in rows if row["field"] == FIELD and group_of(row["type_code"]) == group]


def test_rows_are_the_channels_by_which_somebody_came_and_few_are_hidden(
    marts_of: MartsOf, third_sector_built_in: Definition, respondent: Any
) -> None:
    codes = [*CODES, "unclear", "no_answer"]
    many = {"post": (3, 0, 0, 0, 0), "web": (40, 30, 20, 12, 11), "email": (20, 14, 20, 9, 11)}
    found = [
        respondent(channel=channel, positions={FIELD: {"whole": code}})
        for channel, counts in many.items()
        for code, count in zip(codes, counts, strict=True)
        for _ in range(count)
    ]
    with marts_of(found, 10) as private:
        tables = protect_tables(private, third_sector_built_in, Rule.for_members(third_sector_built_in.policy), ABOUT)
    rows = rows_of(tables.tables, "channels")
    assert {(row["type_code"], row["type_label"]) for row in rows} == {
        ("~channel_web", "Web form"), ("~channel_email", "E-mail"), ("~channel_post", "Post"),
    }  # fmt: skip
    assert {row["responses"] for row in rows if row["type_code"] == "~channel_post"} == {None}
    assert {row["base"] for row in rows if row["type_code"] == "~channel_web"} == {113}
    assert rows_of(tables.tables, "sides") == []


def test_where_all_came_by_one_channel_nothing_is_told_by_channel(
    marts_of: MartsOf, third_sector_built_in: Definition, respondent: Any
) -> None:
    found = people(respondent, [(60, 40, 20), *[(0, 0, 0)] * 5])
    with marts_of(found, 10) as private:
        tables = protect_tables(private, third_sector_built_in, Rule.for_members(third_sector_built_in.policy), ABOUT)
    assert rows_of(tables.tables, "channels") == []


@given(split=_SPLIT)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_channels_add_up_to_the_marts_and_to_the_ledger(
    split: list[tuple[int, ...]], marts_of: MartsOf, respondent: Any
) -> None:
    with marts_of(people(respondent, split), 10) as private:
        for stepped in (True, False):
            counts = read_counts(private, stepped=stepped)
            for mart in (counts.coded, counts.positions):
                for key in {key[:-1] for key in mart}:
                    of_all = mart.get((*key, ""), 0)
                    for group in ("channels", "sides", "both"):
                        parts = sum(n for k, n in mart.items() if k[:-1] == key and group_of(k[-1]) == group)
                        assert parts == of_all
            included = {f"~channel_{c}": n for (c, line), n in counts.ledger.items() if line == "included"}
            assert counts.channels == included
            letters = Counter({CAMPAIGN: 0, OWN_WORDS: 0})
            for (_, kind), n in counts.of_which.items():
                letters[CAMPAIGN if kind.startswith("campaign") else OWN_WORDS] += n
            assert counts.sides == {side: n for side, n in letters.items() if n}


def test_channels_beside_them_hide_nothing_more_of_types_nor_sides_of_channels(
    marts_of: MartsOf, third_sector_built_in: Definition, respondent: Any
) -> None:
    split = [(30, 20, 25), (12, 9, 3), (20, 3, 20), (11, 2, 14), (16, 7, 9), (2, 8, 8)]
    found = [
        replace(one, types=(("derby_resident", "voluntary_community_rep", "other")[place % 3],))
        for place, one in enumerate(people(respondent, split))
    ]
    with marts_of(found, 10) as private:
        counts = read_counts(private, stepped=True)
    rule = Rule.for_members(third_sector_built_in.policy)
    alone, without_sides, together = (
        audited_tables(one, third_sector_built_in, rule).tables
        for one in (replace(counts, channels={}, sides={}), replace(counts, sides={}), counts)
    )
    assert rows_of(alone, "types") == rows_of(without_sides, "types") == rows_of(together, "types")
    assert rows_of(without_sides, "channels") == rows_of(together, "channels")
    assert any(not row["hidden"] for row in rows_of(together, "types"))
    assert any(not row["hidden"] for row in rows_of(together, "channels"))


@given(split=_SPLIT)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nobody_of_a_channel_and_a_side_together_can_be_worked_out(
    split: list[tuple[int, ...]], marts_of: MartsOf, third_sector_built_in: Definition, respondent: Any
) -> None:
    """An attacker knows from the ledger how many of each channel sent a letter, and subtracts channels and sides."""
    everybody = people(respondent, [(60, 0, 40), *[(0, 0, 0)] * 5]) + people(respondent, split)
    everybody = everybody[: len(everybody) - len(everybody) % 10]
    with marts_of(everybody, 10) as private:
        rule = Rule.for_members(third_sector_built_in.policy)
        tables = protect_tables(private, third_sector_built_in, rule, ABOUT).tables
    true = Counter((one.channel, one.letter, one.positions[FIELD]["whole"]) for one in everybody)
    cells = [(c, letter, code) for c in CHANNELS for letter in (False, True) for code in CODES]
    sums, totals = _known(tables, cells, true)
    for cell in cells:
        group = sum(true[cell[0], cell[1], code] for code in CODES)
        of_all = sum(true[c, letter, cell[2]] for c in CHANNELS for letter in (False, True))
        if 0 < true[cell] < 5 and 0 < of_all < len(everybody) and group > 1:
            cost = np.array([float(other == cell) for other in cells])
            low, high = (linprog(sign * cost, A_eq=sums, b_eq=totals, bounds=(0, None)).fun * sign for sign in (1, -1))
            assert high - low >= 1, (cell, low, high)


def _known(
    tables: dict[str, Any], cells: list[tuple[str, bool, str]], true: Counter[tuple[str, bool, str]]
) -> tuple[list[list[float]], list[int]]:
    """What is shown of codes, channels and sides, and how many the ledger says are of each channel and side."""
    sums, totals = [], []
    for row in tables["positions"].to_pylist():
        if row["field"] == FIELD and row["code"] in CODES and not row["hidden"]:
            sums.append([float(cell[2] == row["code"]) for cell in cells])
            totals.append(row["responses"])
    for row in rows_of(tables, "channels") + rows_of(tables, "sides"):
        if not row["hidden"] and row["code"] in CODES:
            of = row["type_code"]
            inside = [of in (f"~channel_{c}", CAMPAIGN if letter else OWN_WORDS) for c, letter, _ in cells]
            sums.append([float(i and cell[2] == row["code"]) for i, cell in zip(inside, cells, strict=True)])
            totals.append(row["responses"])
    for channel, letter in itertools.product(CHANNELS, (False, True)):
        sums.append([float(cell[:2] == (channel, letter)) for cell in cells])
        totals.append(sum(true[channel, letter, code] for code in CODES))
    return sums, totals


@dataclass
class Watched:
    """A consultation that is looked at again and again."""

    marts_of: MartsOf
    definition: Definition
    register: Register
    looks: int = 0

    def look(self, everybody: list[Any]) -> dict[str, Any]:
        self.looks += 1
        about = {"as_at": (START + timedelta(days=self.looks)).isoformat(), "status": "open"}
        with self.marts_of(everybody, 10) as private:
            rule = Rule.for_members(self.definition.policy)
            return protect_tables(private, self.definition, rule, about, register=self.register).tables


@pytest.fixture
def watched(tmp_path: Path, marts_of: MartsOf, third_sector_built_in: Definition) -> Watched:
    return Watched(marts_of, third_sector_built_in, Register(tmp_path / "shown.jsonl", "ab" * 32))


def are_shown(tables: dict[str, Any], group: str) -> bool:
    return any(not row["hidden"] for row in rows_of(tables, group))


def test_sides_are_not_shown_beside_a_channel_of_nearly_the_same_people(watched: Watched, respondent: Any) -> None:
    """All but one who came by e-mail sent the letter, and nobody else did: e-mail less the letter is that one."""
    web, email = (40, 30, 30), (31, 15, 14)
    found = people(respondent, [web, (0, 0, 0), (0, 0, 1), email, (0, 0, 0), (0, 0, 0)])[:160]
    tables = watched.look(found)
    assert are_shown(tables, "channels")
    assert not are_shown(tables, "sides")
    # Ten more by e-mail in their own words: now the rows differ enough, but the first view of e-mail was shown.
    tables = watched.look([*found, *people(respondent, [(0, 0, 0)] * 2 + [(5, 5, 0)] + [(0, 0, 0)] * 3)])
    assert are_shown(tables, "channels")
    assert not are_shown(tables, "sides")


def test_sides_that_cut_across_channels_are_shown(watched: Watched, respondent: Any) -> None:
    tables = watched.look(
        people(respondent, [(40, 20, 20), (20, 20, 20), (20, 20, 20), (20, 15, 25), *[(0, 0, 0)] * 2])
    )
    assert are_shown(tables, "channels")
    assert are_shown(tables, "sides")


_EVENTS = st.lists(
    st.tuples(st.sampled_from(CHANNELS), st.booleans(), st.sampled_from(CODES), st.integers(1, 14)),
    min_size=2,
    max_size=5,
)


@given(split=_SPLIT, events=_EVENTS)
@settings(
    max_examples=6,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_an_attacker_who_subtracts_channels_sides_and_views_never_gets_fewer_than_ten(
    split: list[tuple[int, ...]],
    events: list[tuple[str, bool, str, int]],
    tmp_path_factory: Any,
    marts_of: MartsOf,
    third_sector_built_in: Definition,
    respondent: Any,
) -> None:
    """Rows of one kind in two views, a union of channels and a side in any: of the same people, or of ten others."""
    folder = tmp_path_factory.mktemp("register")
    watched = Watched(marts_of, third_sector_built_in, Register(folder / "shown.jsonl", "ab" * 32))
    everybody = people(respondent, [(40, 20, 40), *[(0, 0, 0)] * 5]) + people(respondent, split)
    unions: list[tuple[str, frozenset[int]]] = []
    sides: list[tuple[str, frozenset[int]]] = []
    for channel, letter, code, many in [(CHANNELS[0], False, CODES[0], 0), *events]:
        one = respondent(channel=channel, letter=letter, positions={FIELD: {"whole": code}})
        everybody = everybody + [replace(one, types=("derby_resident",))] * many
        tables = watched.look(everybody)
        seen = _seen(tables, everybody)
        channels = sorted(of for of in seen if of in CHANNEL_ROWS)
        for n in range(1, len(channels) + 1):
            unions += [
                (" ".join(some), frozenset().union(*(seen[of] for of in some)))
                for some in itertools.combinations(channels, n)
            ]
        sides += [(of, people_of) for of, people_of in seen.items() if of in SIDES]
    for one, other in (*itertools.combinations(unions, 2), *itertools.combinations(sides, 2)):
        if one[0] == other[0]:
            assert one[1] == other[1] or len(one[1] ^ other[1]) >= 10, (one[0], len(one[1] ^ other[1]))
    for one, other in itertools.product(unions, sides):
        assert len(one[1] ^ other[1]) >= 10, (one[0], other[0], len(one[1] ^ other[1]))


def _seen(tables: dict[str, Any], everybody: list[Any]) -> dict[str, frozenset[int]]:
    """The people behind each row that is shown as of this view: one that waits is as it was, and was seen then."""
    base = next(row["base"] for row in tables["positions"].to_pylist() if row["field"] == FIELD)
    found = {}
    for of in (*CHANNEL_ROWS, *SIDES):
        rows = [
            row for row in tables["positions_by_type"].to_pylist() if (row["field"], row["type_code"]) == (FIELD, of)
        ]
        members = frozenset(place for place, one in enumerate(everybody[:base]) if of in one.groups)
        codes = Counter(everybody[place].positions[FIELD]["whole"] for place in members)
        if (
            any(not row["hidden"] for row in rows)
            and all(row["hidden"] or row["responses"] == codes[row["code"]] for row in rows)
            and rows[0]["base"] == len(members)
        ):
            found[of] = members
    return found

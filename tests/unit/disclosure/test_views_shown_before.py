"""Views of one consultation one after another: no two of them differ by fewer than ten, whatever happens between."""

import itertools
import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from schemas.definition import Definition
from transforms.disclosure.errors import DisclosureError
from transforms.disclosure.findings import Protected
from transforms.disclosure.members import protect_tables
from transforms.disclosure.shown import Register
from transforms.disclosure.vocabulary import Rule

FIELD = "q4_grants_contracts"
START = datetime(2007, 3, 5, 12, tzinfo=UTC)
TYPES = ["voluntary_community_rep", "derby_resident", "public_sector_rep"]
CODES = ["support", "oppose", "unclear"]
MartsOf = Callable[..., duckdb.DuckDBPyConnection]


@dataclass
class Watched:
    """A consultation that is looked at again and again, and what everybody saw of it."""

    marts_of: MartsOf
    definition: Definition
    register: Register
    looks: int = 0

    def look(
        self, people: list[Any], *, release: bool = False, final: bool = False, at: datetime | None = None
    ) -> Protected:
        self.looks += 1
        as_at = at or START + timedelta(days=self.looks)
        policy, status = self.definition.policy, "final" if final else "open"
        rule = Rule.for_release(policy, status) if release else Rule.for_members(policy)
        about = {"as_at": as_at.isoformat(), "status": status}
        audience = "release" if release else "members"
        with self.marts_of(people, 10) as private:
            return protect_tables(private, self.definition, rule, about, register=self.register, audience=audience)


@pytest.fixture
def watched(tmp_path: Path, marts_of: MartsOf, third_sector_built_in: Definition) -> Watched:
    return Watched(marts_of, third_sector_built_in, Register(tmp_path / "shown.jsonl", "ab" * 32))


@pytest.fixture
def person(respondent: Any) -> Callable[..., Any]:
    def make(code: str = "support", of: str = "derby_resident") -> Any:
        return respondent(types=(of,), positions={FIELD: {"whole": code}})

    return make


def cells(found: Protected, table: str = "positions") -> dict[tuple[str, ...], int | None]:
    rows = [row for row in found.tables[table].to_pylist() if row["field"] == FIELD]
    return {tuple(row[name] for name in ("type_code", "code") if name in row): row["responses"] for row in rows}


def base(found: Protected) -> int | None:
    return next(row["base"] for row in found.tables["positions"].to_pylist() if row["field"] == FIELD)


def waiting(found: Protected) -> list[tuple[str, str, str]]:
    return [(one.table, one.field, one.part) for one in found.measures if one.what == "waits"]


def test_a_withdrawn_response_does_not_shift_what_is_shown(watched: Watched, person: Any) -> None:
    people = [person("support")] * 12 + [person("oppose")] * 13
    first = watched.look(people)
    assert cells(first) == {("support",): 12, ("oppose",): 8, ("unclear",): 0, ("no_answer",): 0}
    # One who supports goes, so that one who opposes moves up into the step of twenty.
    second = watched.look(people[1:])
    assert cells(second) == cells(first)
    assert ("positions", FIELD, "") in waiting(second)
    asked = {row["field"]: row["coded_shown"] for row in second.tables["questions"].to_pylist()}
    assert asked[FIELD] == 20


def test_a_response_that_is_coded_anew_does_not_show_by_itself(watched: Watched, person: Any) -> None:
    people = [person("support")] * 10 + [person("oppose")] * 10
    first = watched.look(people)
    assert cells(watched.look([person("oppose"), *people[1:]])) == cells(first)
    later = [person("oppose"), *people[1:], *[person("unclear")] * 10]
    assert base(watched.look(later)) == 30


def test_the_same_again_and_ten_more_are_shown(watched: Watched, person: Any) -> None:
    people = [person("support")] * 20
    first = watched.look(people)
    assert cells(watched.look(people)) == cells(first)
    more = watched.look(people + [person("oppose")] * 10)
    assert (base(more), waiting(more)) == (30, [])


def test_a_release_of_every_response_stays_at_the_step_that_members_saw(watched: Watched, person: Any) -> None:
    people = [person("support")] * 30 + [person("oppose")] * 13
    assert base(watched.look(people)) == 40
    release = watched.look(people, release=True, final=True)
    # 43 less the 40 that members saw would be three respondents.
    assert cells(release) == {("support",): 30, ("oppose",): 10, ("unclear",): 0, ("no_answer",): 0}
    assert base(release) == 40


def test_a_release_of_every_response_is_whole_where_nothing_was_shown(watched: Watched, person: Any) -> None:
    people = [person("support")] * 30 + [person("oppose")] * 13
    release = watched.look(people, release=True, final=True)
    assert cells(release) == {("support",): 30, ("oppose",): 15, ("unclear",): 0, ("no_answer",): 0}


def test_what_is_shown_later_is_never_shown_as_at_an_earlier_moment(watched: Watched, person: Any) -> None:
    people = [person("support")] * 10 + [person("oppose")] * 10
    watched.look(people)
    changed = [person("oppose"), *people[1:]]
    earlier = watched.look(changed, at=START - timedelta(days=1))
    assert set(cells(earlier).values()) == {None}
    assert base(earlier) is None


def test_one_more_of_a_type_waits_with_others_of_its_breakdown(watched: Watched, person: Any) -> None:
    people = [person(code, of) for of in TYPES for code in ["support"] * 20 + ["oppose"] * 20]
    first = cells(watched.look(people), "positions_by_type")
    people += [person("oppose", TYPES[0])] + [person("support", TYPES[1])] * 9
    found = watched.look(people)
    assert base(found) == 130
    later = cells(found, "positions_by_type")
    # Ten more of everybody, nine of them of one type: neither row moves.
    assert later == first


def test_the_register_holds_no_count_that_was_hidden(watched: Watched, person: Any) -> None:
    watched.look([person("support")] * 27 + [person("oppose")] * 3)
    entry = json.loads(watched.register.file.read_text("utf-8"))
    rows = [row for part in entry["parts"] for row in part["rows"] if part["part"][0] != "both"]
    assert rows
    assert [row for row in rows if row["hidden"] != (row["responses"] is None)] == []
    assert [row for row in rows if row["responses"] is not None and 0 < row["responses"] < 5] == []
    assert watched.register.file.stat().st_mode & 0o777 == 0o600


def test_a_register_that_was_changed_blocks_the_view(watched: Watched, person: Any) -> None:
    watched.look([person("support")] * 20)
    watched.look([person("support")] * 40)
    file = watched.register.file
    file.write_text(file.read_text("utf-8").replace('"base": 20', '"base": 10'))
    with pytest.raises(DisclosureError, match=r"What was shown before is not known: .*restore it from a backup"):
        watched.look([person("support")] * 60)


_EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["come", "come", "come", "go", "recode"]),
        st.integers(1, 14),
        st.sampled_from(TYPES),
        st.sampled_from(CODES),
        st.sampled_from(["members", "members", "release", "final"]),
    ),
    min_size=2,
    max_size=6,
)


@dataclass(frozen=True)
class Seen:
    """One thing seen: which respondents it counted, with what code, and in which row."""

    row: str
    counted: frozenset[tuple[int, str]]
    shown: tuple[tuple[tuple[str, ...], int | None], ...]


@given(start=st.integers(90, 130), events=_EVENTS)
@settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_an_attacker_who_subtracts_views_never_gets_fewer_than_ten(
    start: int,
    events: list[Any],
    tmp_path_factory: Any,
    marts_of: MartsOf,
    third_sector_built_in: Definition,
    person: Any,
) -> None:
    """Every two views of a row, and of those left beside the rows: the same, or of ten respondents more or fewer."""
    folder = tmp_path_factory.mktemp("register")
    watched = Watched(marts_of, third_sector_built_in, Register(folder / "shown.jsonl", "ab" * 32))
    people = [(number, TYPES[number % 3], CODES[number % 2]) for number in range(start)]
    numbers = itertools.count(start)
    seen: list[Seen] = []
    for what, many, of, code, kind in [("look", 0, "", "", "members"), *events]:
        if what == "come":
            people = people + [(next(numbers), of, code) for _ in range(many)]
        elif what == "go":
            people = people[: len(people) // 2 - 1] + people[len(people) // 2 - 1 + min(many, 3) :]
        elif what == "recode":
            people = [(n, t, code if at < min(many, 3) else c) for at, (n, t, c) in enumerate(people)]
        found = watched.look([person(c, t) for _, t, c in people], release=kind != "members", final=kind == "final")
        seen += views_of(watched, found, people)
    for one, other in itertools.combinations(seen, 2):
        if one.row == other.row and one.shown != other.shown:
            apart = len(one.counted ^ other.counted)
            # The same counts, rounded for one and not for the other: who went was made up for by others like them, and
            # subtracting gives nothing.
            same_counts = Counter(code for _, code in one.counted) == Counter(code for _, code in other.counted)
            assert same_counts or apart >= 10, (one.row, one.shown, other.shown)


def views_of(watched: Watched, found: Protected, people: list[tuple[int, str, str]]) -> Iterable[Seen]:
    """What a view shows, with the respondents behind it where they are those of this moment."""
    waits = {(table, part) for table, _, part in waiting(found)}
    shown_base = base(found)
    whole = tuple(sorted(cells(found).items()))
    if ("positions", "") in waits or shown_base is None:
        return
    counted = people[: exact_base(watched, people)]
    yield Seen("whole", frozenset((n, c) for n, _, c in counted), whole)
    by_type = cells(found, "positions_by_type")
    fresh = []
    for of in TYPES:
        row = tuple(sorted((cell, n) for cell, n in by_type.items() if cell[0] == of))
        if ("positions_by_type", of) in waits or not row or all(n is None for _, n in row):
            continue
        fresh.append(of)
        yield Seen(of, frozenset((n, c) for n, t, c in counted if t == of), row)
    if fresh and len(fresh) < len(TYPES):
        rest = frozenset((n, c) for n, t, c in counted if t not in fresh)
        told = (*whole, *((cell, n) for cell, n in sorted(by_type.items()) if cell[0] in fresh))
        yield Seen(f"but {', '.join(fresh)}", rest, told)


def exact_base(watched: Watched, people: list[Any]) -> int:
    """How many the view counts: all, or whole steps. The register tells; both would be fewer than ten apart."""
    noted = {one.exact.base for one in watched.register.read()["positions", FIELD]}
    all_, of_steps = len(people), len(people) - len(people) % 10
    assert all_ == of_steps or not {all_, of_steps} <= noted
    return all_ if all_ in noted else of_steps

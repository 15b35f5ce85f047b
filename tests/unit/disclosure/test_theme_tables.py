"""Themes as members and releases see them: both sides of the threshold, steps, the register, and names that tell."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from schemas.decisions import ThemeChange
from schemas.definition import Definition
from transforms.disclosure.errors import PromiseError
from transforms.disclosure.members import protect_tables
from transforms.disclosure.promises import check_promises
from transforms.disclosure.shown import Register
from transforms.disclosure.vocabulary import Rule

FIELD = "q4_grants_contracts"
START = datetime(2007, 3, 5, 12, tzinfo=UTC)
MartsOf = Callable[..., duckdb.DuckDBPyConnection]


def speaking(respondent: Any, *many: tuple[int, tuple[str, ...]]) -> list[Any]:
    return [
        respondent(positions={FIELD: {"whole": "support"}}, themes={FIELD: themes})
        for count, themes in many
        for _ in range(count)
    ]


@pytest.fixture
def look(tmp_path: Path, marts_of: MartsOf, third_sector_built_in: Definition) -> Callable[..., list[Any]]:
    """Look at these respondents, one view after another, and give the rows of the themes."""
    register, looks = Register(tmp_path / "shown.jsonl", "ab" * 32), []

    def see(people: list[Any], *statements: str, release: bool = False, status: str = "open") -> list[Any]:
        looks.append(1)
        policy = third_sector_built_in.policy
        rule = Rule.for_release(policy, status) if release else Rule.for_members(policy)
        about = {"as_at": (START + timedelta(days=len(looks))).isoformat(), "status": status}
        audience = "release" if release else "members"
        with marts_of(people, 10) as private:
            for statement in statements:
                private.execute(statement)
            found = protect_tables(private, third_sector_built_in, rule, about, register=register, audience=audience)
        return [tuple(row.values()) for row in found.tables["themes"].to_pylist()]

    return see


def merged(theme: str, into: str) -> str:
    body = ThemeChange(field=FIELD, theme=theme, change="merged", into=into).model_dump_json()
    return f"INSERT INTO theme_changes VALUES (99, '{body}')"


def test_a_theme_of_few_or_of_nearly_all_is_hidden(look: Callable[..., list[Any]], respondent: Any) -> None:
    people = speaking(respondent, (20, ("all", "many")), (17, ("all",)), (3, ("few", "all")), (5, ()))
    assert look(people) == [
        # The last five beyond a step wait, so that all who are shown speak of it.
        (FIELD, "theme_1", "All", None, True, 40),
        (FIELD, "theme_2", "Few", None, True, 40),
        (FIELD, "theme_3", "Many", 20, False, 40),
    ]


def test_one_more_coded_or_coded_anew_does_not_show_by_itself(look: Callable[..., list[Any]], respondent: Any) -> None:
    first = look(speaking(respondent, (12, ("money",)), (8, ())))
    assert first == [(FIELD, "theme_1", "Money", 12, False, 20)]
    assert look(speaking(respondent, (12, ("money",)), (9, ()))) == first
    assert look(speaking(respondent, (11, ("money",)), (9, ()))) == first
    assert look(speaking(respondent, (11, ("money",)), (19, ()))) == [(FIELD, "theme_1", "Money", 11, False, 30)]


def test_a_merged_theme_waits_while_few_differ_from_either(look: Callable[..., list[Any]], respondent: Any) -> None:
    before = speaking(respondent, (12, ("money",)), (8, ("cost",)), (20, ()))
    assert look(before) == [(FIELD, "theme_1", "Cost", 8, False, 40), (FIELD, "theme_2", "Money", 12, False, 40)]
    after = speaking(respondent, (12, ("money",)), (8, ("money",)), (20, ()))
    named = "INSERT INTO theme_changes VALUES (0, '{}')".format(
        ThemeChange(field=FIELD, theme="cost", change="named", label="Cost").model_dump_json()
    )
    # Twenty less twelve, and less eight, are the others' eight and twelve.
    assert look(after, named, merged("cost", "money")) == [(FIELD, "theme_2", "Money", 12, False, 40)]


def test_a_release_falls_back_to_the_step_that_members_saw_and_is_rounded(
    look: Callable[..., list[Any]], respondent: Any
) -> None:
    people = speaking(respondent, (22, ("money",)), (21, ()))
    assert look(people) == [(FIELD, "theme_1", "Money", 22, False, 40)]
    assert look(people, release=True, status="final") == [(FIELD, "theme_1", "Money", 20, False, 40)]


def test_a_release_of_every_answer_is_whole_where_nothing_was_seen(
    look: Callable[..., list[Any]], respondent: Any
) -> None:
    people = speaking(respondent, (22, ("money",)), (21, ()))
    assert look(people, release=True, status="final") == [(FIELD, "theme_1", "Money", 20, False, 45)]


def test_a_name_of_a_theme_that_tells_a_name_is_a_number(look: Callable[..., list[Any]], respondent: Any) -> None:
    people = speaking(respondent, (12, ("quackenbush", "money")), (8, ()))
    sender = "INSERT INTO vault VALUES ('a.1', 'Anne Quackenbush <anne@example.org>')"
    name = "DROP TABLE vault; CREATE TABLE vault AS SELECT 'Quackenbush Trust' AS r2_organisation, '' AS sender"
    assert [row[2] for row in look(people, sender)] == ["Money", "Quackenbush"]
    relabelled = ThemeChange(field=FIELD, theme="money", change="named", label="What Quackenbush Trust wants")
    told = f"INSERT INTO theme_changes VALUES (98, '{relabelled.model_dump_json()}')"
    assert [row[1:3] for row in look(people, name, told)] == [("theme_2", "Quackenbush"), ("theme_1", "Theme 1")]


@pytest.mark.parametrize(
    ("change", "value"), [("theme", "ann_other"), ("label", "x" * 101), ("field", "r2_organisation")]
)
def test_the_gate_lets_no_other_theme_pass(
    change: str, value: str, marts_of: MartsOf, third_sector_built_in: Definition, respondent: Any
) -> None:
    about = {"as_at": START.isoformat(), "status": "open"}
    with marts_of(speaking(respondent, (12, ("money",)), (8, ())), 10) as private:
        rule = Rule.for_members(third_sector_built_in.policy)
        table = protect_tables(private, third_sector_built_in, rule, about).tables["themes"]
    check_promises(third_sector_built_in, {"themes": table})
    place = table.schema.get_field_index(change)
    spoilt = table.set_column(place, table.schema.field(place), [[value] * table.num_rows])
    with pytest.raises(PromiseError, match="forbids this output"):
        check_promises(third_sector_built_in, {"themes": spoilt})

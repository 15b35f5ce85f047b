"""Themes as coders marked them: settled by decisions, by the themes as they are now, in steps, and in increments."""

import random
from collections.abc import Callable
from typing import Any

import pytest

from schemas.decisions import CampaignChange, Coding, CodingUndo, Link, ThemeChange, ThemeCoding, ThemeMark
from tests.integration.warehouse.conftest import Builder, History
from transforms.disclosure.told import words_of
from transforms.warehouse.read import open_private

FIELD = "q5_proposal"
LETTER = "We ask the council to keep the libraries open on Sundays, and to plant no more trees before it has asked us."


def named(history: History, *themes: str) -> None:
    for theme in themes:
        history.decide(ThemeChange(field=FIELD, theme=theme, change="named", label=theme.capitalize()))


def coded(history: History, response: str, officer: str = "one", **more: Any) -> None:
    for limb in ("sunday_opening", "trees"):
        history.decide(Coding(response=response, field=FIELD, limb=limb, code="support", **more), officer)


def marked(history: History, response: str, officer: str, *themes: str, **more: Any) -> None:
    marks = tuple(ThemeMark(theme=theme, quote="words") for theme in themes)
    history.decide(ThemeCoding(response=response, field=FIELD, themes=marks, **more), officer)


def counts(builder: Builder) -> tuple[int, dict[str, int]]:
    """How many answers the themes are out of, and how many speak of each."""
    base = builder.query("SELECT coalesce(sum(responses), 0) FROM mart_themed")[0][0]
    return base, dict(builder.query("SELECT theme, responses FROM mart_themes"))


def test_a_theme_counts_where_most_coders_found_it_and_what_is_open_is_in_no_base(
    new_builder: Callable[..., Builder], history: History
) -> None:
    named(history, "money", "time")
    for name in ("alone", "none", "agree", "split", "settled", "uncoded", "unlooked", "undone"):
        history.arrive(name, {FIELD: f"Words of {name}."})
        if name != "uncoded":
            coded(history, f"{name}.1")
    marked(history, "alone.1", "one", "money", "time")
    marked(history, "none.1", "one")
    for officer in ("one", "two"):
        marked(history, "agree.1", officer, "money")
    for name in ("split", "settled"):
        coded(history, f"{name}.1", "two")
        marked(history, f"{name}.1", "one", "money", "time")
        marked(history, f"{name}.1", "two", "money")
    marked(history, "settled.1", "three", "money", "time", role="settling")
    marked(history, "uncoded.1", "one", "money")
    marked(history, "undone.1", "one", "money")
    history.decide(CodingUndo(response="undone.1", field=FIELD), "one")
    builder = new_builder()
    builder.build(history)
    assert counts(builder) == (4, {"money": 3, "time": 2})


def test_what_was_merged_counts_as_the_other_and_what_was_retired_counts_no_more(
    new_builder: Callable[..., Builder], history: History
) -> None:
    named(history, "money", "cost", "time")
    for name, themes in (("a", ("money",)), ("b", ("cost",)), ("c", ("money", "cost")), ("d", ("time",))):
        history.arrive(name, {FIELD: f"Words of {name}."})
        coded(history, f"{name}.1")
        marked(history, f"{name}.1", "one", *themes)
    builder = new_builder()
    builder.build(history)
    assert counts(builder) == (4, {"money": 2, "cost": 2, "time": 1})
    history.decide(ThemeChange(field=FIELD, theme="cost", change="merged", into="money"))
    history.decide(ThemeChange(field=FIELD, theme="time", change="retired"))
    builder.build(history)
    assert counts(builder) == (4, {"money": 3})
    with open_private(builder.warehouse) as private:
        [theme] = words_of(private, builder.warehouse.definition).themes
    assert (theme.code, theme.label, sorted(theme.codes)) == ("theme_1", "Money", ["theme_1", "theme_2"])


def test_a_respondent_with_several_responses_counts_once_by_the_answer_that_stands(
    new_builder: Callable[..., Builder], history: History
) -> None:
    named(history, "money", "time")
    history.arrive("old", {FIELD: "The old words."})
    history.arrive("new", {FIELD: "The new words."})
    history.decide(Link(first="old.1", second="new.1", verdict="same", reason="one hand"))
    for name, theme in (("old", "money"), ("new", "time")):
        coded(history, f"{name}.1")
        marked(history, f"{name}.1", "one", theme)
    builder = new_builder()
    builder.build(history)
    assert counts(builder) == (1, {"time": 1})


def test_the_themes_of_a_letter_hold_for_who_sent_it_unedited(
    new_builder: Callable[..., Builder], history: History
) -> None:
    named(history, "money")
    for number in range(3):
        history.arrive(f"a{number}", {FIELD: LETTER})
    coded(history, "a0.1", campaign="a0.1")
    marked(history, "a0.1", "one", "money", campaign="a0.1")
    builder = new_builder()
    builder.build(history)
    assert counts(builder) == (3, {"money": 3})


def test_the_last_beyond_a_step_are_held_back(new_builder: Callable[..., Builder], history: History) -> None:
    named(history, "money", "time")
    for number in range(12):
        history.arrive(f"a{number}", {FIELD: f"Idea {number}"})
        coded(history, f"a{number}.1")
        marked(history, f"a{number}.1", "one", "money" if number < 11 else "time")
    builder = new_builder()
    builder.build(history)
    held = builder.query("SELECT measure, code, responses FROM mart_held_back WHERE measure LIKE 'theme%' ORDER BY ALL")
    assert held == [("theme", "money", 1), ("theme", "time", 1), ("themed", "", 2)]


@pytest.mark.parametrize("seed", [1, 2])
def test_increments_count_themes_as_a_full_rebuild(
    new_builder: Callable[..., Builder], history: History, seed: int
) -> None:
    chance = random.Random(seed)
    by_steps, at_once = new_builder("steps"), new_builder("once")
    themes = ["money", "time", "trees"]
    named(history, *themes)
    for number in range(12):
        history.arrive(f"a{number}", {FIELD: chance.choice([LETTER, f"Idea {number}", "No."])})
        for _ in range(3):
            response, officer = f"a{chance.randrange(number + 1)}.1", chance.choice(["one", "two", "three"])
            role = chance.choice(["coding", "coding", "settling"])
            campaign = chance.choice([None, None, response])
            coded(history, response, officer, campaign=campaign)
            marked(history, response, officer, *chance.sample(themes, 2), role=role, campaign=campaign)
        other = f"a{chance.randrange(number + 1)}.1"
        decision = chance.choice([
            CodingUndo(response=response, field=FIELD),
            ThemeChange(field=FIELD, theme="time", change="merged", into="money"),
            ThemeChange(field=FIELD, theme="time", change="named", label="Time"),
            ThemeChange(field=FIELD, theme="trees", change="retired"),
            Link(first=response, second=other, verdict="same", reason="one hand"),
            Link(first=response, second=other, verdict="different", reason="two"),
            CampaignChange(change="excluded", responses=(response,), reason="own words"),
        ])  # fmt: skip
        history.decide(decision, chance.choice(["one", "two"]))
        if chance.random() < 0.25:
            by_steps.build(history)
    by_steps.build(history)
    at_once.build(history)
    assert by_steps.rows() == at_once.rows()

"""Themes as officers' changes make them."""

import pytest

from schemas.decisions import ThemeChange
from schemas.policy import Code, Frame
from transforms.coding.errors import CodingError
from transforms.coding.themes import Theme, Themes, checked_label, frame_version, named, themes_of


def change(theme: str, what: str, **more: object) -> ThemeChange:
    return ThemeChange.model_validate({"field": "q", "theme": theme, "change": what, **more})


def test_themes_are_named_renamed_merged_and_retired() -> None:
    changes = [
        change("money", "named", label="Money", words=("pay", "cost")),
        change("funds", "named", label="Funds", words=("grant", "pay")),
        change("trees", "named", label="Trees"),
        change("money", "named", label="Cost"),
        change("funds", "merged", into="money"),
        change("trees", "retired"),
    ]
    found = themes_of(changes)
    assert found.active == (Theme("money", "Cost", ("pay", "cost", "grant")),)
    assert found.resolved(["money", "funds", "trees", "never"]) == {"money"}
    assert found.version == 6


def test_what_is_not_there_changes_nothing_but_the_version() -> None:
    changes = [
        change("money", "named", label="Money"),
        change("other", "retired"),
        change("other", "merged", into="money"),
        change("money", "merged", into="other"),
        change("money", "merged", into="money"),
    ]
    assert themes_of(changes) == Themes((Theme("money", "Money"),), {"money": "money"}, 5)


def test_a_merged_theme_follows_what_it_was_merged_into_and_stands_again_when_named() -> None:
    changes = [change(one, "named", label=one) for one in ("a", "b", "c")]
    changes += [change("a", "merged", into="b"), change("b", "merged", into="c")]
    assert themes_of(changes).now == {"a": "c", "b": "c", "c": "c"}
    assert themes_of([*changes, change("c", "retired")]).now == {}
    again = themes_of([*changes, change("b", "named", label="B again")])
    assert again.now == {"a": "b", "b": "b", "c": "c"}


def test_a_new_theme_gets_an_id_of_its_own() -> None:
    themes = themes_of([named("q", Themes(), "Who pays?")])
    assert themes.active[0].id == "who_pays"
    other = named("q", themes, "Who, pays")
    assert other.theme == "who_pays_2"
    assert named("q", themes, "  24 hour   opening ") == change(
        "theme_24_hour_opening", "named", label="24 hour opening"
    )
    assert named("q", themes, "Деньги").theme == "theme"
    assert len(named("q", themes, "x" * 100).theme) <= 40


def test_a_retired_theme_s_id_is_used_no_other_way() -> None:
    merged = themes_of(
        [change("a", "named", label="A"), change("b", "named", label="B"), change("a", "merged", into="b")]
    )
    assert named("q", merged, "A").theme == "a_2"


@pytest.mark.parametrize("label", ["", "  ", "x" * 101, "MONEY"])
def test_a_label_that_cannot_be_is_refused(label: str) -> None:
    themes = themes_of([change("money", "named", label="Money")])
    with pytest.raises(CodingError):
        named("q", themes, label)


def test_a_theme_may_keep_its_own_label() -> None:
    themes = themes_of([change("money", "named", label="Money")])
    assert checked_label(themes, " money ", but="money") == "money"


def test_a_frame_has_another_version_after_any_change() -> None:
    def frame(label: str) -> Frame:
        return Frame(codes=(Code(code="support", label=label, collapsed="support"),))

    themed = themes_of([change("money", "named", label="Money")])
    versions = [frame_version(frame("Support"), Themes()), frame_version(frame("For"), Themes())]
    versions.append(frame_version(frame("Support"), themed))
    assert len(set(versions)) == 3
    assert frame_version(frame("Support"), Themes()) == versions[0]

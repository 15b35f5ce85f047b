"""Groups of answers and what is suggested by them."""

import pytest

from benchmarks._theme_answers import answers_about
from transforms.coding.suggestions import (
    FEWEST_ANSWERS,
    Suggested,
    fared,
    groups_of,
    shared_words,
    stem,
    suggest,
    words_of,
)
from transforms.coding.themes import Theme

DOGS = "Dogs off the lead frighten children in the meadow."
TREES = "The old oaks and the hedges are home to birds."
TEXTS = [f"{DOGS} {TREES}", DOGS, TREES, "I agree."] * 12


def test_answers_with_words_in_common_are_a_group() -> None:
    found = groups_of(TEXTS, 2)
    assert [(one.answers, set(one.words), one.examples) for one in found] == [
        (24, {"birds", "hedges", "home", "oaks", "old"}, (TREES,)),
        (24, {"children", "dogs", "frighten", "lead", "meadow"}, (DOGS,)),
    ]
    # The same again is the same.
    assert groups_of(TEXTS, 2) == found


def test_a_word_of_few_answers_and_what_masking_put_in_tell_nothing() -> None:
    texts = [
        f"{one} Quillstone is my neighbour [name 1]." if n < FEWEST_ANSWERS - 1 else one for n, one in enumerate(TEXTS)
    ]
    told = {word for one in groups_of(texts) for word in one.words}
    assert told.isdisjoint({"quillstone", "name", "neighbour"})
    # In the answers of many it would.
    often = groups_of([f"{one} Quillstone." for one in TEXTS[: len(TEXTS) // 3]] + TEXTS[len(TEXTS) // 3 :])
    assert "quillstone" in {word for one in often for word in one.words}


def test_too_few_answers_make_no_group() -> None:
    assert groups_of(TEXTS[:10]) == []
    assert groups_of([]) == []
    assert groups_of(["I agree. Yes. Thank you."] * 100) == []


def test_a_theme_is_suggested_by_its_first_word_or_two_others_in_one_sentence() -> None:
    theme = Theme("trees", "Trees", ("trees", "hedges", "birds"))
    for text, said in (
        ("Plant a tree.", True),
        ("PLANT TREES!", True),
        ("Birds nest in the hedge.", True),
        ("Birds sing.", False),
        ("Birds sing. The hedge is high.", False),
        ("[trees]", False),
        ("", False),
    ):
        assert suggest(text, [theme]) == (("trees",) if said else ()), text
    assert suggest("Plant a tree.", [Theme("none", "No words")]) == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("library", "libraries"),
        ("tree", "trees"),
        ("park", "parking"),
        ("park", "parked"),
        ("glass", "glass"),
        ("bus", "bus"),
    ],
)
def test_forms_of_a_word_are_compared_alike(one: str, other: str) -> None:
    assert stem(one) == stem(other)


def test_words_are_small_and_masked_ones_are_none() -> None:
    assert words_of("It’s [name 1]’s DOGS, at 12 o'clock; vögel in [postcode area DE1]") == ["dogs", "clock", "vögel"]


def test_only_words_that_many_answers_share_are_kept() -> None:
    texts = [*TEXTS, "Quillstone dogs"]
    assert shared_words(texts, ("dog", "quillstone", "oaks", "never")) == ("dog", "oaks")


def test_how_suggestions_fared_is_counted_over_what_officers_looked_at() -> None:
    themes = [Theme("a", "A"), Theme("b", "B")]
    places = [(f"{n}.1", "q") for n in range(4)]
    suggested = {places[0]: frozenset("a"), places[1]: frozenset("ab"), places[3]: frozenset("b")}
    found = {places[0]: frozenset("a"), places[1]: frozenset("b"), places[2]: frozenset("a")}
    assert fared(themes, suggested, found) == [Suggested("a", 1, 1, 1), Suggested("b", 1, 0, 0)]


def test_groups_of_invented_answers_are_about_one_theme_each() -> None:
    """What `run bench theme_suggestions` measures in full; here a floor that a wrong turn would fall through."""
    answers = answers_about("parks", 400, 1)
    groups = groups_of([one.text for one in answers])
    pure = 0
    for group in groups:
        among = [one.themes for one in answers if suggest(one.text, [Theme("g", "g", group.words)])]
        most = max(sum(theme in themes for themes in among) for theme in {t for themes in among for t in themes})
        pure += most >= 0.8 * len(among)
    assert len(groups) > 10
    assert pure >= 0.6 * len(groups)

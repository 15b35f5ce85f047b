"""Which texts are of one campaign, and how each stands to its letter."""

import random
from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.campaigns.conftest import AGAINST, FOR, OWN

Search = Callable[..., dict[Any, tuple[Any, str | None]]]
NONE = (None, None)


def test_equal_and_edited_letters_are_one_campaign_and_own_texts_are_of_none(found: Search) -> None:
    texts = {
        10: AGAINST,
        4: AGAINST.upper().replace(". ", ".\n\n"),
        12: AGAINST + "\n\nYours faithfully,\nB. Brook",
        13: "I have borrowed books there since 1961. " + AGAINST,
        14: AGAINST.replace("only warm room", "last quiet place"),
        15: AGAINST.rsplit(". ", 1)[0] + ".",
    } | dict(enumerate(OWN, start=100))
    assert found(texts) == {
        10: (4, "standard"), 4: (4, "standard"), 12: (4, "standard"),
        13: (4, "edited"), 14: (4, "edited"), 15: (4, "edited"),
        100: NONE, 101: NONE, 102: NONE, 103: NONE,
    }  # fmt: skip


def test_a_letter_inside_a_long_story_is_found(found: Search) -> None:
    story = " ".join(OWN[:3])
    texts = {"a": AGAINST, "b": AGAINST, "c": f"{story} {story[::-1]} {AGAINST} {story[50:]}"}
    assert found(texts)["c"] == ("a", "edited")


def test_letters_that_share_half_their_text_stay_apart(found: Search) -> None:
    texts = {f"a{n}": AGAINST for n in range(4)} | {f"f{n}": FOR for n in range(3)}
    texts |= {"a-edited": AGAINST + " Thank you for listening.", "f-edited": "Dear all. " + FOR}
    texts |= {"of-both": f"{AGAINST} {FOR}"}
    campaigns = {response: campaign for response, (campaign, _) in found(texts).items() if response != "of-both"}
    assert campaigns == {response: "a-edited" if response[0] == "a" else "f-edited" for response in campaigns}


def test_letters_with_filled_in_fields_are_one_campaign(found: Search, merged: list[str]) -> None:
    texts = dict(enumerate([*merged, merged[0] + " " + OWN[0]])) | dict(enumerate(OWN, start=100))
    assert found(texts) == dict.fromkeys(range(6), (0, "mail_merge")) | {6: (0, "edited")} | {
        100 + n: NONE for n in range(4)
    }


def test_who_quotes_a_sentence_of_a_letter_is_not_of_it(found: Search) -> None:
    quoting = f"I was handed a letter that says: {AGAINST.split('. ')[1]}. That is not so. {OWN[0]} {OWN[1]}"
    assert found({1: AGAINST, 2: AGAINST, 3: quoting})[3] == NONE


@pytest.mark.parametrize(
    "text", ["No comment", "I agree with the proposal.", "Please see my answer to the question before", "", None, "n/a"]
)
def test_what_many_people_say_in_few_words_is_no_campaign(found: Search, text: str | None) -> None:
    assert set(found(dict.fromkeys(range(50), text)).values()) == {NONE}


def test_texts_that_begin_with_one_phrase_are_no_campaign(found: Search) -> None:
    phrase = "Thank you for the opportunity to comment on these proposals. "
    assert set(found({n: phrase + text for n, text in enumerate(OWN)}).values()) == {NONE}


@pytest.mark.parametrize(
    "letter",
    [
        "Прошу вас сохранить библиотеку на улице Чапел открытой по субботам, потому что другого места у нас нет.",
        "نرجو منكم أن تبقى المكتبة مفتوحة يوم السبت لأنه لا يوجد مكان آخر نلتقي فيه مع أطفالنا في الحي",
        "Prosimy o pozostawienie biblioteki otwartej w soboty, ponieważ nie mamy żadnego innego miejsca spotkań.",
    ],
)
def test_letters_in_any_language_are_found(found: Search, letter: str) -> None:
    assert found({1: letter, 2: letter + "!", 3: AGAINST}) == {1: (1, "standard"), 2: (1, "standard"), 3: NONE}


def test_the_order_of_rows_makes_no_difference(found: Search, merged: list[str]) -> None:
    texts = dict(enumerate([*merged, *[AGAINST] * 3, FOR, FOR, AGAINST + " Thank you.", *OWN, None]))
    rows = list(texts.items())
    expected = found(texts)
    for seed in range(5):
        random.Random(seed).shuffle(rows)
        assert found(dict(rows)) == expected


def test_a_known_letter_takes_what_is_near_it_however_few(found: Search) -> None:
    texts = {"r1": "Dear council, " + AGAINST, "r2": OWN[0]}
    assert found(texts) == {"r1": NONE, "r2": NONE}
    assert found(texts, {"libraries": AGAINST, "unsent": FOR}) == {"r1": ("libraries", "edited"), "r2": NONE}


def test_a_known_letter_names_the_campaign_that_is_found(found: Search) -> None:
    texts = {"r1": AGAINST, "r2": AGAINST, "r3": FOR, "r4": FOR}
    assert found(texts, {"libraries": AGAINST}) == {
        "r1": ("libraries", "standard"), "r2": ("libraries", "standard"),
        "r3": ("r3", "standard"), "r4": ("r3", "standard"),
    }  # fmt: skip


def test_no_texts_are_no_campaigns(found: Search) -> None:
    assert found({}) == {}
    assert found({1: None, 2: ""}) == {1: NONE, 2: NONE}

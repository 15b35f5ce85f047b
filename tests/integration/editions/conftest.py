"""Definitions whose editions are tested: the two built in, and a harder one."""

from dataclasses import replace
from typing import Any

import pytest

from schemas.definition import BUILT_IN, Definition, hash_of, load_definition
from schemas.easy_read import EasyRead
from schemas.questionnaire import Questionnaire

_LONG = "Which of these, if any, has your household used in the last twelve months, at whatever time of the day or week"
_LANGUAGES = ("cy", "zh-Hant", "ur", "el")


def _said(text: str) -> dict[str, str]:
    """A text in each of the languages, told apart."""
    beside = {"cy": "Ŵyn ŷd", "zh-Hant": "公園和圖書館", "ur": "باغات اور کتب خانے", "el": "Πάρκα"}
    return {language: f"{beside[language]}: {text}" for language in _LANGUAGES}


def _hard_questionnaire() -> dict[str, Any]:
    choices = [
        {"code": f"c{n}", "label": _said(f"{_LONG} {n}"), **({"please_say": True} if n == 23 else {})}
        for n in range(1, 25)
    ]
    bands = [{"code": code, "label": _said(code)} for code in ("yes", "no", "later")]
    kinds: list[dict[str, Any]] = [
        {"kind": "multiple_choice", "choices": choices},
        {"kind": "open_text", "max_length": 60},
        {"kind": "open_text"},
        {"kind": "scale", "points": [_said(f"{n} of 5") for n in range(1, 6)]},
        {"kind": "number", "minimum": 0, "maximum": 10.5, "whole": False},
        {"kind": "contact", "detail": "address"},
        {"kind": "permission", "choices": bands},
        {"kind": "age_band", "choices": bands},
        {"kind": "single_choice", "choices": choices[20:]},
        {"kind": "date", "earliest": "2000-01-01", "latest": "2026-12-31"},
        {"kind": "postcode_district"},
        {"kind": "short_text"},
    ]
    fields = [{"id": f"f{n}", "label": _said(_LONG), **one} for n, one in enumerate(kinds)]
    return {
        "id": "hard-2026",
        "version": "2",
        "languages": _LANGUAGES,
        "title": _said(_LONG),
        "asked_by": ["An invented council"],
        "stated_duration": _said("a month"),
        "return_by": "2026-12-31",
        "summary": _said(" ".join([_LONG] * 20)),
        "promises": [{"id": "kept", "text": _said("a promise")}],
        "return_address": _said("1 Example Street"),
        "return_ways": [_said("by post")],
        "thanks": _said("Thank you"),
        "questions": [
            {"number": "1a", "preamble": _said(" ".join([_LONG] * 12)), "fields": fields[:3]},
            {"number": "1b", "heading": _said("heading"), "fields": fields[3:8]},
            {"fields": fields[8:]},
        ],
    }


def _hard() -> Definition:
    questionnaire = Questionnaire.model_validate(_hard_questionnaire())
    policy = load_definition(BUILT_IN / "third-sector-2007").policy
    return Definition(questionnaire, policy, hash_of(questionnaire), hash_of(policy))


DEFINITIONS = {
    "third-sector-2007": load_definition(BUILT_IN / "third-sector-2007"),
    "parks-and-libraries-2007": load_definition(BUILT_IN / "parks-and-libraries-2007"),
    "hard-2026": _hard(),
}


@pytest.fixture
def third() -> Definition:
    return DEFINITIONS["third-sector-2007"]


@pytest.fixture
def parks() -> Definition:
    return DEFINITIONS["parks-and-libraries-2007"]


@pytest.fixture
def hard() -> Definition:
    """Four languages, two of them in scripts that no font of ours has, long words and long lists."""
    return DEFINITIONS["hard-2026"]


@pytest.fixture
def without_easy_words() -> Definition:
    return replace(DEFINITIONS["third-sector-2007"], easy_read=None)


@pytest.fixture
def other_easy_words() -> Definition:
    definition = DEFINITIONS["third-sector-2007"]
    assert definition.easy_read
    words = {"introduction": "Other words.", "fields": [one.model_dump() for one in definition.easy_read.fields]}
    return replace(definition, easy_read=EasyRead.model_validate(words))

"""docs/definition.md: its worked example is valid, and every key and every kind is in it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from schemas.definition import EASY_READ, Definition, load_definition
from schemas.easy_read import EasyRead
from schemas.policy import CHANNELS, DEFAULT_EMPTIES, DisclosureClass, LinkageRole, Policy
from schemas.questionnaire import KINDS, Contact, Questionnaire

CONTACT_DETAILS = get_args(Contact.model_fields["detail"].annotation)
TEXT = (Path(__file__).parents[2] / "docs/definition.md").read_text("utf-8")


def models_below(annotation: Any, seen: set[type[BaseModel]]) -> Iterator[type[BaseModel]]:
    """Every model that a definition is made of."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if annotation not in seen:
            seen.add(annotation)
            yield annotation
            for field in annotation.model_fields.values():
                yield from models_below(field.annotation, seen)
    else:
        for part in get_args(annotation):
            yield from models_below(part, seen)


def keys() -> list[str]:
    seen: set[type[BaseModel]] = set()
    models = [model for whole in (Questionnaire, Policy, EasyRead) for model in models_below(whole, seen)]
    return sorted({name for model in models for name in model.model_fields if name != "root"})


@pytest.fixture
def example(tmp_path: Path) -> Definition:
    section = TEXT.split("## A worked example")[1].split("\n## ")[0]
    for name in ("questionnaire.toml", "policy.toml"):
        found = re.search(rf"`{re.escape(name)}`\n\n```toml\n(.*?)```", section, re.DOTALL)
        assert found
        (tmp_path / name).write_text(found[1], "utf-8")
    easy_read = re.search(r"```toml\n(.*?)```", TEXT.split("## `easy_read.toml`")[1], re.DOTALL)
    assert easy_read
    (tmp_path / EASY_READ).write_text(easy_read[1], "utf-8")
    return load_definition(tmp_path)


def test_the_worked_example_is_valid(example: Definition) -> None:
    assert example.id == "town-clock-2008"
    assert list(example.questionnaire.answer_columns()) == ["q1_strike", "q1_strike_other", "q2_why", "r1_lives_here"]
    assert example.policy.frames["q2_why"].collapsed_codes == {
        "against": "A reason against",
        "in_favour": "A reason in favour",
        "no_answer": "No answer",
    }


def test_the_easy_read_edition_of_the_worked_example_is_valid(example: Definition) -> None:
    assert example.easy_read is not None
    assert [one.field for one in example.easy_read.fields] == ["q1_strike", "q2_why"]


@pytest.mark.parametrize("key", keys())
def test_every_key_is_documented(key: str) -> None:
    assert f"`{key}`" in TEXT or f"`[{key}]`" in TEXT or f"`[[{key}]]`" in TEXT or f"`[{key}." in TEXT


@pytest.mark.parametrize(
    "word",
    [*KINDS, *CHANNELS, *DEFAULT_EMPTIES, *get_args(DisclosureClass), *get_args(LinkageRole), *CONTACT_DETAILS],
)
def test_every_word_that_a_key_can_take_is_documented(word: str) -> None:
    assert f"`{word}`" in TEXT

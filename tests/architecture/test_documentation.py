"""What can be used is documented."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from orchestration.cli import app
from schemas.questionnaire import KINDS

ROOT = Path(__file__).parents[2]


def commands(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Every command below a group, by its whole name. Typer brings a click of its own, so its classes are not asked."""
    below = getattr(command, "commands", None)
    if below is None:
        yield name, command
    else:
        for child, sub in below.items():
            yield from commands(sub, f"{name} {child}")


ALL = dict(commands(typer.main.get_command(app), "yoursay"))


@pytest.mark.parametrize("name", ALL)
def test_every_command_is_documented_with_its_options(name: str) -> None:
    text = (ROOT / "docs/command-line.md").read_text("utf-8")
    assert f"### `{name}`" in text
    section = text.split(f"### `{name}`")[1].split("\n### ")[0]
    options = [option for one in ALL[name].params for option in one.opts if option.startswith("--")]
    assert [option for option in options if option not in section and option not in COMMON] == []


COMMON = {"--data", "--json", "--consultation", "--help"}


@pytest.mark.parametrize("name", ALL)
def test_every_command_has_help(name: str) -> None:
    assert ALL[name].help


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_question_is_documented(kind: str) -> None:
    assert f"`{kind}`" in (ROOT / "docs/definition.md").read_text("utf-8")

"""What can be used is documented."""

from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import typer

from orchestration.cli import app
from schemas.questionnaire import KINDS

ROOT = Path(__file__).parents[2]


def commands(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        for child, sub in command.commands.items():
            yield from commands(sub, f"{name} {child}")
    else:
        yield name, command


ALL = dict(commands(typer.main.get_command(app), "yoursay"))


@pytest.mark.parametrize("name", ALL)
def test_every_command_is_documented_with_its_options(name: str) -> None:
    text = (ROOT / "docs/command-line.md").read_text("utf-8")
    assert f"### `{name}`" in text
    section = text.split(f"### `{name}`")[1].split("\n### ")[0]
    options = [o for p in ALL[name].params if isinstance(p, click.Option) for o in p.opts if o.startswith("--")]
    assert [option for option in options if f"`{option}" not in section and option not in COMMON] == []


COMMON = {"--data", "--json", "--consultation", "--help"}


@pytest.mark.parametrize("name", ALL)
def test_every_command_has_help(name: str) -> None:
    assert ALL[name].help


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_question_is_documented(kind: str) -> None:
    assert f"`{kind}`" in (ROOT / "docs/definition.md").read_text("utf-8")

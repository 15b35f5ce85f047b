"""The vocabulary of names, read from `vocabulary.toml`."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def vocabulary() -> dict[str, Any]:
    """The file's tables."""
    return tomllib.loads(files("transforms.linkage.engine").joinpath("vocabulary.toml").read_text("utf-8"))


@cache
def given_name_forms() -> dict[str, list[str]]:
    """Each short form with the names in full that it may stand for. Names that nobody shortens are not in it."""
    forms: dict[str, list[str]] = {}
    for full, shorts in vocabulary()["given_names"].items():
        for short in shorts:
            forms.setdefault(short, []).append(full)
    return forms

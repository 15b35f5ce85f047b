"""The few words of editions that no definition holds, by language."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "wording.toml"


@cache
def wording(language: str) -> Mapping[str, str]:
    """The words in `language`, else in the language without its region or script, else in English."""
    tables: dict[str, dict[str, str]] = tomllib.loads(_FILE.read_text("utf-8"))
    return tables.get(language) or tables.get(language.split("-", maxsplit=1)[0]) or tables["en"]

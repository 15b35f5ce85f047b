"""Where in a definition's file something is wrong: key paths such as `questions[3].fields[1].label`."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from schemas.fields import KINDS

_IN_WORDS = {
    "missing": "this key is missing",
    "extra_forbidden": "this key is not known",
    "union_tag_not_found": "'kind' is missing",
    "union_tag_invalid": f"'kind' must be one of {', '.join(KINDS)}",
    "timezone_aware": "the time needs an offset, such as 2007-04-04T17:00:00+01:00",
}


def faults_of(error: ValidationError) -> list[tuple[str, str]]:
    """Every fault that pydantic found, as the key and what is wrong with it, in words."""
    found = error.errors(include_url=False)
    places = [one["loc"] for one in found]
    return [_fault_of(one) for one in found if not _follows(one, places)]


def _follows(error: Mapping[str, Any], places: Sequence[tuple[int | str, ...]]) -> bool:
    """Whether this only follows from another fault: a list is "too short" for want of an item that is wrong."""
    place = error["loc"]
    return error["type"] == "too_short" and any(len(p) > len(place) and p[: len(place)] == place for p in places)


def _fault_of(error: Mapping[str, Any]) -> tuple[str, str]:
    key = key_path(error["loc"])
    what = _IN_WORDS.get(error["type"], error["msg"].removeprefix("Value error, "))
    if error["type"] == "value_error":
        # Our own checks name the key below the model they look at: `choices: ...` within `questions[1].fields[1]`.
        below, colon, rest = what.partition(": ")
        if colon and re.fullmatch(r"[\w.\[\]]+", below):
            key, what = f"{key}.{below}".lstrip("."), rest
    return key, what


def key_path(location: tuple[int | str, ...]) -> str:
    """`('questions', 2, 'fields', 0, 'open_text', 'label')` as `questions[3].fields[1].label`."""
    path = ""
    for position, part in enumerate(location):
        if isinstance(part, int):
            path += f"[{part + 1}]"
        elif part != "[key]" and not (location[position - 2 : position - 1] == ("fields",) and part in KINDS):
            path += f".{part}"
    return path.lstrip(".")


def key_at_fault(text: str, message: str) -> str:
    """The key that a TOML error lies at, with a colon after it, from the line that `message` names; else nothing."""
    named = re.search(r"at line (\d+)", message)
    if not named:
        return ""
    before = text.splitlines()[: int(named[1])]
    table = next((found[1] for line in reversed(before) if (found := re.match(r"\s*\[+([\w.\-]+)\]+", line))), "")
    key = next((found[1] for line in reversed(before) if (found := re.match(r"\s*([\w.\-]+)\s*=", line))), "")
    in_table = bool(before) and re.match(r"\s*\[+[\w.\-]+\]", before[-1])
    path = table if in_table else ".".join(part for part in (table, key) if part)
    return f"{path}: " if path else ""


def first_difference(old: object, new: object, path: str = "") -> str | None:
    """The path of the first key in which two contents differ; None where they are the same."""
    if isinstance(old, dict) and isinstance(new, dict):
        keys = [*old, *(key for key in new if key not in old)]
        found = (first_difference(old.get(key), new.get(key), f"{path}.{key}".lstrip(".")) for key in keys)
        return next((difference for difference in found if difference is not None), None)
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        found = (first_difference(a, b, f"{path}[{n}]") for n, (a, b) in enumerate(zip(old, new, strict=True), 1))
        return next((difference for difference in found if difference is not None), None)
    # A text of the only language has no key of its own.
    return None if old == new else path.rstrip(".")

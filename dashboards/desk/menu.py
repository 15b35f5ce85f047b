"""The desk's menu: its parts, of which each may have pages of its own, and who is shown what."""

from collections.abc import Sequence
from typing import Any

from dashboards.accounts import Role
from dashboards.desk.access import roles_for

Entries = Sequence[tuple[str, str]]
Links = list[dict[str, Any]]


def menu_of(entries: Entries, at: str, role: Role) -> tuple[Links, Links]:
    """The parts of the desk, and the pages of the part that `at` is in; of both what this role may open.

    An entry (its words and its path) below another one's path is a page of that part.
    """
    mine = [(words, path) for words, path in entries if role in roles_for(path)]
    parts = [(words, path) for words, path in mine if not any(_is_below(path, other) for _, other in mine)]
    here = next((path for _, path in parts if at == path or _is_below(at, path)), None)
    menu = [_link(words, path, current=path == at, active=path == here) for words, path in parts]
    pages = [(words, path) for words, path in mine if here and (path == here or _is_below(path, here))]
    return menu, [_link(words, path, current=path == at) for words, path in pages]


def _link(words: str, path: str, *, current: bool, active: bool = False) -> dict[str, Any]:
    return {"text": words, "href": path, "current": current, "active": active}


def _is_below(path: str, other: str) -> bool:
    return path.startswith(other + "/")

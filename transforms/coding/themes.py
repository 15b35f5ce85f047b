"""The themes of a field as officers' decisions have made them, and the version of a coding frame."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from schemas.decisions import ThemeChange
from schemas.policy import Frame
from transforms.coding.errors import CodingError

MOST_WORDS = 40
_ID_LENGTH = 40


@dataclass(frozen=True)
class Theme:
    """A theme in officers' words, with the telling words by which it is suggested."""

    id: str
    label: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Themes:
    """The themes of one field. `now` has for each id that was ever given the theme that it is now; not if retired."""

    active: tuple[Theme, ...] = ()
    now: Mapping[str, str] = field(default_factory=dict)
    version: int = 0

    def theme(self, id_: str) -> Theme | None:
        """The active theme of that id."""
        return next((one for one in self.active if one.id == id_), None)

    def resolved(self, ids: Iterable[str]) -> frozenset[str]:
        """What was marked under these ids, as the themes are now."""
        return frozenset(self.now[one] for one in ids if one in self.now)


def themes_of(changes: Iterable[ThemeChange]) -> Themes:
    """The themes after these changes of one field, in their order; a change of what is not there changes nothing."""
    themes: dict[str, Theme] = {}
    into: dict[str, str] = {}
    version = 0
    for change in changes:
        version += 1
        old = themes.get(change.theme)
        if change.change == "named":
            words = change.words or (old.words if old else ())
            themes[change.theme] = Theme(change.theme, change.label, words)
            into.pop(change.theme, None)
        elif old and change.change == "retired":
            del themes[change.theme]
        elif old and change.into and change.into in themes and change.into != change.theme:
            target = themes[change.into]
            words = tuple(dict.fromkeys((*target.words, *old.words)))[:MOST_WORDS]
            themes[target.id] = replace(target, words=words)
            into[change.theme] = target.id
            del themes[change.theme]
    ids = (*themes, *into)
    now = {one: end for one in ids if (end := _end(one, into)) in themes}
    return Themes(tuple(sorted(themes.values(), key=lambda one: one.label.casefold())), now, version)


def _end(theme: str, into: Mapping[str, str]) -> str:
    # A theme that is named again ends the chain there; a circle cannot be made, for what is merged is not there.
    while theme in into:
        theme = into[theme]
    return theme


def named(field: str, themes: Themes, label: str, words: tuple[str, ...] = ()) -> ThemeChange:
    """A new theme under this label.

    Raises:
        CodingError: there is no label, it is too long, or another theme has it.
    """
    label = checked_label(themes, label, but=None)
    base = re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_")[: _ID_LENGTH - 4]
    base = base if base[:1].isalpha() else f"theme_{base}".rstrip("_")
    taken = {*themes.now, *(one.id for one in themes.active)}
    id_, number = base, 1
    while id_ in taken:
        number += 1
        id_ = f"{base}_{number}"
    return ThemeChange(field=field, theme=id_, change="named", label=label, words=words[:MOST_WORDS])


def checked_label(themes: Themes, label: str, *, but: str | None) -> str:
    """The label as it is kept; `but` is the theme that may have it.

    Raises:
        CodingError: there is no label, it is too long, or another theme has it.
    """
    label = " ".join(label.split())
    if not label:
        raise CodingError("Name the theme in a few words of your own.")
    if len(label) > 100:
        raise CodingError("The name of a theme has at most 100 characters.")
    if any(one.label.casefold() == label.casefold() and one.id != but for one in themes.active):
        raise CodingError("Another theme of this question has that name; choose another, or merge the two.")
    return label


def frame_version(frame: Frame, themes: Themes) -> str:
    """Which frame a coder had: a hash of the positions, and how often the themes had changed."""
    content = json.dumps(frame.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
    return f"{hashlib.sha256(content.encode()).hexdigest()[:8]}-{themes.version}"

"""The name lists of the training: Faker's of every locale in Latin letters, and what they lack."""

import hashlib
import pkgutil
import re
import tomllib
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import faker.providers.person

_HAND = Path(__file__).with_name("names.toml")
# Lists of first names, and lists of family names, as Faker's providers call them.
_GIVEN = re.compile(r"^first_names")
_FAMILY = re.compile(r"last_names")
_LATIN = re.compile(r"[A-Za-z\u00C0-\u024F\u1E00-\u1EFF'’. -]+")
# Lists of words that are no names, or of names from which nothing is learnt.
_LEFT_OUT = {"en_TH", "en"}


@dataclass(frozen=True)
class Names:
    """Names by origin, so that a first name stands beside a family name of its own language."""

    given: dict[str, tuple[str, ...]]
    family: dict[str, tuple[str, ...]]

    def origins(self) -> list[str]:
        return sorted(set(self.given) & set(self.family))

    def words(self) -> tuple[frozenset[str], frozenset[str]]:
        """Every word of a given and of a family name, folded."""
        return _words(self.given), _words(self.family)


def load_names() -> Names:
    """All names, each list in the order of the alphabet."""
    given: dict[str, set[str]] = {}
    family: dict[str, set[str]] = {}
    for module in sorted(one.name for one in pkgutil.iter_modules(faker.providers.person.__path__)):
        if module in _LEFT_OUT:
            continue
        provider = import_module(f"faker.providers.person.{module}").Provider
        for attribute in sorted(dir(provider)):
            for pattern, into in ((_GIVEN, given), (_FAMILY, family)):
                values = getattr(provider, attribute)
                if pattern.search(attribute) and isinstance(values, tuple | list | dict):
                    into.setdefault(module, set()).update(filter(_is_latin, values))
    for origin, lists in tomllib.loads(_HAND.read_text("utf-8")).items():
        given.setdefault(origin, set()).update(lists["given"].split())
        family.setdefault(origin, set()).update(lists["family"].split())
    both = [origin for origin in given if len(given[origin]) >= 10 and len(family.get(origin, ())) >= 10]
    return Names(
        {origin: tuple(sorted(given[origin])) for origin in both},
        {origin: tuple(sorted(family[origin])) for origin in both},
    )


def half_of(names: Names, *, held_out: bool) -> Names:
    """The names of one half: each name is in the same half in every list, told by its hash."""

    def part(lists: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        halves = {
            origin: tuple(name for name in one if _is_held_out(name) == held_out) for origin, one in lists.items()
        }
        return {origin: one for origin, one in halves.items() if len(one) >= 4}

    return Names(part(names.given), part(names.family))


def _is_held_out(name: str) -> bool:
    return hashlib.sha256(name.casefold().encode()).digest()[0] % 2 == 1


def _is_latin(name: str) -> bool:
    return len(name) > 1 and _LATIN.fullmatch(name) is not None


def _words(lists: dict[str, tuple[str, ...]]) -> frozenset[str]:
    return frozenset(
        word
        for names in lists.values()
        for name in names
        for word in re.split(r"[\s.-]+", name.casefold())
        if len(word) > 1
    )

"""The register of what was shown: every step that members saw and every release, part by part.

A part is what moves together: a question's table of everybody (all its limbs), or one respondent type's row of its
breakdown. Two views of a part may be subtracted, so a new one must be of the same respondents with the same answers, or
of ten more or fewer. The register holds what was shown, the exact base, and a keyed fingerprint of the exact counts,
which tells whether two views are of the same without telling what they are.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from schemas import register
from schemas.definition import Definition
from schemas.register import RegisterError
from transforms.disclosure.contract import CLOSED_KINDS
from transforms.disclosure.counts import EVERYBODY, Counts
from transforms.disclosure.errors import DisclosureError
from transforms.disclosure.vocabulary import coded_fields, groups_of_rows, tabulated_fields

# (table, field), or (table, field, respondent type); the table of the respondent types has no field.
Part = tuple[str, ...]
TYPES: Part = ("respondent_types", "")
# How many a question's tables count of each channel and side together (BOTH, table, field): noted, never shown.
BOTH = "both"
# A theme of a question is a part of its own: (THEMES, field, theme).
THEMES = "themes"


@dataclass(frozen=True)
class Exact:
    """The exact counts behind a part: how many respondents, and a fingerprint of their answers."""

    base: int
    fingerprint: str


@dataclass(frozen=True)
class Shown:
    """One view of a part that was shown: the view's number in the register, and to whom (`members`, `release`)."""

    view: int
    exact: Exact
    as_at: datetime
    audience: str
    rows: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Register:
    """The register of one consultation: a file beside its warehouse, and the key of the fingerprints."""

    file: Path
    key: str = field(repr=False)

    def read(self) -> dict[Part, list[Shown]]:
        """Every part with all that was ever shown of it, oldest first.

        Raises:
            DisclosureError: the register was changed.
        """
        found: dict[Part, list[Shown]] = {}
        try:
            views = register.entries(self.file)
        except RegisterError as error:
            raise DisclosureError(f"What was shown before is not known: {error}") from error
        for number, view in enumerate(views):
            as_at, audience = datetime.fromisoformat(view["as_at"]), view["audience"]
            for one in view["parts"]:
                exact, before = Exact(one["base"], one["fingerprint"]), found.setdefault(tuple(one["part"]), [])
                # What was shown again is registered without its rows.
                rows = one.get("rows") or next(b.rows for b in before if b.exact == exact and b.audience == audience)
                before.append(Shown(number, exact, as_at, audience, tuple(rows)))
        return found

    def note(
        self, audience: str, as_at: datetime, parts: Mapping[Part, tuple[Exact, Iterable[dict[str, Any]]]]
    ) -> None:
        """Register a view before it is shown. Nothing is written where it has no part that is new.

        Raises:
            DisclosureError: the register was changed.
        """
        known, any_new, noted = self.read(), False, []
        for part, (exact, rows) in sorted(parts.items()):
            content = {"part": part, "base": exact.base, "fingerprint": exact.fingerprint}
            if not any(one.exact == exact and one.audience == audience for one in known.get(part, [])):
                any_new, content = True, content | {"rows": list(rows)}
            noted.append(content)
        if any_new:
            register.note(self.file, {"audience": audience, "as_at": as_at.isoformat(), "parts": noted})


def exact_parts(counts: Counts, definition: Definition, step: int, key: str) -> dict[Part, Exact]:
    """Every part of the tables, with the exact counts behind it."""

    def exact(part: Part, base: int, content: object) -> Exact:
        return exact_of(part, base, content, key)

    found = {TYPES: exact(TYPES, counts.included - counts.included % step, sorted(counts.types.items()))}
    types = [of for group in groups_of_rows(definition, counts.channels, counts.sides) for of in group.labels]
    for one in coded_fields(definition):
        of_field = sorted((limb, code, of, n) for (f, limb, code, of), n in counts.positions.items() if f == one.id)
        for part, of in _parts("positions", one.id, types):
            content = [(limb, code, n) for limb, code, t, n in of_field if t == of and n]
            found[part] = exact(part, counts.coded.get((one.id, of), 0), content)
    for one in tabulated_fields(definition, CLOSED_KINDS):
        if one.id == definition.policy.respondent_type_field:
            continue
        of_choice = sorted((code, of, n) for (f, code, of), n in counts.closed.items() if f == one.id)
        for part, of in _parts("closed_answers", one.id, types):
            choices = [(code, n) for code, t, n in of_choice if t == of and n]
            found[part] = exact(part, counts.answered.get((one.id, of), 0), choices)
    for one in tabulated_fields(definition, frozenset({"number"})):
        histogram = counts.numbers.get(one.id, {})
        part = ("number_summary", one.id)
        found[part] = exact(part, sum(histogram.values()), sorted(histogram.items()))
    return found


def exact_of(part: Part, base: int, content: object, key: str) -> Exact:
    """A base with the fingerprint of the counts alone: the same under another step or rounding are the same answers."""
    text = json.dumps([part, base, content], sort_keys=True).encode()
    return Exact(base, hmac.new(key.encode(), b"shown:" + text, hashlib.sha256).hexdigest())


def breakdown_of(table: str) -> str:
    """The name of the breakdown of a table of everybody."""
    return {"positions": "positions_by_type", "closed_answers": "closed_by_type"}[table]


def _parts(table: str, name: str, types: list[str]) -> list[tuple[Part, str]]:
    return [((table, name), EVERYBODY), *(((breakdown_of(table), name, of), of) for of in types)]

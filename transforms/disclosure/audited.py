"""Tables that pass the audit: hide by the rules, attack, hide more, until no hidden count can be worked out."""

from collections.abc import Iterator
from dataclasses import replace

from schemas.definition import Definition
from transforms.disclosure.audit import Attacked, attack
from transforms.disclosure.counts import Counts
from transforms.disclosure.errors import DisclosureError
from transforms.disclosure.findings import Protected
from transforms.disclosure.known import Before, linked_tables, tell_before
from transforms.disclosure.protect import closed_answers, positions, respondent_types
from transforms.disclosure.stricter import Stricter, stricter_still
from transforms.disclosure.vocabulary import GroupName, Rule, groups_of_rows

Waiting = frozenset[tuple[str, str]]
_MOST_ROUNDS = 40


def audited_tables(
    counts: Counts, definition: Definition, rule: Rule, *, waiting: Waiting = frozenset(), before: Before | None = None
) -> Protected:
    """The tables of positions, choices and respondent types, protected by `rule` and what the audit asks beyond it.

    Types come first, then channels, then who sent a campaign's letter: none hides a count of those before it.

    Args:
        counts: what they are made of.
        definition: the consultation.
        rule: how counts are protected.
        waiting: rows of breakdowns (field, respondent type) that are hidden because they wait for the next step.
        before: what earlier views tell of a count: within which bounds it lies, `None` where it has no upper one.

    Raises:
        DisclosureError: the marts do not belong together, or a hidden count can be worked out whatever is hidden.
    """
    more, protected = Stricter(waiting=waiting), None
    attacked: Attacked = {}
    for newest, so_far in _in_turn(counts, definition):
        more, protected = _audited(
            so_far, definition, rule, more, before=before or {}, newest=newest, attacked=attacked
        )
    assert protected
    return protected


def _in_turn(counts: Counts, definition: Definition) -> Iterator[tuple[GroupName, Counts]]:
    """The counts with one group of rows more each time, the most important first, so that the next gives way to it."""
    yield "types", replace(counts, channels={}, sides={})
    for group in groups_of_rows(definition, counts.channels, counts.sides):
        if group.name == "channels":
            yield "channels", replace(counts, sides={})
        elif group.name == "sides":
            yield "sides", counts


def _audited(
    counts: Counts,
    definition: Definition,
    rule: Rule,
    more: Stricter,
    *,
    before: Before,
    newest: GroupName,
    attacked: Attacked,
) -> tuple[Stricter, Protected]:
    for round_ in range(_MOST_ROUNDS):
        by_position, by_position_and_type = positions(counts, definition, rule, more)
        by_choice, by_choice_and_type = closed_answers(counts, definition, rule, more)
        tables = {
            "respondent_types": respondent_types(counts, definition, rule, more),
            "positions": by_position,
            "positions_by_type": by_position_and_type,
            "closed_answers": by_choice,
            "closed_by_type": by_choice_and_type,
        }
        linked = linked_tables(tables, counts, definition, rule)
        tell_before(linked, before)
        found = attack(linked, rule.threshold, attacked)
        if found.audit.passed:
            return more, Protected(tables, found.audit, more.measures())
        more = stricter_still(more, found.failures, linked, tables, round_, newest=newest)
    raise DisclosureError("The tables cannot be protected: hidden counts can be worked out whatever is hidden.")

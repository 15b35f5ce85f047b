"""Tables that pass the audit: hide by the rules, attack, hide more, until no hidden count can be worked out."""

from schemas.definition import Definition
from transforms.disclosure.audit import attack
from transforms.disclosure.counts import Counts
from transforms.disclosure.errors import DisclosureError
from transforms.disclosure.findings import Protected
from transforms.disclosure.known import Before, linked_tables, tell_before
from transforms.disclosure.protect import closed_answers, positions, respondent_types
from transforms.disclosure.stricter import Stricter, stricter_still
from transforms.disclosure.vocabulary import Rule

Waiting = frozenset[tuple[str, str]]
_MOST_ROUNDS = 40


def audited_tables(
    counts: Counts, definition: Definition, rule: Rule, *, waiting: Waiting = frozenset(), before: Before | None = None
) -> Protected:
    """The tables of positions, choices and respondent types, protected by `rule` and what the audit asks beyond it.

    Args:
        counts: what they are made of.
        definition: the consultation.
        rule: how counts are protected.
        waiting: rows of breakdowns (field, respondent type) that are hidden because they wait for the next step.
        before: what earlier views tell of a count: within which bounds it lies, `None` where it has no upper one.

    Raises:
        DisclosureError: the marts do not belong together, or a hidden count can be worked out whatever is hidden.
    """
    more = Stricter(waiting=waiting)
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
        tell_before(linked, before or {})
        found = attack(linked, rule.threshold)
        if found.audit.passed:
            return Protected(tables, found.audit, more.measures())
        more = stricter_still(more, found.failures, linked, tables, round_)
    raise DisclosureError("The tables cannot be protected: hidden counts can be worked out whatever is hidden.")

"""What double keying and the audit measure."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from ingest.post.keyed.audit import AuditFigures, Rate, agreement, audit_figures
from ingest.post.keyed.queue import stand
from schemas.decisions import Decided
from schemas.definition import Definition
from tests.unit.post_keying.test_queue import AUDIT_DIFFERS, TICK, Read

Said = Callable[..., list[Decided]]
Sampling = Callable[..., Definition]


@pytest.mark.parametrize(
    ("count", "base", "low", "high"),
    [
        # Newcombe (1998), table I, method 3: Wilson's score without a continuity correction.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_interval_is_wilsons(count: int, base: int, low: float, high: float) -> None:
    interval = Rate(count, base).interval
    assert interval and (round(interval[0], 4), round(interval[1], 4)) == (low, high)


def test_without_a_base_there_is_no_share() -> None:
    assert (Rate(0, 0).share, Rate(0, 0).interval) == (None, None)


def test_agreement_counts_what_each_keyed_before_knowing_the_other(parks: Definition, said: Said) -> None:
    alike = said(("ann", "keying", "Yes\r\n"), ("bob", "keying", "Yes"))
    corrected_in_time = said(("ann", "keying", "Yse"), ("ann", "keying", "Yes"), ("bob", "keying", "Yes"))
    corrected_afterwards = said(("ann", "keying", "Yse"), ("bob", "keying", "Yes"), ("ann", "keying", "Yes"))
    settled = said(("ann", "keying", "A"), ("bob", "keying", "illegible"), ("cat", "settling", "A"))
    once = said(("ann", "keying", "A"), ("Ann", "keying", "A"))
    undone = said(("ann", "keying", "A"), ("ann", "undo", None), ("bob", "keying", "B"), ("cat", "keying", "B"))
    found = agreement([alike, corrected_in_time, corrected_afterwards, settled, once, undone, []], parks)
    assert found == Rate(3, 5)


def test_the_machines_error_is_counted_by_boxes_and_by_questions(sampling: Sampling, said: Said) -> None:
    definition = sampling(audit_share=1)
    several = replace(TICK, column="r1_capacity", suggestion=["resident", "group"])
    empty = replace(TICK, suggestion=None)

    def standing(read: Read, *each: Any) -> Any:
        return stand(read, said(*each, column=read.column), definition)

    found = audit_figures(
        [
            standing(TICK, ("ann", "audit", "parks")),
            standing(several, ("ann", "audit", ["group", "resident"])),
            # Two of five boxes, one of three, one of five.
            standing(TICK, ("ann", "audit", "both")),
            standing(several, ("ann", "audit", ["group"])),
            standing(empty, ("ann", "audit", "other")),
            standing(empty, ("ann", "audit", "blank")),
            # Where it is settled, the truth is what was settled.
            standing(AUDIT_DIFFERS, ("ann", "audit", "both"), ("bob", "settling", "parks")),
            standing(replace(TICK, how="keyed"), ("ann", "audit", "both"), ("bob", "settling", "both")),
            standing(AUDIT_DIFFERS, ("ann", "audit", "illegible")),
            # Not looked at, or not by an audit.
            standing(TICK),
            standing(Read("q1_use"), ("ann", "keying", "both")),
        ],
        definition,
    )
    assert found == AuditFigures(boxes=Rate(2 + 1 + 1 + 2, 6 * 5 + 2 * 3), questions=Rate(4, 8), unclear=1)

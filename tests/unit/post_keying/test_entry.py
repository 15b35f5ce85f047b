"""What a person keys, checked against the question and what waits."""

from collections.abc import Callable
from typing import Any

import pytest

from ingest.post.errors import KeyingError
from ingest.post.keyed.entry import Entry, decide
from ingest.post.keyed.queue import stand
from schemas.decisions import Decided, KeyedAnswer
from schemas.definition import Definition
from tests.unit.post_keying.test_queue import AUDIT_DIFFERS, TICK, Read

RESPONSE = "scan-1.1"
NEEDLE = "needle-in-an-answer"
Said = Callable[..., list[Decided]]
Sampling = Callable[..., Definition]


def text(given: str, **more: Any) -> Entry:
    return Entry("answer", text=given, **more)


def ticks(*codes: str) -> Entry:
    return Entry("answer", codes=codes)


def keyed(column: str, **what: Any) -> KeyedAnswer:
    return KeyedAnswer(response=RESPONSE, column=column, role="keying", part=Read(column).part, **what)


@pytest.mark.parametrize(
    ("column", "entry", "answer"),
    [
        ("q5_proposal", text(" Two\r\nlines \n"), "Two\nlines"),
        ("q5_proposal", text("漢字\0\ud800"), "漢字\ufffd\ufffd"),
        ("q2_visits", text("about twelve"), "about twelve"),
        ("q1_use_other", text("canals"), "canals"),
        ("q1_use", ticks("parks"), "parks"),
        ("q4_satisfied", ticks("5"), "5"),
        ("r1_capacity", ticks("group", "resident", "group"), ["resident", "group"]),
        ("r1_capacity", ticks("worker"), ["worker"]),
    ],
)
def test_an_answer_as_it_is_kept(column: str, entry: Entry, answer: Any, sampling: Sampling) -> None:
    definition = sampling()
    found = decide(stand(Read(column), [], definition), "keying", "ann", entry, definition)
    assert found == keyed(column, outcome="answer", answer=answer)


@pytest.mark.parametrize("outcome", ["blank", "illegible", "continued_elsewhere"])
def test_the_other_outcomes_hold_no_answer(outcome: Any, sampling: Sampling) -> None:
    definition = sampling()
    found = decide(stand(Read(), [], definition), "keying", "ann", Entry(outcome), definition)
    assert found == keyed("q5_proposal", outcome=outcome)


@pytest.mark.parametrize(
    ("column", "entry", "why"),
    [
        ("q5_proposal", ticks(NEEDLE), "'q5_proposal' is answered in words: give a text, no codes."),
        ("q5_proposal", Entry("answer"), "'q5_proposal' is answered in words: give a text, no codes."),
        ("q5_proposal", text(" \r\n"), "The text is empty: say that the answer is blank or illegible instead."),
        ("q5_proposal", text("x" * 1_000_001), "The text is longer than 1000000 characters."),
        ("q5_proposal", Entry("blank", text=NEEDLE), "An answer is either given or blank, not both."),
        (
            "r1_capacity",
            text(NEEDLE),
            "'r1_capacity' is answered by ticks: give codes (resident, worker, group), or say that it is blank.",
        ),
        (
            "r1_capacity",
            ticks("group", NEEDLE),
            "One of the codes is not one of 'r1_capacity': resident, worker, group.",
        ),
        (
            "q1_use",
            ticks("parks", "both"),
            "'q1_use' takes one code; where several are ticked and none is meant, it is illegible.",
        ),
        (
            "q1_use",
            Entry("continued_elsewhere"),
            "Only a written answer goes on elsewhere; who settles it keys the whole of it.",
        ),
        (
            "q5_proposal",
            text(NEEDLE, settled_with="bob"),
            "scan-1.1:q5_proposal:keying: only a difference is settled together with another person.",
        ),
    ],
)
def test_what_does_not_fit_is_refused_without_being_quoted(
    column: str, entry: Entry, why: str, sampling: Sampling
) -> None:
    definition = sampling()
    with pytest.raises(KeyingError) as error:
        decide(stand(Read(column), [], definition), "keying", "ann", entry, definition)
    assert str(error.value) == why


def test_a_name_is_needed(sampling: Sampling) -> None:
    definition = sampling()
    with pytest.raises(KeyingError, match="needs the name of who keys it"):
        decide(stand(Read(), [], definition), "keying", "  ", text("A"), definition)


TWO = [("ann", "keying", "A"), ("bob", "keying", "B")]
ALONE = "A third person settles a difference, or the two who differ together: name the other with --settled-with."
TOGETHER = "A difference is settled together by the two people who keyed it differently."


@pytest.mark.parametrize(
    ("each", "officer", "settled_with", "why"),
    [
        (TWO, "cat", None, None),
        (TWO, "ann", "Bob", None),
        ([*TWO, ("cat", "settling", "C")], "cat", None, None),
        ([("ann", "keying", "continued_elsewhere")], "ann", None, None),
        (TWO, "bob", None, ALONE),
        (TWO, "ann", "ann", TOGETHER),
        (TWO, "ann", "cat", TOGETHER),
        (TWO, "cat", "ann", TOGETHER),
        ([], "cat", None, "scan-1.1:q5_proposal:settling: there is nothing to settle."),
        (TWO[:1], "cat", None, "scan-1.1:q5_proposal:settling: there is nothing to settle."),
    ],
)
def test_who_may_settle(
    each: list[Any], officer: str, settled_with: str | None, why: str | None, sampling: Sampling, said: Said
) -> None:
    definition = sampling(double_key_share=1)
    standing, entry = stand(Read(), said(*each), definition), text("C", settled_with=settled_with)
    if why is None:
        found = decide(standing, "settling", officer, entry, definition)
        assert (found.role, found.answer, found.settled_with) == ("settling", "C", settled_with)
    else:
        with pytest.raises(KeyingError) as error:
            decide(standing, "settling", officer, entry, definition)
        assert str(error.value) == why


@pytest.mark.parametrize(
    ("read", "each", "role", "officer", "taken"),
    [
        # Corrected by who keyed it, also once a version has taken it in; by nobody else then.
        (Read("q1_use"), [("ann", "keying", "parks")], "keying", "ann", True),
        (Read("q1_use", how="keyed", review=None), [("ann", "keying", "parks")], "keying", "ann", True),
        (Read("q1_use", how="keyed", review=None), [("ann", "keying", "parks")], "keying", "bob", False),
        # A claim that ran out: what was typed is a second keying.
        (Read("q1_use"), [("ann", "keying", "parks")], "keying", "bob", True),
        # A machine was sure of it.
        (TICK, [], "keying", "ann", False),
        (TICK, [], "audit", "ann", True),
        (TICK, [("ann", "audit", "parks")], "audit", "ann", True),
        (Read("q1_use"), [], "audit", "ann", False),
        (AUDIT_DIFFERS, [("ann", "audit", "both")], "keying", "ann", False),
        (AUDIT_DIFFERS, [("ann", "audit", "both")], "settling", "bob", True),
        (AUDIT_DIFFERS, [("ann", "audit", "both")], "settling", "ann", False),
    ],
)
def test_only_what_waits_is_taken(
    read: Read, each: list[Any], role: Any, officer: str, taken: bool, sampling: Sampling, said: Said
) -> None:
    definition = sampling(audit_share=1)
    standing = stand(read, said(*each, column="q1_use"), definition)
    if taken:
        assert decide(standing, role, officer, ticks("both"), definition).role == role
    else:
        with pytest.raises(KeyingError):
            decide(standing, role, officer, ticks("both"), definition)


def test_boxes_outside_the_audit_are_not_audited(sampling: Sampling) -> None:
    definition = sampling(audit_share=0)
    with pytest.raises(KeyingError, match=r"scan-1\.1:q1_use:audit: does not wait for this"):
        decide(stand(TICK, [], definition), "audit", "ann", ticks("both"), definition)

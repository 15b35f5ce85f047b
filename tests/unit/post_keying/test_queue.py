"""Jobs: what an answer waits for, who may do it, and what they are told."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from ingest.post.errors import KeyingError
from ingest.post.keyed.queue import Job, Standing, job_of, may_do, parse_job_id, stand
from schemas.decisions import Decided
from schemas.definition import Definition
from schemas.response import RawAnswer

RESPONSE = "scan-1.1"
Said = Callable[..., list[Decided]]
Sampling = Callable[..., Definition]


@dataclass(frozen=True)
class Read:
    column: str = "q5_proposal"
    how: str = "handwriting"
    part: str = "page 2"
    review: str | None = "handwriting: a person keys it"
    suggestion: RawAnswer | None = None
    picture: bool = True
    response: str = RESPONSE


TICK = Read("q1_use", "tick", "page 1", None, "parks")
AUDIT_DIFFERS = replace(TICK, review="audit: machine and person differ")


def due(standing: Standing) -> str | None:
    return standing.verdict.due


def who_may(standing: Standing) -> set[str]:
    return {name for name in ("ann", "Ann", "bob", "cat") if may_do(standing, name)}


EVERYBODY = {"ann", "Ann", "bob", "cat"}


@pytest.mark.parametrize(
    ("each", "expected", "may"),
    [
        ([], "first", EVERYBODY),
        ([("ann", "keying", "A")], "second", {"bob", "cat"}),
        ([("ann", "keying", "A"), ("bob", "keying", "A")], None, set()),
        ([("ann", "keying", "A"), ("bob", "keying", "B")], "third", {"cat"}),
        ([("ann", "keying", "A"), ("bob", "keying", "B"), ("cat", "settling", "B")], None, set()),
        ([("ann", "keying", "continued_elsewhere")], "continued", EVERYBODY),
        ([("ann", "keying", "A"), ("ann", "undo", None)], "first", EVERYBODY),
        ([("ann", "keying", "A"), ("bob", "undo", None)], "second", {"bob", "cat"}),
        ([("ann", "keying", "A"), ("bob", "keying", "B"), ("Bob ", "undo", None)], "second", {"bob", "cat"}),
        (
            [("ann", "keying", "A"), ("bob", "keying", "B"), ("cat", "settling", "B"), ("cat", "undo", None)],
            "third",
            {"cat"},
        ),
    ],
)
def test_what_is_due_and_who_may_do_it(
    each: list[Any], expected: str | None, may: set[str], sampling: Sampling, said: Said
) -> None:
    standing = stand(Read(), said(*each), sampling(double_key_share=1))
    assert (due(standing), who_may(standing)) == (expected, may)


def test_a_version_that_has_taken_a_keying_in_waits_for_the_same(sampling: Sampling, said: Said) -> None:
    """The queue reads the version's words and the journal; both know of the first keying."""
    built = Read(review="keyed once: a second person keys it too")
    standing = stand(built, said(("ann", "keying", "A")), sampling(double_key_share=1))
    assert (due(standing), who_may(standing)) == ("second", {"bob", "cat"})
    settled = Read(how="keyed", review=None)
    standing = stand(settled, said(("ann", "keying", "A"), ("bob", "keying", "A")), sampling(double_key_share=1))
    assert due(standing) is None


@pytest.mark.parametrize(
    ("read", "each", "expected", "may"),
    [
        (TICK, [], "audit", EVERYBODY),
        (TICK, [("ann", "audit", "parks")], None, set()),
        (TICK, [("ann", "audit", "both")], "third", {"bob", "cat"}),
        (AUDIT_DIFFERS, [("ann", "audit", "both")], "third", {"bob", "cat"}),
        (AUDIT_DIFFERS, [("ann", "audit", "both"), ("bob", "settling", "both")], None, set()),
        # Taken in by a later version: the machine's answer is what the reading suggests.
        (replace(TICK, how="keyed"), [("ann", "audit", "both"), ("bob", "settling", "both")], None, set()),
        # A box in doubt is no audit.
        (replace(TICK, review="two boxes are ticked"), [], "first", EVERYBODY),
    ],
)
def test_an_audit_of_ticked_boxes(
    read: Read, each: list[Any], expected: str | None, may: set[str], sampling: Sampling, said: Said
) -> None:
    standing = stand(read, said(*each, column="q1_use"), sampling(audit_share=1))
    assert (due(standing), who_may(standing)) == (expected, may)


def test_boxes_outside_the_audit_wait_for_nobody(sampling: Sampling) -> None:
    standing = stand(TICK, [], sampling(audit_share=0))
    assert (due(standing), who_may(standing)) == (None, set())


def test_a_job_says_question_and_choices(parks: Definition, sampling: Sampling) -> None:
    doubt = replace(TICK, column="r1_capacity", review="a tick in doubt", suggestion=["group"])
    assert job_of(stand(doubt, [], sampling()), "first", "ann", parks) == Job(
        id="scan-1.1:r1_capacity:keying",
        response="scan-1.1",
        column="r1_capacity",
        kind="keying",
        number=None,
        wording="Who are you answering as? (tick all that apply)",
        choices=(
            ("resident", "A resident"),
            ("worker", "Somebody who works here"),
            ("group", "A group or organisation"),
        ),
        several=True,
        together_with=(),
        part="page 1",
        why="a tick in doubt",
        picture=True,
        suggestion=None,
    )


def test_the_text_beside_a_choice_is_written(parks: Definition, sampling: Sampling) -> None:
    job = job_of(stand(Read("q1_use_other"), [], sampling()), "first", "ann", parks)
    assert (job.number, job.wording) == ("1", "Which do you use most? Something else (please say)")
    assert (job.choices, job.several) == ((), False)


def test_a_second_keying_and_an_audit_look_like_nothing_else_was_said(
    parks: Definition, sampling: Sampling, said: Said
) -> None:
    definition = sampling(double_key_share=1)
    first = job_of(stand(Read(suggestion="Yes"), [], definition), "first", "ann", parks)
    again = Read(suggestion="Yes", review="keyed once: a second person keys it too")
    second = job_of(stand(again, said(("ann", "keying", "Yse")), definition), "second", "bob", parks)
    assert replace(second, why=first.why) == first
    assert (first.suggestion, second.why) == (None, None)
    audit = job_of(stand(replace(TICK, picture=False), [], sampling(audit_share=1)), "audit", "ann", parks)
    assert (audit.id, audit.suggestion, audit.why) == ("scan-1.1:q1_use:audit", None, None)


def test_a_suggestion_is_for_one_who_keys_alone_or_sees_no_picture(parks: Definition, sampling: Sampling) -> None:
    printed = Read(how="printed", suggestion="Yes")
    clipped = Read(how="clipped_text", suggestion="Yes", picture=False)
    alone, sampled = sampling(), sampling(double_key_share=1)
    shown = [
        job_of(stand(one, [], d), "first", "ann", parks).suggestion
        for one in (printed, clipped)
        for d in (alone, sampled)
    ]
    assert shown == ["Yes", None, "Yes", "Yes"]


def test_those_who_differ_may_settle_it_together(parks: Definition, sampling: Sampling, said: Said) -> None:
    standing = stand(Read(), said(("ann", "keying", "A"), ("bob", "keying", "B")), sampling(double_key_share=1))
    assert [job_of(standing, "third", name, parks).together_with for name in ("Ann", "bob", "cat")] == [
        ("bob",),
        ("ann",),
        (),
    ]


@pytest.mark.parametrize("job", ["", "scan-1.1", "scan-1.1:q1_use", "scan-1.1:q1_use:reading"])
def test_what_names_no_job_is_said_so(job: str) -> None:
    with pytest.raises(KeyingError, match="A job is named RESPONSE:COLUMN:ROLE"):
        parse_job_id(job)


def test_a_job_is_named_by_response_column_and_role() -> None:
    assert parse_job_id("a:b.1:q1_use:keying") == ("a:b.1", "q1_use", "keying")

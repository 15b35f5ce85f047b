"""Every response is in exactly one line of the ledger, the first that applies; received is the sum of the lines."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from schemas.decisions import Coding, Extension, Invalidation, LateAcceptance, Link, QuarantineRelease, VerdictUndo
from transforms.ledger import LINES
from transforms.warehouse.read import ledger

IDEA = {"q5_proposal": "A good idea."}
# Long enough to tell who wrote it, where a name and an address alone may be a father's and his son's.
TREES = "Please plant more trees along the river, and put benches beside them."
TREES_AGAIN = "Please plant many more trees along the river, and put benches beside them."
LATE = datetime(2007, 7, 31, 23, tzinfo=UTC)  # 1 August, 00:00 in Derby
POST_OVER = datetime(2007, 8, 5, 23, tzinfo=UTC)
SYNC_OVER = datetime(2007, 8, 3, 23, tzinfo=UTC)
JULY = datetime(2007, 7, 1, tzinfo=UTC)
ANN = {"c1_given_name": "Ann", "c2_family_name": "Lee", "c3_email": "ann@example.org"}


def _lines(builder: Any) -> dict[str, str]:
    return dict(builder.query("SELECT response_id, line FROM responses"))


def test_each_line_and_the_precedence_between_them(new_builder: Any, history: Any) -> None:
    history.arrive("erased", IDEA)
    history.arrive("nothing", {}, state="not_a_response", reason="a newsletter")
    history.arrive("broken", {"q2_visits": "many"})
    history.arrive("invalid", IDEA, received_at=LATE)
    history.arrive("withdrawn", IDEA)
    history.arrive("old", IDEA)
    history.arrive("new", {"q5_proposal": "A better idea."}, event="supersede", relates_to="old")
    history.arrive("late", IDEA, received_at=LATE)
    history.arrive("late-and-blank", {}, received_at=LATE)
    history.arrive("blank", {"q5_proposal": " n/a "})
    history.arrive("ann-1", {"q5_proposal": TREES} | ANN)
    history.arrive("ann-2", {"q5_proposal": TREES_AGAIN} | ANN)
    history.arrive("ann-3", {"q5_proposal": TREES} | ANN)
    history.arrive("review", {}, state="in_review", reason="two keyers differ")
    history.happen("tombstone", "erased")
    history.happen("withdraw", "erased")
    history.happen("withdraw", "withdrawn")
    history.decide(Invalidation(response="invalid.1", reason="a test"))
    builder = new_builder()
    builder.build(history)

    assert _lines(builder) == {
        "erased.1": "erased",
        "nothing.1": "not_a_response",
        "broken.1": "in_quarantine",
        "invalid.1": "invalid",
        "withdrawn.1": "withdrawn",
        "old.1": "superseded",
        "new.1": "included",
        "late.1": "out_of_time",
        "late-and-blank.1": "out_of_time",
        "blank.1": "blank",
        "ann-1.1": "included",
        "ann-2.1": "merged",
        "ann-3.1": "duplicate",
        "review.1": "in_review",
    }
    (web,) = ledger(builder.warehouse)
    assert web["received"] == 14
    assert web["lines"] == dict.fromkeys(LINES, 1) | {"included": 2, "out_of_time": 2}


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"received_at": datetime(2007, 7, 31, 22, 59, tzinfo=UTC)}, "included"),
        ({"received_at": LATE}, "out_of_time"),
        ({"received_at": LATE, "channel": "post", "postmark": "2007-07-31"}, "included"),
        ({"received_at": LATE, "channel": "post", "postmark": "2007-08-01"}, "out_of_time"),
        ({"received_at": LATE, "channel": "post", "postmark": "illegible"}, "out_of_time"),
        ({"received_at": POST_OVER, "channel": "post", "postmark": "2007-07-30"}, "out_of_time"),
        ({"received_at": LATE, "channel": "email", "postmark": "2007-07-30"}, "out_of_time"),
        ({"received_at": LATE, "started_at": datetime(2007, 7, 31, 20, tzinfo=UTC)}, "included"),
        ({"received_at": SYNC_OVER, "started_at": JULY}, "out_of_time"),
        ({"received_at": LATE, "channel": "email", "started_at": JULY}, "out_of_time"),
    ],
)  # fmt: skip
def test_one_closing_rule_in_local_time(new_builder: Any, history: Any, given: dict[str, Any], line: str) -> None:
    history.arrive("a", IDEA, **given)
    builder = new_builder()
    builder.build(history)
    assert _lines(builder) == {"a.1": line}


def test_an_extension_and_a_late_acceptance_let_late_responses_count(new_builder: Any, history: Any) -> None:
    history.arrive("one", IDEA, received_at=LATE)
    history.arrive("two", IDEA, received_at=datetime(2007, 9, 1, tzinfo=UTC))
    builder = new_builder()
    builder.build(history)
    assert _lines(builder) == {"one.1": "out_of_time", "two.1": "out_of_time"}
    history.decide(LateAcceptance(response="two.1", reason="a strike at the post office"))
    history.decide(Extension(closes=date(2007, 8, 1), reason="floods"))
    builder.build(history)
    assert _lines(builder) == {"one.1": "included", "two.1": "included"}


def test_a_later_version_that_does_not_stand_leaves_the_earlier_one_in_place(new_builder: Any, history: Any) -> None:
    history.arrive("old", IDEA)
    history.arrive("new", IDEA, event="supersede", relates_to="old", received_at=LATE)
    builder = new_builder()
    builder.build(history)
    assert _lines(builder) == {"old.1": "included", "new.1": "out_of_time"}
    history.decide(LateAcceptance(response="new.1", reason="it was sent in time"))
    builder.build(history)
    assert _lines(builder) == {"old.1": "superseded", "new.1": "included"}


def test_equal_answers_alone_and_masked_senders_never_merge(new_builder: Any, history: Any) -> None:
    for number in range(5):
        history.arrive(f"a{number}", IDEA, sender="*", channel="email")
    builder = new_builder()
    builder.build(history)
    assert set(_lines(builder).values()) == {"included"}


def test_who_sends_several_responses_at_once_is_evidence_for_none_of_them(new_builder: Any, history: Any) -> None:
    history.arrive("bundle", IDEA, {"q5_proposal": "No."}, IDEA, sender="club@example.org", channel="email")
    history.arrive("own", IDEA, sender="club@example.org", channel="email")
    builder = new_builder()
    builder.build(history)
    assert set(_lines(builder).values()) == {"included"}


def test_an_address_alone_is_asked_about_and_merges_nobody(new_builder: Any, history: Any) -> None:
    for number in range(3):
        history.arrive(f"a{number}", {"q5_proposal": f"Idea {number}"}, sender="library@example.org", channel="email")
    builder = new_builder()
    builder.build(history)
    assert set(_lines(builder).values()) == {"included"}
    assert sorted(builder.query("SELECT first, second, band FROM link_candidates")) == [
        ("a0.1", "a1.1", "review"),
        ("a0.1", "a2.1", "review"),
        ("a1.1", "a2.1", "review"),
    ]


@pytest.mark.parametrize("name", ["Ann", "Siân", "Łukasz", "ليلى", "明美", "Dvořáková\\x"])
def test_names_of_every_script_are_evidence(new_builder: Any, history: Any, name: str) -> None:
    person = {"c1_given_name": name, "c2_family_name": name, "c3_email": "a@example.org", "q5_proposal": TREES}
    for number in range(3):
        history.arrive(f"web-{number}", person if number else {"q4_satisfied": "1"})
    builder = new_builder()
    builder.build(history)
    lines = dict(builder.query("SELECT response_id, line FROM responses"))
    assert lines == {"web-0.1": "included", "web-1.1": "included", "web-2.1": "duplicate"}


def test_below_the_threshold_evidence_only_makes_a_candidate(new_builder: Any, history: Any) -> None:
    history.arrive("one", {"q5_proposal": TREES} | ANN)
    history.arrive("two", {"q5_proposal": TREES_AGAIN} | ANN)
    builder = new_builder()
    builder.build(history)
    assert _lines(builder) == {"one.1": "included", "two.1": "included"}
    assert builder.query("SELECT first, second, band FROM link_candidates") == [("one.1", "two.1", "merge")]
    history.decide(Link(first="two.1", second="one.1", verdict="same", reason="she said so"))
    builder.build(history)
    assert _lines(builder) == {"one.1": "included", "two.1": "merged"}
    assert builder.query("FROM link_candidates") == []
    history.decide(Link(first="one.1", second="two.1", verdict="undo", reason="two sisters"))
    builder.build(history)
    assert _lines(builder) == {"one.1": "included", "two.1": "included"}


def test_a_composite_holds_the_answer_received_last_of_each_field(new_builder: Any, history: Any) -> None:
    history.arrive("one", {"q2_visits": "3", "q5_proposal": TREES} | ANN)
    history.arrive("two", {"q5_proposal": TREES_AGAIN, "r1_capacity": ["resident"]} | ANN)
    history.arrive("else", {"q2_visits": "9"})
    history.decide(Coding(response="one.1", field="q5_proposal", limb="trees", code="oppose"))
    history.decide(Coding(response="one.1", field="q5_proposal", limb="sunday_opening", code="oppose"))
    builder = new_builder()
    builder.build(history)
    composite = builder.query("SELECT respondent, q2_visits, q5_proposal, r1_capacity, types FROM composite_answers")
    assert composite == [("one.1", 3.0, TREES_AGAIN, ["resident"], "resident")]
    assert builder.query("SELECT field, value, responses FROM mart_numbers ORDER BY value") == [
        ("q2_visits", 3.0, 1),
        ("q2_visits", 9.0, 1),
    ]
    # What was coded is no longer what the respondent says.
    assert builder.query("FROM coded_positions") == []


def test_a_released_response_is_corrected_and_counts(new_builder: Any, history: Any) -> None:
    history.arrive("a", {"q2_visits": "many", "q5_proposal": "Yes."})
    history.arrive("b", {"q2_visits": "none at all", "q5_proposal": "Yes."})
    history.arrive("c", {"q2_visits": "lots"})
    builder = new_builder()
    builder.build(history)
    assert builder.query("FROM quarantine ORDER BY response_id") == [
        ("a.1", "q2_visits", "readable"),
        ("b.1", "q2_visits", "readable"),
        ("c.1", "q2_visits", "readable"),
    ]
    history.decide(QuarantineRelease(response="a.1", corrections={"q2_visits": "12"}, reason="asked by telephone"))
    history.decide(QuarantineRelease(response="b.1", corrections={}, reason="cannot be asked"))
    history.decide(QuarantineRelease(response="c.1", corrections={"q2_visits": "lots"}, reason="a slip"))
    builder.build(history)
    assert builder.query("SELECT response_id, q2_visits, q5_proposal, line FROM clean ORDER BY ALL") == [
        ("a.1", 12.0, "Yes.", "included"),
        ("b.1", None, "Yes.", "included"),
    ]
    assert builder.query("FROM quarantine") == [("c.1", "q2_visits", "readable")]


def test_what_was_released_found_invalid_or_accepted_late_can_be_taken_back(new_builder: Any, history: Any) -> None:
    history.arrive("held", {"q2_visits": "many"})
    history.arrive("test", {"q2_visits": "3"})
    history.arrive("late", {"q2_visits": "4"}, received_at=datetime(2007, 9, 1, 9, tzinfo=UTC))
    history.decide(QuarantineRelease(response="held.1", corrections={"q2_visits": "12"}, reason="asked"))
    history.decide(Invalidation(response="test.1", reason="a test"))
    history.decide(LateAcceptance(response="late.1", reason="a strike"))
    grown, whole = new_builder("grown"), new_builder("whole")
    grown.build(history)
    assert _lines(grown) == {"held.1": "included", "test.1": "invalid", "late.1": "included"}
    for name in ("held.1", "test.1", "late.1"):
        history.decide(VerdictUndo(response=name, reason="a slip"))
    grown.build(history)
    undone = {"held.1": "in_quarantine", "test.1": "included", "late.1": "out_of_time"}
    assert _lines(grown) == undone
    assert grown.query("FROM quarantine") == [("held.1", "q2_visits", "readable")]
    # What is said after that counts again.
    history.decide(Invalidation(response="test.1", reason="a test after all"))
    history.decide(QuarantineRelease(response="held.1", corrections={"q2_visits": "13"}, reason="asked again"))
    for builder in (grown, whole):
        builder.build(history)
        assert _lines(builder) == undone | {"held.1": "included", "test.1": "invalid"}
        assert builder.query("SELECT q2_visits FROM clean WHERE response_id = 'held.1'") == [(13.0,)]
    assert grown.rows() == whole.rows()


@pytest.mark.parametrize("first", ["mail", "web"])
def test_a_sealed_file_by_mail_and_its_submission_by_web_are_one_response(
    new_builder: Any, history: Any, first: str
) -> None:
    arrivals = {
        "mail": lambda: history.arrive("mail", IDEA, channel="email", same_as="a1"),
        "web": lambda: history.arrive("a1", IDEA),
    }
    second = next(name for name in arrivals if name != first)
    grown, whole = new_builder("grown"), new_builder("whole")
    arrivals[first]()
    grown.build(history)
    arrivals[second]()
    history.arrive("another", IDEA, channel="email", same_as="a2")
    grown.build(history)
    by_name = {"mail": "mail.1", "web": "a1.1"}
    both = {by_name[first]: "included", by_name[second]: "duplicate"}
    assert _lines(grown) == both | {"another.1": "included"}
    history.happen("withdraw", "a1")
    grown.build(history)
    assert _lines(grown) == {"mail.1": "withdrawn", "a1.1": "withdrawn", "another.1": "included"}
    whole.build(history, full=True)
    assert grown.rows() == whole.rows()


def test_of_a_sealed_file_and_its_submission_the_one_in_time_counts(new_builder: Any, history: Any) -> None:
    history.arrive("a1", IDEA, received_at=LATE)
    history.arrive("mail", IDEA, channel="email", same_as="a1")
    history.arrive("again", IDEA, channel="email", same_as="a1")
    builder = new_builder()
    builder.build(history)
    assert _lines(builder) == {"a1.1": "out_of_time", "mail.1": "included", "again.1": "duplicate"}


def test_a_later_version_replaces_a_sealed_file_that_came_by_mail(new_builder: Any, history: Any) -> None:
    history.arrive("mail", IDEA, channel="email", same_as="a1")
    history.arrive("a2", IDEA, event="supersede", relates_to="a1")
    builder = new_builder()
    builder.build(history)
    assert _lines(builder) == {"mail.1": "superseded", "a2.1": "included"}

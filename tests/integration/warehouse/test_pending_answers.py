"""Answers of messages and pages that wait for a person: the sure ones count, the others are a state of their own."""

import json
from collections.abc import Callable
from typing import Any

from schemas.decisions import KeyedAnswer, Link, QuarantineRelease
from tests.integration.warehouse.conftest import Builder, History
from transforms.warehouse.quarantine import read_quarantine
from transforms.warehouse.readings import read_answers, read_pending

SURE = {"how": "tick", "part": "page 1", "confidence": 0.999, "review": None, "suggestion": None, "picture": True}
WAITING = {
    "how": "handwriting",
    "part": "page 2",
    "confidence": 0.0,
    "review": "handwriting: a person keys it",
    "suggestion": None,
    "picture": True,
}


def readings(**each: dict[str, Any]) -> str:
    return json.dumps([{"field": name} | one for name, one in each.items()])


def lines(builder: Builder) -> dict[str, tuple[str, int]]:
    return {
        name: (line, pending)
        for name, line, pending in builder.query("SELECT response_id, line, pending FROM responses")
    }


def test_what_is_sure_counts_and_what_waits_is_neither_answered_nor_blank(
    new_builder: Callable[..., Builder], history: History
) -> None:
    history.arrive("web", {"q4_satisfied": "4", "q5_proposal": "benches"})
    history.arrive(
        "scan",
        {"q4_satisfied": "4"},
        channel="post",
        readings=readings(q4_satisfied=SURE, q5_proposal=WAITING),
    )
    history.arrive("only-hand", {}, channel="post", readings=readings(q5_proposal=WAITING))
    history.arrive("empty", {}, channel="post", readings=readings(q4_satisfied=SURE))
    builder = new_builder()
    builder.build(history)
    assert lines(builder) == {
        "web.1": ("included", 0),
        "scan.1": ("included", 1),
        "only-hand.1": ("in_review", 1),
        "empty.1": ("blank", 0),
    }
    answered = dict(builder.query("SELECT field, responses FROM mart_answered WHERE type_code = ''"))
    assert answered == {"q4_satisfied": 2, "q5_proposal": 1}
    assert [(one.response, one.column, one.review, one.picture) for one in read_pending(builder.warehouse)] == [
        ("only-hand.1", "q5_proposal", WAITING["review"], True),
        ("scan.1", "q5_proposal", WAITING["review"], True),
    ]
    assert read_quarantine(builder.warehouse) == []
    assert [(one.response, one.column, one.confidence) for one in read_answers(builder.warehouse, "tick")] == [
        ("scan.1", "q4_satisfied", 0.999)
    ]


def test_a_keyed_answer_reads_the_artefact_anew_and_the_increment_equals_a_rebuild(
    new_builder: Callable[..., Builder], history: History
) -> None:
    history.arrive("web", {"q4_satisfied": "4"})
    history.arrive("scan", {}, {"q4_satisfied": "4"}, channel="post", readings=readings(q5_proposal=WAITING))
    grown, whole = new_builder("grown"), new_builder("whole")
    grown.build(history)
    history.decide(
        KeyedAnswer(response="scan.1", column="q5_proposal", role="keying", outcome="answer", answer="benches")
    )
    keyed = WAITING | {"how": "keyed", "confidence": 1.0, "review": None}
    history.landing[1] |= {"answers": '{"q5_proposal":"benches"}', "readings": readings(q5_proposal=keyed)}
    assert grown.build(history).kind == "increment"
    whole.build(history, full=True)
    assert grown.rows() == whole.rows()
    assert lines(grown) == {"web.1": ("included", 0), "scan.1": ("included", 0), "scan.2": ("included", 1)}
    assert grown.query("SELECT response_id, q5_proposal FROM clean WHERE q5_proposal IS NOT NULL") == [
        ("scan.1", "benches")
    ]


def test_two_responses_of_one_person_are_no_duplicates_while_answers_wait(
    new_builder: Callable[..., Builder], history: History
) -> None:
    same = {"q4_satisfied": "4", "c3_email": "a@example.org", "c1_given_name": "Ann", "c2_family_name": "Lee"}
    history.arrive("web", same)
    for artefact in ("scan-1", "scan-2"):
        history.arrive(artefact, same, channel="post", readings=readings(q5_proposal=WAITING))
    history.arrive("scan-3", same, channel="post", readings=readings(q4_satisfied=SURE))
    for other in ("scan-1.1", "scan-2.1", "scan-3.1"):
        history.decide(Link(first="web.1", second=other, verdict="same", reason="one hand"))
    builder = new_builder()
    builder.build(history)
    assert {name: line for name, (line, _) in lines(builder).items()} == {
        "web.1": "included",
        "scan-1.1": "merged",
        "scan-2.1": "merged",
        "scan-3.1": "duplicate",
    }


def test_a_release_leaves_nothing_waiting_and_keeps_how_it_was_read(
    new_builder: Callable[..., Builder], history: History
) -> None:
    letter = WAITING | {"how": "letter", "part": "text", "suggestion": "More benches, please.", "picture": False}
    history.arrive("mail", {}, channel="email", state="in_review", reason="a letter", readings=readings(**{"": letter}))
    builder = new_builder()
    builder.build(history)
    assert lines(builder) == {"mail.1": ("in_review", 1)}
    assert [one.suggestion for one in read_pending(builder.warehouse)] == ["More benches, please."]
    history.decide(QuarantineRelease(response="mail.1", corrections={"q5_proposal": "More benches"}, reason="read"))
    builder.build(history)
    assert lines(builder) == {"mail.1": ("included", 0)}
    assert read_pending(builder.warehouse) == []
    assert [one.suggestion for one in read_answers(builder.warehouse, "letter")] == ["More benches, please."]


def test_what_was_read_of_an_erased_response_is_gone(new_builder: Callable[..., Builder], history: History) -> None:
    history.arrive("scan", {"q4_satisfied": "4"}, channel="post", readings=readings(q5_proposal=WAITING))
    history.arrive("web", {"q4_satisfied": "4"})
    history.happen("tombstone", "scan")
    builder = new_builder()
    builder.build(history)
    assert builder.query("FROM read_answers") == []
    assert lines(builder)["scan.1"] == ("erased", 1)

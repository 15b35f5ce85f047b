"""What stands of a response that people keyed."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from ingest.parsed_response import ParsedResponse, Reading
from ingest.post.keyed.settling import settle_response
from schemas.decisions import Decided
from schemas.definition import Definition

RESPONSE = "scan-1.1"
HAND = Reading("q5_proposal", "handwriting", "page 2", 0.0, "handwriting: a person keys it", picture=True)
TICK = Reading("q1_use", "tick", "page 1", 0.999, picture=True)
DOUBT = Reading("q1_use", "tick", "page 1", 0.6, "two boxes are ticked", ["parks", "both"], picture=True)
ONCE = "keyed once: a second person keys it too"
DIFFERS = "keyed differently: a third person settles it"
CONTINUED = "continued elsewhere: a person who has all the sheets keys the whole answer"
AUDIT_DIFFERS = "audit: machine and person differ"
Said = Callable[..., list[Decided]]
Sampling = Callable[..., Definition]


def scanned(*readings: Reading, **answers: Any) -> ParsedResponse:
    return ParsedResponse(answers=answers, readings=readings, language="ar", postmark="2007-05-03")


def keyed(reading: Reading, outcome: str = "") -> Reading:
    return replace(reading, how="keyed", part=reading.part + outcome, confidence=1.0, review=None)


def test_without_a_keyed_answer_nothing_changes(sampling: Sampling) -> None:
    before = scanned(TICK, HAND, q1_use="parks")
    assert settle_response(before, RESPONSE, [], sampling(double_key_share=1)) == before


def test_one_person_is_enough_outside_the_sample(sampling: Sampling, said: Said) -> None:
    found = settle_response(
        scanned(TICK, HAND, q1_use="parks"), RESPONSE, said(("ann", "keying", " Yes,\r\nwhy not \n")), sampling()
    )
    assert found == scanned(TICK, keyed(HAND), q1_use="parks", q5_proposal="Yes,\nwhy not")


@pytest.mark.parametrize(
    ("each", "answer", "review"),
    [
        ([("ann", "keying", "Yes")], None, ONCE),
        ([("ann", "keying", "Yes"), ("Ann ", "keying", "Yes")], None, ONCE),
        ([("ann", "keying", "Yes"), ("bob", "keying", "Yes\n")], "Yes", None),
        ([("ann", "keying", "a\r\nb"), ("bob", "keying", " a\nb ")], "a\nb", None),
        ([("ann", "keying", "Yes"), ("bob", "keying", "yes")], None, DIFFERS),
        ([("ann", "keying", "Yes"), ("bob", "keying", "Yes  please")], None, DIFFERS),
        ([("ann", "keying", "Yes"), ("bob", "keying", "blank")], None, DIFFERS),
        ([("ann", "keying", "illegible"), ("bob", "keying", "blank")], None, DIFFERS),
        # A later keying of the same person replaces the earlier.
        ([("ann", "keying", "Yes"), ("bob", "keying", "No"), ("ann", "keying", "No")], "No", None),
        ([("ann", "keying", "No"), ("bob", "keying", "No"), ("ann", "keying", "Yes")], None, DIFFERS),
        # A difference: a third person, or the two together; neither of the two alone, and nobody with a stranger.
        ([("ann", "keying", "A"), ("bob", "keying", "B"), ("cat", "settling", "C")], "C", None),
        ([("ann", "keying", "A"), ("bob", "keying", "B"), ("bob", "settling", "B")], None, DIFFERS),
        ([("ann", "keying", "A"), ("bob", "keying", "B"), ("bob", "settling", "B", "Ann")], "B", None),
        ([("ann", "keying", "A"), ("bob", "keying", "B"), ("bob", "settling", "B", "Bob")], None, DIFFERS),
        ([("ann", "keying", "A"), ("bob", "keying", "B"), ("bob", "settling", "B", "cat")], None, DIFFERS),
        ([("ann", "keying", "A"), ("bob", "keying", "B"), ("cat", "settling", "C", "dan")], None, DIFFERS),
        # Who settles may correct it; two third persons: the last.
        (
            [("ann", "keying", "A"), ("bob", "keying", "B"), ("cat", "settling", "C"), ("cat", "settling", "D")],
            "D",
            None,
        ),
        (
            [("ann", "keying", "A"), ("bob", "keying", "B"), ("cat", "settling", "C"), ("dan", "settling", "D")],
            "D",
            None,
        ),
        # Nothing to settle: a settling before there is a difference is none.
        ([("ann", "keying", "A"), ("cat", "settling", "A")], None, ONCE),
        ([("cat", "settling", "A")], None, HAND.review),
        # The rest is on another sheet: whoever has the sheets keys the whole.
        ([("ann", "keying", "continued_elsewhere")], None, CONTINUED),
        ([("ann", "keying", "continued_elsewhere"), ("bob", "keying", "A")], None, CONTINUED),
        ([("ann", "keying", "continued_elsewhere"), ("ann", "settling", "A and B")], "A and B", None),
        ([("ann", "keying", "continued_elsewhere"), ("bob", "settling", "continued_elsewhere")], None, CONTINUED),
    ],
)
def test_two_people_key_what_is_in_the_sample(
    each: list[Any], answer: str | None, review: str | None, sampling: Sampling, said: Said
) -> None:
    found = settle_response(scanned(HAND), RESPONSE, said(*each), sampling(double_key_share=1))
    if answer is None:
        assert found == scanned(replace(HAND, review=review))
    else:
        assert (found, review) == (scanned(keyed(HAND), q5_proposal=answer), None)


@pytest.mark.parametrize(("column", "twice"), [("c3_email", True), ("r2_organisation", True), ("q5_proposal", False)])
def test_identifiers_are_always_keyed_twice(column: str, twice: bool, sampling: Sampling, said: Said) -> None:
    definition = sampling(double_key_share=0)
    hand = replace(HAND, column=column)
    found = settle_response(scanned(hand), RESPONSE, said(("ann", "keying", "A"), column=column), definition)
    assert found == (scanned(replace(hand, review=ONCE)) if twice else scanned(keyed(hand), **{column: "A"}))


def test_blank_and_illegible_are_different_answers_and_neither_enters(sampling: Sampling, said: Said) -> None:
    blank = settle_response(scanned(HAND), RESPONSE, said(("ann", "keying", "blank")), sampling())
    assert blank == scanned(keyed(HAND, " (blank)"))
    beside = settle_response(
        scanned(TICK, HAND, q1_use="parks"), RESPONSE, said(("ann", "keying", "illegible")), sampling()
    )
    assert beside == scanned(TICK, keyed(HAND, " (illegible)"), q1_use="parks")


def test_a_response_of_which_nothing_is_legible_is_not_blank_but_waits(sampling: Sampling, said: Said) -> None:
    found = settle_response(scanned(HAND), RESPONSE, said(("ann", "keying", "illegible")), sampling())
    assert found == replace(
        scanned(keyed(HAND, " (illegible)")), state="in_review", reason="nothing that is written in it is legible"
    )


@pytest.mark.parametrize(
    ("column", "given", "kept"),
    [
        ("q1_use", "libraries", "libraries"),
        ("q1_use", ["libraries"], "libraries"),
        ("q4_satisfied", "4", "4"),
        ("r1_capacity", ["group", "resident"], ["resident", "group"]),
        ("r1_capacity", ["group"], ["group"]),
        ("q1_use_other", " canals", "canals"),
    ],
)
def test_a_doubtful_tick_becomes_what_a_person_saw(
    column: str, given: Any, kept: Any, sampling: Sampling, said: Said
) -> None:
    doubt = replace(DOUBT, column=column)
    found = settle_response(scanned(doubt), RESPONSE, said(("ann", "keying", given), column=column), sampling())
    assert found == scanned(keyed(doubt), **{column: kept})


def test_the_order_of_ticks_makes_no_difference(sampling: Sampling, said: Said) -> None:
    doubt = replace(DOUBT, column="r1_capacity")
    each = said(("ann", "keying", ["group", "worker"]), ("bob", "keying", ["worker", "group"]), column="r1_capacity")
    found = settle_response(scanned(doubt), RESPONSE, each, sampling(double_key_share=1))
    assert found.answers == {"r1_capacity": ["worker", "group"]}


def test_an_audited_box_keeps_what_the_machine_read_and_its_answer_stands(sampling: Sampling) -> None:
    found = settle_response(scanned(TICK, q1_use="parks"), RESPONSE, [], sampling(audit_share=1))
    assert found == scanned(replace(TICK, suggestion="parks"), q1_use="parks")


AUDITED_AND_SETTLED = replace(TICK, how="keyed", confidence=1.0, suggestion="parks")


@pytest.mark.parametrize(
    ("each", "answers", "reading"),
    [
        ([("ann", "audit", "parks")], {"q1_use": "parks"}, replace(TICK, suggestion="parks")),
        ([("ann", "audit", "both")], {}, replace(TICK, suggestion="parks", review=AUDIT_DIFFERS)),
        ([("ann", "audit", "blank")], {}, replace(TICK, suggestion="parks", review=AUDIT_DIFFERS)),
        ([("ann", "audit", "illegible")], {}, replace(TICK, suggestion="parks", review=AUDIT_DIFFERS)),
        # Who looked again does not decide alone.
        (
            [("ann", "audit", "both"), ("ann", "settling", "both")],
            {},
            replace(TICK, suggestion="parks", review=AUDIT_DIFFERS),
        ),
        ([("ann", "audit", "both"), ("bob", "settling", "both")], {"q1_use": "both"}, AUDITED_AND_SETTLED),
        ([("ann", "audit", "both"), ("bob", "settling", "parks")], {"q1_use": "parks"}, AUDITED_AND_SETTLED),
    ],
)
def test_a_person_who_sees_other_ticks_than_the_machine_sends_it_to_review(
    each: list[Any], answers: dict[str, str], reading: Reading, sampling: Sampling, said: Said
) -> None:
    found = settle_response(
        scanned(TICK, q1_use="parks"), RESPONSE, said(*each, column="q1_use"), sampling(audit_share=1)
    )
    assert found == scanned(reading, **answers)


def test_a_machine_that_saw_no_tick_agrees_with_a_person_who_sees_none(sampling: Sampling, said: Said) -> None:
    each = said(("ann", "audit", "blank"), column="q1_use")
    assert settle_response(scanned(TICK), RESPONSE, each, sampling(audit_share=1)) == scanned(TICK)
    each = said(("ann", "audit", "parks"), column="q1_use")
    found = settle_response(scanned(TICK), RESPONSE, each, sampling(audit_share=1))
    assert found == scanned(replace(TICK, review=AUDIT_DIFFERS))


def test_what_a_person_keyed_stands_when_the_reader_improves(sampling: Sampling, said: Said) -> None:
    each = said(("ann", "keying", "both"), column="q1_use")
    now_sure = settle_response(scanned(TICK, q1_use="parks"), RESPONSE, each, sampling())
    assert now_sure == scanned(keyed(TICK), q1_use="both")
    gone = settle_response(scanned(HAND), RESPONSE, each, sampling())
    earlier = Reading("q1_use", "keyed", "an earlier reading")
    assert gone == scanned(HAND, earlier, q1_use="both")


def test_what_was_keyed_from_another_page_is_another_persons_and_waits_again(sampling: Sampling, said: Said) -> None:
    before = scanned(HAND, TICK, q1_use="parks")
    for part, stands in (("page 2", True), (None, True), ("page 7", False)):
        each = said(("ann", "keying", "Yes", None, part))
        found = settle_response(before, RESPONSE, each, sampling())
        assert found == (scanned(keyed(HAND), TICK, q1_use="parks", q5_proposal="Yes") if stands else before)
    no_more = said(("ann", "keying", "Yes", None, "page 7"))
    assert settle_response(scanned(TICK, q1_use="parks"), RESPONSE, no_more, sampling()) == scanned(
        TICK, q1_use="parks"
    )


def test_keyed_once_of_two_leaves_what_the_machine_is_sure_of(sampling: Sampling, said: Said) -> None:
    each = said(("ann", "keying", "both"), column="q1_use")
    before = scanned(TICK, q1_use="parks")
    assert settle_response(before, RESPONSE, each, sampling(double_key_share=1)) == before


@pytest.mark.parametrize("state", ["quarantined", "not_a_response"])
def test_what_is_no_response_stays_as_it_is(state: Any, sampling: Sampling, said: Said) -> None:
    before = ParsedResponse(state=state, reason="another form", readings=(HAND,))
    assert settle_response(before, RESPONSE, said(("ann", "keying", "A")), sampling()) == before


def test_a_letter_as_a_whole_is_not_keyed(sampling: Sampling, said: Said) -> None:
    letter = Reading("", "letter", "page 4", 0.0, "a letter", picture=True)
    before = scanned(letter)
    assert settle_response(before, RESPONSE, said(("ann", "keying", "A"), column=""), sampling()) == before

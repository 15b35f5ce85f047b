"""What becomes of responses that are of one respondent: composites by the definition's rule, and why."""

from collections.abc import Callable
from typing import Any

import pytest

from schemas.decisions import Coding, Link
from schemas.definition import Definition
from tests.integration.warehouse.conftest import Builder, History, with_policy
from transforms.errors import TransformError
from transforms.layout import Layout
from transforms.linkage.explained import ExplainedPair, explain_pair
from transforms.warehouse.read import open_private

ANN = {"c1_given_name": "Ann", "c2_family_name": "Lee", "c3_email": "ann@example.org"}
BOB = {"c1_given_name": "Bob", "c2_family_name": "Lee", "c3_email": "ann@example.org"}
TREES = "Please plant more trees along the river, and put benches beside them."
TREES_AGAIN = "Please plant many more trees along the river, and put benches beside them."
COUNTS = "SELECT line, sum(responses) FROM mart_ledger GROUP BY ALL ORDER BY ALL"


def explained(builder: Builder, first: str, second: str) -> ExplainedPair:
    with open_private(builder.warehouse) as connection:
        return explain_pair(connection, Layout(builder.warehouse.definition), first, second)


def test_by_all_texts_every_text_is_kept_once_and_codings_of_each_hold(
    new_builder: Callable[..., Builder], history: History, parks: Definition
) -> None:
    history.arrive("one", {"q2_visits": "3", "q5_proposal": "First."} | ANN)
    history.arrive("two", {"q2_visits": "5", "q5_proposal": "Second."} | ANN)
    history.arrive("again", {"q2_visits": "6", "q5_proposal": "First."} | ANN)
    for limb in ("trees", "sunday_opening"):
        history.decide(Coding(response="one.1", field="q5_proposal", limb=limb, code="oppose"))
    latest, all_texts = new_builder("latest"), new_builder("all", with_policy(parks, composite="all_texts"))
    answers = "SELECT respondent, q2_visits, q5_proposal FROM composite_answers"
    found = {}
    for name, builder in (("latest", latest), ("all_texts", all_texts)):
        for first, second in (("one.1", "two.1"), ("two.1", "again.1")):
            history.decide(Link(first=first, second=second, verdict="same", reason="one hand"))
        builder.build(history)
        found[name] = (builder.query(answers), builder.query(COUNTS), len(builder.query("FROM coded_positions")))
    lines = [("included", 1), ("merged", 2)]
    assert found == {
        # What was said last is what was said first, which is coded.
        "latest": ([("one.1", 6.0, "First.")], lines, 2),
        "all_texts": ([("one.1", 6.0, "First.\n\nSecond.")], lines, 2),
    }


def test_a_pair_is_explained_by_levels_weights_and_who_decided(
    new_builder: Callable[..., Builder], history: History
) -> None:
    history.arrive("ann", {"q5_proposal": TREES} | ANN)
    history.arrive("again", {"q5_proposal": TREES_AGAIN} | ANN)
    history.arrive("bob", {"q5_proposal": "Third."} | BOB)
    history.arrive("nobody", {"q5_proposal": "Fourth."})
    builder = new_builder()
    builder.build(history)
    same = explained(builder, "again.1", "ann.1")
    assert {(name, level) for name, level, _ in same.rows} == {
        ("first name", "exact"), ("family name", "exact"), ("e-mail", "exact"), ("words of the texts", "near"),
    }  # fmt: skip
    assert same.sentences[0].endswith("the two were merged.")
    assert same.sentences[1:] == ["They count as one respondent, ann.1."]
    couple = explained(builder, "ann.1", "bob.1")
    assert ("first name", "different") in {(name, level) for name, level, _ in couple.rows}
    assert "never merge by themselves" in couple.sentences[0]
    assert couple.sentences[1:] == ["They count as two respondents."]
    history.decide(Link(first="bob.1", second="ann.1", verdict="same", reason="he said so"))
    builder.build(history)
    assert explained(builder, "ann.1", "bob.1").sentences[1:] == [
        "An officer said that they are of one respondent.",
        "They count as one respondent, ann.1.",
    ]
    assert explained(builder, "ann.1", "nobody.1") == ExplainedPair(
        (),
        [
            "At least one of them says nothing of who responds, so they were not compared.",
            "They count as two respondents.",
        ],
    )


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        ("ann.1", "eve.1", "eve.1: no response of this version has this id; see 'yoursay linkage list'."),
        ("ann.1", "ann.1", "Name two responses; both are the same."),
    ],
)
def test_what_cannot_be_explained_is_said(
    new_builder: Callable[..., Builder], history: History, first: str, second: str, message: str
) -> None:
    history.arrive("ann", ANN)
    builder = new_builder()
    builder.build(history)
    with pytest.raises(TransformError) as refused:
        explained(builder, first, second)
    assert str(refused.value) == message


def test_undoing_one_verdict_leaves_the_others_as_they_were(
    new_builder: Callable[..., Builder], history: History
) -> None:
    people: list[dict[str, Any]] = [
        {"c1_given_name": name, "c2_family_name": "Lee", "c3_email": f"{name}@example.org"}
        for name in ("ann", "tom", "mia", "zoe")
    ]
    for number, person in enumerate(people):
        history.arrive(f"{number}-a", {"q5_proposal": f"{TREES} That is {number}."} | person)
        history.arrive(f"{number}-b", {"q5_proposal": f"{TREES_AGAIN} That is {number}."} | person)
    builder = new_builder()
    lines = "SELECT response_id, respondent FROM responses ORDER BY ALL"
    builder.build(history)
    before = builder.query(lines)
    assert [respondent for _, respondent in before] == [f"{n}-a.1" for n in range(4) for _ in "ab"]
    history.decide(Link(first="0-a.1", second="1-b.1", verdict="same", reason="one family's letter"))
    history.decide(Link(first="2-a.1", second="2-b.1", verdict="different", reason="mother and daughter"))
    builder.build(history)
    with_both = builder.query(lines)
    assert dict(with_both) == dict(before) | {"1-a.1": "0-a.1", "1-b.1": "0-a.1", "2-b.1": "2-b.1"}
    history.decide(Link(first="1-b.1", second="0-a.1", verdict="undo", reason="it was not"))
    builder.build(history)
    assert dict(builder.query(lines)) == dict(before) | {"2-b.1": "2-b.1"}

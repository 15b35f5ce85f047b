"""Decisions: each kind comes back from its bytes as it was, and an unknown one is refused without its words."""

from datetime import date
from typing import get_args

import pytest
from pydantic import ValidationError

from schemas import decisions
from schemas.decisions import (
    Approval,
    CampaignChange,
    Coding,
    CodingUndo,
    Decision,
    DecisionError,
    Extension,
    Invalidation,
    KeyedAnswer,
    KeyingUndo,
    LateAcceptance,
    Link,
    OutreachEntry,
    QuarantineRelease,
    Redaction,
    SenderOpened,
    ThemeChange,
    ThemeCoding,
    ThemeMark,
    Translation,
    VerdictUndo,
    decode_decision,
    encode_decision,
    subjects_of,
)

EACH: list[tuple[Decision, tuple[str, ...]]] = [
    (Coding(response="a.1", field="q3_accountable", limb="transparent", code="support", quote="we agree"), ("a.1",)),
    (Coding(response="a.1", field="q4_grants_contracts", code="oppose"), ("a.1",)),
    (Coding(response="a.1", field="q", code="x", role="settling", settled_with="b", frame="1", campaign="c"), ("a.1",)),
    (ThemeCoding(response="a.1", field="q", themes=(ThemeMark(theme="money", quote="pay"),)), ("a.1",)),
    (ThemeCoding(response="a.1", field="q", themes=(), role="settling", settled_with="b"), ("a.1",)),
    (CodingUndo(response="a.1", field="q"), ("a.1",)),
    (ThemeChange(field="q", theme="money", change="named", label="Money", words=("pay",)), ()),
    (ThemeChange(field="q", theme="money", change="merged", into="cost"), ()),
    (ThemeChange(field="q", theme="money", change="retired"), ()),
    (SenderOpened(response="a.1", reason="a complaint"), ("a.1",)),
    (QuarantineRelease(response="a.1", corrections={"r1_type": ["other"], "q2_place": "yes"}, reason="x"), ("a.1",)),
    (Invalidation(response="a.1", reason="a test"), ("a.1",)),
    (Link(first="a.1", second="b.2", verdict="different", reason="two people"), ("a.1", "b.2")),
    (CampaignChange(campaign="a.1", change="named", description="Sundays", reason="x"), ()),
    (CampaignChange(change="excluded", responses=("a.1", "b.1"), reason="own words"), ("a.1", "b.1")),
    (CampaignChange(change="undone", undoes=3, reason="a slip"), ()),
    (LateAcceptance(response="a.1", reason="a strike"), ("a.1",)),
    (VerdictUndo(response="a.1", reason="a slip"), ("a.1",)),
    (Extension(closes=date(2007, 6, 7), reason="a flood"), ()),
    (Approval(what="rows", reason="checked"), ()),
    (Approval(what="verbatim", response="a.1", field="q5_proposal", reason="checked"), ("a.1",)),
    (KeyedAnswer(response="a.1", column="q2_place", role="keying", outcome="answer", answer="yes"), ("a.1",)),
    (KeyedAnswer(response="a.1", column="q2_place", role="settling", outcome="illegible", settled_with="b"), ("a.1",)),
    (KeyingUndo(response="a.1", column="q2_place"), ("a.1",)),
    (OutreachEntry(day=date(2007, 3, 6), who="community groups", how="a letter", note="by post"), ()),
    (OutreachEntry(who="community groups", how="a letter", corrects=3, withdrawn=True), ()),
    (Redaction(response="a.1", field="q", change="add", words="a name", label="name", reason="a name"), ("a.1",)),
    (Redaction(response="a.1", field="q", change="undo", words="a name", reason="a slip"), ("a.1",)),
    (Translation(response="a.1", field="q", language="pl", redacted="Tak.", translation="Yes."), ("a.1",)),
]


@pytest.mark.parametrize(("decision", "subjects"), EACH)
def test_a_decision_comes_back_as_it_was_with_its_subjects(decision: Decision, subjects: tuple[str, ...]) -> None:
    assert decode_decision(encode_decision(decision)) == decision
    assert subjects_of(decision) == subjects


def test_every_kind_of_decision_is_among_these() -> None:
    union = get_args(get_args(Decision)[0])
    assert {type(decision) for decision, _ in EACH} == set(union)
    assert len({kind.model_fields["kind"].default for kind in union}) == len(union)


@pytest.mark.parametrize(
    "body",
    [
        b"needle",
        b'{"kind": "needle"}',
        b'{"kind": "invalidation", "response": "a.1"}',
        b'{"kind": "invalidation", "response": "a.1", "reason": "x", "more": "needle"}',
        b'{"kind": "keyed_answer", "response": "a", "column": "q", "role": "keying", "outcome": "answer"}',
        b'{"kind": "keyed_answer", "response": "a", "column": "q", "role": "audit", "outcome": "blank", '
        b'"answer": "needle"}',
        b'{"kind": "theme_change", "field": "q", "theme": "a", "change": "named"}',
        b'{"kind": "theme_change", "field": "q", "theme": "a", "change": "merged"}',
        b'{"kind": "theme_change", "field": "q", "theme": "a", "change": "retired", "label": "needle"}',
        b'{"kind": "theme_change", "field": "q", "theme": "Needle!", "change": "retired"}',
        b'{"kind": "link", "first": "a.1", "second": "b.1", "verdict": "needle", "reason": "x"}',
    ],
)
def test_what_is_no_decision_is_refused_without_its_words(body: bytes) -> None:
    with pytest.raises(DecisionError) as caught:
        decode_decision(body)
    assert "needle" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_a_decision_cannot_be_changed_once_made() -> None:
    coding = decisions.Coding(response="a.1", field="q", code="support")
    with pytest.raises(ValidationError, match="frozen"):
        coding.code = "oppose"


@pytest.mark.parametrize(
    "change",
    [
        {"change": "named", "campaign": "a.1"},
        {"change": "joined", "campaign": "a.1"},
        {"change": "split", "campaign": "a.1"},
        {"change": "rejected"},
        {"change": "excluded"},
        {"change": "registered", "campaign": "mill"},
        {"change": "undone"},
    ],
)
def test_a_change_of_a_campaign_says_all_that_it_needs(change: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="needs more than is given"):
        CampaignChange.model_validate(change | {"reason": "looked at"})

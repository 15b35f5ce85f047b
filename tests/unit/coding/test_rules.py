"""What an answer waits for, and who may do it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from schemas.decisions import Coding, CodingUndo, Decided, Decision, ThemeChange, ThemeCoding, ThemeMark
from schemas.policy import Code, Frame
from transforms.coding.errors import CodingError, EntryError
from transforms.coding.jobs import Answer, Entry, Job, check_may_code, decide, parse_job_id, shown_to
from transforms.coding.quotes import NOT_THERE, NOTHING
from transforms.coding.rules import Asked, codings_of, independent, is_between, may_do, stand
from transforms.coding.themes import Themes, themes_of

CODES = tuple(Code(code=one, label=one.title(), collapsed=one) for one in ("support", "oppose", "no_answer"))
LIMBS = {"place": "A place", "levels": "All levels"}
FRAME = Frame(codes=CODES, limbs=LIMBS)
MONEY = themes_of(
    ThemeChange(field="q", theme=one, change="named", label=one.title()) for one in ("money", "trees", "gone")
)
NOON = datetime(2007, 5, 2, 12, tzinfo=UTC)


def said(*decisions: tuple[str, Decision]) -> list[Decided]:
    return [Decided(seq, NOON, officer, decision) for seq, (officer, decision) in enumerate(decisions, 1)]


def codes(officer: str, place: str, levels: str, **more: Any) -> list[tuple[str, Decision]]:
    chosen = {"place": place, "levels": levels}
    return [(officer, Coding(response="a.1", field="q", limb=limb, code=chosen[limb], **more)) for limb in chosen]


def themes(officer: str, *found: str, **more: Any) -> tuple[str, Decision]:
    marks = tuple(ThemeMark(theme=one, quote="words") for one in found)
    return officer, ThemeCoding(response="a.1", field="q", themes=marks, **more)


def asked(*, twice: bool = True, known: Themes | None = None) -> Asked:
    return Asked(FRAME, known or Themes(), twice)


def test_an_answer_waits_for_a_first_coder_until_every_limb_has_a_code_of_the_frame() -> None:
    assert stand(asked(), []).due == "first"
    assert stand(asked(), said(codes("ann", "support", "oppose")[0])).due == "first"
    assert stand(asked(), said(*codes("ann", "support", "earlier_code"))).due == "first"


def test_only_an_answer_of_the_sample_waits_for_a_second_coder_and_never_for_the_first_again() -> None:
    once = said(*codes("Ann", "support", "oppose"))
    assert stand(asked(twice=False), once).due is None
    standing = stand(asked(), once)
    assert (standing.due, standing.coders) == ("second", {"ann"})
    assert [may_do(standing, name) for name in ("ann", " ANN", "bob")] == [False, False, True]


def test_coders_who_differ_on_one_limb_leave_it_to_a_third_or_to_both_together() -> None:
    both = [*codes("ann", "support", "oppose"), *codes("bob", "support", "support")]
    standing = stand(asked(), said(*both))
    assert standing.due == "third"
    assert [may_do(standing, name) for name in ("ann", "bob", "cem")] == [False, False, True]
    assert [is_between(standing, name) for name in ("ann", "bob", "cem")] == [True, True, False]
    settled = {"role": "settling", "settled_with": "bob"}
    for settling, due in (
        (codes("cem", "support", "oppose", role="settling"), None),
        (codes("cem", "support", "oppose", role="settling")[:1], "third"),
        (codes("ann", "support", "oppose", role="settling"), "third"),
        (codes("ann", "support", "oppose", **settled), None),
        (codes("cem", "support", "oppose", **settled), "third"),
        (codes("bob", "support", "oppose"), None),
    ):
        assert stand(asked(), said(*both, *settling)).due == due


def test_a_majority_of_coders_needs_nobody_to_settle_it() -> None:
    three = [*codes("ann", "support", "oppose"), *codes("bob", "oppose", "oppose"), *codes("cem", "support", "oppose")]
    assert stand(asked(), said(*three)).due is None


def test_coders_who_mark_other_themes_differ_too() -> None:
    alike = [*codes("ann", "support", "oppose"), *codes("bob", "support", "oppose")]
    wanted = asked(known=MONEY)
    assert stand(wanted, said(*alike)).due is None
    assert stand(wanted, said(themes("ann", "money"), *alike)).due is None
    assert stand(wanted, said(themes("ann", "money"), themes("bob", "money"), *alike)).due is None
    assert stand(wanted, said(themes("ann", "money"), themes("bob"), *alike)).due == "third"
    settling = [*codes("cem", "support", "oppose", role="settling"), themes("cem", "money", role="settling")]
    assert stand(wanted, said(themes("ann", "money"), themes("bob"), *alike, *settling)).due is None


def test_themes_that_were_merged_or_retired_are_no_difference_any_more() -> None:
    changes = [
        ThemeChange(field="q", theme="money", change="named", label="Money"),
        ThemeChange(field="q", theme="funds", change="named", label="Funds"),
        ThemeChange(field="q", theme="noise", change="named", label="Noise"),
    ]
    both = said(
        themes("ann", "money", "noise"), themes("bob", "funds"), *codes("ann", "support", "oppose"),
        *codes("bob", "support", "oppose"),
    )  # fmt: skip
    assert stand(asked(known=themes_of(changes)), both).due == "third"
    changes += [
        ThemeChange(field="q", theme="funds", change="merged", into="money"),
        ThemeChange(field="q", theme="noise", change="retired"),
    ]
    assert stand(asked(known=themes_of(changes)), both).due is None


def test_what_a_coder_undid_does_not_count() -> None:
    undo = CodingUndo(response="a.1", field="q")
    decided = said(themes("ann", "money"), *codes("ann", "support", "oppose"), ("ANN", undo))
    assert codings_of(decided).coding == {}
    assert stand(asked(), decided).due == "first"


def test_agreement_is_of_what_was_coded_before_anybody_talked_about_it() -> None:
    decided = said(
        *codes("ann", "support", "oppose"),
        *codes("ann", "oppose", "oppose"),
        *codes("bob", "support", "support"),
        *codes("bob", "oppose", "oppose"),
        *codes("cem", "support", "support"),
    )
    found = independent(decided, asked())
    assert {name: one.codes for name, one in found.items()} == {
        "ann": {"place": "oppose", "levels": "oppose"},
        "bob": {"place": "support", "levels": "support"},
    }
    assert independent(decided[:5], asked()) == {}


def job(text: str = "We agree. Yet who pays?", role: Any = "coding", known: Themes = MONEY) -> Job:
    return Job(Answer("a.1", "q", text), role, "2", "What do you think?", FRAME, known)


def test_an_entry_becomes_a_decision_for_each_limb_and_one_for_all_themes() -> None:
    entry = Entry({"place": "support", "levels": "no_answer"}, {"place": "1"}, {"money": "WHO pays"})
    themed, place, levels = decide(job(), entry)
    version = job().frame_version
    assert themed == ThemeCoding(
        response="a.1", field="q", themes=(ThemeMark(theme="money", quote="who pays"),), frame=version
    )
    assert place == Coding(response="a.1", field="q", limb="place", code="support", quote="We agree.", frame=version)
    assert levels == Coding(response="a.1", field="q", limb="levels", code="no_answer", frame=version)
    assert decide(job(known=Themes()), Entry(entry.codes, entry.quotes)) == [
        one.model_copy(update={"frame": job(known=Themes()).frame_version}) for one in (place, levels)
    ]


def test_what_does_not_fit_is_said_for_each_place_and_nothing_is_decided() -> None:
    entry = Entry({"place": "needle", "levels": "support"}, {"levels": "needle"}, {"unknown": "1", "trees": ""})
    with pytest.raises(EntryError) as caught:
        decide(job(), entry)
    assert caught.value.faults == {
        "theme-unknown": "This is no theme of the question any more; load the page again.",
        "theme-trees": NOTHING,
        "code-place": "Choose one of these positions.",
        "quote-levels": NOT_THERE,
    }
    with pytest.raises(EntryError) as caught:
        decide(job(), Entry({}))
    assert caught.value.faults == {"code-place": "Choose a position.", "code-levels": "Choose a position."}
    assert "needle" not in str(caught.value)


def test_who_may_code_or_settle_is_asked_again_when_the_form_comes_in() -> None:
    differ = stand(asked(), said(*codes("ann", "support", "oppose"), *codes("bob", "support", "support")))
    check_may_code(differ, "settling", "cem", None)
    check_may_code(differ, "settling", "ann", "Bob")
    # Who coded it may still correct the last word.
    check_may_code(differ, "coding", "ann", None)
    for role, officer, other in (
        ("coding", "cem", None),
        ("settling", "ann", None),
        ("settling", "ann", "ann"),
        ("settling", "cem", "ann"),
    ):
        with pytest.raises(CodingError):
            check_may_code(differ, role, officer, other)  # type: ignore[arg-type]
    with pytest.raises(CodingError, match="no difference to settle"):
        check_may_code(stand(asked(), []), "settling", "cem", None)


def test_only_those_who_differ_see_what_the_other_coded() -> None:
    differ = stand(asked(), said(*codes("ann", "support", "oppose"), *codes("bob", "support", "support")))
    shown, others = shown_to(differ, "Ann")
    assert ({name: one.codes["levels"] for name, one in shown.items()}, others) == (
        {"ann": "oppose", "bob": "support"},
        ("bob",),
    )
    assert shown_to(differ, "cem") == ({}, ())
    assert shown_to(stand(asked(), said(*codes("ann", "support", "oppose"))), "bob") == ({}, ())


@pytest.mark.parametrize("name", ["", "a.1", "a.1:q", "a.1:q:first", "a.1:q:keying"])
def test_what_names_no_job_is_refused(name: str) -> None:
    with pytest.raises(CodingError, match="no such answer"):
        parse_job_id(name)


def test_a_job_is_named_by_its_response_question_and_role() -> None:
    assert parse_job_id(job(role="settling").id) == ("a.1", "q", "settling")

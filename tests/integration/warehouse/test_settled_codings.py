"""Positions after a difference was settled, after a coder took a coding back, and what increments make of both."""

from typing import Any

from schemas.decisions import Coding, CodingUndo, Link

LIMBS = ("sunday_opening", "trees")


def code(history: Any, response: str, code: str, officer: str, **more: Any) -> None:
    for limb in LIMBS:
        history.decide(Coding(response=response, field="q5_proposal", limb=limb, code=code, **more), officer)


def differ(history: Any, response: str) -> None:
    code(history, response, "support", "one")
    code(history, response, "oppose", "two")


def coded(builder: Any) -> dict[str, str]:
    """The response of each respondent that is coded, and its position on both limbs."""
    found: dict[str, set[str]] = {}
    for respondent, _, _, position in builder.query("FROM coded_positions"):
        found.setdefault(respondent, set()).add(position)
    return {respondent: " and ".join(positions) for respondent, positions in found.items()}


def test_a_difference_is_settled_by_a_third_person_or_by_both_together_and_by_nobody_else(
    new_builder: Any, history: Any
) -> None:
    for name in (
        "open",
        "third",
        "third-again",
        "together",
        "one-of-them",
        "with-a-stranger",
        "with-oneself",
        "agreed",
    ):
        history.arrive(name, {"q5_proposal": f"Words of {name}."})
        differ(history, f"{name}.1")
    code(history, "third.1", "unclear", "three", role="settling")
    code(history, "third-again.1", "unclear", "three", role="settling")
    code(history, "third-again.1", "support", "four", role="settling")
    code(history, "together.1", "unclear", "one", role="settling", settled_with=" TWO ")
    code(history, "one-of-them.1", "unclear", "one", role="settling")
    code(history, "with-a-stranger.1", "unclear", "one", role="settling", settled_with="three")
    code(history, "with-oneself.1", "unclear", "one", role="settling", settled_with="One")
    code(history, "agreed.1", "unclear", "three", role="settling")
    code(history, "agreed.1", "support", "two")
    builder = new_builder()
    builder.build(history)
    assert coded(builder) == {
        "third.1": "unclear",
        "third-again.1": "support",
        "together.1": "unclear",
        # Coders who agree in the end need nobody to settle anything.
        "agreed.1": "support",
    }


def test_a_coder_is_one_person_however_the_name_is_written(new_builder: Any, history: Any) -> None:
    history.arrive("a", {"q5_proposal": "Words."})
    code(history, "a.1", "support", "one")
    code(history, "a.1", "oppose", " One ")
    builder = new_builder()
    builder.build(history)
    assert coded(builder) == {"a.1": "oppose"}


def test_what_is_undone_does_not_count_until_it_is_coded_again(new_builder: Any, history: Any) -> None:
    for name in ("undone", "again", "other"):
        history.arrive(name, {"q5_proposal": f"Words of {name}."})
        code(history, f"{name}.1", "support", "one")
    code(history, "other.1", "oppose", "two")
    builder = new_builder()
    builder.build(history)
    assert coded(builder) == {"undone.1": "support", "again.1": "support"}
    for name in ("undone", "again", "other"):
        history.decide(CodingUndo(response=f"{name}.1", field="q5_proposal"), "one")
    code(history, "again.1", "oppose", "one")
    builder.build(history)
    assert coded(builder) == {"again.1": "oppose", "other.1": "oppose"}
    rebuilt = new_builder("rebuilt")
    rebuilt.build(history)
    assert builder.rows() == rebuilt.rows()


def test_a_settled_coding_of_a_part_of_a_composite_holds_for_the_respondent(new_builder: Any, history: Any) -> None:
    history.arrive("first", {"q5_proposal": "Words of the first."})
    history.arrive("second", {"q5_proposal": "Words of the second."})
    history.decide(Link(first="first.1", second="second.1", verdict="same", reason="The same sender."))
    differ(history, "first.1")
    code(history, "first.1", "unclear", "three", role="settling")
    builder = new_builder()
    builder.build(history)
    assert coded(builder) == {}
    differ(history, "second.1")
    code(history, "second.1", "unclear", "three", role="settling")
    builder.build(history)
    assert coded(builder) == {"first.1": "unclear"}

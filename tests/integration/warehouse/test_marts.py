"""What is counted, and what is held back until the next step of ten."""

from typing import Any

from schemas.decisions import Coding


def _code(
    history: Any, response: str, code: str, officer: str, limbs: tuple[str, ...] = ("trees", "sunday_opening")
) -> None:
    for limb in limbs:
        history.decide(Coding(response=response, field="q5_proposal", limb=limb, code=code), officer)


def test_a_field_is_coded_when_most_of_its_coders_agree_on_every_limb(new_builder: Any, history: Any) -> None:
    for name in ("alone", "agree", "differ", "third", "mind", "half"):
        history.arrive(name, {"q5_proposal": f"Words of {name}."})
    _code(history, "alone.1", "support", "one")
    _code(history, "agree.1", "oppose", "one")
    _code(history, "agree.1", "oppose", "two")
    _code(history, "differ.1", "support", "one")
    _code(history, "differ.1", "oppose", "two")
    _code(history, "third.1", "support", "one")
    _code(history, "third.1", "oppose", "two")
    _code(history, "third.1", "support", "three")
    _code(history, "mind.1", "support", "one")
    _code(history, "mind.1", "oppose", "two")
    _code(history, "mind.1", "oppose", "one")
    _code(history, "half.1", "support", "one", ("trees",))
    history.decide(Coding(response="alone.1", field="q5_proposal", limb="trees", code="no_such_code"), "one")
    builder = new_builder()
    builder.build(history)
    assert sorted(builder.query("FROM coded_positions")) == [
        (f"{name}.1", "q5_proposal", limb, code)
        for name, code in [("agree", "oppose"), ("alone", "support"), ("mind", "oppose"), ("third", "support")]
        for limb in ("sunday_opening", "trees")
    ]
    assert builder.query("SELECT field, responses FROM mart_coded WHERE type_code = ''") == [("q5_proposal", 4)]


def test_respondent_types_and_closed_answers_are_counted_for_everybody_and_for_each_tick(
    new_builder: Any, history: Any
) -> None:
    history.arrive("a", {"r1_capacity": ["resident", "worker"], "q4_satisfied": "4", "r5_district": "de1 2fs"})
    history.arrive("b", {"r1_capacity": ["resident"], "q4_satisfied": "4"})
    history.arrive("c", {"q4_satisfied": "2", "q3_last_visit": "01/05/2007"})
    history.arrive("blank", {})
    builder = new_builder()
    builder.build(history)
    assert sorted(builder.query("FROM mart_types")) == [
        ("", 3),
        ("none_given", 1),
        ("resident", 2),
        ("worker", 1),
        ("~channel_web", 3),
        ("~channel_web~own_words", 3),
        ("~own_words", 3),
    ]
    assert sorted(builder.query("FROM mart_closed WHERE field = 'q4_satisfied'")) == [
        ("q4_satisfied", "2", "", 1),
        ("q4_satisfied", "2", "none_given", 1),
        ("q4_satisfied", "2", "~channel_web", 1),
        ("q4_satisfied", "2", "~channel_web~own_words", 1),
        ("q4_satisfied", "2", "~own_words", 1),
        ("q4_satisfied", "4", "", 2),
        ("q4_satisfied", "4", "resident", 2),
        ("q4_satisfied", "4", "worker", 1),
        ("q4_satisfied", "4", "~channel_web", 2),
        ("q4_satisfied", "4", "~channel_web~own_words", 2),
        ("q4_satisfied", "4", "~own_words", 2),
    ]
    assert builder.query("SELECT code, responses FROM mart_closed WHERE field = 'r5_district' AND type_code = ''") == [
        ("DE1", 1)
    ]
    assert sorted(builder.query("SELECT field, responses FROM mart_answered WHERE type_code = ''")) == [
        ("q3_last_visit", 1),
        ("q4_satisfied", 3),
        ("r1_capacity", 2),
        ("r5_district", 1),
    ]


def test_the_last_beyond_a_full_step_are_held_back_by_arrival_and_by_order_of_coding(
    new_builder: Any, history: Any
) -> None:
    for number in range(13):
        history.arrive(f"a{number}", {"q5_proposal": f"Idea {number}", "q4_satisfied": "1" if number < 10 else "5"})
    for number in reversed(range(12)):
        _code(history, f"a{number}.1", "support" if number > 1 else "oppose", "one")
    builder = new_builder()
    builder.build(history)
    held = sorted(builder.query("SELECT * FROM mart_held_back WHERE type_code = ''"))
    assert held == [
        ("answered", "q4_satisfied", "", "", "", 3),
        ("answered", "q5_proposal", "", "", "", 3),
        ("closed", "q4_satisfied", "", "5", "", 3),
        ("coded", "q5_proposal", "", "", "", 2),
        ("position", "q5_proposal", "sunday_opening", "oppose", "", 2),
        ("position", "q5_proposal", "trees", "oppose", "", 2),
        ("type", "", "", "", "", 3),
    ]

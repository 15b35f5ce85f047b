"""What is counted of the work itself, and what of it may be shown."""

from collections.abc import Callable
from typing import Any

import duckdb

from schemas.decisions import Coding, Link, Redaction
from tests.integration.warehouse.conftest import Builder, History
from transforms.coding.agreement import cohen_kappa, krippendorff_alpha
from transforms.warehouse.versions import current_version

FIELD = "q5_proposal"


def shown(builder: Builder) -> dict[str, tuple[float | None, str, str]]:
    """What members see: each measure with its value, unit and note."""
    file = builder.warehouse.public / f"{current_version(builder.warehouse)}.duckdb"
    with duckdb.connect(str(file), read_only=True) as public:
        rows = public.execute("SELECT measure, value, unit, note FROM quality").fetchall()
    return {measure: tuple(rest) for measure, *rest in rows}


def test_agreement_is_that_of_answers_that_two_coded_apart(
    new_builder: Callable[..., Builder], history: History
) -> None:
    codes = ["support", "oppose", "support_with_reservations"]
    said: list[tuple[str, str]] = []
    for number in range(60):
        history.arrive(f"a{number}", {FIELD: f"Idea {number} of my own."})
        pair = (codes[number % 3], codes[number % 3 if number % 7 else (number + 1) % 3])
        said.append(pair)
        for officer, code in zip(("one", "two"), pair, strict=True):
            for limb in ("trees", "sunday_opening"):
                history.decide(Coding(response=f"a{number}.1", field=FIELD, limb=limb, code=code), officer)
    # What a coder changes after the other has coded is no evidence.
    history.decide(Coding(response="a0.1", field=FIELD, limb="trees", code=said[0][1]), "one")
    builder = new_builder()
    builder.build(history)
    alike = sum(one == two for one, two in said)
    expected = (FIELD, "trees", 60, alike, krippendorff_alpha(said), cohen_kappa(said))
    assert builder.query("FROM agreement WHERE limb = 'trees'") == [expected]
    found = shown(builder)
    of = f"{FIELD}:trees"
    assert {name: found[f"{name}:{of}"][:2] for name in ("double_coded", "alike", "alpha", "kappa")} == {
        "double_coded": (60.0, "responses"),
        "alike": (float(alike), "responses"),
        "alpha": (round(krippendorff_alpha(said) or 0, 2), "alpha"),
        "kappa": (round(cohen_kappa(said) or 0, 2), "kappa"),
    }


def test_no_coefficient_is_given_under_fifty_answers(new_builder: Callable[..., Builder], history: History) -> None:
    for number in range(49):
        history.arrive(f"a{number}", {FIELD: f"Idea {number} of my own."})
        for officer in ("one", "two"):
            code = "support" if number % 2 else "oppose"
            history.decide(Coding(response=f"a{number}.1", field=FIELD, limb="trees", code=code), officer)
            history.decide(Coding(response=f"a{number}.1", field=FIELD, limb="sunday_opening", code=code), officer)
    builder = new_builder()
    builder.build(history)
    value, unit, note = shown(builder)[f"alpha:{FIELD}:trees"]
    assert (value, unit) == (None, "alpha")
    assert note == "Not given under 50 answers that two people coded, or where all were coded alike."


def test_merges_pairs_redactions_and_masked_stretches_are_counted_and_few_are_hidden(
    new_builder: Callable[..., Builder], history: History
) -> None:
    for number in range(14):
        history.arrive(f"a{number}", {FIELD: f"Call me on 01332 2555{number:02}, or my neighbour."})
    for number in range(0, 12, 2):
        history.decide(Link(first=f"a{number}.1", second=f"a{number + 1}.1", verdict="same", reason="one hand"))
    history.decide(Link(first="a12.1", second="a13.1", verdict="different", reason="two"))
    redaction = {"response": "a0.1", "field": FIELD, "words": "my neighbour", "reason": "points to somebody"}
    history.decide(Redaction(change="add", label="name", **redaction))
    builder = new_builder()
    builder.build(history)
    exact = {tuple(row[:3]): row[3] for row in builder.query("FROM mart_quality")}
    wanted: dict[Any, int] = {
        ("linkage", "merged", "officers"): 6,
        ("linkage", "kept_apart", ""): 1,
        ("masking", "masked", "phone"): 14,
        ("masking", "redactions", "add"): 1,
    }
    assert {key: exact[key] for key in wanted} == wanted
    found = shown(builder)
    assert found["merged:officers"][0] == 6.0
    assert found["merged:rule"][0] == 0.0
    assert found["masked:phone"][0] == 10.0
    assert [found[name][0] for name in ("kept_apart", "redactions:add", "masked:email")] == [None] * 3

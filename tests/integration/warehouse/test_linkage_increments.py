"""Who is one respondent is that of linking everything at once, however the responses were cut into builds."""

import json
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from schemas.decisions import KeyedAnswer, Link, QuarantineRelease
from tests.integration.warehouse.conftest import Builder, History
from transforms.linkage.engine.weights import load_weights, write_weights
from transforms.warehouse.read import open_private

GIVEN = ("Ann", "Robert", "Bob", "Siân", "Khalid", "Mary", "Maria", "Tom")
FAMILY = ("Lee", "Leigh", "Okafor", "Nowak")
PROPOSALS = (
    "Please keep the libraries open on Sundays for families.",
    "Please keep the libraries open on Sundays for all families.",
    "More trees along the river, and benches that one can sit on.",
    "No.",
)


@pytest.fixture
def builder(new_builder: Callable[..., Builder], tmp_path: Path) -> Callable[[str], Builder]:
    """Makes a builder that counts in the first sixteen responses, and so only adds later ones; it keeps every pair."""
    weights = tmp_path / "weights.toml"
    write_weights(load_weights().model_copy(update={"sample": 16, "review": -40.0, "worst_in_cluster": -40.0}), weights)

    def make(name: str) -> Builder:
        made = new_builder(name)
        return Builder(replace(made.warehouse, linkage_weights=weights))

    return make


def respond(history: History, number: int, chance: random.Random) -> None:
    """One response of somebody of a few, some by a library's address, some failing a rule that an officer waives."""
    given, family = chance.choice(GIVEN), chance.choice(FAMILY)
    answers: dict[str, Any] = {
        "q4_satisfied": chance.choice("12345") if chance.random() > 0.15 else "9",
        "q5_proposal": chance.choice(PROPOSALS),
        "c1_given_name": given,
        "c2_family_name": family,
        "c3_email": chance.choice([f"{given}.{family}@example.org".lower(), "club@example.org", ""]),
    }
    sender = chance.choice([None, "library@example.org"])
    history.arrive(f"a{number}", answers, sender=sender, channel="email" if sender else "web")


def pairs(builder: Builder) -> list[tuple[Any, ...]]:
    with open_private(builder.warehouse) as connection:
        return sorted(connection.execute("SELECT a, b, weight, may_merge, asks FROM linkage_pairs").fetchall())


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_batches_link_as_everything_at_once(builder: Callable[[str], Builder], history: History, seed: int) -> None:
    chance = random.Random(seed)
    by_steps = builder("steps")
    for number in range(110):
        respond(history, number, chance)
        if number > 20 and chance.random() < 0.1:
            waived = chance.randrange(number)
            history.decide(QuarantineRelease(response=f"a{waived}.1", corrections={}, reason="as it is"))
        if number > 20 and chance.random() < 0.1:
            first, second = chance.sample(range(number), 2)
            verdict = chance.choice(["same", "different", "undo"])
            history.decide(Link(first=f"a{first}.1", second=f"a{second}.1", verdict=verdict, reason="looked at"))
        if chance.random() < 0.12:
            by_steps.build(history)
    by_steps.build(history)
    at_once = builder("once")
    at_once.build(history)
    assert len(pairs(by_steps)) > 100
    assert pairs(by_steps) == pairs(at_once)
    assert by_steps.rows() == at_once.rows()


def test_a_response_that_joins_or_leaves_a_full_block_moves_its_end(
    builder: Callable[[str], Builder], history: History
) -> None:
    """Of a block the first forty are compared; who is read anew keeps the place of its arrival."""
    shared = {"c3_email": "library@example.org", "c4_phone": "01332 255555"}
    for number in range(50):
        broken = {"q4_satisfied": "9"} if number in (20, 22) else {}
        history.arrive(f"a{number}", {"q5_proposal": f"Idea {number}"} | shared | broken)
    by_steps = builder("steps")
    by_steps.build(history)
    assert _last_compared(by_steps) == 41
    history.decide(QuarantineRelease(response="a20.1", corrections={}, reason="as it is"))
    by_steps.build(history)
    assert _last_compared(by_steps) == 40
    answers = json.dumps({"q5_proposal": "Idea 21", "c3_email": "bob@example.org"})
    history.landing[21]["answers"] = answers
    history.decide(KeyedAnswer(response="a21.1", column="c3_email", role="keying", outcome="blank"))
    # Somebody new has the key that it leaves.
    history.arrive("a50", {"q5_proposal": "Idea 50"} | shared)
    by_steps.build(history)
    assert _last_compared(by_steps) == 41
    at_once = builder("once")
    at_once.build(history)
    assert pairs(by_steps) == pairs(at_once)
    assert by_steps.rows() == at_once.rows()


def _last_compared(builder: Builder) -> int:
    return max(int(second.removeprefix("a").removesuffix(".1")) for (second,) in builder.query(_SECONDS))


_SECONDS = "SELECT r.response_id FROM linkage_pairs AS p JOIN received AS r ON r.rid = p.b"

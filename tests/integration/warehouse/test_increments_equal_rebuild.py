"""The sum of increments is the full rebuild, row for row, however the history is cut into batches."""

import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.decisions import (
    Coding,
    Extension,
    Invalidation,
    LateAcceptance,
    Link,
    OutreachEntry,
    QuarantineRelease,
    ThemeChange,
    ThemeCoding,
    ThemeMark,
    VerdictUndo,
)
from schemas.definition import Definition
from transforms.warehouse.versions import Warehouse

NAMES = ("Ann", "Bob")
ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        "q1_use": st.sampled_from(["parks", "both", "a garden"]),
        "q2_visits": st.sampled_from(["0", "3", "12", "3", "many"]),
        "q4_satisfied": st.sampled_from(["1", "5", "5", "9", "N/A"]),
        "q5_proposal": st.sampled_from(["Good idea.", "Call 01332 255555", "  - ", "No, thank you"]),
        "r1_capacity": st.sampled_from([["resident"], ["worker", "resident"], []]),
        "r5_district": st.sampled_from(["DE1", "de22 3AB"]),
        "c1_given_name": st.sampled_from(NAMES),
        "c2_family_name": st.just("Smith"),
        "c3_email": st.sampled_from(["ann@example.org", "bob@example.org", "*"]),
    },
)
RECEIVED = st.sampled_from([0, 1, 2, 60, 91, 93, 120])
# Days between starting and sending, and by how many the device's clock is ahead; None where it told neither.
DEVICES = st.sampled_from([None, (1, 0), (1, 2), (2, -2), (30, 365)])
STATES = st.sampled_from(["response"] * 6 + ["not_a_response", "in_review", "quarantined"])


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[Any, ...]]:
    """What happens, one after the other: arrivals, later versions, withdrawals and decisions about what is there."""
    steps: list[tuple[Any, ...]] = []
    artefacts = draw(st.integers(2, 9))
    for number in range(artefacts):
        several = draw(st.sampled_from([1, 1, 1, 2]))
        given_answers = tuple(draw(ANSWERS) for _ in range(several))
        earlier = f"a{draw(st.integers(0, number))}" if draw(st.integers(0, 4)) == 0 else None
        steps.append(
            (
                "arrive", f"a{number}", given_answers, draw(RECEIVED), draw(STATES), earlier,
                draw(st.sampled_from([None, "ann@example.org", "club@example.org"])),
                draw(st.sampled_from(["web", "email", "post"])), draw(DEVICES),
            )
        )  # fmt: skip
        if draw(st.integers(0, 5)) == 0:
            steps.append(("withdraw", f"a{draw(st.integers(0, artefacts - 1))}"))
        for _ in range(draw(st.integers(0, 3))):
            steps.append(("decide", draw(_decisions(artefacts)), draw(st.sampled_from(["one", "two", "three"]))))
    return steps


@st.composite
def _decisions(draw: st.DrawFn, artefacts: int) -> Any:
    response = f"a{draw(st.integers(0, artefacts - 1))}.1"
    other = f"a{draw(st.integers(0, artefacts - 1))}.1"
    code = draw(st.sampled_from(["support", "oppose"]))
    limb = draw(st.sampled_from(["sunday_opening", "trees"]))
    return draw(
        st.sampled_from(
            [
                Coding(response=response, field="q5_proposal", limb=limb, code=code),
                Coding(response=response, field="q5_proposal", limb="trees", code=code),
                Coding(response=response, field="q5_proposal", limb="sunday_opening", code=code),
                ThemeCoding(response=response, field="q5_proposal", themes=(ThemeMark(theme="money", quote="words"),)),
                ThemeChange(field="q5_proposal", theme="money", change="named", label="Money"),
                OutreachEntry(who="older people", how="a letter"),
                QuarantineRelease(response=response, corrections={"q2_visits": "7"}, reason="keyed again"),
                QuarantineRelease(response=response, corrections={}, reason="waived"),
                Invalidation(response=response, reason="a test"),
                LateAcceptance(response=response, reason="post was late"),
                VerdictUndo(response=response, reason="a mistake"),
                Link(first=response, second=other, verdict="same", reason="same hand"),
                Link(first=other, second=response, verdict="different", reason="a couple"),
                Link(first=response, second=other, verdict="undo", reason="a mistake"),
                Extension(closes=date(2007, 8, 3), reason="floods"),
            ]
        )
    )


@settings(
    max_examples=8, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(steps=histories(), cuts=st.sets(st.integers(0, 25), max_size=4))
def test_increments_give_the_rows_of_a_full_rebuild(
    steps: list[tuple[Any, ...]], cuts: set[int], parks: Definition, builder_in: Any, new_history: Any
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        by_steps, at_once = builder_in(Path(folder) / "steps"), builder_in(Path(folder) / "once")
        history = new_history()
        for number, step in enumerate(steps):
            _take(history, step)
            if number in cuts:
                by_steps.build(history)
        by_steps.build(history)
        at_once.build(history)
        assert by_steps.rows() == at_once.rows()


def _take(history: Any, step: tuple[Any, ...]) -> None:
    if step[0] == "arrive":
        _, artefact, answers, day, state, earlier, sender, channel, device = step
        received_at = datetime(2007, 5, 2, 9, tzinfo=UTC) + timedelta(days=day)
        event: dict[str, Any] = {"event": "supersede", "relates_to": earlier} if earlier else {}
        if device:
            device_time = received_at + timedelta(days=device[1])
            event |= {"device_time": device_time, "started_at": device_time - timedelta(days=device[0])}
        history.arrive(
            artefact, *answers, received_at=received_at, state=state, sender=sender, channel=channel,
            postmark="2007-07-30" if channel == "post" else None, **event,
        )  # fmt: skip
    elif step[0] == "withdraw":
        history.happen("withdraw", step[1])
    else:
        history.decide(step[1], step[2])


@pytest.fixture
def builder_in(parks: Definition, new_builder: Any) -> Any:
    """Makes a builder in a folder that the test names."""
    kind = type(new_builder())

    def make(root: Path) -> Any:
        return kind(Warehouse(root / "private", root / "public", parks, "ab" * 32))

    return make


@pytest.fixture
def new_history(parks: Definition, history: Any) -> Any:
    """Makes an empty history."""
    return lambda: type(history)(parks.questionnaire_hash)

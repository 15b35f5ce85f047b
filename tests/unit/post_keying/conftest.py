"""Definitions in which the sample is known, and keyed answers in a row."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from schemas.decisions import Decided, KeyedAnswer, KeyingUndo
from schemas.definition import BUILT_IN, Definition, load_definition
from schemas.policy import Keying

RESPONSE = "scan-1.1"


@pytest.fixture(scope="session")
def parks() -> Definition:
    return load_definition(BUILT_IN / "parks-and-libraries-2007")


@pytest.fixture(scope="session")
def sampling(parks: Definition) -> Callable[..., Definition]:
    """The definition with such shares."""

    def with_shares(double_key_share: float = 0, audit_share: float = 0) -> Definition:
        keying = Keying(double_key_share=double_key_share, audit_share=audit_share)
        return replace(parks, policy=parks.policy.model_copy(update={"keying": keying}))

    return with_shares


@pytest.fixture(scope="session")
def said() -> Callable[..., list[Decided]]:
    """Decisions in the order of the journal, each `(officer, role, outcome or answer)` and what else it has.

    `(officer, "undo", None)` takes back what the officer keyed.
    """

    def decide(*each: tuple[Any, ...], column: str = "q5_proposal") -> list[Decided]:
        return [decided(seq, column, *one) for seq, one in enumerate(each, 1)]

    return decide


def decided(
    seq: int, column: str, officer: str, role: Any, given: Any, settled_with: str | None = None, part: str | None = None
) -> Decided:
    at = datetime(2007, 5, 2, tzinfo=UTC)
    if role == "undo":
        return Decided(seq, at, officer, KeyingUndo(response=RESPONSE, column=column))
    is_outcome = given in ("blank", "illegible", "continued_elsewhere")
    decision = KeyedAnswer(
        response=RESPONSE,
        column=column,
        role=role,
        outcome=given if is_outcome else "answer",
        answer=None if is_outcome else given,
        settled_with=settled_with,
        part=part,
    )
    return Decided(seq, at, officer, decision)

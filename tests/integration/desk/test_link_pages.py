"""The pages of links: two responses side by side, what an officer says of them, and what becomes of it."""

from collections.abc import Callable
from typing import Any

import pytest

from orchestration.builds import warehouse_of
from schemas.data_folder import DataFolder
from schemas.decisions import Link, SenderOpened
from schemas.definition import Definition
from tests.integration.desk.reviewing import Reviewer, decisions, heading
from tests.integration.desk.running import plain
from tests.integration.keying.running import Desk, build
from transforms.warehouse.read import open_private

Arrive = Callable[[list[dict[str, Any]]], list[str]]
Reviewers = Callable[..., list[Reviewer]]
ASKED = "Are these two of one respondent?"
NEEDLE = "needle@example.org"
SENDER = {"c1_given_name": "Olwen", "c2_family_name": "Needleworth", "c3_email": NEEDLE}
FIRST = {"q4_satisfied": "2", "q5_proposal": "Open on <b>Sundays</b>, and ask needle@example.org.", **SENDER}
SECOND = {"q1_use": "parks", "q5_proposal": "Open on Saturdays, and ask needle@example.org.", **SENDER}


@pytest.fixture
def officers(desk: Callable[[], Desk]) -> Reviewers:
    """Officers of these names at one desk."""

    def start(*names: str) -> list[Reviewer]:
        running = desk()
        return [Reviewer(running.client(name)) for name in names]

    return start


def lines(data: DataFolder, parks: Definition) -> dict[str, str]:
    """Build what is new; the line of each response."""
    build(data, parks)
    with open_private(warehouse_of(data, parks)) as connection:
        return dict(connection.execute("SELECT response_id, line FROM responses ORDER BY ALL").fetchall())


def test_a_pair(arrive: Arrive, officers: Reviewers, data: DataFolder, parks: Definition) -> None:
    first, second = arrive([FIRST, SECOND])
    (olga,) = officers("olga")
    page = olga.get("/links")
    print(page.text)
    assert heading(page) == ASKED

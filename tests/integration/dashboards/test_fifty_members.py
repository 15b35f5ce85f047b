"""Fifty members look at the results at once, each over a websocket of their own: nobody sees an error."""

import asyncio

import pytest

from benchmarks._members import Visit, members
from tests.integration.dashboards.conftest import Server

MEMBERS, LOOKS = 50, 2


@pytest.mark.slow
def test_fifty_members_at_once_see_no_error(server: Server) -> None:
    cookies = [f"yoursay_session={server.token('member')}" for _ in range(MEMBERS)]
    seen = asyncio.run(members(server.address, cookies, Visit(LOOKS, pause=4)))
    assert set(seen.wrong) == set()
    assert len(seen.looks) == MEMBERS * (LOOKS + 1)

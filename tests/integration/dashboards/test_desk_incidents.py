"""What nobody foresaw at the desk: a sentence and an id, no trace and nothing of an answer."""

import logging
import re
import socket
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from dashboards.accounts import Account, add_account
from dashboards.desk.app import create_desk_app
from dashboards.sessions import open_session
from dashboards.sign_in_settings import sign_in_settings
from orchestration.desk import desk_of
from schemas.data_folder import DataFolder
from tests.integration.desk.running import land
from tests.integration.keying.running import build, publish_parks
from tests.oidc_provider import running

NEEDLE = "needle-in-an-answer"


class Fails:
    """A place in the work list that fails over an answer."""

    def __getattr__(self, _name: str) -> object:
        raise ValueError(NEEDLE)


def test_a_page_that_fails_says_a_sentence_and_an_id(
    data: DataFolder, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    definition = publish_parks(data, tmp_path)
    land(data, definition, [{"q5_proposal": NEEDLE}])
    build(data, definition)
    desk = replace(desk_of(data, definition), work=(Fails(),))  # type: ignore[arg-type]
    add_account(data.accounts, Account("olga", "officer"), "a long password")
    token = open_session(data.accounts, Account("olga", "officer"), data.clock.now())
    listener = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with caplog.at_level(logging.ERROR), running(create_desk_app(sign_in_settings(data, "desk"), desk), listener):
        answer = httpx.get(f"{address}/work", cookies={"yoursay_session": token}, timeout=60)
    assert answer.status_code == 500
    told = re.search(r"Something went wrong, and it was noted as (\w{8})\.", answer.text)
    assert told
    assert f"Incident {told[1]}: ValueError at " in caplog.text
    assert (NEEDLE in answer.text, NEEDLE in caplog.text, "Traceback" in answer.text) == (False, False, False)
    assert answer.headers["cache-control"] == "no-store"

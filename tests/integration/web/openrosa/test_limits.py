"""How much one sender may send, and on which channel."""

from typing import Any

import pytest

from schemas.data_folder import DataFolder


@pytest.fixture(autouse=True)
def limits(data: DataFolder) -> None:
    data.public_server.mkdir(parents=True)
    (data.public_server / "limits.toml").write_text("submissions_a_minute_a_token = 2\n", "utf-8")


def test_a_sender_who_sends_too_much_is_told_when_to_come_back_and_others_go_on(odk: Any) -> None:
    answers = [odk.post(odk.instance()) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 429]
    assert 1 <= int(answers[2].headers["retry-after"]) <= 60
    assert odk.sentence(answers[2]).startswith("Too much has come from here in the last minute")
    assert odk.post(odk.instance(), odk.token_of("another team")).status_code == 201
    assert odk.stored() == 3

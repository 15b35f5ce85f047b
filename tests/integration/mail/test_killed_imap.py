"""`kill -9` at every step of taking in an account: nothing is lost, nothing is doubled."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable

import pytest

from ingest.landing import Landed, Landing
from ingest.mail.intake.imap_intake import land_imap
from ingest.mail.intake.mailbox import Door
from schemas.data_folder import DataFolder
from tests.imap_proxy import Moment, Proxy, proxy_to
from tests.integration.mail.boxes import Box, Write, line_feeds

LANDER = """
import sys
from pathlib import Path
from ingest.mail.intake import mailbox
from ingest.mail.intake.imap_intake import land_imap
from ingest.mail.intake.mail_settings import MailAccount
from orchestration.mail_intake import door_of
from schemas.data_folder import DataFolder
from schemas.definition import published_definition

data = DataFolder(Path(sys.argv[1]))
account = MailAccount.model_validate_json(sys.argv[2])
door = door_of(data, published_definition(data.definitions, "third-sector-2007"))
mailbox.BATCH_MESSAGES = 2
# The test kills this process from now on.
print("ready", flush=True)
sys.stdin.readline()
land_imap(account, door)
"""


@pytest.mark.slow
def test_killed_at_every_command_before_and_after_it(
    box: Box, door: Door, write: Write, data: DataFolder, landing: Landing, opened: Callable[[], dict[str, bytes]]
) -> None:
    sent: list[bytes] = []
    with proxy_to(box.server.plain_port) as proxy:
        assert run(box, data, write, proxy, sent, None) == 0
        commands = [command.split(b" ", 3) for command in proxy.commands]
        steps = [(moment, number) for number in range(1, len(commands)) for moment in ("before", "after")]
        assert {b"SELECT", b"STORE", b"MOVE", b"FETCH"} <= {word for command in commands for word in command}
        assert len(steps) >= 20
        for step in steps:
            assert run(box, data, write, proxy, sent, step) == -signal.SIGKILL, step
            assert landing.log.last_seq() <= len(sent)
    landed = land_imap(box.settings(), door)
    assert landed == Landed(landed.new, landed.already, len(sent))
    assert sorted(map(line_feeds, opened().values())) == sorted(sent)
    assert sorted(box.contents("YourSay done")) == sorted(sent)
    assert box.contents("INBOX") == []
    assert landing.verify() == []


def run(box: Box, data: DataFolder, write: Write, proxy: Proxy, sent: list[bytes], step: tuple[str, int] | None) -> int:
    """Three new messages, and a lander that is killed at a step; gives its exit code."""
    new = [write(f"1. Answer {len(sent) + n}", Message_ID=f"<{len(sent) + n}@example.org>") for n in range(3)]
    sent.extend(new)
    box.deliver(*new)
    account = box.settings(port=proxy.port, security="none", ca_file=None)
    lander = subprocess.Popen(
        [sys.executable, "-c", LANDER, str(data.root), account.model_dump_json()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert lander.stdin and lander.stdout
    assert lander.stdout.readline() == b"ready\n"

    def kill(moment: Moment, number: int, command: bytes) -> bool:
        if (moment, number) != step:
            return False
        os.kill(lander.pid, signal.SIGKILL)
        return True

    proxy.commands.clear()
    proxy.at = kill
    lander.communicate(b"\n")
    return lander.returncode

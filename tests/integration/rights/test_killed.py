"""An erasure or a destruction that is killed at any step is finished by the next run."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from schemas.clock import write_shifted_clock
from tests.integration.rights.conftest import NEEDLES, Filled, files_with
from tests.integration.rights.test_erasing import said_in

CommandLine = Callable[..., Any]
# Runs the command line, and is killed for good in the place of one function's first call.
_KILLED_AT = """
import importlib, os, signal, sys
module, function = sys.argv.pop(1).split(":")
def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
setattr(importlib.import_module(module), function, die)
from orchestration.cli import main
main()
"""


def killed(filled: Filled, at: str, *arguments: str) -> None:
    environment = os.environ | {"YOURSAY_DATA": str(filled.data.root)}
    command = [sys.executable, "-c", _KILLED_AT, at, *arguments]
    ended = subprocess.run(command, env=environment, capture_output=True, timeout=240, check=False)
    assert ended.returncode == -9, ended.stderr.decode()


@pytest.mark.parametrize(
    "step",
    [
        "orchestration.rights.erasing:finish_erasures",
        "ingest.body_removal:_take_place",
        "orchestration.rights.erasing:rebuild",
        "orchestration.rights.places:prune",
    ],
)
def test_a_killed_erasure_is_finished_by_the_next(yoursay: CommandLine, filled: Filled, step: str) -> None:
    erase = ("erase", "--respondent", f"{filled.web}.1", "--officer", "ruth")
    killed(filled, step, *erase)
    # Whatever was left, nothing that others sent is touched, and the second run needs to be told nothing more.
    assert yoursay(*erase).code == 0
    assert yoursay("erase", "--response", filled.mail, "--officer", "ruth").code == 0
    said = said_in(filled)
    assert [needle for needle in (*NEEDLES, "Quillstone") if needle in said] == []
    assert files_with(filled.data.root, (*NEEDLES, "Quillstone")) == set()
    assert "At mill number 2" in said
    verified = yoursay("landing", "verify", "--json").json
    assert (verified["landing"], verified["erasures"]["problems"], verified["erased"]) == (
        {"records": 17, "problems": []},
        [],
        3,
    )


def test_verifying_says_that_an_erasure_broke_off(yoursay: CommandLine, filled: Filled) -> None:
    killed(filled, "orchestration.rights.erasing:finish_erasures", "erase", "--response", filled.mail, "--officer", "a")
    found = yoursay("landing", "verify")
    assert (found.code, found.err.splitlines()[0]) == (
        1,
        f"  erasures, {filled.mail}: its erasure is not finished; run 'yoursay erase --again'",
    )
    assert yoursay("erase", "--again").code == 0
    assert yoursay("landing", "verify").code == 0


def test_a_killed_destruction_is_finished_by_the_next(yoursay: CommandLine, filled: Filled) -> None:
    reason = ("--officer", "ruth", "--reason", "signed off")
    write_shifted_clock(filled.data.clock_file, datetime(2007, 6, 10, 12, tzinfo=UTC))
    assert yoursay("retention", "final", "2007-05-10", *reason).code == 0
    code = yoursay("retention", "run", "--json").json["code"]
    run = ("retention", "run", "--destroy", code, "--officer", "ruth", "--witness", "sam")
    killed(filled, "orchestration.rights.destruction:_certificate", *run)
    unfinished = yoursay("retention", "run")
    assert (unfinished.code, unfinished.err) == (
        1,
        f"yoursay: A destruction was broken off; finish it with --destroy {code}.\n",
    )
    assert yoursay(*run).code == 0
    assert yoursay("retention", "status").out == "bus-shelters: the keys were destroyed on 2007-06-10.\n"
    assert files_with(filled.data.root, NEEDLES) == set()

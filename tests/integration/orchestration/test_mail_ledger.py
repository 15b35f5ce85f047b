"""What a mailbox gets, in the ledger: every message has its lines, and an officer's reading of a letter counts."""

import csv
import json
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from benchmarks._mail_corpus import DEVELOPMENT_SEEDS, corpus, mutations
from benchmarks._mail_sample import Editions, Expected
from orchestration.intake import landing_of
from schemas.clock import write_shifted_clock
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from schemas.sealing import read_identity

CommandLine = Callable[..., Any]
NOW = datetime(2007, 3, 20, 12, tzinfo=UTC)
MUTATIONS = 40
WAITING = ("in_quarantine", "not_a_response", "in_review")


def ledger_line(expected: Expected) -> str:
    """The line of the ledger, where the reading alone decides it."""
    if expected.state == "response":
        return "in_review" if expected.waiting and not expected.answers else "counted or blank"
    return {"quarantined": "in_quarantine"}.get(expected.state, expected.state)


def test_the_ledger_counts_every_message(
    yoursay: CommandLine, data: DataFolder, third_sector: Definition, tmp_path: Path
) -> None:
    write_shifted_clock(data.clock_file, NOW)
    editions = Editions()
    samples = list(corpus(DEVELOPMENT_SEEDS[:1], read_identity(data.keys(third_sector.id)), editions))
    written = [one for one in samples if one.about is editions.seed and len(one.raw) < 2_000_000]
    expected = Counter(ledger_line(line) for one in written for line in one.lines)
    (lines, received) = taken_in([one.raw for one in written], yoursay, tmp_path / "written")
    assert received == sum(expected.values())
    assert {name: lines[name] for name in WAITING} == {name: expected[name] for name in WAITING}
    assert all(one["why"] for one in yoursay("quarantine", "list", "--json").json)
    before = landing_of(data, third_sector).log.last_seq()
    mutated = [one.raw for one in mutations(written, 4, MUTATIONS)]
    (_, received_then) = taken_in(mutated, yoursay, tmp_path / "mutated")
    # What was mutated has one line or more each, of whatever sort; the same message again is none.
    landed = landing_of(data, third_sector).log.last_seq() - before
    assert landed > MUTATIONS // 2
    assert received_then - received >= landed


def taken_in(messages: list[bytes], yoursay: CommandLine, folder: Path) -> tuple[dict[str, int], int]:
    """Land messages and run the pipeline: the lines of the ledger, and their sum, which is what was received."""
    folder.mkdir()
    for number, raw in enumerate(messages):
        (folder / f"{number}.eml").write_bytes(raw)
    assert yoursay("mail", "--folder", folder).code == 0
    assert yoursay("pipeline", "run").code == 0
    (channel,) = yoursay("ledger", "--json").json
    lines: dict[str, int] = channel["lines"]
    assert channel["received"] == sum(lines.values())
    return lines, channel["received"]


def test_a_letter_counts_once_an_officer_has_said_what_it_answers(
    yoursay: CommandLine, data: DataFolder, third_sector: Definition, tmp_path: Path
) -> None:
    write_shifted_clock(data.clock_file, NOW)
    mail = EmailMessage()
    mail["From"], mail["Subject"], mail["Date"] = "ann@example.org", "Plan", "Fri, 02 Mar 2007 09:00:00 +0000"
    mail.set_content("A place at the table is right. Six-monthly returns are too many for us.")
    folder = tmp_path / "inbox"
    folder.mkdir()
    (folder / "letter.eml").write_bytes(mail.as_bytes())
    assert yoursay("mail", "--folder", folder).code == 0
    assert yoursay("pipeline", "run").code == 0
    (held,) = yoursay("quarantine", "list", "--json").json
    assert (held["line"], held["why"]) == ("in_review", "a letter without a form: an officer decides")
    passages = {
        "q2_place": "A place at the table is right.",
        "q6_monitoring": "Six-monthly returns are too many for us.",
    }
    corrections = tmp_path / "passages.json"
    corrections.write_text(json.dumps(passages), "utf-8")
    officer = ["--officer", "officer", "--reason", "read and coded", "--corrections", corrections]
    assert yoursay("quarantine", "release", held["response"], *officer).code == 0
    assert yoursay("pipeline", "run").code == 0
    (channel,) = yoursay("ledger", "--json").json
    assert (channel["received"], channel["lines"]["included"]) == (1, 1)
    assert yoursay("quarantine", "list", "--json").json == []
    clean = tmp_path / "clean.csv"
    assert yoursay("export", clean, "--layer", "clean", "--format", "csv").code == 0
    with clean.open(encoding="utf-8", newline="") as handle:
        (row,) = csv.DictReader(handle)
    assert {name: row[name] for name in passages} == passages

"""Subject access: everything held about one person, nothing about anybody else, and the look is logged."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.integration.rights.conftest import LETTER, NEEDLES, Filled

CommandLine = Callable[..., Any]


def test_a_person_gets_what_they_sent_and_what_was_decided_about_it(
    yoursay: CommandLine, filled: Filled, tmp_path: Path
) -> None:
    out = tmp_path / "for-ada"
    done = yoursay("subject-access", "--respondent", f"{filled.web}.1", "--out", out, "--officer", "ruth")
    assert done.code == 0
    names = sorted(str(file.relative_to(out)) for file in out.rglob("*") if file.is_file())
    assert names == sorted(
        [
            "your-data.html",
            "your-data.json",
            f"as-it-came/{filled.web}.json",
            f"as-it-came/{filled.imported}.json",
        ]
    )
    assert {file.stat().st_mode & 0o077 for file in (out, *out.rglob("*"))} == {0}
    data = json.loads((out / "your-data.json").read_text("utf-8"))
    by_id = {one["response"]: one for one in data["responses"]}
    assert set(by_id) == {f"{filled.web}.1", f"{filled.imported}.1"}
    assert by_id[f"{filled.web}.1"]["answers"] == [
        {
            "field": "q1_where",
            "question": "Where should one stand?",
            "answer": f"{NEEDLES[0]} please",
            "in_words": f"{NEEDLES[0]} please",
        },
        {
            "field": "q2_often",
            "question": "How often do you take the bus?",
            "answer": "daily",
            "in_words": "Every day",
        },
        {
            "field": "q3_email",
            "question": "Your e-mail address, if you like",
            "answer": NEEDLES[1],
            "in_words": NEEDLES[1],
        },
    ]
    assert [(one["kind"], one["officer"]) for one in data["decisions"]] == [
        ("coding", "officer-1"),
        ("link", "officer-1"),
    ]
    page = (out / "your-data.html").read_text("utf-8")
    assert all(text in page for text in ("Every day", NEEDLES[0], NEEDLES[1], "to choose places for shelters"))
    everything = "".join(file.read_text("utf-8") for file in out.rglob("*") if file.is_file())
    assert "mill number" not in everything
    assert "nothing of it" not in everything


def test_a_letter_is_given_as_it_came_and_each_look_is_in_the_next_answer(
    yoursay: CommandLine, filled: Filled, tmp_path: Path
) -> None:
    ask = ("subject-access", "--response", filled.mail, "--officer", "ruth", "--reason", "she asked", "--out")
    assert yoursay(*ask, tmp_path / "one").code == 0
    assert yoursay(*ask, tmp_path / "two").code == 0
    letter = (tmp_path / "one" / "as-it-came" / f"{filled.mail}.eml").read_text("utf-8")
    assert letter.endswith(LETTER)
    looks = [
        [
            (one["officer"], one["what"], one["reason"])
            for one in json.loads((tmp_path / name / "your-data.json").read_text())["access"]
        ]
        for name in ("one", "two")
    ]
    assert looks == [[], [("ruth", "subject access", "she asked")]]
    again = yoursay(*ask, tmp_path / "one")
    assert (again.code, again.err) == (
        1,
        f"yoursay: {tmp_path / 'one'}: cannot be made (File exists); name a new folder.\n",
    )


def test_of_a_link_to_somebody_else_only_the_verdict_is_told(
    yoursay: CommandLine, filled: Filled, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    assert yoursay("subject-access", "--response", f"{filled.web}.1", "--out", out, "--officer", "ruth").code == 0
    (link,) = [one for one in json.loads((out / "your-data.json").read_text())["decisions"] if one["kind"] == "link"]
    assert set(link) == {"at", "officer", "kind", "verdict", "first", "with"}
    assert filled.imported not in (out / "your-data.json").read_text()


def test_nobody_looks_without_a_name(yoursay: CommandLine, filled: Filled, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = yoursay("subject-access", "--response", filled.mail, "--out", out, "--officer", " ")
    assert (done.code, out.exists()) == (1, False)
    assert done.err.startswith("yoursay: Say who takes the data out, with --officer")

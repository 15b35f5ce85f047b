"""From a doubtful answer of a message to the clean record, by the command line."""

import email
from collections.abc import Callable
from pathlib import Path
from typing import Any

from schemas.data_folder import DataFolder
from schemas.definition import Definition

Yoursay = Callable[..., Any]
Parks = Callable[..., Definition]
Mail = Callable[..., None]
Letter = Callable[[str, str], None]
Clean = Callable[..., list[dict[str, Any]]]
NEEDLE = "needle-in-an-answer"
# There is no sixth question: what stands under it may belong to the fifth.
LETTER = f"1. Parks\n5. {NEEDLE}\n6. More benches\n"
READ_AS = f"{NEEDLE}\n6. More benches"


def next_job(yoursay: Yoursay, officer: str, *more: str | Path) -> Any:
    called = yoursay("keying", "next", "--officer", officer, "--json", *more)
    assert (called.code, called.err) == (0, "")
    return called.json["job"]


def waiting(yoursay: Yoursay) -> dict[str, int]:
    status = yoursay("keying", "status", "--json").json
    return {due: count for due, count in status["waiting"].items() if count}


def test_a_doubtful_tick_is_keyed_and_counts_from_the_next_run(
    yoursay: Yoursay, parks: Parks, mail: Mail, clean: Clean
) -> None:
    parks()
    mail("ann", q1_use=["parks", "both"], q5_proposal="Yes")
    assert yoursay("mail").code == 0
    assert clean("q1_use", "q5_proposal") == [{"q1_use": None, "q5_proposal": "Yes"}]
    job = next_job(yoursay, "olga")
    assert (job["column"], job["number"], job["kind"]) == ("q1_use", "1", "keying")
    assert [one["code"] for one in job["choices"]] == ["parks", "libraries", "both", "neither", "other"]
    answered = yoursay("keying", "answer", job["id"], "--officer", "olga", "--code", "both")
    assert (answered.code, answered.out) == (
        0,
        f"{job['id']}: keyed; it counts from the next 'yoursay pipeline run'.\n",
    )
    assert yoursay("keying", "next", "--officer", "olga").out == "Nothing waits for you.\n"
    assert waiting(yoursay) == {}
    assert clean("q1_use", "q5_proposal") == [{"q1_use": "both", "q5_proposal": "Yes"}]
    assert yoursay("keying", "status", "--json").json["settled"] == {"answer": 1, "blank": 0, "illegible": 0}


def test_two_key_apart_and_a_third_settles(yoursay: Yoursay, parks: Parks, letter: Letter, clean: Clean) -> None:
    parks(double_key_share=1)
    letter("ann", LETTER)
    yoursay("mail")
    assert clean("q1_use", "q5_proposal") == [{"q1_use": "parks", "q5_proposal": None}]
    first = next_job(yoursay, "olga")
    assert (first["suggestion"], first["picture"]) == (READ_AS, False)
    assert yoursay("keying", "answer", first["id"], "--officer", "olga", text=f"{NEEDLE} one\n").code == 0
    # Between two runs, and after one that has taken the first in.
    for _ in range(2):
        assert (waiting(yoursay), next_job(yoursay, "olga")) == ({"second": 1}, None)
        second = next_job(yoursay, "peter")
        assert second | {"why": None} == first | {"why": None}
        assert NEEDLE + " one" not in str(second)
        assert clean("q5_proposal") == [{"q5_proposal": None}]
    yoursay("keying", "answer", second["id"], "--officer", "peter", text=f"{NEEDLE} two")
    for _ in range(2):
        assert waiting(yoursay) == {"third": 1}
        assert (next_job(yoursay, "olga"), next_job(yoursay, "peter")) == (None, None)
        third = next_job(yoursay, "quinn")
        assert (third["kind"], third["id"]) == ("settling a difference", third["response"] + ":q5_proposal:settling")
        assert yoursay("keying", "status", "--json").json["jobs"] == {"third": [third["id"]], "continued": []}
        assert clean("q5_proposal") == [{"q5_proposal": None}]
    yoursay("keying", "answer", third["id"], "--officer", "quinn", text=f"{NEEDLE} three")
    assert waiting(yoursay) == {}
    assert clean("q5_proposal") == [{"q5_proposal": f"{NEEDLE} three"}]
    status = yoursay("keying", "status", "--json").json
    assert {key: status["double_keying"][key] for key in ("count", "base")} == {"count": 0, "base": 1}
    # By themselves again: who settled it may correct it.
    yoursay("keying", "answer", third["id"], "--officer", "quinn", text=f"{NEEDLE} four")
    assert clean("q5_proposal") == [{"q5_proposal": f"{NEEDLE} four"}]


def test_two_people_settle_their_difference_together(
    yoursay: Yoursay, parks: Parks, letter: Letter, clean: Clean
) -> None:
    parks(double_key_share=1)
    letter("ann", LETTER)
    yoursay("mail")
    clean()
    for officer, text in (("olga", "A"), ("peter", "B")):
        yoursay("keying", "answer", next_job(yoursay, officer)["id"], "--officer", officer, text=text)
    (job,) = yoursay("keying", "status", "--json").json["jobs"]["third"]
    alone = yoursay("keying", "answer", job, "--officer", "olga", text=NEEDLE)
    assert (alone.code, alone.err) == (
        1,
        "yoursay: A third person settles a difference, or the two who differ together: name the other with"
        " --settled-with.\n",
    )
    assert yoursay("keying", "answer", job, "--officer", "olga", "--settled-with", "Peter", text="B").code == 0
    assert clean("q5_proposal") == [{"q5_proposal": "B"}]


def test_an_answer_that_goes_on_elsewhere_is_keyed_whole(
    yoursay: Yoursay, parks: Parks, letter: Letter, clean: Clean
) -> None:
    parks()
    letter("ann", LETTER)
    yoursay("mail")
    clean()
    yoursay("keying", "answer", next_job(yoursay, "olga")["id"], "--officer", "olga", "--continued")
    assert waiting(yoursay) == {"continued": 1}
    assert clean("q5_proposal") == [{"q5_proposal": None}]
    job = next_job(yoursay, "peter")
    assert job["kind"] == "keying the whole of an answer that goes on elsewhere"
    yoursay("keying", "answer", job["id"], "--officer", "peter", text="First part.\r\nSecond part.")
    assert clean("q5_proposal") == [{"q5_proposal": "First part.\nSecond part."}]


def test_blank_and_illegible_are_counted_apart_and_neither_is_an_answer(
    yoursay: Yoursay, parks: Parks, letter: Letter, clean: Clean
) -> None:
    parks()
    for name in ("ann", "bob"):
        letter(name, f"1. Parks\n5. {name}\n6. More\n")
    yoursay("mail")
    clean()
    for outcome in ("--blank", "--illegible"):
        yoursay("keying", "answer", next_job(yoursay, "olga")["id"], "--officer", "olga", outcome)
    for _ in range(2):
        assert yoursay("keying", "status", "--json").json["settled"] == {"answer": 0, "blank": 1, "illegible": 1}
        assert clean("q5_proposal") == [{"q5_proposal": None}] * 2


def test_a_response_of_which_nothing_is_legible_is_in_review_and_not_blank(
    yoursay: Yoursay, parks: Parks, letter: Letter, clean: Clean
) -> None:
    parks()
    letter("ann", "5. Yes\n6. More\n")
    yoursay("mail")
    clean()
    yoursay("keying", "answer", next_job(yoursay, "olga")["id"], "--officer", "olga", "--illegible")
    assert clean() == []
    (held,) = yoursay("quarantine", "list", "--json").json
    assert (held["line"], held["reason"]) == ("in_review", "nothing that is written in it is legible")


def test_officers_get_different_jobs_stay_at_theirs_and_may_skip(
    yoursay: Yoursay, parks: Parks, letter: Letter, clean: Clean
) -> None:
    parks()
    for name in ("ann", "bob", "cat"):
        letter(name, f"1. Parks\n5. {name}\n6. More\n")
    yoursay("mail")
    clean()
    mine, another = next_job(yoursay, "olga"), next_job(yoursay, "peter")
    assert mine["response"] != another["response"]
    assert next_job(yoursay, "Olga") == mine
    third = next_job(yoursay, "olga", "--skip", mine["id"])
    assert third["response"] not in (mine["response"], another["response"])
    assert next_job(yoursay, "quinn")["response"] == mine["response"]


def test_what_arrived_is_written_for_who_is_at_the_job(
    yoursay: Yoursay, parks: Parks, letter: Letter, clean: Clean, tmp_path: Path
) -> None:
    parks()
    letter("ann", LETTER)
    yoursay("mail")
    clean()
    file, crop = tmp_path / "message.eml", tmp_path / "crop.png"
    job = next_job(yoursay, "olga", "--original", file, "--crop", crop)
    assert (job["files"], crop.exists(), file.stat().st_mode & 0o777) == ([str(file)], False, 0o600)
    assert email.message_from_bytes(file.read_bytes()).get_payload().replace("\r\n", "\n") == LETTER


def test_no_answer_is_in_a_message_a_status_or_a_file_in_clear(
    yoursay: Yoursay, parks: Parks, letter: Letter, clean: Clean, data: DataFolder
) -> None:
    parks(double_key_share=1)
    letter("ann", LETTER)
    yoursay("mail")
    for file in data.root.rglob("*.eml"):
        file.unlink()
    clean()
    job = next_job(yoursay, "olga")["id"]
    for arguments in (
        ["--code", NEEDLE],
        ["--blank", "--illegible"],
        ["--settled-with", "peter"],
        ["--file", data.root / "missing.txt"],
    ):
        refused = yoursay("keying", "answer", job, "--officer", "olga", *arguments, text=NEEDLE)
        assert (refused.code, refused.out, refused.err.count("\n")) == (1, "", 1)
        assert NEEDLE not in refused.err
    for name in (job[:-7] + "reading", "mail-none.1:q5_proposal:keying", job[:-7] + "settling", job[:-7] + "audit"):
        refused = yoursay("keying", "answer", name, "--officer", "olga", text=NEEDLE)
        assert (refused.code, refused.err.count("\n"), NEEDLE in refused.err) == (1, 1, False)
    assert waiting(yoursay) == {"first": 1}
    for officer, text in (("olga", f"{NEEDLE} one"), ("peter", f"{NEEDLE} two")):
        yoursay("keying", "answer", job, "--officer", officer, text=text)
    for form in ([], ["--json"]):
        assert NEEDLE not in yoursay("keying", "status", *form).out
    clean()
    files = [file for file in data.root.rglob("*") if file.is_file()]
    assert [file for file in files if NEEDLE.encode() in file.read_bytes()] == []
    # The same search finds what stands in clear.
    assert [file.name for file in files if b"q5_proposal" in file.read_bytes()]


def test_without_a_version_there_is_no_queue(yoursay: Yoursay, parks: Parks) -> None:
    parks()
    called = yoursay("keying", "next", "--officer", "olga")
    assert called.code == 1
    assert called.err.endswith("nothing is published yet; run the pipeline.\n")

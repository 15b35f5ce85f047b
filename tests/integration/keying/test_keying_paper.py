"""From scanned paper to the clean record: handwriting keyed from its picture, and boxes audited."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from schemas.definition import Definition
from tests.integration.post.paper import Grey, as_tiff, filled, printed, scrawl

Yoursay = Callable[..., Any]
Parks = Callable[..., Definition]
Clean = Callable[..., list[dict[str, Any]]]
TICKS = {
    "q1_use": ["parks"],
    "q4_satisfied": ["4"],
    "r1_capacity": ["resident", "group"],
    "r4_age": ["from_65"],
    "p1_publish": ["no"],
}
CHOICES = ("q1_use", "q4_satisfied", "r1_capacity")
TICKED = {"q1_use": "parks", "q4_satisfied": 4, "r1_capacity": ["group", "resident"]}


@pytest.fixture
def add(yoursay: Yoursay, tmp_path: Path) -> Callable[..., None]:
    """Add a scanned form to the batch `may`: with these answers written, other boxes ticked, other sheets behind."""

    def scan(*written: str, beside: Sequence[Grey] = (), **ticks: Any) -> None:
        file = tmp_path / "scan.tif"
        file.write_bytes(as_tiff([*filled(printed(), TICKS | ticks, written), *beside]))
        called = yoursay(
            *("scans", "add", file, "--batch", "may", "--sheets", "2"),
            *("--postmark", "2007-05-10", "--received", "2007-05-11"),
        )
        assert (called.code, called.err) == (0, "")

    return scan


def next_job(yoursay: Yoursay, officer: str, *more: str | Path) -> Any:
    return yoursay("keying", "next", "--officer", officer, "--json", *more).json["job"]


def status(yoursay: Yoursay, *more: str) -> Any:
    return yoursay("keying", "status", "--json", *more).json


def waiting(yoursay: Yoursay) -> dict[str, int]:
    return {due: count for due, count in status(yoursay)["waiting"].items() if count}


def test_handwriting_is_keyed_from_its_picture(
    yoursay: Yoursay, parks: Parks, add: Callable[..., None], clean: Clean, tmp_path: Path
) -> None:
    parks()
    add("q5_proposal", "c2_family_name")
    assert clean(*CHOICES, "q5_proposal") == [TICKED | {"q5_proposal": None}]
    assert waiting(yoursay) == {"first": 2}
    crop = tmp_path / "crop.png"
    job = next_job(yoursay, "olga", "--crop", crop)
    assert (job["column"], job["why"], job["files"]) == (
        "q5_proposal",
        "handwriting: a person keys it",
        [str(crop)],
    )
    picture = cv2.imread(str(crop), cv2.IMREAD_GRAYSCALE)
    # The space is 174 mm by 85 mm, with a margin; the pen is in its upper part.
    height, width = picture.shape
    assert 1.6 < width / height < 2.4
    rows = np.flatnonzero((picture < 110).sum(axis=1) > 5)
    assert rows.size and rows.mean() < height / 2
    yoursay("keying", "answer", job["id"], "--officer", "olga", text="More trees")
    # A name is always keyed by two.
    name = next_job(yoursay, "olga")
    assert name["column"] == "c2_family_name"
    yoursay("keying", "answer", name["id"], "--officer", "olga", text="Smith")
    assert (next_job(yoursay, "olga"), next_job(yoursay, "peter")["id"]) == (None, name["id"])
    yoursay("keying", "answer", name["id"], "--officer", "peter", text="Smith")
    assert clean("q5_proposal") == [{"q5_proposal": "More trees"}]
    found = status(yoursay, "--batches")
    assert (found["settled"], found["batches"]) == (
        {"answer": 2, "blank": 0, "illegible": 0},
        [{"batch": "may", "forms": 1, "sheets": 2, "agrees": True, "waiting": 0, "settled": 2}],
    )


def test_an_audit_finds_what_the_machine_read_otherwise(
    yoursay: Yoursay, parks: Parks, add: Callable[..., None], clean: Clean
) -> None:
    parks(audit_share=1)
    add()
    assert clean(*CHOICES) == [TICKED]
    assert waiting(yoursay) == {"audit": 5}
    seen = {}
    while job := next_job(yoursay, "olga"):
        assert (job["kind"], job["suggestion"], job["why"]) == ("looking again at ticked boxes", None, None)
        column = seen[job["id"]] = job["column"]
        # One question of five boxes is read otherwise by a person.
        codes = ["both"] if column == "q1_use" else TICKS[column]
        ticks = [word for code in codes for word in ("--code", code)]
        assert yoursay("keying", "answer", job["id"], "--officer", "olga", *ticks).code == 0
    assert set(seen.values()) == set(TICKS)
    for _ in range(2):
        assert waiting(yoursay) == {"third": 1}
        audit = status(yoursay)["audit"]
        assert {name: (audit[name]["count"], audit[name]["base"]) for name in ("boxes", "questions")} == {
            "boxes": (2, 5 + 5 + 3 + 5 + 2),
            "questions": (1, 5),
        }
        assert clean(*CHOICES) == [TICKED | {"q1_use": None}]
    assert next_job(yoursay, "olga") is None
    job = next_job(yoursay, "peter")
    assert (job["kind"], job["suggestion"]) == ("settling a difference", None)
    yoursay("keying", "answer", job["id"], "--officer", "peter", "--code", "parks")
    for _ in range(2):
        # The machine was right after all.
        audit = status(yoursay)["audit"]
        assert (audit["boxes"]["count"], audit["boxes"]["base"], audit["questions"]["count"]) == (0, 20, 0)
        assert clean(*CHOICES) == [TICKED]


def test_ticks_that_no_machine_can_tell_are_keyed(
    yoursay: Yoursay, parks: Parks, add: Callable[..., None], clean: Clean
) -> None:
    parks()
    add(q1_use=["parks", "both"])
    assert clean(*CHOICES) == [TICKED | {"q1_use": None}]
    job = next_job(yoursay, "olga")
    assert (job["column"], job["picture"]) == ("q1_use", True)
    yoursay("keying", "answer", job["id"], "--officer", "olga", "--illegible")
    assert clean(*CHOICES) == [TICKED | {"q1_use": None}]
    assert status(yoursay)["settled"] == {"answer": 0, "blank": 0, "illegible": 1}


def test_what_goes_on_on_a_continuation_sheet_is_keyed_with_both_in_sight(
    yoursay: Yoursay, parks: Parks, add: Callable[..., None], clean: Clean, tmp_path: Path
) -> None:
    parks()
    sheet = printed().pictures[-1].copy()
    scrawl(sheet, printed().layout.continuation.spaces[1].area)
    add("q5_proposal", beside=[sheet])
    clean()
    crop, whole = tmp_path / "crop.png", tmp_path / "whole.png"
    job = next_job(yoursay, "olga", "--crop", crop)
    assert (job["column"], job["files"]) == ("q5_proposal", [str(crop)])
    yoursay("keying", "answer", job["id"], "--officer", "olga", "--continued")
    job = next_job(yoursay, "olga", "--crop", whole)
    assert (job["id"].rpartition(":")[2], job["files"]) == ("settling", [str(whole), str(tmp_path / "whole.2.png")])
    height, width = cv2.imread(job["files"][1], cv2.IMREAD_GRAYSCALE).shape
    assert height / width == pytest.approx(297 / 210, rel=0.02)
    yoursay("keying", "answer", job["id"], "--officer", "olga", text="More trees\nand benches")
    assert clean("q5_proposal") == [{"q5_proposal": "More trees\nand benches"}]


def test_an_answer_that_stands_on_a_continuation_sheet_alone_shows_it(
    yoursay: Yoursay, parks: Parks, add: Callable[..., None], clean: Clean, tmp_path: Path
) -> None:
    parks()
    sheet = printed().pictures[-1].copy()
    scrawl(sheet, printed().layout.continuation.spaces[1].area)
    add(beside=[sheet])
    clean()
    job = next_job(yoursay, "olga", "--crop", tmp_path / "crop.png")
    assert (job["column"], job["part"], len(job["files"])) == ("q5_proposal", "page 5", 2)

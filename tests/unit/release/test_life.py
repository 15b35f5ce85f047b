"""Whatever is tried in whatever order, nothing is published that a second person did not approve after its checks."""

import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.register import RegisterError, entries, head
from transforms.release import life
from transforms.release.errors import ReleaseError
from transforms.release.life import Deed, Standing, register_of, standings

AT = datetime(2007, 4, 4, 16, tzinfo=UTC)
STEPS: dict[str, Callable[[Path, str], None]] = {
    "draft": lambda folder, who: life.draft(folder, "r-1", Deed(who, AT), manifest_sha256="a"),
    "check": lambda folder, who: life.take_checks(folder, "r-1", Deed(who, AT), problems=[]),
    "fail": lambda folder, who: life.take_checks(folder, "r-1", Deed(who, AT), problems=["a table is wrong"]),
    "approve": lambda folder, who: life.approve(folder, "r-1", Deed(who, AT), manifest_sha256="a"),
    "approve another": lambda folder, who: life.approve(folder, "r-1", Deed(who, AT), manifest_sha256="b"),
    "publish": lambda folder, who: life.publish(folder, "r-1", Deed(who, AT), audience="members"),
    "correct": lambda folder, who: life.correct(folder, "r-1", Deed(who, AT, "A reason."), successor="r-2"),
    "withdraw": lambda folder, who: life.withdraw(folder, "r-1", Deed(who, AT, "A reason.")),
}


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.sampled_from(["anna", "ANNA ", "ben"])), max_size=12))
def test_nothing_is_published_without_checks_and_a_second_person(tried: list[tuple[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder, done = Path(place), []
        for step, who in tried:
            try:
                STEPS[step](folder, who)
                done.append((step, who.strip().lower()))
            except ReleaseError:
                continue
        standing = standings(folder).get("r-1")
        steps = [step for step, _ in done]
        if "publish" in steps:
            before = done[: steps.index("publish")]
            (drafted,) = [who for step, who in before if step == "draft"]
            (approved,) = [who for step, who in before if step.startswith("approve")]
            last_check = [step for step, _ in before if step in ("check", "fail")][-1]
            assert (drafted != approved, last_check) == (True, "check")
            assert "approve another" not in steps
        public = standing is not None and standing.audience != "officers"
        assert public == ("publish" in steps and "withdraw" not in steps)
        assert len(entries(register_of(folder))) == len(done)


def test_a_release_from_draft_to_correction(tmp_path: Path) -> None:
    for release in ("r-1", "r-2"):
        life.draft(tmp_path, release, Deed("anna", AT, "for the meeting"), manifest_sha256=release)
        life.take_checks(tmp_path, release, Deed("anna", AT), problems=[])
        life.approve(tmp_path, release, Deed("ben", AT), manifest_sha256=release)
        life.publish(tmp_path, release, Deed("ben", AT), audience="public")
    life.correct(tmp_path, "r-1", Deed("ben", AT, "Late paper was added."), successor="r-2")
    at = AT.isoformat()
    published = Standing("r-2", "published", "r-2", "anna", at, "public", "ben", was_published=True)
    corrected = Standing(
        "r-1", "corrected", "r-1", "anna", at, "public", "ben", "Late paper was added.", "r-2", was_published=True
    )
    assert standings(tmp_path) == {"r-1": corrected, "r-2": published}


@pytest.mark.parametrize("step", [life.withdraw])
def test_what_is_shown_needs_a_reason_and_a_name(step: Callable[[Path, str, Deed], None], tmp_path: Path) -> None:
    life.draft(tmp_path, "r-1", Deed("anna", AT), manifest_sha256="a")
    with pytest.raises(ReleaseError, match=r"^Say why; it is shown where the release was\.$"):
        step(tmp_path, "r-1", Deed("ben", AT, " "))
    with pytest.raises(ReleaseError, match="Say who decides, with --officer"):
        step(tmp_path, "r-1", Deed(" ", AT, "A reason."))
    assert standings(tmp_path)["r-1"].state == "drafted"


def test_of_many_who_approve_at_once_one_does(tmp_path: Path) -> None:
    life.draft(tmp_path, "r-1", Deed("anna", AT), manifest_sha256="a")
    life.take_checks(tmp_path, "r-1", Deed("anna", AT), problems=[])

    def approve(number: int) -> bool:
        try:
            life.approve(tmp_path, "r-1", Deed(f"officer {number}", AT), manifest_sha256="a")
        except ReleaseError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(approve, range(16))) == 1
    assert len(entries(register_of(tmp_path))) == 3


def test_a_changed_line_stops_every_step_and_a_lost_end_changes_the_head(tmp_path: Path) -> None:
    life.draft(tmp_path, "r-1", Deed("anna", AT), manifest_sha256="a")
    life.take_checks(tmp_path, "r-1", Deed("anna", AT), problems=[])
    file = register_of(tmp_path)
    noted, written = head(file), file.read_bytes()
    file.write_bytes(written.splitlines(keepends=True)[0])
    assert head(file) != noted
    file.write_bytes(written.replace(b"anna", b"ben ", 1))
    with pytest.raises(RegisterError, match=r"line 2 is not as it was written"):
        life.approve(tmp_path, "r-1", Deed("ben", AT), manifest_sha256="a")

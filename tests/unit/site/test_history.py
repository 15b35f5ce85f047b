"""What the register says of releases that the public has or had."""

from datetime import UTC, datetime
from pathlib import Path

from transforms.release import life
from transforms.release.life import Audience, Deed
from transforms.site.history import PublicRelease, public_releases

DAYS = [datetime(2007, 4, day, 9, tzinfo=UTC) for day in range(1, 10)]


def step_to_published(releases: Path, release: str, at: datetime, audience: Audience) -> None:
    life.draft(releases, release, Deed("anna", at), manifest_sha256=f"sha of {release}")
    life.take_checks(releases, release, Deed("anna", at), problems=())
    life.approve(releases, release, Deed("ben", at), manifest_sha256=f"sha of {release}")
    life.publish(releases, release, Deed("ben", at, "for all"), audience=audience)


def test_only_what_was_for_the_public_is_told_even_when_it_is_withdrawn(tmp_path: Path) -> None:
    step_to_published(tmp_path, "r-public", DAYS[0], "public")
    step_to_published(tmp_path, "r-members", DAYS[1], "members")
    life.draft(tmp_path, "r-draft", Deed("anna", DAYS[2]), manifest_sha256="sha")
    assert public_releases(tmp_path) == [PublicRelease("r-public", "sha of r-public", DAYS[0], DAYS[0])]
    life.withdraw(tmp_path, "r-members", Deed("ben", DAYS[3], "Wrong."))
    life.withdraw(tmp_path, "r-draft", Deed("ben", DAYS[3], "Wrong."))
    life.withdraw(tmp_path, "r-public", Deed("ben", DAYS[4], "A table was wrong."))
    assert public_releases(tmp_path) == [
        PublicRelease("r-public", "sha of r-public", DAYS[0], DAYS[4], "withdrawn", "A table was wrong.")
    ]


def test_a_corrected_release_knows_its_successor_and_why(tmp_path: Path) -> None:
    step_to_published(tmp_path, "r-first", DAYS[0], "public")
    step_to_published(tmp_path, "r-second", DAYS[1], "public")
    life.correct(tmp_path, "r-first", Deed("ben", DAYS[2], "Late answers."), successor="r-second")
    assert public_releases(tmp_path) == [
        PublicRelease("r-first", "sha of r-first", DAYS[0], DAYS[2], "corrected", "Late answers.", "r-second"),
        PublicRelease("r-second", "sha of r-second", DAYS[1], DAYS[1]),
    ]


def test_without_a_register_there_is_nothing(tmp_path: Path) -> None:
    assert public_releases(tmp_path) == []

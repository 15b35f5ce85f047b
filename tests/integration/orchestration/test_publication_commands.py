"""The public site follows the steps of a release on the command line."""

from collections.abc import Callable
from typing import Any

import pytest

from orchestration.builds import warehouse_of
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from schemas.published import PublishedIndex, read_index
from transforms.warehouse.versions import current_version

CommandLine = Callable[..., Any]
Imported = Callable[[list[str]], Any]
SHELTERS = "bus-shelters"
# Answers that nobody takes for one respondent's: no pair waits for an officer.
PLACES = (
    "Opposite the bakery", "Where the school bus turns", "By the old mill", "At the hospital gate", "Near our chapel",
    "Under the railway bridge", "Outside the swimming pool", "On Quarry Hill", "Along the canal", "Behind the museum",
    "In front of the bank", "Beside the allotments",
)  # fmt: skip


@pytest.fixture
def results(yoursay: CommandLine, data: DataFolder, bus_shelters: Definition, import_rows: Imported) -> DataFolder:
    """A data folder with a current version of twelve responses."""
    import_rows([f"{n},Ask Quillstone of DE1 2FS; {place}.,daily," for n, place in enumerate(PLACES)])
    assert yoursay("pipeline", "run").code == 0
    assert current_version(warehouse_of(data, bus_shelters))
    return data


def approved(yoursay: CommandLine) -> str:
    release = str(
        yoursay("release", "draft", "--officer", "anna", "--reason", "for the meeting", "--json").json["release"]
    )
    assert yoursay("release", "check", release, "--officer", "anna").code == 0
    assert yoursay("release", "approve", release, "--officer", "ben").code == 0
    return release


def index_of(data: DataFolder) -> PublishedIndex | None:
    return read_index(data.published(SHELTERS))


def test_the_public_site_follows_every_step_of_a_release(
    yoursay: CommandLine, results: DataFolder, import_rows: Imported
) -> None:
    first = approved(yoursay)
    assert index_of(results) is None
    assert yoursay("release", "publish", first, "--officer", "ben", "--audience", "public").code == 0
    index = index_of(results)
    assert index
    assert index.latest
    assert index.latest.release == first
    assert f"releases/{first}/files/tables/ledger.csv" in index.files
    held = b"".join(one.read_bytes() for one in (results.published(SHELTERS) / "files").iterdir())
    assert [word for word in (b"Quillstone", b"DE1 2FS", b"chapel") if word in held] == []

    import_rows([f"more-{n},Better {place.lower()},rarely," for n, place in enumerate(PLACES)])
    assert yoursay("pipeline", "run").code == 0
    second = approved(yoursay)
    assert yoursay("release", "publish", second, "--officer", "ben", "--audience", "public").code == 0
    step = ("release", "correct", first, "--by", second, "--officer", "ben")
    assert yoursay(*step, "--reason", "Late answers.").code == 0
    index = index_of(results)
    assert index
    page = results.published(SHELTERS) / "files" / index.files[f"releases/{first}/"].sha256
    assert "Late answers." in page.read_text("utf-8")

    refused = yoursay(
        "release",
        "withdraw",
        second,
        "--officer",
        "ben",
        "--reason",
        "They ask Quillstone of DE1 2FS; under the bridge.",
    )
    assert (refused.code, index_of(results)) == (1, index)
    assert yoursay("release", "withdraw", second, "--officer", "ben", "--reason", "A channel is missing.").code == 0
    index = index_of(results)
    assert index
    assert index.withdrawn == (second,)
    assert index.latest is None

    built = yoursay("publication", "build")
    assert (built.code, built.out) == (0, f"{SHELTERS}: {len(index.files)} pages and files.\n")
    assert index_of(results) == index


def test_for_members_alone_the_public_site_stays_as_it_is(yoursay: CommandLine, results: DataFolder) -> None:
    release = approved(yoursay)
    assert yoursay("release", "publish", release, "--officer", "ben", "--audience", "members").code == 0
    assert index_of(results) is None
    built = yoursay("publication", "build")
    assert built.out == f"{SHELTERS}: no release is published for the public.\n"


def test_where_the_site_cannot_follow_the_step_is_noted_and_the_command_says_so(
    yoursay: CommandLine, results: DataFolder
) -> None:
    release = approved(yoursay)
    assert yoursay("release", "publish", release, "--officer", "ben", "--audience", "public").code == 0
    published = results.published(SHELTERS)
    held = published.rename(published.with_name("moved"))
    published.write_text("in the way")
    said = yoursay("release", "withdraw", release, "--officer", "ben", "--reason", "A channel is missing.")
    assert (said.code, said.err) == (
        1,
        "yoursay: The step is noted, but the public site was not made anew: the files cannot be written."
        " Then run 'yoursay publication build'.\n",
    )
    (standing,) = yoursay("release", "list", "--json").json
    assert standing["state"] == "withdrawn"
    published.unlink()
    held.rename(published)
    assert yoursay("publication", "build").code == 0
    index = index_of(results)
    assert index
    assert index.withdrawn == (release,)


def test_a_damaged_release_is_named(yoursay: CommandLine, results: DataFolder) -> None:
    release = approved(yoursay)
    assert yoursay("release", "publish", release, "--officer", "ben", "--audience", "public").code == 0
    (results.releases(SHELTERS) / release / "README.md").write_text("changed", "utf-8")
    said = yoursay("publication", "build")
    assert (said.code, said.err) == (
        1,
        f"yoursay: A release was left out: {release}: README.md: the file was changed; restore the release from a"
        " backup.\n",
    )

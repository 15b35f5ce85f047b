"""`yoursay editions`: what is written, and that no printed form's number comes twice."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from orchestration.print_runs import print_runs_file, read_print_runs
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from schemas.editions.catalogue import editions_of, read_built
from schemas.editions.print_edition import print_layout
from schemas.editions.serials import is_serial, serial_of

CommandLine = Callable[..., Any]


def texts(file: Path) -> list[str]:
    with pypdfium2.PdfDocument(file.read_bytes()) as pdf:
        return [page.get_textpage().get_text_bounded() for page in pdf]


def test_every_edition_is_written_and_listed(yoursay: CommandLine, bus_shelters: Definition, tmp_path: Path) -> None:
    out = tmp_path / "forms"
    made = yoursay("editions", "build", out, "--json")
    names = [
        "bus-shelters.en.fillable.pdf",
        "bus-shelters.en.fillable.docx",
        "bus-shelters.en.print.pdf",
        "bus-shelters.en.print-large.pdf",
    ]

    assert made.code == 0, made.err
    assert [one["name"] for one in made.json["files"]] == names
    assert made.json["folder"] == str(out)
    assert sorted(file.name for file in out.iterdir()) == sorted([*names, "editions.json"])
    for one in made.json["files"]:
        content = (out / one["name"]).read_bytes()
        assert (one["size"], one["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    built = read_built(out)
    assert built
    assert built.are_of(bus_shelters)
    assert json.loads((out / "editions.json").read_text())["files"] == made.json["files"]


def test_a_consultation_in_two_languages_has_each_edition_in_both(
    yoursay: CommandLine, publish: Callable[[str], Definition], data: DataFolder
) -> None:
    parks = publish("parks-and-libraries-2007")
    made = yoursay("editions", "build")
    folder = data.public_server / "editions" / parks.id

    assert made.code == 0, made.err
    names = [edition.name for edition in editions_of(parks)]
    assert len(names) == 14
    assert sorted(file.name for file in folder.iterdir()) == sorted([*names, "editions.json"])
    assert [name for name in names if name not in made.out] == []


def test_built_again_the_files_are_left_as_they_are(
    yoursay: CommandLine, bus_shelters: Definition, data: DataFolder
) -> None:
    folder = data.public_server / "editions" / bus_shelters.id
    yoursay("editions", "build")
    before = {file.name: (file.stat().st_mtime_ns, file.read_bytes()) for file in folder.iterdir()}
    again = yoursay("editions", "build")

    assert again.code == 0
    assert {file.name: (file.stat().st_mtime_ns, file.read_bytes()) for file in folder.iterdir()} == before


def test_what_an_earlier_list_named_is_removed_and_nothing_else(
    yoursay: CommandLine, bus_shelters: Definition, tmp_path: Path
) -> None:
    out = tmp_path / "forms"
    yoursay("editions", "build", out)
    (out / "bus-shelters.cy.print.pdf").write_bytes(b"old")
    (out / "letter.docx").write_bytes(b"mine")
    listed = (out / "editions.json").read_text()
    (out / "editions.json").write_text(listed.replace("bus-shelters.en.print.pdf", "bus-shelters.cy.print.pdf"))
    yoursay("editions", "build", out)

    assert not (out / "bus-shelters.cy.print.pdf").exists()
    assert (out / "letter.docx").read_bytes() == b"mine"
    assert (out / "bus-shelters.en.print.pdf").exists()


def test_a_damaged_list_is_made_anew(yoursay: CommandLine, bus_shelters: Definition, tmp_path: Path) -> None:
    (tmp_path / "editions.json").write_text("{")

    assert yoursay("editions", "build", tmp_path).code == 0
    built = read_built(tmp_path)
    assert built
    assert built.are_of(bus_shelters)


def test_publishing_builds_the_editions_and_publishing_again_does_not(
    yoursay: CommandLine, data: DataFolder, definition_folder: Path
) -> None:
    folder = data.public_server / "editions" / "bus-shelters"
    first = yoursay("definition", "publish", definition_folder)
    again = yoursay("definition", "publish", definition_folder)

    assert (first.code, again.code) == (0, 0)
    assert first.out.splitlines() == ["bus-shelters, version 1: published.", f"Its editions are in {folder}."]
    assert again.out.splitlines() == ["bus-shelters, version 1: published."]
    assert read_built(folder)


def test_letters_that_no_font_has_are_named(
    yoursay: CommandLine, data: DataFolder, definition_folder: Path, tmp_path: Path
) -> None:
    file = definition_folder / "questionnaire.toml"
    # Of the private use area: no font has them.
    words = file.read_text("utf-8").replace('title = "Bus shelters"', 'title = "Bus shelters \uf123 \uf124"')
    file.write_text(words, "utf-8")
    told = (
        "No font here has these letters, which are printed as empty boxes: \uf123 \uf124. "
        "Install one (Debian: fonts-noto-core, fonts-noto-cjk) and build the forms again.\n"
    )

    published = yoursay("definition", "publish", definition_folder)
    built = yoursay("editions", "build", tmp_path / "forms")

    assert (published.code, built.code) == (0, 0)
    assert told in published.err
    assert told in built.err


def test_a_print_run_numbers_every_form_and_no_number_comes_twice(
    yoursay: CommandLine, bus_shelters: Definition, tmp_path: Path
) -> None:
    one, two = tmp_path / "one.pdf", tmp_path / "two.pdf"
    first = yoursay("editions", "print", one, "--copies", "3")
    second = yoursay("editions", "print", two, "--copies", "2", "--variant", "large", "--no-double-sided")
    listed = yoursay("editions", "runs", "--json")

    assert first.out == f"{one}: forms {serial_of(1, 1)} to {serial_of(1, 3)}\n"
    assert second.out == f"{two}: forms {serial_of(2, 1)} to {serial_of(2, 2)}\n"
    seen = []
    for file, run, copies, variant in ((one, 1, 3, "standard"), (two, 2, 2, "large")):
        pages = len(print_layout(bus_shelters, "en", variant).pages) + 1
        pages += pages % 2 if run == 1 else 0
        written = texts(file)
        assert len(written) == copies * pages
        for form in range(copies):
            serial = serial_of(run, form + 1)
            said = [text for text in written[form * pages : (form + 1) * pages] if text]
            assert all(serial in text for text in said)
            assert is_serial(serial)
            seen.append(serial)
    assert len(set(seen)) == 5
    assert [(run["run"], run["copies"], run["variant"], run["language"]) for run in listed.json] == [
        (1, 3, "standard", "en"),
        (2, 2, "large", "en"),
    ]


@pytest.mark.parametrize("copies", ["0", "2001", "many"])
def test_a_run_has_bounds(yoursay: CommandLine, bus_shelters: Definition, data: DataFolder, copies: str) -> None:
    refused = yoursay("editions", "print", data.root / "run.pdf", "--copies", copies)

    assert refused.code == 2
    assert not print_runs_file(data).exists()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--language", "cy"], "yoursay: 'bus-shelters' is not in 'cy'; its languages: en.\n"),
        (
            ["--variant", "easy_read"],
            "yoursay: 'bus-shelters' has no easy-read edition; add easy_read.toml to its definition.\n",
        ),
    ],
)
def test_an_edition_that_there_is_not_uses_no_number(
    yoursay: CommandLine, bus_shelters: Definition, data: DataFolder, options: list[str], sentence: str
) -> None:
    refused = yoursay("editions", "print", data.root / "run.pdf", "--copies", "1", *options)

    assert (refused.code, refused.err) == (1, sentence)
    assert not print_runs_file(data).exists()


@pytest.mark.parametrize("out", ["", "nowhere/run.pdf"])
def test_a_file_that_cannot_be_written_uses_no_number(
    yoursay: CommandLine, bus_shelters: Definition, data: DataFolder, out: str
) -> None:
    refused = yoursay("editions", "print", data.root / out, "--copies", "1")

    assert refused.code == 1
    assert refused.err == f"yoursay: {data.root / out} cannot be written; name a file in a folder that is there.\n"
    assert not print_runs_file(data).exists()


def test_a_damaged_list_of_runs_gives_no_number(
    yoursay: CommandLine, bus_shelters: Definition, data: DataFolder
) -> None:
    print_runs_file(data).write_text('{"run": 1\n')
    refused = yoursay("editions", "print", data.root / "run.pdf", "--copies", "1")

    assert refused.code == 1
    assert "is damaged; put it back from a backup" in refused.err
    assert not (data.root / "run.pdf").exists()


_NOTE = """
import sys
from pathlib import Path
from orchestration.print_runs import note_print_run
from schemas.data_folder import DataFolder
from schemas.definition import published_definition
data = DataFolder(Path(sys.argv[1]))
definition = published_definition(data.definitions, "bus-shelters")
for _ in range(20):
    note_print_run(data, definition, "en", "standard", 5)
"""


def test_runs_noted_at_the_same_time_have_numbers_of_their_own(bus_shelters: Definition, data: DataFolder) -> None:
    writers = [subprocess.Popen([sys.executable, "-c", _NOTE, str(data.root)]) for _ in range(4)]

    assert [writer.wait(timeout=60) for writer in writers] == [0, 0, 0, 0]
    assert [run.run for run in read_print_runs(data, bus_shelters.id)] == list(range(1, 81))

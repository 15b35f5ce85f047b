"""Answers are nowhere in clear but where they must be: a needle is planted and every byte searched."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from schemas.data_folder import DataFolder
from schemas.definition import Definition

NEEDLES = ("Quillstone", "zzneedlezz")


@pytest.fixture
def built(
    yoursay: Callable[..., Any], data: DataFolder, bus_shelters: Definition, import_rows: Callable[[list[str]], Any]
) -> Path:
    """A data folder after imports, a quarantine, a failing build, exports of nothing, and a release."""
    rows = [f"{n},Ask Quillstone at DE1 2FS about place {n},daily,zzneedlezz{n}@example.org" for n in range(11)]
    import_rows([*rows, "x,Quillstone,zzneedlezz,zzneedlezz@example.org"])
    assert yoursay("pipeline", "run").code == 0
    assert yoursay("pipeline", "run", "--full").code == 0
    assert yoursay("release", "build").code == 0
    return data.root


def files(folder: Path) -> Iterator[Path]:
    yield from (file for file in sorted(folder.rglob("*")) if file.is_file())


def test_no_file_of_the_data_folder_holds_an_answer_in_clear(built: Path) -> None:
    places = {file.relative_to(built).parts[0] for file in files(built)}
    assert {"landing", "warehouse", "dagster", "releases", "keys", "definitions"} <= places
    found = {
        str(file.relative_to(built))
        for file in files(built)
        for needle in NEEDLES
        for encoded in (needle.encode(), needle.encode("utf-16-le"))
        if encoded in file.read_bytes()
    }
    assert found == set()


def test_what_commands_print_holds_no_answer(built: Path, yoursay: Callable[..., Any]) -> None:
    (held,) = yoursay("quarantine", "list", "--json").json
    said = [
        yoursay("quarantine", "list"),
        yoursay("quarantine", "show", held["response"]),
        yoursay("ledger"),
        yoursay("landing", "verify"),
    ]
    assert [one.code for one in said] == [0, 0, 0, 0]
    assert [needle for one in said for needle in NEEDLES if needle in one.out + one.err] == []

"""The house's directions: which room may use which, and who may import what."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = {
    "schemas": set(),
    "ingest": {"schemas"},
    "transforms": {"schemas"},
    "dashboards": {"schemas", "transforms", "ingest"},
    "orchestration": {"schemas", "ingest", "transforms", "dashboards"},
}
ONLY_IN = {"dagster": "orchestration", "streamlit": "dashboards"}


def imports_of(file: Path) -> Iterator[str]:
    """The dotted names that a module imports, wherever in it the import stands."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative import"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def modules(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_uses_only_the_rooms_below_it(room: str) -> None:
    wrong = {
        f"{file.relative_to(ROOT)}: {name}"
        for file in modules(room)
        for name in imports_of(file)
        if (used := name.split(".")[0]) in ROOMS and used not in ROOMS[room] | {room}
    }
    assert wrong == set()


@pytest.mark.parametrize(("library", "owner"), ONLY_IN.items())
def test_a_framework_stays_in_its_room(library: str, owner: str) -> None:
    users = {
        room
        for room in ROOMS
        for file in modules(room)
        if any(name.split(".")[0] == library for name in imports_of(file))
    }
    assert users == {owner}


def test_the_screens_take_only_decisions_from_ingest() -> None:
    used = {name for file in modules("dashboards") for name in imports_of(file) if name.startswith("ingest")}
    assert {name for name in used if not name.startswith("ingest.journal")} == set()


def test_orchestration_does_not_postpone_annotations() -> None:
    """Dagster reads the annotation of a context at run time."""
    files = [f for f in modules("orchestration") if "__future__.annotations" in set(imports_of(f))]
    assert files == []

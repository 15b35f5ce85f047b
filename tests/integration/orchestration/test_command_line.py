"""Wrong use of the command line ends in one sentence and the agreed exit code, never in a trace."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from schemas.data_folder import DataFolder
from schemas.definition import Definition

CommandLine = Callable[..., Any]


def test_a_wrong_option_is_a_usage_error(yoursay: CommandLine) -> None:
    assert yoursay("ledger", "--jsonn").code == 2


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ["ledger", "-c", "nonsense"],
            "No consultation 'nonsense' is published here; published: bus-shelters.",
        ),
        (
            ["pipeline", "run", "--as-at", "yesterday"],
            "--as-at: 'yesterday' is not a moment; write it as 2007-04-04T17:00.",
        ),
        (
            ["pipeline", "run", "--as-at", "2007-06-01T09:00"],
            "--as-at: 2007-06-01T09:00 has not come yet.",
        ),
        (["release", "build"], "Nothing is published yet; run 'yoursay pipeline run' first."),
        (
            ["release", "build", "--as-at", "2007-03-04T17:00"],
            "There is no view as at 2007-03-04T17:00; build it with 'yoursay pipeline run --as-at 2007-03-04T17:00'.",
        ),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    yoursay: CommandLine, bus_shelters: Definition, arguments: list[str], sentence: str
) -> None:
    refused = yoursay(*arguments)
    assert (refused.code, refused.out, refused.err) == (1, "", f"yoursay: {sentence}\n")


def test_a_missing_data_folder_says_how_to_name_one(yoursay: CommandLine, tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    refused = yoursay("ledger", "--data", nowhere)
    assert (refused.code, refused.err) == (
        1,
        f"yoursay: There is no data folder at {nowhere}; name one with --data, or make one with 'yoursay demo'.\n",
    )


def test_keys_are_never_made_twice(yoursay: CommandLine, data: DataFolder, bus_shelters: Definition) -> None:
    before = (data.keys("bus-shelters") / "pipeline.key").read_text("utf-8")
    refused = yoursay("keys", "new")
    assert refused.code == 1
    assert "a key is never overwritten" in refused.err
    assert (data.keys("bus-shelters") / "pipeline.key").read_text("utf-8") == before


def test_no_private_key_is_printed(yoursay: CommandLine, data: DataFolder, definition_folder: Path) -> None:
    yoursay("definition", "publish", definition_folder)
    made = yoursay("keys", "new")
    assert made.code == 0
    assert "AGE-SECRET-KEY" not in made.out + made.err
    assert [line[:4] for line in made.out.splitlines()] == ["age1", "age1"]
    for name in ("pipeline.key", "warehouse.key", "pseudonym.key"):
        assert (data.keys("bus-shelters") / name).stat().st_mode & 0o777 == 0o600


def test_landing_verify_finds_one_changed_byte(
    yoursay: CommandLine, data: DataFolder, bus_shelters: Definition, import_rows: Callable[[list[str]], Any]
) -> None:
    import_rows(["1,By the bridge,daily,"])
    assert yoursay("landing", "verify").code == 0
    (batch,) = data.landing("bus-shelters").glob("batch-*.parquet")
    content = bytearray(batch.read_bytes())
    content[len(content) // 2] ^= 1
    batch.write_bytes(content)
    found = yoursay("landing", "verify")
    assert found.code == 1
    assert batch.name in found.err


def test_an_error_that_nobody_foresaw_shows_where_and_not_what(
    yoursay: CommandLine, bus_shelters: Definition, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_warehouse: object) -> None:
        raise ValueError("the answer was Quillstone")

    monkeypatch.setattr("orchestration.commands.ledger.read.ledger", fails)
    refused = yoursay("ledger")
    assert refused.code == 1
    assert refused.err.startswith("yoursay: Unexpected ValueError at test_command_line.py, line ")
    assert "Quillstone" not in refused.err

"""The extension that holds the cipher is loaded only as DuckDB signed it."""

from pathlib import Path

import pytest

from transforms.errors import TransformError
from transforms.warehouse import connection


def test_one_changed_byte_and_nothing_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert connection._signed(connection._httpfs())
    changed = bytearray(connection._httpfs().read_bytes())
    changed[len(changed) // 2] ^= 1
    # DuckDB takes its name from the file.
    extension = tmp_path / "httpfs.duckdb_extension"
    extension.write_bytes(changed)
    monkeypatch.setattr(connection, "_httpfs", lambda: extension)
    with pytest.raises(TransformError) as refused:
        connection.connect(tmp_path)
    assert str(refused.value) == (
        "duckdb-extension-httpfs cannot be loaded as DuckDB signed it; set the project up again."
    )


def test_as_signed_it_encrypts(tmp_path: Path) -> None:
    file = tmp_path / "kept.duckdb"
    for _ in range(2):
        with connection.connect(tmp_path) as kept:
            connection.attach(kept, file, "part", "a key of thirty-two letters, more", read_only=False)
            kept.execute("CREATE OR REPLACE TABLE part.said AS SELECT 'Quillstone' AS words")
    with connection.connect(tmp_path) as kept:
        connection.attach(kept, file, "part", "a key of thirty-two letters, more")
        assert kept.execute("FROM part.said").fetchall() == [("Quillstone",)]
    assert b"Quillstone" not in file.read_bytes()

"""The export of an invented library's kiosk, with its own column names and labels, and the map that reads it."""

import csv
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from orchestration.demonstration.days import LONDON
from orchestration.demonstration.grammar import TEXTS, read_texts
from orchestration.demonstration.plan import ImportedRow

SOURCE = "import-kiosk"
_MARK = "x"


def write_export(folder: Path, rows: Sequence[ImportedRow]) -> tuple[Path, Path]:
    """Write the export (CSV) and its map into `folder`; row n of `rows` is the file's row n + 2, as people count.

    Returns:
        The two files.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    export, map_file = folder / "kiosk.csv", folder / "kiosk.toml"
    shutil.copyfile(TEXTS / "kiosk_map.toml", map_file)
    mapping = read_texts("kiosk_map.toml")
    lines = [_line(row, mapping) for row in rows]
    columns = dict.fromkeys(name for line in lines for name in line)
    with export.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(columns))
        writer.writeheader()
        writer.writerows(lines)
    return export, map_file


def _line(row: ImportedRow, mapping: dict[str, Any]) -> dict[str, str]:
    """A row in the kiosk's own words: the map read backwards."""
    line = {
        mapping["id"]["column"]: row.row_id,
        mapping["received_at"]["column"]: f"{row.at.astimezone(LONDON):{mapping['received_at']['format']}}",
        mapping["language"]["column"]: _label(mapping["language"], row.form.language),
    }
    for name, part in mapping["answers"].items():
        answer = row.form.answers.get(name, "")
        if "ticked" in part:
            line |= {column: _MARK if code in answer else "" for column, code in part["ticked"].items()}
        else:
            line[part["column"]] = _label(part, str(answer))
    return line


def _label(part: dict[str, Any], code: str) -> str:
    return next((label for label, meant in part.get("values", {}).items() if meant == code), code)

"""The bytes of a release's files. The same table gives the same bytes."""

import csv
import hashlib
import io
import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

MANIFEST, SUMS = "manifest.json", "SHA256SUMS"
# A spreadsheet takes a cell that starts with one of these for a formula; the wide forms are read as the plain ones.
_STARTS_FORMULA = tuple("=+-@\t\r\n＝＋－＠")


def csv_bytes(table: pa.Table) -> bytes:
    """UTF-8 CSV with a header; nulls are empty, and no text is a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(table.column_names)
    for row in zip(*(column.to_pylist() for column in table.columns), strict=True):
        writer.writerow([_cell(value) for value in row])
    return out.getvalue().encode()


def parquet_bytes(table: pa.Table) -> bytes:
    """Parquet, zstd; what the writer says of itself depends on its version alone."""
    out = io.BytesIO()
    pq.write_table(table.combine_chunks(), out, compression="zstd", version="2.6")
    return out.getvalue()


def json_bytes(content: Mapping[str, Any]) -> bytes:
    """Readable JSON with sorted keys."""
    return (json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def checksums(files: Mapping[str, bytes]) -> bytes:
    """What `sha256sum --check` reads."""
    return checksums_of({name: sha256(content) for name, content in files.items()})


def checksums_of(sums: Mapping[str, str]) -> bytes:
    """The same from the SHA-256 of each file."""
    return "".join(f"{sum_}  {name}\n" for name, sum_ in sorted(sums.items())).encode()


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def without_formula(text: str) -> str:
    """`text` with an apostrophe before it where a spreadsheet would take it for a formula."""
    return f"'{text}" if text.startswith(_STARTS_FORMULA) or text.lstrip().startswith(_STARTS_FORMULA) else text


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date | datetime):
        return value.isoformat()
    return without_formula(value) if isinstance(value, str) else str(value)

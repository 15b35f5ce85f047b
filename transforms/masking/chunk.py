"""Masking of a chunk of parsed responses in the warehouse: the same finds as for a text alone, in bulk."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from babel import Locale

from schemas.decisions import Decision, Redaction, Translation, decode_decision
from transforms.masking.language import ENGLISH
from transforms.masking.masker import Found, Masker, shipped_masker
from transforms.masking.response import Masked
from transforms.masking.tables import TABLES
from transforms.sql import columns

_SCHEMAS = {
    "masked_cells": pa.schema([("rid", pa.int64()), ("field", pa.string()), ("text", pa.string())]),
    "finds": pa.schema(
        [
            ("rid", pa.int64()), ("field", pa.string()), ("starts", pa.int32()), ("ends", pa.int32()),
            ("label", pa.string()), ("score", pa.float64()), ("source", pa.string()), ("masked", pa.bool_()),
        ]
    ),
    "languages": pa.schema(
        [("rid", pa.int64()), ("field", pa.string()), ("language", pa.string()), ("withheld", pa.bool_())]
    ),
}  # fmt: skip
# Few rows are found, so which of them passed is asked of those alone.
_ADD = "INSERT INTO part.{table} SELECT * FROM found_rows ANTI JOIN held USING (rid)"
_DECIDED = """
SELECT r.rid, d.field, d.body FROM new_redactions AS d JOIN chunk_decided AS r USING (response_id) ORDER BY d.seq
"""
_CHUNK_DECIDED = """
CREATE OR REPLACE TEMP TABLE chunk_decided AS
SELECT rid, response_id FROM parsed WHERE response_id IN (SELECT response_id FROM new_redactions)
"""


@dataclass
class _Rows:
    """The rows that a chunk adds to each table."""

    of: dict[str, list[tuple[Any, ...]]] = field(default_factory=lambda: {table: [] for table in TABLES})

    def add(  # noqa: PLR0917 - one row of each table
        self, rid: int, name: str, text: str, masked: Masked, found: Found | None, decided: Sequence[Decision]
    ) -> None:
        translation = next((one for one in reversed(decided) if isinstance(one, Translation)), None)
        language = found.language if found else ENGLISH
        shown = masked.text
        if language != ENGLISH:
            self.of["languages"].append((rid, name, language, translation is None))
            shown = _withheld(language)
        if translation:
            shown = (
                f"{translation.redacted}\n[translated from {_name_of(translation.language)}] {translation.translation}"
            )
        if shown != text:
            self.of["masked_cells"].append((rid, name, shown))
        for spans, is_masked in ((masked.spans, True), (masked.shown, False)):
            self.of["finds"].extend(
                (rid, name, one.start, one.end, one.label, one.score, one.source, is_masked) for one in spans
            )


def mask_chunk(connection: duckdb.DuckDBPyConnection, texts: Sequence[str], masker: Masker | None = None) -> None:
    """Add to the part what masking finds in the text columns of `parsed`, with the officers' redactions of them.

    Reads `parsed`, `held` and `new_redactions`; writes the tables of TABLES.
    """
    if not texts:
        return
    masker = masker or shipped_masker()
    chunk = connection.execute(f"SELECT rid, {columns(texts)} FROM parsed").to_arrow_table().combine_chunks()
    decided = _decided(connection)
    found = _candidates(chunk, texts, masker)
    rids = chunk["rid"].to_numpy()
    rows = _Rows()
    touched = sorted({place for place, _ in found} | {place for place, rid in enumerate(rids) if int(rid) in decided})
    for place, cells in _cells(chunk, texts, touched):
        rid = int(rids[place])
        said = decided.get(rid, {})
        own = {name: found[place, name] for name in cells if (place, name) in found}
        redactions = {name: [one for one in said.get(name, ()) if isinstance(one, Redaction)] for name in cells}
        for name, masked in masker.mask_found(cells, own, redactions).items():
            rows.add(rid, name, cells[name], masked, own.get(name), said.get(name, ()))
    for table, added in rows.of.items():
        if added:
            schema = _SCHEMAS[table]
            arrays = [
                pa.array(values, kind.type) for values, kind in zip(zip(*added, strict=True), schema, strict=True)
            ]
            connection.register("found_rows", pa.Table.from_arrays(arrays, schema=schema))
            connection.execute(_ADD.format(table=table))
            connection.unregister("found_rows")


def _candidates(chunk: pa.Table, texts: Sequence[str], masker: Masker) -> dict[tuple[int, str], Found]:
    """What is found, by row and column; equal texts are looked at once."""
    found = {}
    for name in texts:
        column = chunk[name].combine_chunks()
        places = masker.candidates(*_bytes_of(column))
        for place, text in zip(places.tolist(), column.take(pa.array(places)).to_pylist(), strict=True):
            one = masker.find(text)
            if one.spans or one.language != ENGLISH:
                found[place, name] = one
    return found


def _bytes_of(column: pa.Array) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """The UTF-8 of a column of texts and where each begins; what is missing is empty."""
    wide = column.cast(pa.large_string())
    _, offsets, letters = wide.buffers()
    starts = np.frombuffer(offsets, np.int64)[wide.offset : wide.offset + len(wide) + 1]
    return np.frombuffer(letters or b"", np.uint8), starts


def _cells(chunk: pa.Table, texts: Sequence[str], places: Sequence[int]) -> Iterator[tuple[int, dict[str, str]]]:
    """The texts of some rows, each with the row's place."""
    rows = chunk.select(list(texts)).take(pa.array(places, pa.int64())).to_pylist()
    for place, row in zip(places, rows, strict=True):
        yield place, {name: text for name, text in row.items() if text is not None}


def _decided(connection: duckdb.DuckDBPyConnection) -> Mapping[int, Mapping[str, list[Decision]]]:
    """Redactions and translations of the chunk's texts, by row and column, oldest first."""
    decided: dict[int, dict[str, list[Decision]]] = {}
    if connection.execute("SELECT 1 FROM new_redactions LIMIT 1").fetchone():
        connection.execute(_CHUNK_DECIDED)
        for rid, name, body in connection.execute(_DECIDED).fetchall():
            decided.setdefault(rid, {}).setdefault(name, []).append(decode_decision(body.encode()))
        connection.execute("DROP TABLE chunk_decided")
    return decided


def _withheld(language: str) -> str:
    return f"[text in {_name_of(language)}, withheld until it is redacted and translated]"


def _name_of(language: str) -> str:
    return str(Locale("en").languages.get(language, "a language that was not told"))

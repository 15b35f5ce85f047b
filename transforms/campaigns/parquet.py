"""Campaigns in a Parquet file, which is read in batches."""

import os
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from transforms.campaigns.errors import CampaignInputError
from transforms.campaigns.search import Id, read_responses, search

_BATCH_ROWS = 16_384


def campaigns_of_file(
    source: Path, out: Path, *, id_column: str, text_column: str, letters: Path | None = None
) -> pa.Table:
    """Write to `out`, and give, the campaign of every row of `source`; columns that are not named are not read.

    `letters` is a Parquet file of known letters, with the columns `campaign_id` and `text`.

    Raises:
        CampaignInputError: `source` is no Parquet file, lacks a column, or its ids do not tell the rows apart; or
            `out` cannot be written.
    """
    if not out.parent.is_dir() or out.is_dir():
        raise CampaignInputError(f"{out} cannot be written (no such folder, or it is one); choose another place.")
    with _opened(source) as file:
        id_type = _id_type(file, source, id_column)
        _check_text(file, source, text_column)
        known = {} if letters is None else _letters(letters, id_type)
        responses = read_responses(_batches(file, id_column, text_column), id_type, known)
    _check_ids(responses.ids, source, id_column)
    table, _ = search(responses)
    unfinished = out.with_name(f"{out.name}.part")
    try:
        pq.write_table(table, unfinished)
        unfinished.replace(out)
    except OSError as error:
        raise CampaignInputError(f"{out} cannot be written ({_why(error)}); choose another place.") from None
    return table


def _letters(source: Path, id_type: pa.DataType) -> dict[Id, str]:
    with _opened(source) as file:
        _id_type(file, source, "campaign_id")
        _check_text(file, source, "text")
        table = file.read(columns=["campaign_id", "text"])
    try:
        names = table["campaign_id"].cast(id_type)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        raise CampaignInputError(
            f"Column 'campaign_id' of {source} does not hold {id_type} like the ids of the responses; give such ids."
        ) from None
    _check_ids(names, source, "campaign_id")
    return dict(zip(names.to_pylist(), (text or "" for text in table["text"].to_pylist()), strict=True))


def _opened(source: Path) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(source)
    except OSError as error:
        raise CampaignInputError(f"{source} cannot be read ({_why(error)}); name a Parquet file.") from None
    except pa.ArrowInvalid:
        raise CampaignInputError(f"{source} is no Parquet file; convert it, for example with DuckDB.") from None


def _why(error: OSError) -> str:
    """The system's words; Arrow's own repeat the path."""
    return os.strerror(error.errno) if error.errno else "damaged, or not what it should be"


def _type_of(file: pq.ParquetFile, source: Path, column: str) -> pa.DataType:
    schema = file.schema_arrow
    found = schema.get_all_field_indices(column)
    if len(found) != 1:
        there = ", ".join(schema.names)
        how_often = "no column" if not found else "more than one column"
        raise CampaignInputError(f"{source} has {how_often} '{column}'; its columns are: {there}.")
    kind = schema.field(found[0]).type
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _id_type(file: pq.ParquetFile, source: Path, column: str) -> pa.DataType:
    kind = _type_of(file, source, column)
    if pa.types.is_string_view(kind):
        return pa.string()
    if pa.types.is_nested(kind) or pa.types.is_null(kind):
        raise CampaignInputError(f"Column '{column}' of {source} holds {kind}, not ids; name a column of plain values.")
    return kind


def _check_text(file: pq.ParquetFile, source: Path, column: str) -> None:
    kind = _type_of(file, source, column)
    is_text = pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    if not (is_text or pa.types.is_null(kind)):
        raise CampaignInputError(f"Column '{column}' of {source} holds {kind}, not text; name a column of text.")


def _batches(file: pq.ParquetFile, id_column: str, text_column: str) -> Iterator[tuple[pa.Array, pa.Array]]:
    columns = list(dict.fromkeys((id_column, text_column)))
    # Group by group, because a reader keeps in memory what it has read of the groups that it was asked for.
    for group in range(file.num_row_groups):
        for batch in file.iter_batches(_BATCH_ROWS, row_groups=[group], columns=columns):
            yield _plain(batch.column(id_column)), _plain(batch.column(text_column))


def _plain(values: pa.Array) -> pa.Array:
    if pa.types.is_dictionary(values.type):
        return values.dictionary_decode()
    return values.cast(pa.string()) if pa.types.is_string_view(values.type) else values


def _check_ids(ids: pa.ChunkedArray, source: Path, column: str) -> None:
    if ids.null_count:
        raise CampaignInputError(
            f"{ids.null_count} rows of {source} have no id in column '{column}'; give every row one."
        )
    doubled = len(ids) - pc.count_distinct(ids).as_py()
    if doubled:
        raise CampaignInputError(
            f"Column '{column}' of {source} has {doubled} ids more than once; name a column that tells rows apart."
        )

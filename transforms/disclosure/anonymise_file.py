"""A Parquet or CSV file made anonymous: the same as `anonymise`, from file to file."""

import os
import tomllib
from pathlib import Path

import duckdb
from pydantic import ValidationError

from schemas.anonymity import Anonymity
from transforms.disclosure.anonymise import Anonymised, anonymise
from transforms.disclosure.errors import DisclosureError
from transforms.disclosure.findings import RowsFindings

_READERS = {".parquet": "read_parquet", ".csv": "read_csv"}
_SOURCE = "source_rows"


def read_wanted(file: Path) -> Anonymity:
    """What a policy file asks for.

    Raises:
        DisclosureError: it is not there, or not as it must be; the message names the key.
    """
    try:
        return Anonymity.model_validate(tomllib.loads(file.read_text("utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DisclosureError(f"{file}: cannot be read as TOML ({error}).") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise DisclosureError(f"{file}: {where}: {first['msg'].removeprefix('Value error, ')}.") from error


def anonymise_file(source: Path, out: Path, wanted: Anonymity) -> tuple[RowsFindings, tuple[str, ...]]:
    """Write the anonymous rows of `source` to `out` (Parquet); returns what was found, and the columns left out.

    `out` appears whole or not at all.

    Raises:
        DisclosureError: the source cannot be read, or as `anonymise`.
    """
    reader = _READERS.get(source.suffix.lower())
    if reader is None:
        raise DisclosureError(f"{source}: is neither .parquet nor .csv.")
    with duckdb.connect() as connection:
        options = ", all_varchar := true" if reader == "read_csv" else ""
        try:
            connection.execute(
                f"CREATE TABLE {_SOURCE} AS SELECT * FROM {reader}($file{options})", {"file": f"{source}"}
            )
        except duckdb.Error as error:
            raise DisclosureError(
                f"{source}: cannot be read; give a {source.suffix} file with a row a person."
            ) from error
        found = anonymise(connection, _SOURCE, wanted)
        _write(found, out)
        return found.findings, found.left_out


def _write(found: Anonymised, out: Path) -> None:
    part = out.with_name(f".{out.name}.part")
    try:
        found.rows.write_parquet(f"{part}")
        with part.open("rb") as handle:
            os.fsync(handle.fileno())
        part.replace(out)
    except (OSError, duckdb.IOException) as error:
        raise DisclosureError(f"{out}: cannot be written; name a file in a folder that is there.") from error
    finally:
        part.unlink(missing_ok=True)

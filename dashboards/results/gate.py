"""The gate before every page of results: no version is shown whose tables would break a promise.

The pipeline passed it when it made the version. Here it is passed again by what is about to be shown, once for each
version, so that a version that was changed or made by something else is not shown either.
"""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import duckdb
import pyarrow as pa

from dashboards.errors import DashboardError
from dashboards.results.settings import ResultsSettings
from schemas.definition import DefinitionError, published_definition
from schemas.policy import Side
from transforms.disclosure.contract import TABLES
from transforms.disclosure.errors import PromiseError
from transforms.disclosure.promises import check_promises

_KEPT = 64
# Field -> code -> the side on which it stands.
Sides = Mapping[str, Mapping[str, Side]]


def check_version(settings: ResultsSettings, consultation: str, version: str) -> Sides:
    """Pass a public version of a consultation; gives the sides on which the policy's positions stand.

    Raises:
        DashboardError: it would break a promise, which the message names; or the definition is not here.
    """
    policy = settings.definitions / consultation / "policy.toml"
    try:
        stamp = policy.stat().st_mtime_ns
    except OSError:
        raise DashboardError("The definition of this consultation is not here, so nothing is shown.") from None
    return _check(settings.warehouses[consultation] / f"{version}.duckdb", settings.definitions, consultation, stamp)


@lru_cache(maxsize=_KEPT)
def _check(file: Path, definitions: Path, consultation: str, _stamp: int) -> Sides:
    try:
        definition = published_definition(definitions, consultation)
        tables = _tables(file)
        about = dict(zip(*tables["about"].to_pydict().values(), strict=True))
        built_with = about.get("policy_hash", definition.policy_hash)
        check_promises(
            definition, tables, purpose=about["purpose"], earlier_policy=built_with != definition.policy_hash
        )
    except (PromiseError, DefinitionError) as error:
        raise DashboardError(str(error)) from None
    except (duckdb.Error, KeyError, pa.ArrowException):
        raise DashboardError(f"The published version {file.stem} cannot be read; run the pipeline again.") from None
    return {field: definition.policy.sides_of(field) for field in definition.policy.sides}


def _tables(file: Path) -> dict[str, pa.Table]:
    with duckdb.connect(str(file), read_only=True, config={"autoinstall_known_extensions": "false"}) as connection:
        names = [name for (name,) in connection.execute("SHOW TABLES").fetchall()]
        return {name: _as_agreed(name, connection.table(name).to_arrow_table()) for name in names}


def _as_agreed(name: str, table: pa.Table) -> pa.Table:
    """The database does not keep which columns are never empty; a table with other columns is left to the gate."""
    agreed = TABLES[name].schema if name in TABLES else table.schema
    return table.cast(agreed) if table.schema.names == agreed.names else table
